"""A claim made from the ledger, the rules and the rates as of one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tokentui import __version__, periods
from tokentui.claims import split
from tokentui.claims.allowances import allowances_of
from tokentui.claims.asked import Asked, Books
from tokentui.claims.claim import (
    DRAFT,
    STATEMENT,
    UNTAGGED,
    Allowance,
    Claim,
    Explanation,
    Line,
    Part,
    Person,
    Recharge,
    Subtotal,
)
from tokentui.claims.complete import completeness
from tokentui.claims.document import lines_sha256
from tokentui.claims.evidence import daily_of, evidence_of, explanation_of
from tokentui.claims.exchange import Exchange, Exchanged, exchanged
from tokentui.claims.lines import Attached, Reckoning, lines_of
from tokentui.claims.rounding import rounded
from tokentui.claims.spent import Spent, spent
from tokentui.claims.usage import Used, Weights, active_seconds, used
from tokentui.queries.fx import known_rates
from tokentui.settings import Config

ONE_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one period holds: exchanged, without a rate, and the usage behind it."""

    lines: list[Exchanged]
    unknown: list[Spent]
    used: list[Used]


def claim_of(
    connection: sqlite3.Connection,
    config: Config,
    asked: Asked,
    tz: ZoneInfo,
    now: datetime,
    attached: Iterable[Attached] = (),
    earlier: Iterable[Claim] = (),
) -> Claim:
    """Make a claim, or a statement, of a period.

    `attached` are the receipts of its lines, `earlier` the claims that count before it
    against allowances.
    """
    books = Books(connection, config, tz, now)
    kept = tuple(attached)
    exchange = exchange_of(books, asked, kept)
    found = gathered(books, asked.since_ms, asked.until_ms, exchange, asked.client)
    rules = split.rules_of(config, asked.client)
    by_line: dict[str, list[Attached]] = {}
    for each in kept:
        by_line.setdefault(each.line, []).append(each)
    lines = lines_of(
        found.lines,
        Reckoning(
            Weights(found.used),
            rules,
            exchange.currency,
            by_line,
            config.claims.receipts_from,
        ),
    )
    made = put_together(books, asked, exchange, found, lines, rules, tuple(earlier))
    return replace(made, lines_sha256=lines_sha256(made.lines))


def exchange_of(books: Books, asked: Asked, attached: Iterable[Attached]) -> Exchange:
    """Say how the claim exchanges; its date is its last day, so that it stays."""
    claims = books.config.claims
    last_ms = min(asked.until_ms - 1, books.now_ms)
    return Exchange(
        asked.currency or claims.currency,
        asked.rate or claims.rate,
        books.local_day(last_ms),
        known_rates(books.connection),
        {each.line: each.paid for each in attached if each.paid is not None},
    )


def gathered(
    books: Books, since_ms: int, until_ms: int, exchange: Exchange, client: str | None
) -> Gathered:
    """Collect what was spent and used in a span."""
    lines, unknown = exchanged(spent(books, since_ms, until_ms), exchange)
    rows = used(books, since_ms, until_ms, client)
    return Gathered(lines, unknown, rows)


