"""List log files with what tells whether they changed, and open them; light."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress

from tokentui.tuples import NamedTuple

GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""How the system says that there is no such file or folder, or none any more."""

NOT_WAITING = getattr(os, "O_NONBLOCK", 0)


class FoundFile(NamedTuple):
    """A regular file below `place`; `mtime_ns` in nanoseconds, `size` in bytes."""

    path: str
    place: str
    device: int
    inode: int
    size: int
    mtime_ns: int

    @property
    def mark(self) -> tuple[int, int, int, bool]:
        """What tells whether it changed since a read that did not fail."""
        return self.size, self.mtime_ns, self.inode, False


def file_only(path: str, flags: int) -> int:
    """Open what is a regular file, as an opener of `open`; a pipe is not waited for.

    Raises:
        OSError: It cannot be opened, or is no file.
    """
    number = os.open(path, flags | NOT_WAITING)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.EINVAL, "not a file")
    return number


def database(
    place: str, name: str, refused: list[str] | None = None
) -> FoundFile | None:
    """Find a database and the log that its writers keep beside it, as one file.

    It has changed if either has; `None` if there is none to be looked at.
    """
    path = os.path.join(place, name)  # noqa: PTH118 (hot)
    try:
        status = os.stat(path)  # noqa: PTH116 (hot)
    except (OSError, ValueError) as problem:
        note(refused, path, problem)
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    size, mtime_ns = status.st_size, status.st_mtime_ns
    with suppress(OSError):
        log = os.stat(f"{path}-wal")  # noqa: PTH116 (hot)
        size, mtime_ns = size + log.st_size, max(mtime_ns, log.st_mtime_ns)
    return FoundFile(path, place, status.st_dev, status.st_ino, size, mtime_ns)


def walk(
    place: str,
    endings: tuple[str, ...],
    without: tuple[str, ...] = (),
    refused: list[str] | None = None,
) -> Iterator[FoundFile]:
    """Yield regular files whose name ends so, links followed, loops cut.

    A folder or file that cannot be looked at is passed over, and named in `refused`;
    names in `without` are left out.
    """
    seen: set[tuple[int, int]] = set()
    folders = [place]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except (OSError, ValueError) as problem:
            note(refused, folder, problem)
            continue
        for entry in entries:
            try:
                if entry.is_dir():
                    if entry.is_symlink():
                        # Only a link can lead back up, so only links are remembered.
                        status = entry.stat()
                        if (status.st_dev, status.st_ino) in seen:
                            continue
                        seen.add((status.st_dev, status.st_ino))
                    folders.append(entry.path)
                elif entry.name.endswith(endings) and entry.name not in without:
                    status = entry.stat()
                    if stat.S_ISREG(status.st_mode):
                        yield FoundFile(
                            entry.path,
                            place,
                            status.st_dev,
                            status.st_ino,
                            status.st_size,
                            status.st_mtime_ns,
                        )
            except OSError as problem:
                note(refused, entry.path, problem)


def note(refused: list[str] | None, path: str, problem: Exception) -> None:
    """Note that something may not be looked at; what is gone is not missed."""
    is_told = isinstance(problem, OSError) and problem.errno not in GONE
    if is_told and refused is not None:
        refused.append(f"{path}: {getattr(problem, 'strerror', problem)}")
