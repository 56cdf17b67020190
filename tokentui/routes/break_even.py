"""From which success or value on the dearer of two routes is worth its price."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tokentui.routes.formulas import break_even_value, success_premium

if TYPE_CHECKING:
    from tokentui.routes.compare import Comparison
    from tokentui.routes.estimates import Estimates


class BreakEven(NamedTuple):
    """Both ways to say it.

    `task_value_nanos`: what a run must be worth for the dearer route, by the scores of
    a benchmark; `None` where they are not known or the dearer one has the lower score.
    `premium`: by how much more often, as a share, the route that was used must succeed,
    by the estimate that rests on most; `premiums` the same by each estimate. `None`
    where it is not dearer; there are none unless it is known what a run is worth.
    """

    task_value_nanos: int | None = None
    premium: float | None = None
    premiums: tuple[tuple[str, float | None], ...] = ()


def break_even(found: Comparison, value_nanos: int | None) -> BreakEven:
    """Compare what was used with the first alternative, run by run."""
    costs, cost = found.alternatives[0].estimates, found.used.cost_nanos
    if costs is None or cost is None or not found.runs:
        return BreakEven()
    run = cost / found.runs
    value = value_by_scores(run, costs.best / found.runs, costs)
    premiums: tuple[tuple[str, float | None], ...] = ()
    premium = None
    if value_nanos:
        premium = success_premium(run, costs.best / found.runs, value_nanos)
        premiums = tuple(
            (name, success_premium(run, nanos / found.runs, value_nanos))
            for name, nanos in costs.named
            if nanos is not None
        )
    return BreakEven(None if value is None else round(value), premium, premiums)


def value_by_scores(run: float, other: float, costs: Estimates) -> float | None:
    """Give the value of a run, in nano-dollars, from which on the dearer one pays.

    Only where one pair of scores holds for the whole slice.
    """
    if len(costs.pairs) != 1 or costs.benchmark is None:
        return None
    (pair,) = costs.pairs
    here, there = pair.base.score / 100, pair.other.score / 100
    if run > other:
        return break_even_value(run, other, here, there)
    return break_even_value(other, run, there, here)