def put_together(
    books: Books,
    asked: Asked,
    exchange: Exchange,
    found: Gathered,
    lines: tuple[Line, ...],
    rules: tuple[split.Rule, split.Rule],
    earlier: tuple[Claim, ...],
) -> Claim:
    """Add up the lines and say what explains them."""
    config, currency = books.config, exchange.currency
    zero = rounded(0, currency)
    first = books.local_day(asked.since_ms)
    last = books.local_day(asked.until_ms - 1)
    eligible = sum((line.amount for line in lines), zero)
    documented = sum((line.amount for line in lines if line.receipts), zero)
    allowances, claimed = allowed(books, asked, lines, earlier, currency, last)
    recharge = recharged(asked, config, eligible, currency)
    if recharge is not None:
        claimed = recharge.cost + recharge.added
    rows = [row for row in found.used if is_shown(row, books, rules[0])]
    is_for_client = asked.client is not None
    return Claim(
        status=STATEMENT if asked.is_statement else DRAFT,
        number=None,
        supersedes=asked.supersedes,
        superseded_by=None,
        made_at=periods.iso(books.now_ms // 1000 * 1000, books.tz),
        first=first,
        last=last,
        timezone=str(books.tz),
        claimant=Person(
            config.claims.claimant, config.claims.email, config.claims.employee_number
        ),
        employer=None if is_for_client else config.claims.employer,
        cost_centre=None if is_for_client else config.claims.cost_centre,
        purpose=asked.purpose or config.claims.purpose,
        client=asked.client,
        currency=currency,
        rate_rule=exchange.rule,
        lines=lines,
        whole=sum((line.whole for line in lines), zero),
        eligible=eligible,
        claimed=claimed,
        with_receipts=documented,
        without_receipts=eligible - documented,
        split=split.split_of(lines, rules, currency),
        allowances=allowances,
        recharge=recharge,
        active_seconds=active_seconds(
            books, asked.since_ms, asked.until_ms, asked.client, rules[0].claims
        ),
        by_vendor=subtotals(lines, lambda line: [(line.vendor, line)]),
        by_project=subtotals(
            lines, lambda line: [(name_of(part), part) for part in line.parts]
        ),
        evidence=evidence_of(books, rows, exchange),
        explanation=None
        if is_for_client
        else explained(books, asked, exchange, found, rules[0]),
        daily=()
        if is_for_client
        else daily_of(books, found.lines, rows, exchange, first, last),
        completeness=completeness(books, asked, found.used, found.unknown, currency),
        price_book=price_book(config),
        generator=f"tokentui {__version__}",
        lines_sha256="",
    )


def allowed(
    books: Books,
    asked: Asked,
    lines: Sequence[Line],
    earlier: tuple[Claim, ...],
    currency: str,
    last: date,
) -> tuple[tuple[Allowance, ...], Decimal]:
    """Apply the allowances of the config; a client has none."""
    rules = books.config.allowances if asked.client is None else ()
    before = [each for each in earlier if each.client is None]
    if asked.is_statement:
        # A statement of a claimed time says what that claim said.
        before = [
            each for each in before if each.last < books.local_day(asked.since_ms)
        ]
    made, rest = allowances_of(rules, lines, before, currency, last, books.tz)
    return made, rest + sum((each.claimed for each in made), rounded(0, currency))


def recharged(
    asked: Asked, config: Config, cost: Decimal, currency: str
) -> Recharge | None:
    """Say what a client is charged: cost, or more."""
    if asked.client is None:
        return None
    markup = config.claims.markup if asked.markup is None else asked.markup
    rule = "markup" if markup else "disbursement"
    return Recharge(rule, markup, cost, rounded(cost * markup, currency))


def is_shown(row: Used, books: Books, rule: split.Rule) -> bool:
    """Claim that usage is evidence for what is claimed."""
    return books.is_claimed(row.payer) and rule.claims(row.whose.kind)


def explained(
    books: Books, asked: Asked, exchange: Exchange, found: Gathered, rule: split.Rule
) -> Explanation:
    """Compare with the period before."""
    since, until = before(books, asked)
    past = gathered(books, since, until, exchange, None)
    return explanation_of(
        (past.lines, [row for row in past.used if is_shown(row, books, rule)]),
        (found.lines, [row for row in found.used if is_shown(row, books, rule)]),
        exchange,
        books.local_day(since),
        books.local_day(until - 1),
    )


def before(books: Books, asked: Asked) -> tuple[int, int]:
    """Give the span before: as many months, or else as many days."""
    first, end = books.local_day(asked.since_ms), books.local_day(asked.until_ms)
    months = (end.year - first.year) * 12 + end.month - first.month
    if first.day == end.day and months:
        number = first.year * 12 + first.month - 1 - months
        year, month = divmod(number, 12)
        _, following = periods.month_of(date(year, month + 1, 1), 1)
        start = min(
            date(year, month + 1, 1) + (first.day - 1) * ONE_DAY, following - ONE_DAY
        )
    else:
        start = first - (end - first)
    return periods.day_start(start, books.tz), asked.since_ms


def subtotals(
    lines: Iterable[Line],
    cut: Callable[[Line], Iterable[tuple[str | None, Line | Part]]],
) -> tuple[Subtotal, ...]:
    """Sum lines or their parts by name, the largest first."""
    sums: dict[str | None, tuple[Decimal, Decimal]] = {}
    for line in lines:
        for name, each in cut(line):
            whole, amount = sums.get(name, (0 * each.whole, 0 * each.whole))
            sums[name] = whole + each.whole, amount + each.amount
    found = [Subtotal(name, *amounts) for name, amounts in sums.items()]
    return tuple(sorted(found, key=lambda each: (-each.whole, each.name or "")))


def name_of(part: Part) -> str | None:
    """Name the project of a part, or whose it is; `None` is what nobody named."""
    return part.project or (None if part.kind == UNTAGGED else part.kind)


def price_book(config: Config) -> str:
    """Name the price book in use."""
    from tokentui.ingest import book_for

    return book_for(config).version
