"""Sessions response by response, in the order of their threads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from tokentui.ledger.schema import BUCKET_MS, STATED
from tokentui.queries.sums import Usage

MAIN = "main"
"""The agent of a session's own thread; sub-agents of a kind share another one."""


class Labels(NamedTuple):
    """The labels of a series, which `number` names."""

    number: int
    source: str
    session: str
    agent: str | None
    model: str
    provider: str | None
    tier: str | None
    geo: str | None
    project: str | None
    entrypoint: str | None
    label: str | None
    is_plan: int
    discount_ppm: int


class Response(NamedTuple):
    """One priced response; `prompt` is all that it read, `is_partial` if it was cut."""

    labels: Labels
    at_ms: int
    prompt: int
    input: int
    cache_read: int
    cache_write: int
    cache_write_1h: int
    output: int
    is_partial: int


class Session(NamedTuple):
    """A session's responses by time, those of each agent on each model apart."""

    threads: tuple[list[Response], ...]

    @property
    def own(self) -> list[list[Response]]:
        """The threads that no sub-agent is in, so that each prompt goes on with one."""
        return [t for t in self.threads if t[0].labels.agent in (MAIN, None)]


SERIES = "SELECT DISTINCT series AS id FROM rollup WHERE bucket >= ? AND bucket < ?"

RESPONSES = f"""
SELECT e.series, e.at, e.input + e.cache_read + e.cache_write + e.cache_write_1h,
  e.input, e.cache_read, e.cache_write, e.cache_write_1h, e.output, e.partial
FROM ({SERIES}) r JOIN series s ON s.id = r.id
CROSS JOIN event e ON e.series = s.id AND e.at >= ? AND e.at < ?
WHERE s.origin = 'response' AND e.requests = 1 AND e.cost IS NOT NULL
  AND e.rate IS NOT {STATED} AND {{condition}}
ORDER BY s.source, s.session, e.at, e.id
"""


def sessions(connection: sqlite3.Connection, usage: Usage) -> Iterator[Session]:
    """Go through the sessions of some usage, whose span is closed.

    Only what an agent recorded as one response, and the price book has priced.
    """
    since, until = usage.since_ms or 0, usage.until_ms or 0
    buckets = since // BUCKET_MS, -(-until // BUCKET_MS)
    condition, globs = usage.condition()
    known = labels_of(connection, buckets)
    rows = connection.execute(
        RESPONSES.format(condition=condition), [*buckets, since, until, *globs]
    )
    responses = (Response(known[row[0]], *row[1:]) for row in rows)
    for _, some in groupby(responses, lambda each: each.labels[1:3]):
        threads: dict[tuple[object, ...], list[Response]] = {}
        for each in some:
            threads.setdefault(each.labels[3:5], []).append(each)
        yield Session(tuple(threads.values()))


def labels_of(
    connection: sqlite3.Connection, buckets: tuple[int, int]
) -> dict[int, Labels]:
    """Give the labels of the series that have usage in some quarter-hours."""
    columns = ", ".join(f"s.{name}" for name in Labels._fields[1:])
    rows = connection.execute(
        f"SELECT s.id, {columns} FROM ({SERIES}) r JOIN series s ON s.id = r.id",
        buckets,
    )
    return {row[0]: Labels._make(row) for row in rows}
