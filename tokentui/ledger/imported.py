"""Usage brought in from files: for days of which the ledger has no record of its own.

A file speaks for whole days (or months) of a source. Where traces of the same source
tell of such a day, the imported figure gives way, so that no work is counted twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tokentui.events import Batch, Series, Tokens, UsageEvent
from tokentui.ledger.schema import BUCKET_MS, IMPORTS, STATED, TOKEN_KINDS
from tokentui.ledger.statements import keep_events, keep_span
from tokentui.ledger.writer import Writer
from tokentui.statements import Reading

ACCOUNT = IMPORTS
"""Under this name the ledger keeps which days were imported."""

ORIGIN = "import"
"""The `origin` of usage from a file."""

COUNTED = "+".join(f"coalesce(sum(e.{kind}), 0)" for kind in TOKEN_KINDS[:5])


@dataclass(frozen=True, slots=True)
class Unit:
    """Whole days of one source on one machine, half-open UTC milliseconds.

    `machine` is named only where it is another than the ledger's own.
    """

    source: str
    since_ms: int
    until_ms: int
    machine: str | None = None

    @property
    def feed(self) -> str:
        """Name whose days they are, as the ledger keeps it."""
        return self.source if self.machine is None else f"{self.source}@{self.machine}"


def units(connection: sqlite3.Connection) -> list[Unit]:
    """List what has been imported, oldest first."""
    rows = connection.execute(
        "SELECT feed, since, until FROM reading WHERE account = ? ORDER BY since, feed",
        (ACCOUNT,),
    ).fetchall()
    found = []
    for feed, since, until in rows:
        source, _, machine = feed.partition("@")
        found.append(Unit(source, since, until, machine or None))
    return found


def logged(
    connection: sqlite3.Connection, unit: Unit, sources: Iterable[str] = ()
) -> int | None:
    """Sum the tokens that traces tell of in a unit's days; `None` if they tell nothing.

    `sources`: others beside the unit's own, whose traces count, too. Traces of every
    machine count, unless the unit names one: machines get other names in time.
    """
    names = {unit.source, *sources}
    events, tokens = connection.execute(
        f"SELECT count(*), {COUNTED} FROM"
        " (SELECT DISTINCT series FROM rollup WHERE bucket >= ? AND bucket < ?) r"
        " CROSS JOIN series s ON s.id = r.series"
        " CROSS JOIN event e ON e.series = s.id AND e.at >= ? AND e.at < ?"
        f" WHERE s.source IN ({','.join('?' * len(names))})"
        " AND s.machine IS coalesce(?, s.machine)"
        " AND NOT EXISTS (SELECT 1 FROM stated_event x"
        "  WHERE x.event = e.key AND x.account = ?)",
        (
            unit.since_ms // BUCKET_MS,
            -(-unit.until_ms // BUCKET_MS),
            unit.since_ms,
            unit.until_ms,
            *names,
            unit.machine,
            ACCOUNT,
        ),
    ).fetchone()
    return tokens if events else None


def overlapping(connection: sqlite3.Connection, unit: Unit) -> Unit | None:
    """Find an import whose days are partly a unit's, and neither all nor none."""
    row = connection.execute(
        "SELECT since, until FROM reading WHERE account = ? AND feed = ?"
        " AND since < ? AND until > ? AND NOT (since = ? AND until = ?)",
        (
            ACCOUNT,
            unit.feed,
            unit.until_ms,
            unit.since_ms,
            unit.since_ms,
            unit.until_ms,
        ),
    ).fetchone()
    return None if row is None else Unit(unit.source, row[0], row[1], unit.machine)


class Kept(NamedTuple):
    """What of an imported row can change, and the list price that it has now.

    `stated`: the list price that the file has, in nano-dollars.
    """

    tokens: Tokens
    requests: int | None
    stated: int | None
    nanos: int | None = None

    def is_as(self, event: UsageEvent) -> bool:
        """Claim that an event says the same."""
        return self[:3] == (event.tokens, event.requests, event.stated)


def kept(connection: sqlite3.Connection, unit: Unit) -> dict[bytes, Kept]:
    """Give what was imported for a unit's days, by key."""
    kinds = ", ".join(f"e.{kind}" for kind in TOKEN_KINDS)
    return {
        key: Kept(Tokens(*tokens), requests, nanos if rate == STATED else None, nanos)
        for key, requests, rate, nanos, *tokens in connection.execute(
            f"SELECT e.key, e.requests, e.rate, coalesce(e.list, e.cost), {kinds}"
            " FROM stated_event x"
            " JOIN event e ON e.key = x.event"
            " WHERE x.account = ? AND x.feed = ? AND x.at >= ? AND x.at < ?",
            (ACCOUNT, unit.feed, unit.since_ms, unit.until_ms),
        )
    }


def bring(
    connection: sqlite3.Connection,
    writer: Writer,
    unit: Unit,
    events: Iterable[tuple[Series, UsageEvent]],
    now_ms: int,
) -> None:
    """Keep what a file says of a unit's days in place of what one said before.

    To be called in a transaction of the writer.
    """
    reading = Reading(unit.since_ms, unit.until_ms, unit.until_ms, events=tuple(events))
    keep_span(connection, ACCOUNT, unit.feed, reading, now_ms)
    keep_events(connection, writer, ACCOUNT, unit.feed, reading)


def take_out(connection: sqlite3.Connection, writer: Writer, unit: Unit) -> None:
    """Forget what was imported for a unit's days, in a transaction of the writer."""
    keys = list(kept(connection, unit))
    writer.replace(Batch([], [], []), keys)
    connection.executemany(
        "DELETE FROM stated_event WHERE event = ?", [(key,) for key in keys]
    )
    connection.execute(
        "DELETE FROM reading WHERE account = ? AND feed = ? AND since = ?",
        (ACCOUNT, unit.feed, unit.since_ms),
    )


def give_way(connection: sqlite3.Connection, writer: Writer) -> int:
    """Take out imports of days that traces tell of by now; give how many."""
    stale = [unit for unit in units(connection) if logged(connection, unit) is not None]
    if stale:
        with writer.transaction():
            for unit in stale:
                take_out(connection, writer, unit)
    return len(stale)
