"""How a personal cap stands: spent, left, share, and when it is met.

Pure: what the ledger says comes in as `CapFacts`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tokentui import amounts
from tokentui.budget.bases import Counted
from tokentui.budget.burn import met_at
from tokentui.frozen import dataclass
from tokentui.periods import Period
from tokentui.queries.sums import EMPTY, LABELS, Sums, Usage
from tokentui.settings import Cap, Plan
from tokentui.tuples import NamedTuple

if TYPE_CHECKING:
    from tokentui.budget.forecast import Forecast

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
OK, NEAR, OVER, UNKNOWN = "ok", "near", "over", "unknown"
WORDS = {OK: "on course", NEAR: "NEAR", OVER: "OVER", UNKNOWN: "unknown"}


class Raise(NamedTuple):
    """A cap raised for a while, and why; `amount` in the cap's unit."""

    amount: int
    made_at_ms: int
    until_ms: int
    because: str | None


@dataclass(frozen=True, slots=True)
class CapFacts:
    """What the ledger knows of a cap's period; amounts in the cap's unit.

    `fees`: plan fees counted; `uncounted`: the plans whose fees are not, because of
    their currency; `carried`: what the period before left over; `pace`: what
    counts, an hour; `percent`: of a quota cap, `None` where no provider said;
    `charged`: charges that fell due; `billed`: what bills change, `None` for no bills;
    `is_all_billed`: bills or plans pay all that is not priced in full.
    """

    sums: Sums = EMPTY
    fees: int = 0
    uncounted: tuple[Plan, ...] = ()
    carried: int = 0
    pace: int = 0
    raises: tuple[Raise, ...] = ()
    forecast: Forecast | None = None
    percent: float | None = None
    charged: int = 0
    billed: Counted | None = None
    is_all_billed: bool = False

    @property
    def estimated(self) -> int:
        """What is reckoned to be paid and is not billed yet, in nano-dollars."""
        billed = self.billed or Counted()
        return self.sums.payable_nanos - billed.replaced + billed.calibrated

    def counted(self, cap: Cap) -> int:
        """Give all that counts against a cap, in its unit."""
        billed = self.billed.difference if self.billed else 0
        return spent_of(cap, self.sums) + self.fees + self.charged + billed


@dataclass(frozen=True, slots=True)
class CapState:
    """One cap in its period; amounts in its unit: nano-dollars, tokens, percent.

    `limit` includes raises and what was carried over. `is_lower_bound`: more was spent
    than is known. `met_at_ms`: when it is met at the present burn rate, within the
    period; `forecast_met_at_ms`: by the forecast. `safe_per_day`: what may be spent on
    each day that remains; `None` when nothing is left.
    """

    cap: Cap
    name: str
    period: Period
    limit: int
    spent: int
    left: int
    share: Decimal
    state: str
    is_lower_bound: bool
    safe_per_day: int | None
    met_at_ms: int | None
    forecast_met_at_ms: int | None
    facts: CapFacts

    @property
    def sums(self) -> Sums:
        """The usage that counts."""
        return self.facts.sums

    @property
    def is_money(self) -> bool:
        """The amounts are nano-dollars."""
        return self.cap.unit in ("usd", "list-usd")

    @property
    def is_quota(self) -> bool:
        """The amounts are percent."""
        return self.cap.unit.startswith("quota:")

    @property
    def word(self) -> str:
        """How it stands, for people."""
        return WORDS[self.state]

    def amount(self, value: int) -> str:
        """Give an amount in its unit, for people."""
        if self.is_quota:
            return f"{value} %"
        if not self.is_money:
            return amounts.tokens(max(value, 0))
        return amounts.dollars(value)


def cap_usage(cap: Cap, period: Period) -> Usage:
    """Say which usage counts against a cap."""
    only = {label: getattr(cap, label, ()) for label in LABELS}
    without = {label: getattr(cap, f"not_{label}", ()) for label in LABELS}
    return Usage(period.since_ms, period.until_ms, only, without)


def spent_of(cap: Cap, sums: Sums) -> int:
    """Give what usage counts against a cap, in its unit.

    Usage inside a flat plan counts nothing in money: the plan's fee does.
    """
    if cap.unit == "tokens":
        return sum(sums.tokens[:5])  # reasoning is part of the output
    if cap.unit == "list-usd":
        return sums.list_nanos or 0
    return sums.payable_nanos


def cap_state(
    cap: Cap, name: str, period: Period, facts: CapFacts, now_ms: int
) -> CapState:
    """Compare what was spent with the cap."""
    if cap.unit.startswith("quota:"):
        return quota_state(cap, name, period, facts)
    raised = sum(r.amount for r in facts.raises)
    limit = int(cap.amount) + facts.carried + raised
    spent = facts.counted(cap)
    left = limit - spent
    share = Decimal(spent) / limit if limit > 0 else Decimal(1)
    until = period.until_ms or now_ms
    met = met_at(left, facts.pace, now_ms)
    days = max(Decimal(until - now_ms) / DAY_MS, Decimal(1))
    return CapState(
        cap,
        name,
        period,
        limit,
        spent,
        left,
        share,
        OVER if left <= 0 else NEAR if share >= cap.warn else OK,
        is_lower_bound(cap, facts),
        int(left / days) if left > 0 else None,
        met if met is not None and met < until else None,
        forecast_met_at(facts.forecast, now_ms, until),
        facts,
    )


def is_lower_bound(cap: Cap, facts: CapFacts) -> bool:
    """Claim that more counts against a cap than is known."""
    if cap.unit == "tokens":
        return bool(facts.sums.partial)
    is_priced = not facts.sums.is_lower_bound or facts.is_all_billed
    return not is_priced or bool(facts.uncounted)


def forecast_met_at(ahead: Forecast | None, now_ms: int, until_ms: int) -> int | None:
    """Turn the hours of a forecast into a time within the period."""
    if ahead is None or ahead.met_after_hours is None:
        return None
    return min(now_ms + int(ahead.met_after_hours * HOUR_MS), until_ms)


def quota_state(cap: Cap, name: str, period: Period, facts: CapFacts) -> CapState:
    """Compare what a provider says of a quota with the cap, in percent."""
    limit, used = int(cap.amount), facts.percent
    spent = 0 if used is None else int(used)
    share = Decimal(str(used or 0)) / limit if limit else Decimal(1)
    state = OVER if share >= 1 else NEAR if share >= cap.warn else OK
    return CapState(
        cap,
        name,
        period,
        limit,
        spent,
        limit - spent,
        share,
        UNKNOWN if used is None else state,
        False,
        None,
        None,
        None,
        facts,
    )
