"""What is estimated and what is billed, in pieces that can be laid side by side.

Days are UTC here, as those of providers are.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from tokentui.attribution import ASSUMED
from tokentui.queries.billed import BY_HAND, Payee, billing_feeds, is_whole
from tokentui.queries.sums import Usage, usage_rows
from tokentui.spans import end_at, merged

DAY_MS = 86_400_000

Interval = tuple[int, int]
"""Half-open UTC milliseconds."""


@dataclass(frozen=True, slots=True)
class Part:
    """Usage of one payer that shares its labels; `nanos` is `None` if unpriced.

    `tier` is `None` where the log does not tell; `is_assumed`: nothing but a guess says
    who pays. Usage inside plans is no part.
    """

    payer: str
    provider: str | None
    source: str
    model: str
    tier: str | None
    origin: str
    is_assumed: bool
    nanos: int | None
    unpriced: int
    partial: int
    requests: int | None


@dataclass(frozen=True, slots=True)
class Charge:
    """Money billed for a span; the dimensions are `None` where they are not stated."""

    since_ms: int
    until_ms: int
    nanos: int
    model: str | None
    what: str | None
    key: str | None


@dataclass(frozen=True, slots=True)
class Covered:
    """A span that a provider has told of, and up to when it has everything."""

    since_ms: int
    until_ms: int
    settled_until_ms: int


@dataclass(frozen=True, slots=True)
class Statement:
    """All that one payee's accounts have said, by time."""

    charges: tuple[Charge, ...]
    covered: tuple[Covered, ...]
    is_by_hand: bool = False


def parts(connection: sqlite3.Connection, span: Interval) -> list[Part]:
    """List what was used in a span beside flat plans."""
    rows, parameters = usage_rows(Usage(*span))
    found = connection.execute(
        "SELECT s.payer, s.provider, s.source, s.model, s.tier, s.origin,"
        f" s.payer_evidence = '{ASSUMED}', sum(u.cost), sum(u.unpriced),"
        f" sum(u.partial), sum(u.requests) FROM ({rows}) u"
        " CROSS JOIN series s ON s.id = u.series"
        " WHERE NOT s.is_plan GROUP BY 1, 2, 3, 4, 5, 6, 7",
        parameters,
    )
    return [Part(*row) for row in found]


def fees(connection: sqlite3.Connection, span: Interval) -> dict[Payee, int]:
    """Sum what is estimated beside tokens, such as searches, by payer and provider."""
    return {
        Payee(payer, provider): nanos
        for payer, provider, nanos in connection.execute(
            "SELECT s.payer, s.provider, sum(f.cost) FROM fee f"
            " JOIN event e ON e.id = f.event JOIN series s ON s.id = e.series"
            " WHERE e.at >= ? AND e.at < ? AND NOT s.is_plan AND f.cost IS NOT NULL"
            " GROUP BY 1, 2",
            span,
        )
    }


def statements(connection: sqlite3.Connection) -> dict[Payee, Statement]:
    """Give what every payee's accounts have said; only dollars are compared.

    What an account tells that another one's bill holds is left out.
    """
    charges: dict[Payee, list[Charge]] = defaultdict(list)
    covered: dict[Payee, list[Covered]] = defaultdict(list)
    whole: dict[Payee, list[Interval]] = defaultdict(list)
    by_hand = set()
    feeds = [
        (is_whole(connection, account), account, feed, payee)
        for account, feed, payee in billing_feeds(connection)
    ]
    for is_all, account, feed, payee in sorted(feeds, key=lambda each: not each[0]):
        if account.startswith(BY_HAND):
            by_hand.add(payee)
        said = [
            Charge(*row)
            for row in connection.execute(
                "SELECT since, until, nanos, model, what, key FROM cost"
                " WHERE account = ? AND feed = ? AND basis = 'billed'"
                " AND currency = 'USD' ORDER BY since, id",
                (account, feed),
            )
        ]
        spans = [
            Covered(*row)
            for row in connection.execute(
                "SELECT since, until, settled_until FROM reading"
                " WHERE account = ? AND feed = ? ORDER BY since",
                (account, feed),
            )
        ]
        if is_all:
            whole[payee] += [(each.since_ms, each.until_ms) for each in spans]
        held = merged(whole[payee])
        charges[payee] += [
            each for each in said if is_all or end_at(held, each.since_ms) is None
        ]
        covered[payee] += spans
    return {
        payee: Statement(tuple(charges[payee]), tuple(covered[payee]), payee in by_hand)
        for payee in charges
    }


def counted_requests(
    connection: sqlite3.Connection, span: Interval
) -> dict[tuple[Payee, str | None], int]:
    """Sum the requests that providers counted in a span, by payee and their model."""
    return {
        (Payee(payer, provider), model): requests
        for payer, provider, model, requests in connection.execute(
            "SELECT a.payer, a.provider, u.model, sum(u.requests) FROM used u"
            " JOIN account a ON a.name = u.account"
            " WHERE u.since >= ? AND u.since < ? AND u.requests IS NOT NULL"
            " GROUP BY 1, 2, 3",
            span,
        )
    }


def other_currencies(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Count the bills that cannot be compared with dollars, by currency."""
    return connection.execute(
        "SELECT currency, count(*) FROM cost"
        " WHERE basis = 'billed' AND currency <> 'USD' GROUP BY 1 ORDER BY 1"
    ).fetchall()
