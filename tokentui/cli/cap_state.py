"""How a cap stands, as JSON and in words: the same in every verb."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from tokentui.budget.caps import UNKNOWN, CapState
from tokentui.budget.caps import WORDS as WORDS
from tokentui.cli.shapes import instant, money


def cap_shape(state: CapState, tz: ZoneInfo) -> dict[str, Any]:
    """Give one cap as JSON; money in dollars, tokens and percent as they are."""
    facts, ahead = state.facts, state.facts.forecast

    def amount(value: int | None) -> int | float | None:
        return money(value) if state.is_money else value

    return {
        "name": state.name,
        "unit": state.cap.unit,
        "period": state.cap.per,
        "since": instant(state.period.since_ms, tz),
        "until": instant(state.period.until_ms, tz),
        "limit": amount(state.limit),
        "spent": None if state.state == UNKNOWN else amount(state.spent),
        "left": None if state.state == UNKNOWN else amount(state.left),
        "share": None if state.state == UNKNOWN else round(float(state.share), 6),
        "state": state.state,
        "safe_per_day": amount(state.safe_per_day),
        "basis": {
            "billed_usd": money(facts.billed.billed) if facts.billed else None,
            "estimate_usd": money(facts.estimated),
            "plan_usd": money(facts.sums.plan_nanos),
            "fees_usd": money(facts.fees),
            "charges_usd": money(facts.charged),
        },
        "forecast": {
            "low": amount(ahead.low) if ahead else None,
            "mid": amount(ahead.mid) if ahead else None,
            "high": amount(ahead.high) if ahead else None,
            "meets_cap_at": instant(state.forecast_met_at_ms, tz),
        },
        "at_this_rate_met_at": instant(state.met_at_ms, tz),
        "carried": amount(facts.carried),
        "raises": [
            {
                "amount": amount(each.amount),
                "until": instant(each.until_ms, tz),
                "because": each.because,
            }
            for each in facts.raises
        ],
    }


def cap_amount(state: CapState, value: int) -> str:
    """Give an amount in a cap's unit."""
    return state.amount(value)


def spent_text(state: CapState) -> str:
    """Give what was spent: a lower bound as such, and what nobody knows as unknown."""
    if state.state == UNKNOWN:
        return "?"
    bound = "≥" if state.is_lower_bound and state.is_money else ""
    return bound + cap_amount(state, state.spent)
