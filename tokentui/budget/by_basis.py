"""Usage with its cost not as estimated: as billed, or as caps count it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.budget.bases import Counted
from tokentui.budget.bills import Bills
from tokentui.budget.scopes import fits
from tokentui.queries.billed import Payee
from tokentui.queries.sums import EMPTY, Sums, Usage, summed
from tokentui.queries.usage import EPOCH, Key, UsageRow, UsageTable, day_name, usage_by

CAP = "cap"
KEYS = ("day", "week", "month", "payer", "provider")
"""What bills can be told apart by; a page read by hand tells no provider."""

TIME_KEYS = KEYS[:3]
FILTERS = ("payer", "provider")
Keys = tuple[Key, ...]


def usage_on_basis(
    connection: sqlite3.Connection,
    by: Sequence[str],
    usage: Usage,
    tz: ZoneInfo,
    bills: Bills,
    basis: str,
) -> UsageTable:
    """Group usage by some of `KEYS`, its cost on the basis `billed` or `cap`.

    Tokens and requests are the ledger's own. On the basis `cap` the cost is billed up
    to where that is known and estimated after it, without what is inside plans.
    """
    estimated = usage_by(connection, by, usage, tz)
    groups = {row.keys: row.sums for row in estimated.rows}
    if not by:
        groups = {(): estimated.total}
    changes: dict[Keys, Counted] = {}
    for payee in bills.listed:
        if is_asked(usage, payee):
            for keys, counted in changes_of(payee, by, usage, tz, bills):
                changes[keys] = changes.get(keys, Counted()).plus(counted)
    named = {
        keys: on_basis(groups.get(keys, EMPTY), changes.get(keys), basis)
        for keys in {**groups, **changes}
    }
    rows = sorted(
        named.items(), key=lambda each: [(k is None, k or "") for k in each[0]]
    )
    total = summed(named.values())
    return UsageTable(
        tuple(by), tuple(UsageRow(keys, sums) for keys, sums in rows if by), total
    )


def on_basis(sums: Sums, counted: Counted | None, basis: str) -> Sums:
    """Give sums with their cost on another basis; what nobody billed is unknown."""
    if basis == CAP:
        change = counted.difference if counted else 0
        known = sums.cost_nanos is not None or counted is not None
        cost = sums.payable_nanos + change if known else None
    else:
        cost = counted.billed if counted else None
    return replace(sums, cost_nanos=cost, list_nanos=None)


def changes_of(
    payee: Payee, by: Sequence[str], usage: Usage, tz: ZoneInfo, bills: Bills
) -> Iterator[tuple[Keys, Counted]]:
    """Say what the bills of a payee change, in each day of a span if time is a key."""
    first, last = bills.span(payee)
    since = max(first, usage.since_ms or first)
    until = min(last, last if usage.until_ms is None else usage.until_ms)
    if since >= until:
        return
    is_timed = any(key in TIME_KEYS for key in by)
    spans = days(since, until, tz) if is_timed else [(None, since, until)]
    for day, start, end in spans:
        names = {"payer": payee.payer, "provider": payee.provider}
        if day is not None:
            number = (day - EPOCH).days
            names |= {key: day_name(key, number) for key in TIME_KEYS}
        yield tuple(names[key] for key in by), bills.of_payee(payee, start, end)


def days(
    since_ms: int, until_ms: int, tz: ZoneInfo
) -> Iterator[tuple[date | None, int, int]]:
    """Cut a span at local midnights; give each day and its part of the span."""
    day = periods.local_day(datetime.fromtimestamp(since_ms / 1000, UTC), tz)
    while (start := periods.day_start(day, tz)) < until_ms:
        end = periods.day_start(day + timedelta(1), tz)
        yield day, max(start, since_ms), min(end, until_ms)
        day += timedelta(1)


def is_asked(usage: Usage, payee: Payee) -> bool:
    """Claim that the filters of a question let a payer and provider in."""
    return all(
        fits(usage.only.get(label, ()), value, otherwise=True)
        for label, value in (("payer", payee.payer), ("provider", payee.provider or ""))
    )
