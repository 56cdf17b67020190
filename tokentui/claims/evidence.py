"""What explains a claim and is never added to it: usage at list prices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from tokentui.amounts import NANOS
from tokentui.claims.asked import Books
from tokentui.claims.claim import Cause, Daily, Evidence, Explanation, Subtotal
from tokentui.claims.exchange import Exchange, Exchanged
from tokentui.claims.lines import wholes_of
from tokentui.claims.rounding import rounded, rounded_together
from tokentui.claims.usage import Used
from tokentui.queries.sums import EMPTY, Sums
from tokentui.vendors import PLANS, title_of

Group = TypeVar("Group")
ONE_DAY = timedelta(1)


def evidence_of(
    books: Books, used: Iterable[Used], exchange: Exchange
) -> tuple[Evidence, ...]:
    """List usage by vendor, payer and model, the dearest first."""
    plans = {*PLANS.values(), *(plan.name for plan in books.config.plans)}
    groups = summed(used, lambda row: (row.provider, row.payer, row.model))
    rows = [
        Evidence(
            title_of(provider),
            payer,
            model,
            books.paid_by(payer),
            sums.plan_nanos > 0 or (payer in plans and not sums.cost_nanos),
            sums.requests,
            sum(sums.tokens[:-1]),
            in_dollars(sums.list_nanos),
            in_currency(sums.list_nanos, exchange),
            sums.unpriced,
            sums.is_lower_bound,
        )
        for (provider, payer, model), sums in groups.items()
    ]
    return tuple(
        sorted(rows, key=lambda each: (-(each.original or 0), each.payer, each.model))
    )


def daily_of(
    books: Books,
    lines: Sequence[Exchanged],
    used: Iterable[Used],
    exchange: Exchange,
    first: date,
    last: date,
) -> tuple[Daily, ...]:
    """Give each day up to now, what of the lines lies in it and what usage is worth."""
    by_day: dict[date, Fraction] = {}
    for line, whole in zip(lines, wholes_of(lines, exchange.currency), strict=True):
        # What rounding made of the line goes to its last day, so that days add up.
        ends = line.days[-1][0], Fraction(whole) - line.whole
        for day, amount in (*line.days, ends):
            by_day[day] = by_day.get(day, Fraction(0)) + amount
    values = summed(used, lambda row: row.day)
    end = min(last, books.local_day(books.now_ms))
    days = [first + n * ONE_DAY for n in range((end - first).days + 1)]
    wholes = rounded_together(
        [by_day.get(day, Fraction(0)) for day in days], exchange.currency
    )
    return tuple(
        Daily(day, whole, in_currency(values.get(day, EMPTY).list_nanos, exchange))
        for day, whole in zip(days, wholes, strict=True)
    )


def explanation_of(
    before: tuple[Sequence[Exchanged], Iterable[Used]],
    now: tuple[Sequence[Exchanged], Iterable[Used]],
    exchange: Exchange,
    first: date,
    last: date,
) -> Explanation:
    """Say how two periods differ, the earlier one from `first` to `last`."""
    zero = rounded(0, exchange.currency)
    was, is_ = (by_vendor(lines, exchange.currency) for lines, _ in (before, now))
    vendors = [
        Subtotal(name, was.get(name, zero), is_.get(name, zero))
        for name in sorted({*was, *is_})
    ]
    return Explanation(
        first,
        last,
        sum(was.values(), zero),
        sum(is_.values(), zero),
        tuple(vendors),
        causes_of(before[1], now[1], exchange),
    )


def by_vendor(lines: Sequence[Exchanged], currency: str) -> dict[str, Decimal]:
    """Sum what was spent, rounded as lines are, by vendor."""
    sums: dict[str, Decimal] = {}
    for line, whole in zip(lines, wholes_of(lines, currency), strict=True):
        vendor = line.spent.vendor
        sums[vendor] = sums.get(vendor, rounded(0, currency)) + whole
    return sums


def causes_of(
    before: Iterable[Used], now: Iterable[Used], exchange: Exchange
) -> tuple[Cause, ...]:
    """List how the list value of each model changed, and by what; largest first."""
    groups = [
        summed(rows, lambda row: (title_of(row.provider), row.model))
        for rows in (before, now)
    ]
    causes = []
    for vendor, model in {**groups[0], **groups[1]}:
        old, new = (group.get((vendor, model), EMPTY) for group in groups)
        was, is_ = (
            in_currency(old.list_nanos, exchange),
            in_currency(new.list_nanos, exchange),
        )
        if was is not None and is_ is not None and (was or is_):
            causes.append(
                cause(vendor, model, (old, was), (new, is_), exchange.currency)
            )
    return tuple(
        sorted(causes, key=lambda each: (-abs(each.now - each.before), each.model))
    )


def cause(
    vendor: str,
    model: str,
    before: tuple[Sums, Decimal],
    now: tuple[Sums, Decimal],
    currency: str,
) -> Cause:
    """Part a change into what more tokens cost at the old price, and the rest."""
    (old, was), (new, is_) = before, now
    had, has = sum(old.tokens[:-1]), sum(new.tokens[:-1])
    change = is_ - was
    by_volume = change
    if had and has:
        by_volume = rounded(Fraction(was) * (has - had) / had, currency)
    return Cause(vendor, model, was, is_, by_volume, change - by_volume)


def summed(rows: Iterable[Used], key: Callable[[Used], Group]) -> dict[Group, Sums]:
    """Sum usage by a key."""
    groups: dict[Group, Sums] = {}
    for row in rows:
        name = key(row)
        groups[name] = groups.get(name, EMPTY).plus(row.sums)
    return groups


def in_dollars(nanos: int | None) -> Decimal | None:
    """Round nano-dollars to cents; unknown stays so."""
    return None if nanos is None else rounded(Fraction(nanos, NANOS), "USD")


def in_currency(nanos: int | None, exchange: Exchange) -> Decimal | None:
    """Round nano-dollars in the claim's currency; `None` also without a rate."""
    exact = None if nanos is None else exchange.at_claim_date(nanos)
    return None if exact is None else rounded(exact, exchange.currency)
