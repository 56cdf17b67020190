"""Whether a route is cheaper: only where all that is known says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokentui.routes.estimates import Estimates

CHEAPER, DEARER = "cheaper", "dearer"
UNCLEAR, UNPRICED = "not clearly cheaper", "unpriced"


def verdict(cost_nanos: int | None, found: Estimates | None) -> tuple[str, str | None]:
    """Judge a route by what the slice did cost, and say what keeps it from being clear.

    List prices alone prove nothing: a cheaper model may need more tokens. So beside
    them some runs, on a benchmark or the user's own, must tell; a newer model of the
    same family needs none. The user's own runs count in place of the benchmark's.
    """
    if found is None:
        return UNPRICED, "the price book has no price for it"
    if cost_nanos is None:
        return UNPRICED, "what was used has no price"
    known = found.counted
    if all(each > cost_nanos for each in known):
        return DEARER, None
    if not all(each < cost_nanos for each in known):
        return UNCLEAR, "the estimates disagree" if len(set(known)) > 1 else None
    if not found.is_evident:
        return UNCLEAR, "no benchmark tells how many tokens it would need"
    return CHEAPER, None
