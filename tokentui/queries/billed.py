"""What providers, employers and the user himself state as billed, by payer."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from tokentui.ledger.schema import BUCKET_MS

BY_HAND = "payer:"
"""How the accounts begin that stand for what a person read off a payer's own page."""


class Bill(NamedTuple):
    """Money billed for a stretch of time, in nano-dollars; half-open UTC milliseconds.

    `is_settled`: the provider has all of it; else more may come, and there may be more
    than one account. `is_by_hand`: read off a page, for all providers.
    """

    since_ms: int
    until_ms: int
    nanos: int
    is_settled: bool
    is_by_hand: bool = False


class Payee(NamedTuple):
    """Who is paid by whom: a payer and the provider, `None` for all of them."""

    payer: str
    provider: str | None


def bills(connection: sqlite3.Connection, until_ms: int) -> dict[Payee, list[Bill]]:
    """List what was billed before a time, oldest first, of every payer and provider.

    A feed that has billed nothing yet tells nothing; one that has, bills nothing for
    the times that it covers without a cost. Only dollars are listed.
    """
    found: dict[Payee, list[Bill]] = defaultdict(list)
    empty: dict[Payee, list[Bill]] = defaultdict(list)
    for account, feed, payee in billing_feeds(connection):
        spans = connection.execute(
            "SELECT since, min(until, ?3), settled_until FROM reading"
            " WHERE account = ?1 AND feed = ?2 AND since < ?3 ORDER BY since",
            (account, feed, until_ms),
        ).fetchall()
        costs = connection.execute(
            "SELECT since, until, sum(nanos) FROM cost"
            " WHERE account = ? AND feed = ? AND since < ?"
            " AND basis = 'billed' AND currency = 'USD'"
            " GROUP BY since, until ORDER BY since",
            (account, feed, until_ms),
        ).fetchall()
        for since, until, settled_until in spans:
            inside = [cost for cost in costs if since <= cost[0] < until]
            is_by_hand = account.startswith(BY_HAND)
            stated = [
                Bill(a, min(b, until), nanos, b <= settled_until, is_by_hand)
                for a, b, nanos in inside
            ]
            found[payee] += stated
            empty[payee] += without_costs(since, min(until, settled_until), stated)
    result = {
        payee: joined([*costs, *beside(empty[payee], costs)])
        for payee, costs in found.items()
    }
    return without_other_owners(result)


def without_other_owners(bills: dict[Payee, list[Bill]]) -> dict[Payee, list[Bill]]:
    """Leave a payer to what was read by hand, from the first such reading on.

    Otherwise the same work would be billed twice, by the page and by an account.
    """
    first = {
        payee.payer: listed[0].since_ms
        for payee, listed in bills.items()
        if payee.provider is None and listed
    }
    return {
        payee: [
            bill
            for bill in listed
            if bill.is_by_hand or bill.until_ms <= first.get(payee.payer, bill.until_ms)
        ]
        for payee, listed in bills.items()
    }


def billing_feeds(connection: sqlite3.Connection) -> list[tuple[str, str, Payee]]:
    """List the feeds that have billed something, with who pays whom."""
    rows = connection.execute(
        "SELECT DISTINCT c.account, c.feed, a.payer, a.provider FROM cost c"
        " LEFT JOIN account a ON a.name = c.account"
        " WHERE c.basis = 'billed' AND c.currency = 'USD'"
    ).fetchall()
    return [
        (account, feed, payee_of(account, payer, provider))
        for account, feed, payer, provider in rows
        if payer is not None or account.startswith(BY_HAND)
    ]


def payee_of(account: str, payer: str | None, provider: str | None) -> Payee:
    """Say who pays whom through an account."""
    if account.startswith(BY_HAND):
        return Payee(account.removeprefix(BY_HAND), None)
    return Payee(payer or "", provider)


def without_costs(since: int, until: int, bills: list[Bill]) -> list[Bill]:
    """List the parts of a covered span for which nothing was billed."""
    parts = []
    for bill in bills:
        if bill.since_ms > since:
            parts.append(Bill(since, bill.since_ms, 0, is_settled=True))
        since = max(since, bill.until_ms)
    if until > since:
        parts.append(Bill(since, until, 0, is_settled=True))
    return parts


def beside(empty: list[Bill], costs: list[Bill]) -> list[Bill]:
    """Keep what is left of empty spans where no other account billed something."""
    parts = empty
    for cost in costs:
        left = []
        for part in parts:
            for a, b in (
                (part.since_ms, min(part.until_ms, cost.since_ms)),
                (max(part.since_ms, cost.until_ms), part.until_ms),
            ):
                if a < b:
                    left.append(Bill(a, b, 0, is_settled=True))
        parts = left
    return parts


def joined(bills: list[Bill]) -> list[Bill]:
    """Join bills that overlap, as those of two accounts do, so that none do."""
    result: list[Bill] = []
    for bill in sorted(bills, key=lambda each: (each.since_ms, each.until_ms)):
        last = result[-1] if result else None
        if last is None or bill.since_ms >= last.until_ms:
            result.append(bill)
        else:
            result[-1] = Bill(
                last.since_ms,
                max(last.until_ms, bill.until_ms),
                last.nanos + bill.nanos,
                last.is_settled and bill.is_settled,
                last.is_by_hand or bill.is_by_hand,
            )
    return result


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
    sharp: tuple[int, ...],
) -> Estimates:
    """Give a payer's estimates by quarter-hour, and to the event around sharp times."""
    edges = sorted({at // BUCKET_MS for at in sharp if at % BUCKET_MS})
    provider = "" if payee.provider is None else " AND s.provider = ?"
    who = [payee.payer] + ([] if payee.provider is None else [payee.provider])
    rows = connection.execute(
        "SELECT u.bucket, sum(u.cost) FROM rollup u JOIN series s ON s.id = u.series"
        f" WHERE NOT s.is_plan AND s.payer = ?{provider}"
        " AND u.bucket >= ? AND u.bucket < ? AND u.cost IS NOT NULL GROUP BY 1",
        [*who, since_ms // BUCKET_MS, -(-until_ms // BUCKET_MS)],
    ).fetchall()
    points = [(b * BUCKET_MS, nanos) for b, nanos in rows if b not in edges]
    for edge in edges:
        points += connection.execute(
            "SELECT e.at, e.cost FROM rollup u JOIN series s ON s.id = u.series"
            " JOIN event e ON e.series = s.id AND e.at >= ? AND e.at < ?"
            f" WHERE u.bucket = ? AND NOT s.is_plan AND s.payer = ?{provider}"
            " AND e.cost IS NOT NULL",
            [edge * BUCKET_MS, (edge + 1) * BUCKET_MS, edge, *who],
        ).fetchall()
    return Estimates(points)
