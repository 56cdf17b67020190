"""What several runs on a cheap route bring in place of one, for people and scripts."""

from __future__ import annotations

from math import ceil, isfinite
from typing import TYPE_CHECKING, Any

from tokentui import amounts
from tokentui.cli.output import show, tell
from tokentui.cli.route_shapes import range_shape
from tokentui.cli.shapes import money
from tokentui.text import clean, many

if TYPE_CHECKING:
    from tokentui.routes.loops import Loops


def loops_shape(found: Loops) -> dict[str, Any]:
    """Give loops as the document states them."""
    cost = found.cost
    return {
        "loops": found.loops,
        "gain": found.gain,
        "becomes": finite(found.becomes),
        "cost_usd": range_shape(cost),
        "one_run_usd": money(round(found.used)),
        "loops_for_one_run": found.affordable._asdict(),
        "becomes_for_one_run": finite(found.bought),
        "gain_from": found.used_gain,
        "loops_to_match": found.to_match,
        "cost_to_match_usd": (
            None
            if found.to_match is None
            else range_shape(cost.times(ceil(found.to_match) / found.loops))
        ),
    }


def tell_loops(base: str, model: str, found: Loops) -> None:
    """Print what loops bring, and what one run as it was has to bring beside them."""
    other, one = clean(model), amounts.dollars(round(found.used))
    mid = amounts.dollars(round(found.cost.mid))
    show()
    tell(
        f"{many(found.loops, 'loop')} on {other} make the work"
        f" {times(found.becomes)} better, for {mid}; one run on {base} costs {one}."
    )
    low, enough, high = found.affordable
    tell(
        f"For the money of that one run there are {enough:.1f} loops"
        f" ({low:.1f} to {high:.1f} by the estimates), {times(found.bought)} better:"
        f" {base} pays only if one run makes it better still."
    )
    if found.to_match is not None:
        needed = ceil(found.to_match)
        cost = amounts.dollars(round(found.cost.mid * needed / found.loops))
        tell(
            f"One run on {base}, {found.used_gain:g} times better, is matched by"
            f" {found.to_match:.2f} loops: {needed} for {cost}."
        )
    tell(
        f"Assumed by you: each loop makes it {found.gain:g} times better. Loops that"
        " repeat a mistake do not."
    )


def times(factor: float) -> str:
    """Say how many times better, without digits that mean nothing."""
    if factor >= 1_000:
        return "over 1,000 times"
    return f"{factor:.2f} times" if factor < 10 else f"{factor:.0f} times"


def finite(factor: float) -> float | None:
    """Give a number that JSON can hold."""
    return factor if isfinite(factor) else None
