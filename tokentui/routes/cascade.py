"""Two routes in turn: a cheap one first, and a dear one where it failed."""

from __future__ import annotations

from typing import NamedTuple

from tokentui.routes.compare import Comparison
from tokentui.routes.estimates import Range
from tokentui.routes.formulas import (
    cascade_cost,
    cascade_pays_from,
    cascade_success,
    cost_per_accepted,
    escalation_value,
    net_value,
)
from tokentui.routes.marked import Marked


class Odds(NamedTuple):
    """How often runs succeed, as shares, and what it costs to see whether one did.

    `first`: of the first route; `escalated`: of the second where the first one failed.
    `None` is not known. `marked`: the user's marks of which `first` is, if it is not
    what he said.
    """

    first: float | None = None
    escalated: float | None = None
    check_nanos: int = 0
    marked: Marked | None = None


class Cascade(NamedTuple):
    """What a run costs and brings on two routes in turn, in nano-dollars.

    `used`: a run as it was; `first` and `second`: on one of the routes alone; `run`: on
    both in turn. `pays_from`: the success of the first route above which both in turn
    cost less than the second alone. `escalate_from`: the value of a task above which
    a failure is worth the second route. `None` is not known.
    """

    odds: Odds
    used: float
    first: Range
    second: Range
    pays_from: Range | None
    escalate_from: float | None = None
    run: Range | None = None
    success: float | None = None
    per_accepted: float | None = None
    net_value: float | None = None


def cascade(found: Comparison, odds: Odds, value_nanos: int | None) -> Cascade | None:
    """Reckon with the first two alternatives of a comparison, run by run.

    `None` where one of them, or what was used, has no price.
    """
    cheap, dear = (each.estimates for each in found.alternatives[:2])
    cost = found.used.cost_nanos
    if cheap is None or dear is None or cost is None or not found.runs:
        return None
    first, second = cheap.range.over(found.runs), dear.range.over(found.runs)
    apart = Cascade(
        odds,
        used=cost / found.runs,
        first=first,
        second=second,
        pays_from=threshold(first, odds.check_nanos, second),
    )
    if odds.escalated is not None:
        worth = escalation_value(second.mid, odds.escalated)
        apart = apart._replace(escalate_from=worth)
    if odds.first is None:
        return apart
    prices = zip(first, second, strict=True)
    run = Range(
        *(cascade_cost(c1, odds.check_nanos, odds.first, c2) for c1, c2 in prices)
    )
    if odds.escalated is None:
        return apart._replace(run=run)
    success = cascade_success(odds.first, odds.escalated)
    return apart._replace(
        run=run,
        success=success,
        per_accepted=cost_per_accepted(run.mid, success),
        net_value=value_nanos and net_value(success, value_nanos, run.mid),
    )


def threshold(first: Range, check_nanos: int, second: Range) -> Range | None:
    """Give the success from which on it pays to try the first route first."""
    pairs = (
        (first.low, second.high),
        (first.mid, second.mid),
        (first.high, second.low),
    )
    found = [cascade_pays_from(c1, check_nanos, c2) for c1, c2 in pairs]
    known = [each for each in found if each is not None]
    return Range(*known) if len(known) == len(pairs) else None
