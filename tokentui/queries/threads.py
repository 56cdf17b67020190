"""Sessions response by response, in the order of their threads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import chain, groupby
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
    """One priced response; `prompt` is all that it read, `is_partial` if it was cut.

    `call_mark` is equal where a session calls the same tools with the same input again.
    """

    labels: Labels
    at_ms: int
    prompt: int
    input: int
    cache_read: int
    cache_write: int
    cache_write_1h: int
    output: int
    is_partial: int
    call_mark: int | None = None


class Session(NamedTuple):
    """A session's responses by time, those of each agent on each model apart.

    `labels` are all that its responses have.
    """

    threads: tuple[list[Response], ...]
    labels: tuple[Labels, ...]

    @property
    def own(self) -> list[list[Response]]:
        """The threads that no sub-agent is in, so that each prompt goes on with one."""
        return [t for t in self.threads if t[0].labels.agent in (MAIN, None)]


IN_SPAN = f"""
SELECT {", ".join("s." + name for name in ("id", *Labels._fields[1:]))}
FROM (SELECT DISTINCT series FROM rollup WHERE bucket >= ? AND bucket < ?) r
JOIN series s ON s.id = r.series
WHERE s.origin = 'response' AND {{condition}} ORDER BY s.source, s.session, s.id
"""

RESPONSES = f"""
SELECT at, input + cache_read + cache_write + cache_write_1h, input, cache_read,
  cache_write, cache_write_1h, output, partial, call_mark
FROM event WHERE series = ? AND at >= ? AND at < ?
  AND requests = 1 AND cost IS NOT NULL AND rate IS NOT {STATED} ORDER BY at, id
"""


def sessions(connection: sqlite3.Connection, usage: Usage) -> Iterator[Session]:
    """Go through the sessions of some usage, whose span is closed.

    Only what an agent recorded as one response, and the price book has priced. Series
    are asked for one by one: the index has them in order, so that nothing is sorted.
    """
    since, until = usage.since_ms or 0, usage.until_ms or 0
    condition, globs = usage.condition()
    series = connection.execute(
        IN_SPAN.format(condition=condition),
        [since // BUCKET_MS, -(-until // BUCKET_MS), *globs],
    ).fetchall()
    for _, some in groupby(map(Labels._make, series), lambda one: one[1:3]):
        labels, threads = [], dict[tuple[object, ...], list[list[Response]]]()
        for one in some:
            rows = connection.execute(RESPONSES, (one.number, since, until))
            responses = [Response(one, *row) for row in rows]
            if responses:
                labels.append(one)
                threads.setdefault(one[3:5], []).append(responses)
        if threads:
            yield Session(tuple(map(in_order, threads.values())), tuple(labels))


def in_order(parts: list[list[Response]]) -> list[Response]:
    """Join parts of a thread that ascend each."""
    if len(parts) == 1:
        return parts[0]
    return sorted(chain(*parts), key=lambda each: each.at_ms)
