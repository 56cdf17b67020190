"""Charges that a person entered: on which days they are due, and how much that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from tokentui.budget.plans import MONTHS_A_YEAR
from tokentui.budget.scopes import admits, is_narrowed
from tokentui.periods import day_of_month, day_start
from tokentui.queries.by_hand import Charge
from tokentui.queries.dollars import DOLLARS, Dollars
from tokentui.settings import Cap

FOREIGN = ("source", "provider", "project", "model", "label")
"""A cap narrowed to one of these has no share in a charge, which has none of them."""


def due_days(charge: Charge, last: date) -> Iterator[date]:
    """List the days up to a last one on which a charge is due, oldest first."""
    month = charge.day.year * MONTHS_A_YEAR + charge.day.month - 1
    day = charge.day
    while day <= last and (charge.until is None or day < charge.until):
        yield day
        if not charge.is_monthly:
            return
        month += 1
        day = day_of_month(month, charge.day.day)


def due(
    charges: Iterable[Charge],
    since_ms: int,
    until_ms: int,
    last: date,
    tz: ZoneInfo,
    dollars: Dollars | None = None,
) -> int:
    """Sum what falls due in a span, in nano-dollars; `last` is not before its end.

    What cannot be exchanged to dollars is left out.
    """
    return sum(
        worth(charge, day, dollars) or 0
        for charge in charges
        for day in due_days(charge, last)
        if since_ms <= day_start(day, tz) < until_ms
    )


def worth(charge: Charge, day: date, dollars: Dollars | None) -> int | None:
    """Give what a charge of a day is in nano-dollars; `None` without a rate."""
    if dollars is None:
        return charge.nanos if charge.currency == DOLLARS else None
    return dollars.of(charge.nanos, charge.currency, day)


def has_share(cap: Cap, charge: Charge) -> bool:
    """Claim that a charge counts against a cap."""
    if cap.unit != "usd":
        return False
    if is_narrowed(cap, FOREIGN):
        return False
    return admits(cap, payer=charge.payer, client=charge.client or "")
