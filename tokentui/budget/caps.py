"""How a personal cap stands: spent, left, share, and when it is met."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tokentui.budget.burn import Burn, met_at
from tokentui.periods import Period
from tokentui.queries.sums import LABELS, Sums, Usage
from tokentui.settings import Cap

DAY_MS = 86_400_000
OK, NEAR, OVER = "ok", "near", "over"


@dataclass(frozen=True, slots=True)
class CapState:
    """One cap in its current period; amounts in its unit: nano-dollars or tokens.

    `is_lower_bound`: more was spent than is known. `met_at_ms`: when the cap is met at
    the present burn rate, if within the period. `safe_per_day`: what may be spent each
    day that remains; `None` when nothing is left.
    """

    cap: Cap
    period: Period
    spent: int
    left: int
    share: Decimal
    state: str
    is_lower_bound: bool
    safe_per_day: int | None
    met_at_ms: int | None
    sums: Sums


def cap_usage(cap: Cap, period: Period) -> Usage:
    """Say which usage counts against a cap."""
    only = {label: getattr(cap, label, ()) for label in LABELS}
    without = {label: getattr(cap, f"not_{label}", ()) for label in LABELS}
    return Usage(period.since_ms, period.until_ms, only, without)


def spent_of(cap: Cap, sums: Sums) -> int:
    """Give what counts against a cap, in its unit."""
    if cap.unit == "tokens":
        return sum(sums.tokens[:5])  # reasoning is part of the output
    return sums.cost_nanos or 0


def cap_state(
    cap: Cap, period: Period, sums: Sums, burn: Burn, now_ms: int
) -> CapState:
    """Compare what was spent with the cap; `burn` is that of the cap's own usage."""
    limit, spent = int(cap.amount), spent_of(cap, sums)
    left = limit - spent
    share = Decimal(spent) / limit if limit else Decimal(spent > 0)
    state = OVER if left <= 0 else NEAR if share >= cap.warn else OK
    until = period.until_ms or now_ms
    met = met_at(left, burn.nanos_per_hour, now_ms)
    days = Decimal(max(until - now_ms, 1)) / DAY_MS
    return CapState(
        cap,
        period,
        spent,
        left,
        share,
        state,
        sums.is_lower_bound,
        int(left / max(days, Decimal(1))) if left > 0 else None,
        met if met is not None and met < until else None,
        sums,
    )
