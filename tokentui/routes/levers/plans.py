"""Lever: a flat plan in place of the price list, as far as it is known what it holds.

It looks at all that was used: of a part nobody knows whether it would fill a plan.
"""

from __future__ import annotations

from collections.abc import Iterator

from tokentui.amounts import NANOS, dollars
from tokentui.queries.shares import Share
from tokentui.routes.formulas import plan_leverage
from tokentui.routes.parts import evidence
from tokentui.routes.plan_room import MEASURED, Measured, Room, measured_room, own_room
from tokentui.routes.suggestion import (
    BENCHMARK,
    NOTHING,
    OWN,
    Risk,
    Saving,
    Suggestion,
)
from tokentui.routes.switching import by_login
from tokentui.routes.work import Work

AGENT_OF = {"anthropic": "claude-code", "openai": "codex"}
"""The agent that a plan of these can pay."""


def plan_instead(work: Work) -> Iterator[Suggestion]:
    """Suggest a flat plan for what an agent uses by price list.

    The user's own one, as far as it is not used up; else one like it.
    """
    if not work.usage.asks_only(()):
        return
    for provider, agent in AGENT_OF.items():
        at = [s for s in work.shares if (s.source, s.provider) == (agent, provider)]
        payers = {share.payer for share in at if share.is_plan}
        shares = [s for s in at if not s.is_plan and s.payer in own_money(work, at)]
        if len(payers) == 1:
            yield from rest_of_plan(work, provider, payers.pop(), at, shares)
        elif not payers:
            yield from new_plan(work, provider, shares)


def own_money(work: Work, shares: list[Share]) -> set[str]:
    """Name the payers of some usage whose money is the user's own."""
    others = {payer.name for payer in work.config.payers if payer.paid_by != "me"}
    return {share.payer for share in shares} - others


def rest_of_plan(
    work: Work, provider: str, plan: str, at: list[Share], shares: list[Share]
) -> Iterator[Suggestion]:
    """Suggest to use up a plan before anything is paid by price list beside it."""
    room, spent = own_room(work.connection, plan), listed(work, shares)
    if room is None or not spent:
        return
    used = listed(work, [share for share in at if share.payer == plan])
    saves = Saving(*(min(spent, max(held - used, 0)) for held in room))
    if saves.low <= 0:
        return
    text = (
        f"by your own weeks {plan} holds {spread(room)} of list value a month, of which"
        f" {dollars(used)} are used; how much it holds is not published"
    )
    title = f"{plan} first, before you pay by price list beside it"
    yield suggestion(provider, "plan-first", title, saves, OWN, shares, text)


def new_plan(work: Work, provider: str, shares: list[Share]) -> Iterator[Suggestion]:
    """Suggest a plan where there is none."""
    spent = listed(work, shares)
    for plan in work.config.plans:
        if plan.provider == provider and plan.currency == "USD":
            room = own_room(work.connection, plan.name)
            if room is not None:
                fee = int(plan.fee * NANOS)
                what = f"by your own weeks it held {spread(room)} of list value"
                found = plan.name, fee, room, OWN, what
                yield from taken(provider, *found, spent, shares)
                return
    known = MEASURED[provider]
    room, what = measured_room(known), what_others_found(known)
    fee = known.fee * NANOS
    yield from taken(provider, known.plan, fee, room, BENCHMARK, what, spent, shares)


def taken(
    provider: str,
    plan: str,
    fee: int,
    room: Room,
    confidence: str,
    what: str,
    spent: int,
    shares: list[Share],
) -> Iterator[Suggestion]:
    """Suggest to take a plan, if at least its fee's worth fits into it."""
    saves = Saving(*(min(spent, held) - fee for held in room))
    if saves.low <= 0 or not fee:
        return
    times = plan_leverage(spent, fee)
    title = f"{plan} at {dollars(fee)} a month for what costs {dollars(spent)} by use"
    text = (
        f"how much it holds is not published: {what}. You use {times:.1f} times its"
        f" fee; it pays from {dollars(fee)} of that on"
    )
    yield suggestion(provider, "plan-instead", title, saves, confidence, shares, text)


def suggestion(
    provider: str,
    lever: str,
    title: str,
    saves: Saving,
    confidence: str,
    shares: list[Share],
    room: str,
) -> Suggestion:
    """Suggest a plan's login."""
    lines = by_login(AGENT_OF[provider])
    waits = "a used up window makes you wait, or pay for extra usage"
    return Suggestion(
        lever=lever,
        title=title,
        saves=saves,
        saves_in_plans=NOTHING,
        confidence=confidence,
        evidence=evidence(shares, "by price list"),
        how=lines.how,
        undo=lines.undo,
        risks=(Risk("availability", waits),),
        counted=room,
    )


def listed(work: Work, shares: list[Share]) -> int:
    """Give what some usage costs in a month by price list, in nano-dollars."""
    return work.per_month(sum(share.nanos for share in shares))


def spread(room: Room) -> str:
    """Give what a plan holds, at least and at most."""
    texts = dict.fromkeys((dollars(room.low), dollars(room.high)))
    return " to ".join(texts)


def what_others_found(known: Measured) -> str:
    """Say what others found a plan to hold."""
    found = [
        f"${usd:,.2f} on {model}"
        for usd, model in zip(known.held, known.models, strict=True)
    ]
    return f"others measured {' and '.join(found)} a month, on work of theirs"
