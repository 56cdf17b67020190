"""What providers, employers and the user himself state as billed, by payer."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator

from tokentui.ledger.schema import HOUR_MS
from tokentui.queries.dollars import DOLLARS, Dollars
from tokentui.spans import Span, end_at, merged, outside, overlap
from tokentui.tuples import NamedTuple

BY_HAND = "payer:"
"""How the accounts begin that stand for what a person read off a payer's own page."""


class Bill(NamedTuple):
    """Money billed for a stretch of time, in nano-dollars; half-open UTC milliseconds.

    `is_settled`: the providers have all of it; else more may come. `is_by_hand`: read
    off a page, for all providers.
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


class Told(NamedTuple):
    """What one feed has told: the times that it covers, and all of it that is known.

    `costs` are pairs of a span and its nano-dollars; `foreign` are the times for which
    it billed money without an exchange rate, too. `is_whole`: it tells of all that
    others of its provider tell of a part; `goes_on`: the account is still asked, so
    that more is to come.
    """

    covered: list[Span]
    settled: list[Span]
    costs: list[tuple[Span, int]]
    foreign: list[Span]
    is_whole: bool
    is_by_hand: bool
    goes_on: bool


class OtherMoney(NamedTuple):
    """What an account was billed in a currency without an exchange rate."""

    account: str
    currency: str
    nanos: int


def bills(
    connection: sqlite3.Connection,
    until_ms: int,
    accounts: Collection[str] = (),
    dollars: Dollars | None = None,
) -> dict[Payee, list[Bill]]:
    """List what was billed before a time, oldest first, of every payer and provider.

    A feed that has billed no money yet tells nothing; one that has, bills nothing for
    the times that it covers without a cost. `accounts`: those that are still asked.
    `dollars` exchanges other money, which else is left out.
    """
    told: dict[Payee, list[Told]] = defaultdict(list)
    for account, feed, payee in billing_feeds(connection, dollars):
        goes_on = account in accounts
        told[payee].append(
            told_by(connection, account, feed, until_ms, goes_on, dollars)
        )
    return {payee: billed(feeds, until_ms) for payee, feeds in told.items()}


def told_by(
    connection: sqlite3.Connection,
    account: str,
    feed: str,
    until_ms: int,
    goes_on: bool,
    dollars: Dollars | None,
) -> Told:
    """Read what a feed has told of the time before a moment."""
    readings = connection.execute(
        "SELECT since, min(until, ?3), min(max(since, settled_until), ?3) FROM reading"
        " WHERE account = ?1 AND feed = ?2 AND since < ?3",
        (account, feed, until_ms),
    ).fetchall()
    costs: dict[Span, int] = defaultdict(int)
    foreign = []
    for since, until, nanos, currency in connection.execute(
        "SELECT since, until, nanos, currency FROM cost"
        " WHERE account = ? AND feed = ? AND since < ? AND basis = 'billed'",
        (account, feed, until_ms),
    ):
        worth = in_dollars(nanos, currency, since, dollars)
        if worth is not None:
            costs[since, until] += worth
        else:
            foreign.append((since, until))
    covered = merged((since, until) for since, until, _ in readings)
    late = merged((settled, until) for _, until, settled in readings if settled < until)
    return Told(
        covered,
        outside(late, covered),
        sorted(costs.items()),
        merged(foreign),
        is_whole(connection, account),
        account.startswith(BY_HAND),
        goes_on,
    )


def in_dollars(
    nanos: int, currency: str, at_ms: int, dollars: Dollars | None
) -> int | None:
    """Give nano-dollars; `None` for other money that cannot be exchanged."""
    if dollars is None:
        return nanos if currency == DOLLARS else None
    return dollars.at(nanos, currency, at_ms)


def is_whole(connection: sqlite3.Connection, account: str) -> bool:
    """Claim that an account tells of all that others of its provider tell in part.

    Cursor's of a team holds its members', a management key of OpenRouter all keys; it
    alone bills by model there.
    """
    row = connection.execute(
        "SELECT 1 FROM account a WHERE a.name = ? AND (a.kind = 'cursor-team'"
        " OR a.kind = 'openrouter' AND EXISTS (SELECT 1 FROM cost c"
        "  WHERE c.account = a.name AND c.model IS NOT NULL))",
        (account,),
    ).fetchone()
    return row is not None


def billed(feeds: list[Told], until_ms: int) -> list[Bill]:
    """Put together what the feeds of one payer and provider tell; no bills overlap.

    From when on a feed tells something, nothing is settled that it has not settled.
    """
    whole = merged(span for each in feeds if each.is_whole for span in each.covered)
    open_ = merged(span for each in feeds for span in unsettled(each, whole, until_ms))
    costs = [bill for each in feeds for bill in costs_of(each, whole, open_, until_ms)]
    settled = merged(span for each in feeds for span in each.settled)
    known = merged([*open_, *((each.since_ms, each.until_ms) for each in costs)])
    nothing = [Bill(a, b, 0, is_settled=True) for a, b in outside(known, settled)]
    return joined([*costs, *nothing])


def unsettled(feed: Told, whole: list[Span], until_ms: int) -> list[Span]:
    """Give the times of which a feed may tell more than it has; never its past."""
    if not feed.covered:
        return []
    since = feed.covered[0][0]
    until = until_ms if feed.goes_on else feed.covered[-1][1]
    rest = outside(feed.settled, [(since, until)]) + feed.foreign
    return rest if feed.is_whole else outside(whole, merged(rest))


def costs_of(
    feed: Told, whole: list[Span], open_: list[Span], until_ms: int
) -> Iterator[Bill]:
    """Make bills of what a feed tells, but for what one tells that holds it."""
    for (since, until), nanos in feed.costs:
        if feed.is_whole or end_at(whole, since) is None:
            told_until = end_at(feed.covered, since)
            is_settled = told_until is not None and not overlap(
                open_, since, min(until, until_ms)
            )
            end = min(until, told_until or until)
            yield Bill(since, end, nanos, is_settled, feed.is_by_hand)


def joined(bills: list[Bill]) -> list[Bill]:
    """Join bills that overlap, as those of two accounts do, so that none do."""
    result: list[Bill] = []
    for bill in sorted(bills):
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


def billing_feeds(
    connection: sqlite3.Connection, dollars: Dollars | None = None
) -> list[tuple[str, str, Payee]]:
    """List the feeds that have billed dollars, or what is exchanged, and who pays."""
    rows = connection.execute(
        "SELECT c.account, c.feed, a.payer, a.provider, c.currency, max(c.since)"
        " FROM cost c LEFT JOIN account a ON a.name = c.account"
        " WHERE c.basis = 'billed' GROUP BY 1, 2, 3, 4, 5"
    ).fetchall()
    feeds = {
        (account, feed, payee_of(account, payer, provider)): None
        for account, feed, payer, provider, currency, last in rows
        if (payer is not None or account.startswith(BY_HAND))
        and in_dollars(1, currency, last, dollars) is not None
    }
    return list(feeds)


def payee_of(account: str, payer: str | None, provider: str | None) -> Payee:
    """Say who pays whom through an account."""
    if account.startswith(BY_HAND):
        return Payee(account.removeprefix(BY_HAND), None)
    return Payee(payer or "", provider)


def in_other_money(
    connection: sqlite3.Connection, since_ms: int, until_ms: int
) -> tuple[OtherMoney, ...]:
    """Sum what accounts were billed in money without a rate, begun in a span."""
    dollars = Dollars(connection)
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for account, currency, nanos, since in connection.execute(
        "SELECT account, currency, nanos, since FROM cost WHERE basis = 'billed'"
        " AND currency <> 'USD' AND since >= ? AND since < ? ORDER BY 1, 2",
        (since_ms, until_ms),
    ):
        if dollars.at(nanos, currency, since) is None:
            sums[account, currency] += nanos
    return tuple(OtherMoney(*names, nanos) for names, nanos in sums.items())


class OtherBill(NamedTuple):
    """A cost that an account states in other money than dollars; UTC milliseconds."""

    payee: Payee
    currency: str
    since_ms: int
    until_ms: int
    nanos: int


def other_bills(
    connection: sqlite3.Connection, since_ms: int, until_ms: int
) -> list[OtherBill]:
    """List what was billed in other money, for spans that begin in a span.

    Credits are none: what they cost is told where they are bought.
    """
    rows = connection.execute(
        "SELECT c.account, a.payer, a.provider, c.currency, c.since, c.until, c.nanos"
        " FROM cost c LEFT JOIN account a ON a.name = c.account"
        " WHERE c.basis = 'billed' AND c.currency <> 'USD'"
        " AND c.currency GLOB '[A-Z][A-Z][A-Z]' AND c.since >= ? AND c.since < ?"
        " ORDER BY c.since, c.id",
        (since_ms, until_ms),
    )
    return [
        OtherBill(payee_of(account, payer, provider), *money)
        for account, payer, provider, *money in rows
        if payer is not None or account.startswith(BY_HAND)
    ]


class Doubt(NamedTuple):
    """An account that bills one payer where another pays, too, and nobody bills him."""

    account: str
    payer: str
    provider: str
    other: str


def doubts(connection: sqlite3.Connection, since_ms: int) -> list[Doubt]:
    """List bills that may be another payer's, whose estimates count beside them."""
    rows = connection.execute(
        "SELECT DISTINCT a.name, a.payer, a.provider, s.payer FROM account a"
        " JOIN scope s ON s.provider = a.provider AND s.payer <> a.payer"
        "  AND NOT s.is_plan"
        " WHERE EXISTS (SELECT 1 FROM cost c WHERE c.account = a.name"
        "  AND c.basis = 'billed' AND c.since >= ?1)"
        " AND EXISTS (SELECT 1 FROM scope_hour u WHERE u.scope = s.id"
        "  AND u.hour >= ?1 / ?2 AND u.cost > 0)"
        " AND NOT EXISTS (SELECT 1 FROM account o"
        "  WHERE o.provider = a.provider AND o.payer = s.payer)"
        " AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.account = ?3 || s.payer)"
        " ORDER BY 1, 4",
        (since_ms, HOUR_MS, BY_HAND),
    )
    return [Doubt(*row) for row in rows]
