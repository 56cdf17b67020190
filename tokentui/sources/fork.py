"""Read a large backlog with two processes: a forked reader beside the one that writes.

Both take files off one list, a pipe of positions, so that neither waits for the other.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread
from typing import NoReturn

import msgspec

from tokentui.sources.cursors import UNFINISHED, stored
from tokentui.sources.reading import Parcel, Pending, read_all

LONGEST_LIST = 8_192
"""Positions that fit a pipe's buffer on every system, at four bytes each."""

END = b""
POSITION = struct.Struct("=I")
LENGTH = struct.Struct("=Q")


@contextmanager
def read_with_child(pending: list[Pending]) -> Iterator[Iterator[Parcel]]:
    """Read pending files with a forked child; what it fails to read is read here.

    The child starts at once. Must be called before the process has threads.
    """
    step = -(-len(pending) // LONGEST_LIST) or 1
    groups = [pending[i : i + step] for i in range(0, len(pending), step)]
    take, put = os.pipe()
    os.write(put, b"".join(POSITION.pack(i) for i in range(len(groups))))
    os.close(put)
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        run_child(take, send, groups)
    os.close(send)
    arrived: SimpleQueue[bytes] = SimpleQueue()
    drainer = Thread(target=drain, args=(receive, arrived), daemon=True)
    drainer.start()
    try:
        yield all_of(pending, both(read_all(taken(take, groups)), arrived))
    finally:
        os.close(take)  # the child finds its list empty, if it is still reading
        drainer.join()
        os.waitpid(child, 0)


def all_of(pending: list[Pending], parcels: Iterator[Parcel]) -> Iterator[Parcel]:
    """Give the parcels, then read here what none of them covers."""
    done: set[str] = set()
    for parcel in parcels:
        done.update(c.path for c in parcel.cursors if c.mtime_ns != UNFINISHED)
        yield parcel
    left = (each for each in pending if stored(each.found.path) not in done)
    yield from read_all(left)


def both(own: Iterator[Parcel], arrived: SimpleQueue[bytes]) -> Iterator[Parcel]:
    """Give this process's parcels, and between them those that have arrived."""
    decode = msgspec.msgpack.Decoder(Parcel).decode
    is_open = True
    for parcel in own:
        yield parcel
        while is_open and not arrived.empty():
            data = arrived.get()
            is_open = data != END
            if is_open:
                yield decode(data)
    while is_open and (data := arrived.get()) != END:
        yield decode(data)


def taken(take: int, groups: list[list[Pending]]) -> Iterator[Pending]:
    """Take groups off the shared list until it is empty."""
    while position := os.read(take, POSITION.size):
        yield from groups[POSITION.unpack(position)[0]]


def run_child(take: int, send: int, groups: list[list[Pending]]) -> NoReturn:
    """Read in the child and send each parcel, then leave without any clean-up."""
    try:
        with os.fdopen(send, "wb") as pipe:
            encode = msgspec.msgpack.Encoder().encode
            for parcel in read_all(taken(take, groups)):
                data = encode(parcel)
                pipe.write(LENGTH.pack(len(data)))
                pipe.write(data)
        os._exit(0)
    except BaseException:  # noqa: BLE001 (the parent reads what did not arrive)
        os._exit(1)


def drain(receive: int, arrived: SimpleQueue[bytes]) -> None:
    """Empty the child's pipe as it fills, so that the child never waits."""
    with os.fdopen(receive, "rb", buffering=1 << 20) as pipe:
        while len(head := pipe.read(LENGTH.size)) == LENGTH.size:
            size = LENGTH.unpack(head)[0]
            data = pipe.read(size)
            if len(data) < size:
                break
            arrived.put(data)
    arrived.put(END)
