"""What a payer's usage at a provider is reckoned to cost, by time."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

from tokentui.ledger.schema import BUCKET_MS, HOUR_MS
from tokentui.queries.billed import Payee
from tokentui.queries.sums import Usage


class Estimates:
    """What one payer's usage is reckoned to cost, by time: UTC ms and nano-dollars."""

    def __init__(self, points: Iterable[tuple[int, int]] = ()) -> None:
        in_order = sorted(points)
        self._times = [at for at, _ in in_order]
        self._sums = [0, *accumulate(nanos for _, nanos in in_order)]

    def between(self, since_ms: int, until_ms: int) -> int:
        """Sum the estimates of a half-open span."""
        first = bisect_left(self._times, since_ms)
        last = bisect_left(self._times, until_ms)
        return self._sums[max(first, last)] - self._sums[first]


def estimates(
    connection: sqlite3.Connection,
    payee: Payee,
    since_ms: int,
    until_ms: int,
    sharp: Iterable[int],
    grain_ms: int = HOUR_MS,
) -> Estimates:
    """Give a payer's estimates by hour or quarter-hour, and finer around sharp times.

    What is asked of them is exact at multiples of `grain_ms` and at sharp times.
    """
    table = "scope" if grain_ms == HOUR_MS else "series"
    rows = {"scope": "scope_hour", "series": "rollup"}[table]
    start = {"scope": "u.hour", "series": "u.bucket"}[table]
    narrowed, who = paid_by(payee)
    first, last = since_ms // grain_ms, -(-until_ms // grain_ms)
    cut = {at // grain_ms for at in sharp if at % grain_ms}
    coarse = connection.execute(
        f"SELECT {start}, sum(u.cost) FROM {rows} u"
        f" CROSS JOIN {table} s ON s.id = u.{table}"
        f" WHERE {start} >= ? AND {start} < ? AND u.cost AND {narrowed} GROUP BY 1",
        [first, last, *who],
    )
    points = [(at * grain_ms, nanos) for at, nanos in coarse if at not in cut]
    for at in cut & {*range(first, last)}:
        points += by_event(connection, payee, at * grain_ms, (at + 1) * grain_ms)
    return Estimates(points)


def by_event(
    connection: sqlite3.Connection, payee: Payee, since_ms: int, until_ms: int
) -> list[tuple[int, int]]:
    """List the single estimates in whole quarter-hours."""
    narrowed, who = paid_by(payee)
    return connection.execute(
        "SELECT e.at, e.cost FROM rollup u CROSS JOIN series s ON s.id = u.series"
        " CROSS JOIN event e ON e.series = s.id AND e.at >= u.bucket * ?1"
        "  AND e.at < (u.bucket + 1) * ?1"
        f" WHERE u.bucket >= ?2 / ?1 AND u.bucket < ?3 / ?1 AND e.cost AND {narrowed}",
        [BUCKET_MS, since_ms, until_ms, *who],
    ).fetchall()


def paid_by(payee: Payee) -> tuple[str, list[str]]:
    """Give SQL for labels `s` of what a payer pays a provider, or all of them."""
    if payee.provider is None:
        return "NOT s.is_plan AND s.payer = ?", [payee.payer]
    labels = [payee.payer, payee.provider]
    return "NOT s.is_plan AND s.payer = ? AND s.provider = ?", labels


def doubtful(
    connection: sqlite3.Connection, usage: Usage, until_ms: int
) -> list[tuple[int, Payee]]:
    """List the hours, by their start, and payers of whom more was used than is priced.

    What is inside flat plans is left out: its price is paid by nobody.
    """
    condition, globs = usage.condition("scope")
    rows = connection.execute(
        "SELECT DISTINCT u.hour, s.payer, s.provider FROM scope_hour u"
        " CROSS JOIN scope s ON s.id = u.scope WHERE u.hour >= ? AND u.hour < ?"
        f" AND (u.unpriced OR u.partial) AND NOT s.is_plan AND {condition}",
        [(usage.since_ms or 0) // HOUR_MS, -(-until_ms // HOUR_MS), *globs],
    )
    return [(hour * HOUR_MS, Payee(*who)) for hour, *who in rows]
