"""Read pending files into parcels: a batch of events with the cursors it covers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import msgspec

from tokentui.events import Batch
from tokentui.sources import SOURCES
from tokentui.sources.collector import Collector
from tokentui.sources.cursors import Cursor, Pending, stored
from tokentui.sources.values import name

EVENTS_AT_ONCE = 5_000
"""Of a source in a parcel: large enough to be cheap, small enough to be short."""


class Parcel(msgspec.Struct, array_like=True):
    """What was read of one source: its events, and where its files now stand."""

    source: str
    batch: Batch
    cursors: list[Cursor]
    bytes_read: int
    skipped: int


class Parcels:
    """Fills parcels, one source at a time in each."""

    def __init__(
        self, label: str | None, machine: str | None, at_once: int | None
    ) -> None:
        self._at_once = at_once or EVENTS_AT_ONCE
        self._collectors = {each: Collector(each, label, machine) for each in SOURCES}
        self._cursors: dict[str, dict[str, Cursor]] = {each: {} for each in SOURCES}
        self._bytes = dict.fromkeys(SOURCES, 0)
        self._skipped = dict.fromkeys(SOURCES, 0)

    def read(self, pending: Iterable[Pending]) -> Iterator[Parcel]:
        """Read files, giving a parcel whenever one is full, and the rest at the end."""
        for each in pending:
            source, collector = each.source, self._collectors[each.source]
            for cursor in self._read_file(each, collector):
                self._cursors[source][cursor.path] = cursor
                if len(collector.events) >= self._at_once:
                    yield self._take(source)
        for source, cursors in self._cursors.items():
            if cursors:
                yield self._take(source)

    def _read_file(self, each: Pending, collector: Collector) -> Iterator[Cursor]:
        found, last = each.found, each.cursor
        done = last.offset if last is not None else 0
        skipped = 0
        try:
            for cursor in SOURCES[each.source].read(found, last, collector):
                self._bytes[each.source] += max(0, cursor.offset - done)
                self._skipped[each.source] += collector.skipped - skipped
                done, skipped, last = cursor.offset, collector.skipped, cursor
                yield cursor
        except FileNotFoundError:
            return  # it vanished since it was listed; what was counted stays counted
        except Exception as problem:  # noqa: BLE001 (one file must not stop the others)
            reason = problem.strerror if isinstance(problem, OSError) else str(problem)
            path = stored(found.path)
            error = f"{path}: {reason or type(problem).__name__}"
            last = last or Cursor(path, each.source, *each.found[2:])
            yield last._replace(error=error)

    def _take(self, source: str) -> Parcel:
        parcel = Parcel(
            source,
            self._collectors[source].take(),
            list(self._cursors[source].values()),
            self._bytes[source],
            self._skipped[source],
        )
        self._cursors[source] = {}
        self._bytes[source] = self._skipped[source] = 0
        return parcel


def read_all(
    pending: Iterable[Pending], at_once: int | None = None
) -> Iterator[Parcel]:
    """Read pending files in order, labelled as this machine's.

    Every `at_once` events of a source make a parcel, or `EVENTS_AT_ONCE`.
    """
    label = name(os.environ.get("TOKENTUI_LABEL"))
    return Parcels(label, name(machine_name()), at_once).read(pending)


def read_alone(pending: Iterable[Pending]) -> Iterator[Iterator[Parcel]]:
    """Read pending files in this process only, a parcel at a time."""
    return (iter((parcel,)) for parcel in read_all(pending))


def machine_name() -> str | None:
    """Give the name under which this machine's usage is kept."""
    try:
        return os.uname().nodename or None
    except AttributeError:  # Windows
        return os.environ.get("COMPUTERNAME") or None
