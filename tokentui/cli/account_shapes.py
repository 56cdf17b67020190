"""Provider accounts as tables, lines and JSON show them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from tokentui import amounts, periods
from tokentui.cli.shapes import instant, money, quota_shape
from tokentui.errors import NoLedgerError
from tokentui.ledger.connection import explaining, open_for_reading
from tokentui.queries.accounts import AccountState, Stated, account_states
from tokentui.setting import Setting


def states_of(here: Setting) -> tuple[AccountState, ...]:
    """Give how the accounts stand; without a ledger none has been asked."""
    try:
        connection = open_for_reading(here.ledger)
    except NoLedgerError:
        return unasked(here)
    with explaining(here.ledger), closing(connection):
        return account_states(connection, here.config.accounts, *span_of(here))


def unasked(here: Setting) -> tuple[AccountState, ...]:
    """Give the accounts as they stand where there is no ledger to read."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        from tokentui.ledger.schema import migrate

        migrate(empty)
        return account_states(empty, here.config.accounts, *span_of(here))


def span_of(here: Setting) -> tuple[int, int, int]:
    """Give this month's first moment and its end, and now, in UTC ms."""
    month = periods.period_window("month", here.tz, here.now)
    return month.since_ms or 0, month.until_ms or 0, periods.millis(here.now)


def row_of(state: AccountState, now_ms: int) -> list[str]:
    """Lay out one account as the table shows it."""
    return [
        state.name,
        state.kind,
        state.state or "not asked yet",
        age(state.good_at_ms, now_ms),
        ", ".join(stated_text(each) for each in state.balances) or "-",
        ", ".join(amounts.money(n, c) for c, n in state.billed) or "-",
    ]


def age(at_ms: int | None, now_ms: int) -> str:
    """Say how long ago an account was read in whole."""
    if at_ms is None:
        return "never"
    return f"{amounts.duration(max(0, now_ms - at_ms) / 1000)} ago"


def details_of(state: AccountState, here: Setting) -> list[str]:
    """Say what the table has no room for: limits, quotas and what is wrong."""
    lines = [f"limit {each.name} {stated_text(each)}" for each in state.limits]
    for each in state.quotas:
        resets = each.resets_at_ms
        when = f", resets {periods.iso(resets, here.tz)[:16]}" if resets else ""
        lines.append(f"{each.payer} {each.window}: {each.used_percent:g} % used{when}")
    return [*lines, state.error] if state.error else lines


def facts_of(state: AccountState, here: Setting) -> list[str]:
    """Say what an account states, a line each."""
    lines = [f"balance {each.name} {stated_text(each)}" for each in state.balances]
    lines += [
        f"billed this month {amounts.money(nanos, currency)}"
        for currency, nanos in state.billed
    ]
    lines += [line for line in details_of(state, here) if line != state.error]
    return lines or ["it states nothing yet"]


def stated_text(stated: Stated) -> str:
    """Write what is left, or what is used of how much."""
    text = amounts.money(stated.nanos, stated.currency)
    if stated.ceiling_nanos is None:
        return text
    return f"{text} of {amounts.money(stated.ceiling_nanos, stated.currency)}"


def shape_of(state: AccountState, here: Setting) -> dict[str, Any]:
    """Give an account as the contract states it, in dollars where it is dollars."""
    billed = dict(state.billed)
    dollars = [each.nanos for each in state.balances if each.currency == "USD"]
    return {
        "name": state.name,
        "kind": state.kind,
        "state": state.state,
        "as_of": instant(state.good_at_ms, here.tz),
        "stale_since": instant(state.stale_since_ms, here.tz),
        "next_poll": instant(state.next_poll_ms, here.tz),
        "error": state.error,
        "balance_usd": money(sum(dollars)) if dollars else None,
        "billed_month_usd": money(billed.get("USD")),
        "balances": [stated_shape(each, here) for each in state.balances],
        "limits": [
            {
                **stated_shape(each, here),
                "limit": money(each.ceiling_nanos),
                "resets_at": instant(each.resets_at_ms, here.tz),
            }
            for each in state.limits
        ],
        "quotas": [quota_shape(each, here.tz) for each in state.quotas],
    }


def stated_shape(stated: Stated, here: Setting) -> dict[str, Any]:
    """Give an amount with its currency and age."""
    return {
        "name": stated.name,
        "amount": money(stated.nanos),
        "currency": stated.currency,
        "as_of": instant(stated.as_of_ms, here.tz),
    }
