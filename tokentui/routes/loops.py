"""Loops per dollar: work that is gone over again, each time for the better."""

from __future__ import annotations

from typing import NamedTuple

from tokentui.routes.compare import Comparison
from tokentui.routes.estimates import Range
from tokentui.routes.formulas import gain_of_loops, loops_to_match


class Loops(NamedTuple):
    """Loops of a run on another route, beside one run as it was.

    Costs are nano-dollars. `becomes`: how many times better after so many `loops`;
    `affordable`: how many loops one run as it was would pay, and `bought` how many
    times better these make the work. `to_match`: loops that reach what one run as it
    was gains; `None` if nobody said.
    """

    loops: int
    gain: float
    used: float
    cost: Range
    becomes: float
    affordable: Range
    bought: float
    used_gain: float | None
    to_match: float | None


def loops(
    found: Comparison, count: int, gain: float, used_gain: float | None
) -> Loops | None:
    """Reckon with the first alternative of a comparison, run by run.

    `None` where it, or what was used, has no price or costs nothing.
    """
    costs, cost = found.alternatives[0].estimates, found.used.cost_nanos
    if costs is None or not cost or not found.runs or not costs.range.low:
        return None
    used, run = cost / found.runs, costs.range.over(found.runs)
    affordable = Range(used / run.high, used / run.mid, used / run.low)
    return Loops(
        loops=count,
        gain=gain,
        used=used,
        cost=run.times(count),
        becomes=gain_of_loops(gain, count),
        affordable=affordable,
        bought=gain_of_loops(gain, affordable.mid),
        used_gain=used_gain,
        to_match=None if used_gain is None else loops_to_match(gain, used_gain),
    )
