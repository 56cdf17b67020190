"""Bring a file's usage into the ledger, for the days that it knows nothing of.

A row of a day is kept at noon of that day, of a week or month at noon of the last.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.hashes import blake2b
from tokentui.imports.rows import Row
from tokentui.ingest import writer_for
from tokentui.ledger import imported
from tokentui.ledger.connection import explaining, open_for_writing
from tokentui.ledger.forgotten import without_forgotten
from tokentui.ledger.imported import Unit
from tokentui.ledger.statements import batch_of
from tokentui.ledger.writer import Writer
from tokentui.settings import Config

SESSION = "imported"
"""The session of usage whose file tells none."""

ALMOST_ALL = 0.95
"""From what share of a file's tokens on logs are thought to tell of all of it."""

Events = list[tuple[Series, UsageEvent]]


@dataclass(slots=True)
class SourceBrought:
    """What came of one source; rows, tokens, and list prices in nano-dollars.

    `replaced` rows are not there any more, or say something else. `compared` is what
    the file says of the rows that both have a price for, `compared_ours` our price.
    """

    source: str
    days: set[tuple[date, date]] = field(default_factory=set)
    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    tokens: int = 0
    nanos: int | None = None
    compared: int | None = None
    compared_ours: int = 0
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Days of a source that were not imported, and why.

    `tokens` of the file; `logged` of the traces that tell of the same days.
    """

    source: str
    first: date
    until: date
    why: str
    tokens: int
    logged: int | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did."""

    sources: tuple[SourceBrought, ...]
    left_out: tuple[LeftOut, ...]


class OnlyTried(Exception):
    """Rolls back what an import did, because it was only to be tried."""


def bring(
    ledger: Path,
    config: Config,
    rows: Sequence[Row],
    tz: ZoneInfo,
    now: datetime,
    *,
    machine: str | None = None,
    only_try: bool = False,
) -> Brought:
    """Import rows, or tell what would come of it, wholly or not at all.

    `machine` names another one that the work was done on.
    """
    with explaining(ledger), closing(open_for_writing(ledger)) as connection:
        writer = writer_for(connection, config)
        work = Import(connection, writer, tz, now, machine)
        try:
            with writer.transaction():
                for (source, first, until), group in grouped(rows).items():
                    work.take(source, first, until, group)
                if only_try:
                    raise OnlyTried
        except OnlyTried:
            pass
    return Brought(tuple(work.sources.values()), tuple(work.left_out))


def grouped(rows: Iterable[Row]) -> dict[tuple[str, date, date], list[Row]]:
    """Put together the rows of the same days of a source, the oldest first."""
    groups: dict[tuple[str, date, date], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.first, row.until, row.source)):
        groups[row.source, row.first, row.until].append(row)
    return groups


