"""A flat plan in place of payment by use: from how much usage on it pays."""

from __future__ import annotations

from typing import NamedTuple

from tokentui.queries.sums import Sums
from tokentui.routes.formulas import plan_leverage
from tokentui.routes.work import DAYS_OF_MONTH


class Subscription(NamedTuple):
    """A plan beside some usage, scaled to a month of 30 days; nano-dollars.

    `value`: what the usage costs by the token, of which `in_plans` lies inside plans
    already, and `paid` does not. `leverage`: how many times its fee that is. The plan
    pays from a value of `fee` on, which is so many `runs` and `responses` of those that
    were used. `None` is not known.
    """

    name: str
    fee: int
    value: float
    in_plans: float
    leverage: float | None
    runs: float | None
    responses: float | None

    @property
    def paid(self) -> float:
        """What is paid by use."""
        return self.value - self.in_plans

    @property
    def saves(self) -> float:
        """What is paid by use, less the fee."""
        return self.paid - self.fee


def subscription(
    name: str, fee_nanos: int, used: Sums, runs: int, days: int
) -> Subscription | None:
    """Compare a plan with what was used in some days; `None` if that has no price."""
    if used.cost_nanos is None:
        return None
    month = DAYS_OF_MONTH / days
    value = used.cost_nanos * month
    share = fee_nanos / value if value else None
    return Subscription(
        name=name,
        fee=fee_nanos,
        value=value,
        in_plans=used.plan_nanos * month,
        leverage=plan_leverage(value, fee_nanos) if fee_nanos else None,
        runs=None if share is None else share * runs * month,
        responses=(
            None
            if share is None or used.requests is None
            else share * used.requests * month
        ),
    )
