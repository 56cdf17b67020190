"""Read a large backlog with two processes: a forked reader beside the one that writes.

Both take files off one list, a pipe of positions, and what the child read lies in a
file without a name until this process has time for it: neither waits for the other.
"""

from __future__ import annotations

import os
import select
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from typing import BinaryIO, NoReturn

import msgspec

from tokentui.sources.cursors import UNFINISHED, Pending, stored
from tokentui.sources.reading import Parcel, read_all, read_alone

LONGEST_LIST = 8_192
"""Positions that fit a pipe's buffer on every system, at four bytes each."""

TOGETHER = 16
"""So many parcels of the child at most beside one of this process, so that none of the
transactions is long."""

CHILDS_EVENTS = 1_250
"""In a parcel: few, so that little is left to write when the child ends."""

CHILDS_SHARE = 1 / 15
"""Of the bytes, the last of the list: the child reads these while the parent writes."""

LARGER_THAN_BLOCKS = 24 << 20
"""Bytes; glibc keeps twice as many free ones."""

POSITION = struct.Struct("=I")
LENGTH = struct.Struct("=Q")


@contextmanager
def read_with_child(
    pending: list[Pending], last: Callable[[], None]
) -> Iterator[Iterator[Iterator[Parcel]]]:
    """Read pending files with a forked child; what it fails to read is read here.

    The child starts at once and does `last` when all is read, while this process still
    writes. Must be called before the process has threads. Gives together what is there
    at one time.
    """
    keep_freed_memory()
    with ExitStack() as ends:
        try:
            parcels = all_of(pending, shared(pending, last, ends))
        except OSError:  # no room for a file, or no process to be had
            parcels = read_alone(pending)
        yield parcels


def keep_freed_memory() -> None:
    """Have this process keep what blocks leave free, and fill it with the next ones.

    glibc gives it back, and each 4 kB that it takes again are a page fault, 16,000 in
    a first read of 1 GB, unless it has seen a larger block come and go. None of this
    one is ever touched.
    """
    bytes(LARGER_THAN_BLOCKS)


def shared(
    pending: list[Pending], last: Callable[[], None], ends: ExitStack
) -> Iterator[Iterator[Parcel]]:
    """Start the child and read beside it; `ends` comes to what ends both.

    Raises:
        OSError: There can be no child.
    """
    step = -(-len(pending) // LONGEST_LIST) or 1
    groups = [pending[i : i + step] for i in range(0, len(pending), step)]
    spool = ends.enter_context(nameless())
    take, put = os.pipe()
    ends.callback(os.close, take)
    os.write(put, b"".join(POSITION.pack(i) for i in range(len(groups))))
    os.close(put)
    receive, send = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(receive)
        os.close(send)
        raise
    if child == 0:
        os.close(receive)
        run_child(take, send, spool, groups, last)
    os.close(send)
    ends.callback(os.waitpid, child, 0)
    ends.callback(os.close, receive)
    # A child that is still reading finds nothing more on its list.
    ends.callback(os.read, take, LONGEST_LIST * POSITION.size)
    own = read_all(taken(take, groups, before_last(groups)))
    return both(own, Spooled(receive, spool.fileno()))


def nameless() -> BinaryIO:
    """Make a file without a name.

    Linux does so in one call; Python's way for all systems takes 6 ms to import.
    """
    folder = os.environ.get("TMPDIR") or "/tmp"  # nosec B108 # nameless
    try:
        number = os.open(folder, os.O_RDWR | os.O_TMPFILE, 0o600)
    except (AttributeError, OSError):
        from tempfile import TemporaryFile

        return TemporaryFile()
    return os.fdopen(number, "w+b")


def all_of(
    pending: list[Pending], parcels: Iterator[Iterator[Parcel]]
) -> Iterator[Iterator[Parcel]]:
    """Give the parcels, then read here what none of them covers."""
    done: set[str] = set()
    for some in parcels:
        yield noted(some, done)
    left = (each for each in pending if stored(each.found.path) not in done)
    yield from read_alone(left)


def noted(parcels: Iterator[Parcel], done: set[str]) -> Iterator[Parcel]:
    """Give parcels and note which files they cover to the end."""
    for parcel in parcels:
        done.update(c.path for c in parcel.cursors if c.mtime_ns != UNFINISHED)
        yield parcel


class Spooled:
    """The parcels of the child: their sizes come by pipe, the rest lies in a file."""

    def __init__(self, receive: int, spool: int) -> None:
        self._receive, self._spool = receive, spool
        self._place = 0
        self._decode = msgspec.msgpack.Decoder(Parcel).decode

    def arrived(self) -> Iterator[int]:
        """Give the sizes of those that are there by now, without waiting."""
        while select.select([self._receive], [], [], 0)[0]:
            size = self.wait()
            if size is None:
                return
            yield size

    def wait(self) -> int | None:
        """Wait for the next one and give its size; `None` when the child has ended."""
        head = os.read(self._receive, LENGTH.size)
        if len(head) < LENGTH.size:
            return None
        size: int = LENGTH.unpack(head)[0]
        return size

    def parcel(self, size: int) -> Parcel:
        """Read the next one, which has this size."""
        data = os.pread(self._spool, size, self._place)
        self._place += size
        return self._decode(data)


def both(own: Iterator[Parcel], spooled: Spooled) -> Iterator[Iterator[Parcel]]:
    """Give this process's parcels, each with those of the child that are there.

    The child's are decoded one by one, when they are asked for.
    """
    for parcel in own:
        sizes = list(islice(spooled.arrived(), TOGETHER))
        yield chain((parcel,), map(spooled.parcel, sizes))
    while (late := spooled.wait()) is not None:
        sizes = [late, *islice(spooled.arrived(), TOGETHER)]
        yield map(spooled.parcel, sizes)


def taken(
    take: int, groups: list[list[Pending]], until: int | None = None
) -> Iterator[Pending]:
    """Take groups off the shared list until it is empty, or at a position at least."""
    while position := os.read(take, POSITION.size):
        (place,) = POSITION.unpack(position)
        yield from groups[place]
        if until is not None and place >= until:
            return


def before_last(groups: list[list[Pending]]) -> int:
    """Say behind which position the child's share begins."""
    sizes = [sum(each.unread for each in group) for group in groups]
    share = sum(sizes) * CHILDS_SHARE
    place = len(sizes) - 1
    while place > 0 and share >= sizes[place]:
        share -= sizes[place]
        place -= 1
    return place


def run_child(
    take: int,
    send: int,
    spool: BinaryIO,
    groups: list[list[Pending]],
    last: Callable[[], None],
) -> NoReturn:
    """Read in the child and hand over each parcel, do `last`, and leave at once."""
    try:
        encode = msgspec.msgpack.Encoder().encode
        for parcel in read_all(taken(take, groups), CHILDS_EVENTS):
            data = encode(parcel)
            spool.write(data)
            spool.flush()
            os.write(send, LENGTH.pack(len(data)))
        os.close(send)
        last()
        os._exit(0)
    except BaseException:  # noqa: BLE001 (the parent reads what did not arrive)
        os._exit(1)