class Import:
    """One import: what was taken, and what was left out."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        writer: Writer,
        tz: ZoneInfo,
        now: datetime,
        machine: str | None,
    ) -> None:
        self._connection = connection
        self._writer = writer
        self._tz = tz
        self._now = now
        self._machine = machine
        self.sources: dict[str, SourceBrought] = {}
        self.left_out: list[LeftOut] = []

    def take(self, source: str, first: date, until: date, rows: list[Row]) -> None:
        """Keep what a file says of some days of a source, unless that is known."""
        since_ms = periods.day_start(first, self._tz)
        until_ms = periods.day_start(until, self._tz)
        unit = Unit(source, since_ms, until_ms, self._machine)
        rivals = frozenset[str]().union(*(row.rivals for row in rows))
        logged = imported.logged(self._connection, unit, rivals)
        used = sum(total(row.tokens) for row in rows)
        events = list(self._events(unit, rows))
        why = self._why_not(unit, logged, used) or self._why_forgotten(events)
        if why is not None:
            self.left_out.append(LeftOut(source, first, until, why, used, logged))
            return
        report = self.sources.setdefault(source, SourceBrought(source))
        before = imported.kept(self._connection, unit)
        same = {
            event.key
            for _, event in events
            if event.key in before and before[event.key].is_as(event)
        }
        if not len(same) == len(events) == len(before):
            now_ms = periods.millis(self._now)
            imported.bring(self._connection, self._writer, unit, events, now_ms)
        report.days.add((first, until))
        report.unchanged += len(same)
        report.replaced += len(before) - len(same)
        report.new += sum(event.key not in before for _, event in events)
        self._add_up(report, unit, rows, events)

    def _why_not(self, unit: Unit, logged: int | None, used: int) -> str | None:
        if unit.until_ms > periods.millis(self._now):
            return "not over yet"
        if logged is not None and logged < ALMOST_ALL * used:
            # Not the rest of it either: a file may have counted copies twice.
            return "logs tell of a part of it, and what the rest is cannot be told"
        if logged is not None:
            return "the ledger has it from logs"
        other = imported.overlapping(self._connection, unit)
        if other is not None:
            return f"imported before as {self._days(other)}; see `import remove`"
        return None

    def _why_forgotten(self, events: Events) -> str | None:
        kept = without_forgotten(self._connection, batch_of(events)).events
        return None if len(kept) == len(events) else "it was forgotten on your wish"

    def _days(self, unit: Unit) -> str:
        """Name the days of a unit: the first and the last."""
        ends = (unit.since_ms, unit.until_ms - 1)
        first, last = (datetime.fromtimestamp(ms / 1000, self._tz) for ms in ends)
        return (
            f"{first:%Y-%m-%d}"
            if first.date() == last.date()
            else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        )

    def _events(
        self, unit: Unit, rows: list[Row]
    ) -> Iterator[tuple[Series, UsageEvent]]:
        """Make an event of each row, named for good by what it says it is."""
        seen: dict[tuple[object, ...], int] = defaultdict(int)
        for row in rows:
            last = (row.until - timedelta(days=1)).isoformat()
            noon = periods.parse_instant(f"{last}T12:00", self._tz, self._now)
            at = noon if row.at_ms is None else row.at_ms
            labels = (row.model, row.tier, row.project, row.session)
            which = (unit.feed, unit.since_ms, unit.until_ms, row.at_ms, *labels)
            seen[which] += 1
            key = blake2b(repr((*which, seen[which])).encode(), digest_size=16).digest()
            series = Series(
                unit.source,
                row.session or SESSION,
                row.model,
                project=row.project,
                tier=row.tier,
                machine=unit.machine,
                origin=imported.ORIGIN,
                **self._shared(unit),
            )
            yield (
                series,
                UsageEvent(key, 0, at, at, row.tokens, row.requests, stated=row.stated),
            )

    def _shared(self, unit: Unit) -> dict[str, str | None]:
        """Give what all traces of a source say of folder and login, so who pays."""
        return shared_labels(self._connection, unit)

    def _add_up(
        self, report: SourceBrought, unit: Unit, rows: list[Row], events: Events
    ) -> None:
        """Add tokens and list prices of a unit to its source's."""
        kept = imported.kept(self._connection, unit)
        for row, (_, event) in zip(rows, events, strict=True):
            nanos = kept[event.key].nanos
            report.tokens += total(row.tokens)
            if nanos is None:
                report.unpriced += 1
                continue
            report.nanos = (report.nanos or 0) + nanos
            if row.compared is not None:
                report.compared = (report.compared or 0) + row.compared
                report.compared_ours += nanos


def shared_labels(connection: sqlite3.Connection, unit: Unit) -> dict[str, str | None]:
    """Give folder and login where all responses of a source agree on them."""
    labels = ("root", "account")
    counts = connection.execute(
        "SELECT "
        + ", ".join(f"min({label}), count(DISTINCT {label})" for label in labels)
        + " FROM series WHERE source = ? AND machine IS coalesce(?, machine)"
        " AND origin = 'response'",
        (unit.source, unit.machine),
    ).fetchone()
    return {
        label: counts[2 * i] if counts[2 * i + 1] == 1 else None
        for i, label in enumerate(labels)
    }


def total(tokens: Tokens) -> int:
    """Count all tokens, reasoning inside the output."""
    return tokens.prompt + tokens.output
