"""One at a time: a lock that the system lets go of when its holder ends, however."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from tokentui.errors import TokentuiError
from tokentui.paths import make_private, open_private

FAR = 1 << 30
"""Windows locks bytes so that nobody reads them; this one is behind what is written."""


class Lock:
    """The lock on a file, from `take` on until the process ends or lets it go."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._number: int | None = None

    def take(self) -> None:
        """Take the lock and write down who holds it.

        Raises:
            TokentuiError: Somebody has it, or the file cannot be made.
        """
        try:
            make_private(self.path.parent)
            number = open_private(self.path, os.O_RDWR)
        except OSError as error:
            raise TokentuiError(
                f"{self.path} cannot be made: {error.strerror}"
            ) from None
        if not is_locked(number):
            os.close(number)
            raise TokentuiError(f"already running: {self.holder() or 'elsewhere'}")
        os.ftruncate(number, 0)
        since = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        os.write(number, f"{os.getpid()} since {since}\n".encode())
        self._number = number

    def let_go(self) -> None:
        """Give the lock back, if it was taken."""
        if self._number is not None:
            os.close(self._number)
            self._number = None

    def holder(self) -> str | None:
        """Say who holds the lock, as `PID since TIME`; `None` if nobody does."""
        try:
            number = os.open(self.path, os.O_RDWR)
        except OSError:
            return None
        try:
            if is_locked(number):
                return None
            return os.read(number, 200).decode(errors="replace").strip() or "unknown"
        finally:
            os.close(number)


def is_locked(number: int) -> bool:
    """Lock an open file unless another one has; claim that it is ours now."""
    try:
        import fcntl
    except ImportError:
        return is_locked_on_windows(number)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_locked_on_windows(number: int) -> bool:
    """Do the same where there is no flock."""
    import msvcrt

    os.lseek(number, FAR, os.SEEK_SET)
    try:
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        return False
    finally:
        os.lseek(number, 0, os.SEEK_SET)
    return True
