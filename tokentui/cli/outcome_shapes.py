"""How `outcomes` states what became of work, as JSON."""

from __future__ import annotations

from typing import Any

from tokentui.cli.shapes import money
from tokentui.queries.sums import Sums
from tokentui.routes.funnel import Stage
from tokentui.routes.outcome_words import payable
from tokentui.routes.outcomes import Key, Tally, Time
from tokentui.routes.spread import Band, Budget, Spread


def row_shape(by: tuple[str, ...], key: Key, tally: Tally) -> dict[str, Any]:
    """Give a group; project and model are there, though it is not grouped by them."""
    named = dict(zip(by, key, strict=True))
    return {"project": None, "model": None} | named | tally_shape(tally)


def tally_shape(tally: Tally) -> dict[str, Any]:
    """Give how some sessions ended, and what that cost."""
    decided = tally.decided
    return {
        "tasks": tally.tasks,
        "accepted": tally.accepted if tally.known else None,
        "accepted_by_mark": tally.marked,
        "accepted_by_git": tally.accepted - tally.marked,
        "rejected": tally.rejected,
        "abandoned": tally.abandoned,
        "open": tally.open,
        "unknown": tally.unknown,
        "acceptance": rounded(tally.rate),
        **cost_shape(tally.sums),
        "unpriced_requests": tally.sums.unpriced,
        "partial_requests": tally.sums.partial,
        "known_tasks": tally.known,
        "known": cost_shape(decided),
        "cost_per_accepted_usd": each(tally, payable(decided)),
        "plan_list_per_accepted_usd": each(tally, decided.plan_nanos),
        "tokens_per_accepted": rounded(tally.per_accepted(sum(decided.tokens[:5])), 1),
        "requests_per_accepted": rounded(tally.per_accepted(decided.requests), 2),
        "token_yield": rounded(tally.token_yield),
        "abandoned_cost": cost_shape(tally.given_up),
        "open_cost": cost_shape(tally.undecided),
        "value_usd": money(tally.value_nanos),
        "valued_tasks": tally.valued,
        "review": time_shape(tally.review),
        "waiting": time_shape(tally.waiting),
    }


def time_shape(time: Time) -> dict[str, Any]:
    """Give time, of how many sessions it is known, and what it costs the user."""
    return {
        "tasks": time.tasks,
        "minutes": rounded(time.seconds / 60, 2) if time.tasks else None,
        "cost_usd": money(time.nanos),
    }


def cost_shape(sums: Sums) -> dict[str, Any]:
    """Give what somebody pays, and apart from it the list value inside plans."""
    return {
        "cost_usd": money(payable(sums)),
        "plan_list_usd": money(sums.plan_nanos),
    }


def each(tally: Tally, nanos: int | None) -> int | float | None:
    """Give the dollars of an accepted session, to the nano-dollar."""
    found = tally.per_accepted(nanos)
    return None if found is None else money(round(found))


def rounded(number: float | None, digits: int = 4) -> float | None:
    """Round a number that is no money; unknown is null."""
    return None if number is None else round(number, digits)


def stage_shape(stage: Stage) -> dict[str, Any]:
    """Give a stage of the funnel."""
    return {
        "stage": stage.name,
        "tasks": stage.tasks,
        "unknown": stage.unknown,
        "too_young": stage.too_young,
        **cost_shape(stage.sums),
    }


def spread_shape(spread: Spread) -> dict[str, Any]:
    """Give how what sessions cost is spread; list value, whoever pays."""
    return {
        "tasks": spread.tasks,
        "unpriced_tasks": spread.unpriced,
        "p10_list_usd": money(spread.p10),
        "p50_list_usd": money(spread.p50),
        "p90_list_usd": money(spread.p90),
        "bands": [band_shape(band) for band in spread.bands],
    }


def band_shape(band: Band) -> dict[str, Any]:
    """Give a band of spend."""
    return {
        "from_usd": money(band.since),
        "until_usd": money(band.until),
        "tasks": band.tasks,
        "known_tasks": band.known,
        "accepted": band.accepted if band.known else None,
        "acceptance": rounded(band.accepted / band.known) if band.known else None,
        "list_usd": money(band.nanos),
    }


def budget_shape(budget: Budget | None) -> dict[str, Any] | None:
    """Give the budget that is proposed, if one is."""
    if budget is None:
        return None
    return {
        "max_usd": money(budget.nanos),
        "known_tasks_below": budget.below,
        "accepted_below": budget.below_accepted,
        "known_tasks_above": budget.above,
        "accepted_above": budget.above_accepted,
        "cut_list_usd": money(budget.cut),
    }
