"""What happens now: the latest responses, the pace, and when each source last spoke."""

from __future__ import annotations

import sqlite3

from tokentui.frozen import dataclass
from tokentui.ledger.schema import BUCKET_MS, TOKEN_KINDS
from tokentui.tuples import NamedTuple

REACH_MS = 31 * 86_400_000
"""How far back the latest responses are looked for."""


@dataclass(frozen=True, slots=True)
class LatestEvent:
    """One response as the feed shows it; `tokens` in the order of `TOKEN_KINDS`."""

    key: bytes
    at_ms: int
    source: str
    model: str
    project: str | None
    tokens: tuple[int, ...]
    cost_nanos: int | None
    is_partial: bool
    origin: str


class SourceState(NamedTuple):
    """What one source has given: when last, from how many files, with what trouble."""

    source: str
    last_event_ms: int | None
    files: int
    skipped: int
    problems: tuple[str, ...]


def latest_events(
    connection: sqlite3.Connection, limit: int, now_ms: int
) -> tuple[LatestEvent, ...]:
    """List the last responses, newest first."""
    earliest = now_ms - REACH_MS
    # Each sum is of a response at least, so that so many sums have enough of them.
    (bucket,) = connection.execute(
        "SELECT min(bucket) FROM (SELECT bucket FROM rollup WHERE bucket >= ?"
        " ORDER BY bucket DESC LIMIT ?)",
        (earliest // BUCKET_MS, limit),
    ).fetchone()
    if bucket is None:
        return ()
    return events_since(connection, max(earliest, bucket * BUCKET_MS), limit)


def events_since(
    connection: sqlite3.Connection, since_ms: int, limit: int
) -> tuple[LatestEvent, ...]:
    """List at most `limit` responses since a time, newest first."""
    kinds = ", ".join(f"e.{kind}" for kind in TOKEN_KINDS)
    rows = connection.execute(
        f"SELECT e.key, e.at, s.source, s.model, s.project, {kinds}, e.cost, e.partial,"
        " s.origin FROM (SELECT DISTINCT series FROM rollup WHERE bucket >= ?) r"
        " CROSS JOIN event e ON e.series = r.series AND e.at >= ?"
        " JOIN series s ON s.id = e.series ORDER BY e.at DESC, e.id DESC LIMIT ?",
        (since_ms // BUCKET_MS, since_ms, limit),
    )
    return tuple(
        LatestEvent(
            key, at, source, model, project, tuple(counts), cost, bool(cut), origin
        )
        for key, at, source, model, project, *counts, cost, cut, origin in rows
    )


def spent_by_quarter_hour(
    connection: sqlite3.Connection, since_ms: int, until_ms: int
) -> tuple[int, ...]:
    """Give the nano-dollars of each quarter-hour, first the one of `since_ms`."""
    first, last = since_ms // BUCKET_MS, -(-until_ms // BUCKET_MS)
    costs = dict(
        connection.execute(
            "SELECT bucket, sum(cost) FROM rollup WHERE bucket >= ? AND bucket < ?"
            " GROUP BY bucket",
            (first, last),
        ).fetchall()
    )
    return tuple(costs.get(bucket) or 0 for bucket in range(first, last))


def source_states(connection: sqlite3.Connection) -> tuple[SourceState, ...]:
    """Say for each source when it last spoke and what could not be read."""
    last = {
        source: last_event_ms(connection, source)
        for (source,) in connection.execute("SELECT DISTINCT source FROM scope")
    }
    files: dict[str, tuple[int, int]] = {
        source: (count, skipped)
        for source, count, skipped in connection.execute(
            "SELECT source, count(*), sum(skipped) FROM cursor GROUP BY source"
        )
    }
    problems: dict[str, list[str]] = {}
    for source, error in connection.execute(
        "SELECT source, error FROM cursor WHERE error IS NOT NULL ORDER BY path"
    ):
        problems.setdefault(source, []).append(error)
    return tuple(
        SourceState(
            source,
            last.get(source),
            *files.get(source, (0, 0)),
            tuple(problems.get(source, ())),
        )
        for source in sorted({*last, *files})
    )


def last_event_ms(connection: sqlite3.Connection, source: str) -> int | None:
    """Say when a source last spoke: newest hours are looked at first."""
    row = connection.execute(
        "SELECT h.hour FROM scope_hour h CROSS JOIN scope s ON s.id = h.scope"
        " WHERE s.source = ? ORDER BY h.hour DESC LIMIT 1",
        (source,),
    ).fetchone()
    if row is None:
        return None
    (last,) = connection.execute(
        "SELECT max(h.last_at) FROM scope_hour h JOIN scope s ON s.id = h.scope"
        " WHERE h.hour = ? AND s.source = ?",
        (row[0], source),
    ).fetchone()
    return int(last)
