"""The JSON shapes of the contract, made from what the query layer answers."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from tokentui import amounts, periods
from tokentui.ledger.schema import TOKEN_KINDS
from tokentui.periods import Period
from tokentui.queries.quotas import QuotaState
from tokentui.queries.sum_words import cost_text as cost_text
from tokentui.queries.sums import Sums


def money(nanos: int | None) -> int | float | None:
    """Give dollars exact to the nano-dollar; unknown is null."""
    return None if nanos is None else amounts.usd(nanos)


def instant(ms: int | None, tz: ZoneInfo) -> str | None:
    """Give a time with its offset; unknown is null."""
    return None if ms is None else periods.iso(ms, tz)


def period_shape(period: Period, tz: ZoneInfo) -> dict[str, Any]:
    """Give what a document covers, and whose days it speaks of."""
    return {
        "since": instant(period.since_ms, tz),
        "until": instant(period.until_ms, tz),
        "timezone": str(tz),
    }


def sums_shape(sums: Sums) -> dict[str, Any]:
    """Give sums of usage as every document states them."""
    return {
        "requests": sums.requests,
        "tokens": dict(zip(TOKEN_KINDS, sums.tokens, strict=True)),
        "cost_usd": money(sums.cost_nanos),
        "plan_list_usd": money(sums.plan_nanos),
        "unpriced_requests": sums.unpriced,
        "partial_requests": sums.partial,
        "fees": {
            kind: {"units": units, "usd": money(nanos)}
            for kind, (units, nanos) in sorted(sums.fees.items())
        }
        if sums.fees
        else {},
    }


def quota_shape(quota: QuotaState, tz: ZoneInfo) -> dict[str, Any]:
    """Give a plan's window as every document states it."""
    return {
        "plan": quota.payer,
        "window": quota.window,
        "used_percent": quota.used_percent,
        "resets_at": instant(quota.resets_at_ms, tz),
        "runs_out_at": instant(quota.runs_out_at_ms, tz),
        "as_of": instant(quota.as_of_ms, tz),
    }
