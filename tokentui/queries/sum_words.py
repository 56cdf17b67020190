"""What sums of usage read like: a lower bound as such, and never $0 for unknown."""

from __future__ import annotations

from tokentui.amounts import dollars
from tokentui.queries.sums import Sums


def cost_text(sums: Sums, is_behind: bool = False) -> str:
    """Give the cost; `is_behind`: more was spent than has been read."""
    if sums.cost_nanos is None:
        return "unpriced" if sums.unpriced else "$0.00"
    return dollars(sums.cost_nanos, lower_bound=sums.is_lower_bound or is_behind)


def payable_text(sums: Sums, is_behind: bool = False) -> str:
    """Give what somebody pays, list value inside plans left out."""
    if sums.cost_nanos is None:
        return cost_text(sums)
    return dollars(sums.payable_nanos, sums.is_lower_bound or is_behind)
