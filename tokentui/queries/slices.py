"""A slice of the ledger in pieces that can be priced anew, exactly, on another route.

A price is the same for all tokens of a kind, once the time, the length of the prompt
and the wait since the thread's last response are known; so pieces are sums over these.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from tokentui.ledger.schema import BUCKET_MS, HOUR_MS
from tokentui.queries.sums import Usage, selected
from tokentui.tuples import NamedTuple

WAITS_MINUTES = (5, 30, 60)
"""The lifetimes of prompt caches that a wait is compared with."""

SMALLEST_CACHE = 4_096
"""Tokens below which a prompt that was read anew is no lapse of the cache."""

IS_SIDE = "coalesce(agent, 'main') <> 'main'"
"""SQL: a series is of a sub-agent."""

PROMPT = "e.input + e.cache_read + e.cache_write + e.cache_write_1h"


class Eras(NamedTuple):
    """Hours that are told apart: two bytes name the kind of each from `first` on.

    Hours are counted since 1970.
    """

    first: int
    kinds: bytes


class Piece(NamedTuple):
    """Priced responses with equal labels, of hours of one kind, summed.

    `at_ms` is when the first of them was (UTC), `era` the kind of hour. More than
    `waited` minutes went by since the response before in the thread (0 where that is
    not known), `length` counts the cuts that their prompts exceed, of which `longest`
    has the most tokens. `is_plan`: inside a flat plan, `is_side`: of a sub-agent.
    `is_sum`: of several responses each, whose prompts and waits are not known. `nanos`
    is the cost, of which `fees` is not for tokens. `lapsed` tokens had to be read or
    written anew, though they were in the prompt before.
    """

    at_ms: int
    era: bytes
    source: str
    provider: str | None
    model: str
    tier: str | None
    geo: str | None
    effort: str | None
    project: str | None
    discount_ppm: int
    is_plan: bool
    is_side: bool
    is_sum: bool
    waited: int
    length: int
    longest: int
    responses: int
    nanos: int
    fees: int
    input: int
    cache_read: int
    cache_write: int
    cache_write_1h: int
    output: int
    reasoning: int
    lapsed: int


LABELS = Piece._fields.index("longest")
"""How many fields of a piece tell it from others; the rest are summed."""


SUM_PIECES = f"""
WITH label AS (
  SELECT id, origin = 'response' AS is_response,
    dense_rank() OVER (ORDER BY source, session, agent, model, origin) AS thread,
    dense_rank() OVER (ORDER BY source, provider, model, tier, geo, effort, project,
      discount_ppm, is_plan, {IS_SIDE}) AS alike
  FROM series s WHERE {{condition}} AND s.id IN
    (SELECT series FROM rollup WHERE bucket >= ? AND bucket < ?)
), response AS (
  SELECT e.series, e.at, e.cost, e.input, e.cache_read, e.cache_write,
    e.cache_write_1h, e.output, e.reasoning, l.alike, {PROMPT} AS prompt,
    e.requests IS NULL OR e.requests > 1 AS many,
    coalesce((SELECT sum(cost) FROM fee WHERE event = e.id), 0) AS fees,
    CASE WHEN l.is_response THEN e.at - lag(e.at) OVER thread END AS waited,
    lag({PROMPT}) OVER thread AS before
  FROM label l CROSS JOIN event e ON e.series = l.id AND e.at >= ? AND e.at < ?
  WINDOW thread AS (PARTITION BY l.thread ORDER BY e.at, e.id)
), piece AS (
  SELECT min(at) AS at, substr(?, (at / {HOUR_MS} - ?) * 2 + 1, 2) AS era,
    min(series) AS series, many, CASE {{waited}} ELSE 0 END AS wait,
    CASE WHEN many THEN 0 ELSE {{length}} END AS length, max(prompt) AS longest,
    count(*) AS responses, sum(cost) AS cost, sum(fees) AS fees, sum(input) AS input,
    sum(cache_read) AS cache_read, sum(cache_write) AS cache_write,
    sum(cache_write_1h) AS cache_write_1h, sum(output) AS output,
    sum(reasoning) AS reasoning,
    sum(CASE WHEN waited > {WAITS_MINUTES[0] * 60_000} AND prompt >= before
        AND before >= {SMALLEST_CACHE} AND cache_read * 2 < before
      THEN before - cache_read ELSE 0 END) AS lapsed
  FROM response WHERE cost IS NOT NULL GROUP BY alike, 2, 4, 5, 6
)
SELECT p.at, p.era, s.source, s.provider, s.model, s.tier, s.geo, s.effort, s.project,
  s.discount_ppm, s.is_plan, {IS_SIDE}, p.many, p.wait, p.length, p.longest,
  p.responses, p.cost, p.fees, p.input, p.cache_read, p.cache_write, p.cache_write_1h,
  p.output, p.reasoning, p.lapsed
