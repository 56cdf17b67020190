"""Read what was appended to a log: whole lines, in blocks, each byte once.

A file that shrank, was replaced or was rewritten is read again from its start; events
that are known already are recognised by their keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import FileIO
from typing import BinaryIO, Protocol

from tokentui.hashes import blake2b
from tokentui.sources.collector import Collector
from tokentui.sources.cursors import UNFINISHED, Cursor, stored
from tokentui.sources.folders import FoundFile, file_only

BLOCK_BYTES = 4 << 20
"""Read at once; large enough for the search to run at memory speed."""

LONGEST_LINE = 64 << 20
"""A longer line is passed over and counted: no client writes such a record."""

HEAD_BYTES, TAIL_BYTES = 1024, 256
SPARE_BYTES = 4096


class Reader(Protocol):
    """Turns blocks of whole lines of one file into events."""

    def feed(self, block: bytes, collector: Collector) -> None:
        """Take whole lines; add their events to the collector."""

    def state(self) -> bytes:
        """Give what must be remembered to go on after the last block."""


class Fingerprint:
    """The head of a file and the end of what was read of it, to know it again."""

    def __init__(self, head: bytes = b"", tail: bytes = b"") -> None:
        self._head = head
        self._tail = tail

    @classmethod
    def of(cls, file: BinaryIO, offset: int) -> Fingerprint:
        """Take it from a file of which so much was read."""
        file.seek(0)
        head = file.read(min(offset, HEAD_BYTES))
        file.seek(max(0, offset - TAIL_BYTES))
        return cls(head, file.read(min(offset, TAIL_BYTES)))

    def add(self, block: bytes) -> None:
        """Go on with the next block."""
        if len(self._head) < HEAD_BYTES:
            self._head = (self._head + block[:HEAD_BYTES])[:HEAD_BYTES]
        self._tail = (self._tail + block[-TAIL_BYTES:])[-TAIL_BYTES:]

    def digest(self) -> bytes:
        """Give 16 bytes that differ if head or end do."""
        return blake2b(self._head + self._tail, digest_size=16).digest()


def read(
    found: FoundFile,
    cursor: Cursor | None,
    collector: Collector,
    reader_for: ReaderFor,
) -> Iterator[Cursor]:
    """Feed what is new in one file to its reader; yield a cursor after each block.

    A cursor covers all that the collector was given before it was yielded.

    Raises:
        OSError: The file cannot be read. What was yielded before stays valid.
    """
    with FileIO(found.path, opener=file_only) as file:
        offset, state, skipped, example = 0, b"", 0, None
        fingerprint = Fingerprint()
        if cursor is not None and is_whole(found.path, found.size, cursor.offset):
            before = Fingerprint.of(file, cursor.offset)
            if before.digest() == cursor.fingerprint:
                offset, state, fingerprint = cursor.offset, cursor.state, before
                skipped, example = cursor.skipped, cursor.example
            else:
                file.seek(0)
        reader = reader_for(found, state)
        collector.begin(found.place, offset)
        stream = opened(file, found.path, offset)
        expected = None if is_compressed(found.path) else found.size - offset
        read_to = offset

        def cursor_at(mtime_ns: int) -> Cursor:
            return Cursor(
                stored(found.path),
                collector.source,
                found.device,
                found.inode,
                found.size,
                mtime_ns,
                read_to,
                fingerprint.digest(),
                reader.state(),
                skipped + collector.skipped,
                collector.example or example,
            )

        is_last = False
        for block, end, too_long in whole_lines(stream, offset, expected):
            collector.base = end - len(block)
            reader.feed(block, collector)
            read_to = end
            fingerprint.add(block)
            if too_long:
                collector.skip(0, "line too long")
                here = file.tell()
                fingerprint = Fingerprint.of(file, read_to)
                file.seek(here)
            is_last = expected is not None and end == offset + expected
            yield cursor_at(found.mtime_ns if is_last else UNFINISHED)
        if not is_last:
            yield cursor_at(found.mtime_ns)


def is_whole(path: str, size: int, offset: int) -> bool:
    """Claim that a file may still hold what was read; a compressed one is made anew."""
    return not is_compressed(path) and size >= offset


def is_compressed(path: str) -> bool:
    """Claim that a log holds more than its bytes."""
    return path.endswith(".zst")


class ReaderFor(Protocol):
    """Makes the reader of one file, from the state that an earlier one left."""

    def __call__(self, found: FoundFile, state: bytes) -> Reader: ...


def opened(file: BinaryIO, path: str, offset: int) -> BinaryIO:
    """Give the plain bytes of a log at its start, decompressed where its name says so.

    Those of a log that is not compressed from `offset` on.
    """
    if is_compressed(path):
        import zstandard

        return zstandard.ZstdDecompressor().stream_reader(
            file, closefd=False, read_across_frames=True
        )
    if offset:
        file.seek(offset)
    return file


def whole_lines(
    stream: BinaryIO, offset: int, expected: int | None = None
) -> Iterator[tuple[bytes, int, bool]]:
    """Cut a stream into blocks that end with a newline.

    Yields the block, the offset behind it, and whether an over-long line was dropped
    before it. At least one (maybe empty) block is yielded, so that a cursor exists; a
    last line without newline is left for the next read. What comes behind `expected`
    bytes, if that is known, may be left as well.
    """
    pieces: list[bytes] = []  # of a line whose end is still to come
    length = 0
    dropping = was_dropped = False
    first = True
    left = expected if expected is not None else 1 << 62
    at_once = min(max(left, 0) + SPARE_BYTES, BLOCK_BYTES)
    while left > 0 and (new := stream.read(at_once)):
        left -= len(new)
        cut = new.rfind(b"\n") + 1
        if not cut:
            length += len(new)
            dropping = dropping or length > LONGEST_LINE
            pieces = [] if dropping else [*pieces, new]
            continue
        offset += length + cut
        if dropping:
            block = new[new.find(b"\n") + 1 : cut]
            dropping, was_dropped = False, True
        else:
            pieces.append(new[:cut])
            block = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces, length = [new[cut:]], len(new) - cut
        first = False
        yield block, offset, was_dropped
        was_dropped = False
    if first:
        yield b"", offset, False
