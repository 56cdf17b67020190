"""`routes what-if --to plan:NAME`: a flat plan in place of payment by use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tokentui import amounts
from tokentui.budget.plans import worth
from tokentui.cli.output import tell
from tokentui.cli.shapes import money
from tokentui.cli.what_if_ground import Answer, Ground, of_provider, tell_used
from tokentui.cli.what_if_options import PLAN
from tokentui.errors import UsageError
from tokentui.periods import millis
from tokentui.queries.dollars import Dollars
from tokentui.queries.slices import count_runs, used_models
from tokentui.queries.sums import Usage, total
from tokentui.routes.subscription import subscription
from tokentui.routes.work import days_of
from tokentui.text import clean, many

if TYPE_CHECKING:
    from tokentui.routes.subscription import Subscription
    from tokentui.settings import Plan

FROM_OPTION, FROM_CONFIG = "option", "config"


def answer(asked: Ground, given: dict[str, Any]) -> Answer:
    """Compare a plan's fee with what the work costs by the token."""
    name = given["model"].removeprefix(PLAN).strip()
    plan = next((p for p in asked.here.config.plans if p.name == name), None)
    fee = fee_of(asked, name, plan, given["fee"])
    if plan is not None and asked.base is None:
        asked = of_provider(asked, plan.provider)
    used = total(asked.connection, asked.usage)
    runs = count_runs(asked.connection, asked.usage)
    span = Usage(asked.period.since_ms, asked.period.until_ms)
    days = days_of(span, asked.usage, millis(asked.here.now))
    found = subscription(name, fee, used, runs, days)
    warnings = asked.warnings(used, runs) + not_paid_by(asked, plan)

    def show() -> None:
        tell_used(asked, used, runs)
        if found is not None:
            for text in sentences(found, days):
                tell(text)

    shape = found and plan_shape(found, FROM_CONFIG if plan else FROM_OPTION)
    return Answer(asked.document(used, runs, plan=shape, warnings=warnings), show)


def fee_of(asked: Ground, name: str, plan: Plan | None, given: int | None) -> int:
    """Give the fee of a month in nano-dollars.

    Raises:
        UsageError: It is stated nowhere, twice, or in money without a rate.
    """
    if not name:
        raise UsageError("--to plan:NAME needs a name")
    shown = clean(name)
    if plan is None:
        if given is None:
            raise UsageError(f"no plan {shown!r:.60} in the config: give its --fee")
        return given
    if given is not None:
        raise UsageError(f"--fee: the config has a fee for {shown!r:.60}")
    fee = worth(plan, Dollars(asked.connection), asked.here.now.date())
    if fee is None:
        text = f"{plan.fee:f} {plan.currency}"
        raise UsageError(
            f"the fee of {shown!r:.60} is {text}, not dollars:"
            " `tokentui fx refresh` fetches exchange rates"
        )
    return fee


def not_paid_by(asked: Ground, plan: Plan | None) -> list[str]:
    """Say which models a plan would not pay, as others sell them."""
    if plan is None:
        return []
    return [
        f"{clean(used.model)} is sold by {used.provider or 'nobody known'}:"
        f" {clean(plan.name)} is a plan of {plan.provider}"
        for used in used_models(asked.connection, asked.usage)
        if used.provider != plan.provider
    ]


def plan_shape(found: Subscription, fee_from: str) -> dict[str, Any]:
    """Give a plan as the document states it."""
    return {
        "name": found.name,
        "fee_usd_per_month": money(found.fee),
        "fee_from": fee_from,
        "usage_usd_per_month": money(round(found.value)),
        "plan_list_usd_per_month": money(round(found.in_plans)),
        "paid_usd_per_month": money(round(found.paid)),
        "saves_usd_per_month": money(round(found.saves)),
        "leverage": found.leverage,
        "break_even": {
            "usage_usd_per_month": money(found.fee),
            "runs_per_month": found.runs,
            "requests_per_month": found.responses,
        },
    }


def sentences(found: Subscription, days: int) -> list[str]:
    """Say what a plan would change, from where on it pays, and what is not known."""
    name, fee = clean(found.name), amounts.dollars(found.fee)
    worth = amounts.dollars(round(found.value))
    times = "" if found.leverage is None else f", {found.leverage:.1f} times the fee"
    texts = [
        f"{name} costs {fee} a month. By the token such work costs {worth} in 30 days"
        f" (it was {many(days, 'day')}){times}."
    ]
    if found.in_plans:
        inside = amounts.dollars(round(found.in_plans))
        paid = amounts.dollars(round(found.paid))
        texts.append(
            f"{inside} of that lies inside flat plans already; {paid} is paid by use."
        )
    if found.saves > 0:
        saved = amounts.dollars(round(found.saves))
        texts.append(f"The plan would save {saved} a month, if it holds so much.")
    elif found.in_plans:
        texts.append("Beside the plans that there are, it would save nothing.")
    else:
        lost = amounts.dollars(round(-found.saves))
        texts.append(f"Payment by use is cheaper, by {lost} a month.")
    if found.runs is not None:
        responses = "?" if found.responses is None else f"{found.responses:,.0f}"
        texts.append(
            f"It pays from {fee} of use a month on: {found.runs:,.1f} runs or"
            f" {responses} responses such as these."
        )
    texts.append(
        "How much its windows hold is not stated: what is beyond them waits, or is paid"
        " by use. `tokentui status` shows how full those of your plans are."
    )
    return texts