FROM piece p JOIN series s ON s.id = p.series
"""
"""Labels are compared as numbers: as texts they would take most of the time."""


def pieces(
    connection: sqlite3.Connection, usage: Usage, cuts: Sequence[int], eras: Eras
) -> list[Piece]:
    """Cut some usage into pieces; prompts up to a cut lie in others than longer ones.

    `eras` cover the usage. What has no price is left out.
    """
    condition, globs = usage.condition()
    waited = " ".join(
        f"WHEN waited > {minutes * 60_000} THEN {minutes}"
        for minutes in reversed(WAITS_MINUTES)
    )
    length = " + ".join(f"(prompt > {int(cut)})" for cut in cuts) or "0"
    span = usage.since_ms or 0, usage.until_ms or 1 << 53
    buckets = span[0] // BUCKET_MS, -(-span[1] // BUCKET_MS)
    rows = connection.execute(
        SUM_PIECES.format(waited=waited, length=length, condition=condition),
        [*globs, *buckets, *span, eras.kinds, eras.first],
    )
    return [Piece._make(row) for row in rows]


class Used(NamedTuple):
    """A model as it is logged, at whose prices, and at which tier and place."""

    provider: str | None
    model: str
    tier: str | None
    geo: str | None


def used_models(connection: sqlite3.Connection, usage: Usage) -> list[Used]:
    """List the models of some usage, as they are logged."""
    rows, parameters = selected(usage, Used._fields, needs_time=False)
    found = connection.execute(
        "SELECT DISTINCT s.provider, s.model, s.tier, s.geo"
        f" FROM {rows} ORDER BY 2, 1, 3, 4",
        parameters,
    )
    return [Used(*row) for row in found]


def count_runs(connection: sqlite3.Connection, usage: Usage) -> int:
    """Count the sessions of some usage."""
    rows, parameters = selected(usage, ("session",), needs_time=False)
    (count,) = connection.execute(
        f"SELECT count(DISTINCT s.source || ' ' || s.session) FROM {rows}", parameters
    ).fetchone()
    return int(count)


class RunTokens(NamedTuple):
    """What one session in a project used of one model: tokens read and written."""

    project: str
    session: str
    provider: str | None
    model: str
    prompt: int
    output: int


def run_tokens(connection: sqlite3.Connection) -> list[RunTokens]:
    """List what sessions used of each model, of all time, largest first in each.

    Only what agents recorded response by response counts.
    """
    rows = connection.execute(
        "SELECT s.project, s.source || ' ' || s.session, s.provider, s.model,"
        " sum(r.prompt), sum(r.output) FROM (SELECT series, sum(output) AS output,"
        "   sum(input + cache_read + cache_write + cache_write_1h) AS prompt"
        "   FROM series_day GROUP BY series) r CROSS JOIN series s ON s.id = r.series"
        " WHERE s.origin = 'response' AND s.project IS NOT NULL"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 5 DESC"
    )
    return [RunTokens._make(row) for row in rows]
