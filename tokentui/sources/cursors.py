"""How far each file has been read, and whether it is still the same file."""

from __future__ import annotations

from tokentui.sources.folders import FoundFile
from tokentui.tuples import NamedTuple

UNFINISHED = -1
"""In place of a file's time: there is more of it to read."""


class Cursor(NamedTuple):
    """What is known of one file after its last read.

    `offset`: first unread byte. `fingerprint`: hash of the bytes that were there, to
    notice a file that was replaced or rewritten. `state`: the source's own memory.
    `skipped`: records passed over so far, `example` where and why the last one was;
    `error`: why the file could not be read, if so.
    """

    path: str
    source: str
    device: int
    inode: int
    size: int
    mtime_ns: int
    offset: int = 0
    fingerprint: bytes = b""
    state: bytes = b""
    skipped: int = 0
    example: str | None = None
    error: str | None = None


class Pending(NamedTuple):
    """A file with something new in it, and how far it was read before."""

    source: str
    found: FoundFile
    cursor: Cursor | None

    @property
    def unread(self) -> int:
        """Bytes to read, at least."""
        done = self.cursor.offset if self.cursor is not None else 0
        return max(0, self.found.size - done)


def stored(path: str) -> str:
    """Write a path so that it can be kept: names of files may be no text."""
    if path.isascii():
        return path
    return path.encode("utf-8", "backslashreplace").decode()
