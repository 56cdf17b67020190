"""Write a file that a person asked for: none that is there is lost by it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tokentui.errors import UsageError


def write(path: Path, pieces: Iterable[bytes], *, is_over: bool = False) -> Path:
    """Write a file wholly or not at all, for its owner only, and give its path.

    Until it is whole it has another name, so that who is killed leaves no part of it.
    With `is_over` it takes the place of one that is there.

    Raises:
        UsageError: It is there already, or it cannot be written.
    """
    from tempfile import NamedTemporaryFile  # 8 ms, only for those who write

    try:
        if not is_over and os.path.lexists(path):
            raise FileExistsError
        with NamedTemporaryFile(
            dir=path.parent, prefix=".tokentui-", delete=False
        ) as fresh:
            try:
                fresh.writelines(pieces)
                fresh.flush()
                os.fsync(fresh.fileno())
                fresh.close()  # Windows moves no open file
                publish(Path(fresh.name), path, is_over)
            finally:
                Path(fresh.name).unlink(missing_ok=True)
    except FileExistsError:
        raise UsageError(f"{path} exists already: give another name") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path} cannot be written: {reason}") from None
    return path


def publish(fresh: Path, path: Path, is_over: bool) -> None:
    """Give a whole file its name.

    Raises:
        FileExistsError: Another one has it, and may keep it.
    """
    if not is_over:
        try:
            path.hardlink_to(fresh)  # refused in one step if there is one
            return
        except FileExistsError:
            raise
        except OSError:  # a disk that knows no links
            if os.path.lexists(path):
                raise FileExistsError from None
    fresh.replace(path)
