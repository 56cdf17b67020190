"""Costs of sums as text: what is unknown never reads as nothing."""

from __future__ import annotations

from tokentui.amounts import dollars
from tokentui.queries.sums import Sums


def cost_text(sums: Sums) -> str:
    """Return `$12.34`, `≥$12.34` if there may be more, or `unpriced`."""
    if sums.cost_nanos is None and not sums.unpriced:
        return dollars(0)
    return dollars(sums.cost_nanos, sums.is_lower_bound)
