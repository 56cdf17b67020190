"""Write a file that a person asked for: none that is there is lost by it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tokentui.errors import UsageError

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def write(path: Path, pieces: Iterable[bytes], *, is_over: bool = False) -> Path:
    """Write a file wholly or not at all, for its owner only, and give its path.

    With `is_over` it takes the place of one that is there.

    Raises:
        UsageError: It is there already, or it cannot be written.
    """
    try:
        target = path.with_name(f".{path.name}.{os.getpid()}") if is_over else path
        number = os.open(target, NEW, 0o600)
        try:
            with open(number, "wb") as file:  # noqa: PTH123 (a number, no path)
                file.writelines(pieces)
            if is_over:
                target.replace(path)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    except FileExistsError:
        raise UsageError(f"{path} exists already: give another name") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path} cannot be written: {reason}") from None
    return path
