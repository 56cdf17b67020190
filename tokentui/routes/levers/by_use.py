"""Lever: the price list in place of a flat plan that is not used enough.

It looks at all that was used: a part of it says nothing of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator

from tokentui.amounts import NANOS, dollars
from tokentui.attribution import holds_at
from tokentui.periods import utc_day_ms
from tokentui.queries.sums import Usage, total
from tokentui.routes.formulas import plan_leverage
from tokentui.routes.levers.plans import AGENT_OF
from tokentui.routes.parts import evidence
from tokentui.routes.suggestion import NOTHING, PRICE, Risk, Saving, Suggestion
from tokentui.routes.switching import by_use
from tokentui.routes.work import DAYS_OF_MONTH, Work
from tokentui.settings import Plan

LEAST_DAYS = 14
"""A shorter time says nothing of a month."""

DAY_MS = 86_400_000


def pay_by_use(work: Work) -> Iterator[Suggestion]:
    """Suggest to leave a plan whose fee is more than what it pays costs by list."""
    if not work.usage.asks_only(()):
        return
    until_ms = work.usage.until_ms or 0
    for plan in work.config.plans:
        if plan.currency == "USD" and holds_at(plan, until_ms - 1):
            yield from left(work, plan, until_ms)


def left(work: Work, plan: Plan, until_ms: int) -> Iterator[Suggestion]:
    """Suggest to leave one plan, if all that it paid is known."""
    shares = [share for share in work.shares if share.payer == plan.name]
    since_ms = begin(work, plan)
    days = (until_ms - since_ms) / DAY_MS
    whole = total(
        work.connection, Usage(since_ms, until_ms, exactly={"payer": plan.name})
    )
    if days < LEAST_DAYS or not shares or whole.unpriced:
        return
    fee = int(plan.fee * NANOS)
    value = round((whole.list_nanos or 0) * DAYS_OF_MONTH / days)
    if value >= fee:
        return
    lines = by_use(AGENT_OF.get(plan.provider, ""))
    times = plan_leverage(value, fee) or 0
    text = "chats and machines that these logs do not tell of use the plan as well"
    yield Suggestion(
        lever="pay-by-use",
        title=f"by price list instead of {plan.name}: {dollars(value)} a month for"
        f" {dollars(fee)}, {times:.1f} times the fee",
        saves=Saving(*[fee - value] * 3),
        saves_in_plans=NOTHING,
        confidence=PRICE,
        evidence=evidence(shares, f"paid by {plan.name}"),
        how=(*lines.how, f"# cancel {plan.name} before day {plan.renews}"),
        undo=lines.undo,
        risks=(
            Risk("cost", text),
            Risk("cost", "by use a heavy month costs what it costs"),
        ),
        counted=f"all that {plan.name} paid in {days:,.0f} days, at list prices",
    )


def begin(work: Work, plan: Plan) -> int:
    """Say from when on (UTC ms) a plan paid, within the time that is looked at."""
    since_ms = work.usage.since_ms or 0
    return since_ms if plan.since is None else max(since_ms, utc_day_ms(plan.since))
