"""Flat plans: when their fee is due, and how much of it lies in a stretch of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tokentui.amounts import NANOS
from tokentui.periods import day_of_month, day_start
from tokentui.queries.dollars import Dollars
from tokentui.settings import Plan
from tokentui.tuples import NamedTuple

MONTHS_A_YEAR = 12


class Fee(NamedTuple):
    """A fee that falls due, in its plan's currency; `until_ms`: the next one does."""

    at_ms: int
    until_ms: int
    nanos: int


def worth(plan: Plan, dollars: Dollars, on: date) -> int | None:
    """Give what a plan's fee of a day is in nano-dollars; `None` without a rate."""
    return dollars.of(int(Decimal(plan.fee) * NANOS), plan.currency, on)


def not_counted(plan: Plan) -> str:
    """Say why a plan's fee is in no sum."""
    fee = f"{plan.fee:f} {plan.currency}"
    return f"plan {plan.name}: fee {fee} not counted: no exchange rate"


def fees(plan: Plan, since_ms: int, until_ms: int, tz: ZoneInfo) -> Iterator[Fee]:
    """List the fees whose month touches a stretch of time, oldest first.

    A plan renews at the start of its local day, on the last day of a shorter month, and
    only on days on which it lasts: the month of its last fee may end later than it.
    """
    nanos = int(Decimal(plan.fee) * NANOS)
    first = datetime.fromtimestamp(since_ms / 1000, UTC).date()
    month = first.year * MONTHS_A_YEAR + first.month - 2
    day = day_of_month(month, plan.renews)
    at_ms = day_start(day, tz)
    while at_ms < until_ms:
        month += 1
        next_day = day_of_month(month, plan.renews)
        next_ms = day_start(next_day, tz)
        if next_ms > since_ms and lasts(plan, day, day + timedelta(1)):
            yield Fee(at_ms, next_ms, nanos)
        day, at_ms = next_day, next_ms


def lasts(plan: Plan, first: date, end: date) -> bool:
    """Claim that somebody has a plan on a day from the first until before the end."""
    return (plan.since is None or plan.since < end) and (
        plan.until is None or first < plan.until
    )


def due(plan: Plan, since_ms: int, until_ms: int, tz: ZoneInfo) -> int:
    """Sum the fees that fall due in a stretch of time, in the plan's currency."""
    found = fees(plan, since_ms, until_ms, tz)
    return sum(due_of(fee, since_ms, until_ms) for fee in found)


def spread(plan: Plan, since_ms: int, until_ms: int, tz: ZoneInfo) -> int:
    """Sum the parts of the fees that a stretch of time takes of their months."""
    found = fees(plan, since_ms, until_ms, tz)
    return sum(spread_of(fee, since_ms, until_ms) for fee in found)


def due_of(fee: Fee, since_ms: int, until_ms: int) -> int:
    """Give a fee if it falls due in a stretch of time, else nothing."""
    return fee.nanos if since_ms <= fee.at_ms < until_ms else 0


def spread_of(fee: Fee, since_ms: int, until_ms: int) -> int:
    """Give the part of a fee that a stretch of time takes of its month."""
    inside = min(until_ms, fee.until_ms) - max(since_ms, fee.at_ms)
    return fee.nanos * inside // (fee.until_ms - fee.at_ms)
