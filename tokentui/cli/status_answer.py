"""What `tokentui status` prints: spend, caps, burn rate and freshness, now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tokentui import amounts
from tokentui.budget.bills import not_added
from tokentui.budget.burn import pace_text
from tokentui.budget.caps import OVER, UNKNOWN, CapState
from tokentui.budget.plans import not_counted
from tokentui.cli.cap_state import WORDS, cap_amount, cap_shape
from tokentui.cli.freshen import opened
from tokentui.cli.output import show, show_json, tell
from tokentui.cli.shapes import cost_text, instant, money, quota_shape, sums_shape
from tokentui.cold import cold_words
from tokentui.errors import OVER_CAP
from tokentui.line import Line
from tokentui.queries.accounts import AccountState
from tokentui.queries.payers import PayerState
from tokentui.queries.sessions import SessionState
from tokentui.queries.sum_words import payable_text
from tokentui.queries.sums import Sums
from tokentui.setting import Setting
from tokentui.text import clean, project_name

if TYPE_CHECKING:
    from tokentui.snapshot import Snapshot


def answer(
    here: Setting,
    as_json: bool = False,
    no_refresh: bool = False,
    check: bool = False,
    line: str | None = None,
) -> int:
    """Print how things stand, and give the exit code."""
    with opened(here, not no_refresh) as (connection, code):
        if line is not None and not as_json:
            show(Line(connection, here.config, here.tz, here.now).filled(line))
            if not check:
                return code
        from tokentui.snapshot import take  # 10 ms with all it asks for

        snapshot = take(connection, here.config, here.tz, here.now)
    if as_json:
        show_json(document(snapshot))
    elif line is None:
        show_status(snapshot)
    if check and any(cap.state == OVER for cap in snapshot.caps):
        return OVER_CAP
    return code


def document(snapshot: Snapshot) -> dict[str, Any]:
    """Make the JSON document of a snapshot."""
    tz = snapshot.tz
    return {
        "kind": "status",
        "now": instant(snapshot.now_ms, tz),
        "timezone": str(tz),
        "today": sums_shape(snapshot.today),
        "month": sums_shape(snapshot.month),
        "burn": {
            "usd_per_hour": money(
                snapshot.burn.nanos_per_hour if snapshot.burn.is_known else None
            ),
            "window_minutes": snapshot.burn.window_minutes,
        },
        "caps": [cap_shape(cap, tz) for cap in snapshot.caps],
        "payers": [
            {
                "payer": each.payer,
                "paid_usd": money(each.paid_nanos),
                "billed_usd": money(each.billed_nanos),
                "list_usd": money(each.sums.list_nanos),
                "usd_per_hour": money(each.list_nanos_per_hour),
                "plan": each.is_plan,
                "evidence": list(each.evidence),
            }
            for each in snapshot.payers
        ],
        "sessions": [session_shape(each, tz) for each in snapshot.sessions],
        "quotas": [quota_shape(each, tz) for each in snapshot.quotas],
        "limits": [
            {
                "payer": account.payer,
                "used": money(each.nanos),
                "limit": money(each.ceiling_nanos),
                "currency": each.currency,
                "resets_at": instant(each.resets_at_ms, tz),
                "as_of": instant(each.as_of_ms, tz),
            }
            for account in snapshot.accounts
            for each in account.limits
        ],
        "completeness": {
            "partial": snapshot.month.partial,
            "unpriced": snapshot.month.unpriced,
            "assumed": snapshot.assumed,
            "stale": [each.name for each in snapshot.accounts if each.state != "ok"],
        },
        "sources": [
            {
                "source": each.source,
                "last_event": instant(each.last_event_ms, tz),
                "files": each.files,
                "problems": list(each.problems),
            }
            for each in snapshot.sources
        ],
        "warnings": uncounted(snapshot),
    }


def uncounted(snapshot: Snapshot) -> list[str]:
    """Say what is in no sum, since it is in other money than dollars."""
    fees = [not_counted(plan) for plan in snapshot.uncounted_fees]
    return fees + [not_added(bill) for bill in snapshot.other_money]


def session_shape(session: SessionState, tz: ZoneInfo) -> dict[str, Any]:
    """Give one running session as JSON."""
    hit = session.cache_hit
    return {
        "session": session.session,
        "source": session.source,
        "project": session.project,
        "model": session.model,
        "payer": session.payer,
        "usd": money(session.nanos),
        "usd_per_hour": money(session.nanos_per_hour),
        "context_tokens": session.prompt_tokens,
        "context_share": None,  # the logs do not tell what window the agent keeps to
        "cache_hit": None if hit is None else round(hit, 4),
        "cold_at": instant(session.cold_at_ms, tz),
        "warm_usd": money(session.warm_nanos),
        "cold_usd": money(session.cold_nanos),
        "told_usd": money(session.told_nanos),
    }


def show_status(snapshot: Snapshot) -> None:
    """Print the snapshot for people, within 60 columns."""
    show_headline("today", snapshot.today)
    show_headline("month", snapshot.month)
    pace = "   ".join(
        f"{burn.window_minutes} min {pace_text(burn)}" for burn in snapshot.burns
    )
    tell(f"burn    {pace}")
    if not snapshot.caps:
        tell("cap     none: tokentui cap set 1500 --per month")
    for state in snapshot.caps:
        show_cap(state, snapshot)
    for payer in snapshot.payers:
        tell(payer_line(payer))
    for name in snapshot.unknown_fees:
        tell(f"        fee of {name} unknown: tokentui setup, or [plans.{name}]")
    for warning in uncounted(snapshot):
        tell(clean(warning))
    for quota in snapshot.quotas:
        resets = when(quota.resets_at_ms, snapshot)
        used = f"{quota.used_percent:g} %"
        window = clean(f"{quota.payer} {quota.window}")
        tell(f"quota   {window}: {used}, resets {resets}")
    for session in snapshot.sessions:
        hit = "" if session.cache_hit is None else f", cache {session.cache_hit:.0%}"
        pace = amounts.dollars(session.nanos_per_hour)
        where = f"{project_name(session.project)} {clean(session.model)}"
        context = f", context {amounts.tokens(session.prompt_tokens)}"
        cold = cold_words(
            session.cold_at_ms,
            snapshot.now_ms,
            session.warm_nanos,
            session.cold_nanos,
        )
        tell(f"running {where}: {pace}/h{context}{hit}{', ' if cold else ''}{cold}")
    for account in snapshot.accounts:
        tell(account_line(account, snapshot))
    for source in snapshot.sources:
        tell(f"{source.source:<12} last {when(source.last_event_ms, snapshot)}")
        for problem in source.problems[:3]:
            tell(f"  problem: {clean(problem)}")


def show_headline(title: str, sums: Sums) -> None:
    """Print what is payable, and apart from it the list value inside plans."""
    if sums.cost_nanos is None:
        tell(f"{title}   {cost_text(sums):>12}")
        return
    payable = payable_text(sums)
    tell(f"{title}   {payable:>12}   to pay, estimate at list prices")
    if sums.plan_nanos:
        inside = amounts.dollars(sums.plan_nanos, lower_bound=sums.is_lower_bound)
        tell(f"        {inside:>12}   list value inside plans, paid by their fee")


def payer_line(payer: PayerState) -> str:
    """Say what one payer's share of the month is, and why he is thought to pay."""
    sums = payer.sums
    amount = amounts.dollars(
        sums.plan_nanos if payer.is_plan else payer.paid_nanos,
        lower_bound=sums.is_lower_bound,
    )
    kind = "list value" if payer.is_plan else "to pay"
    if payer.is_plan and payer.paid_nanos:
        kind += f"; {amounts.dollars(payer.paid_nanos)} to pay"
    if payer.billed_nanos is not None:
        kind += f", {amounts.dollars(payer.billed_nanos)} of it billed"
    why = "" if payer.evidence == ("assumed",) else f", by {', '.join(payer.evidence)}"
    assumed = " (assumed)" if "assumed" in payer.evidence else ""
    return f"payer   {clean(payer.payer)}{assumed}: {amount} {kind}{clean(why)}"


def account_line(account: AccountState, snapshot: Snapshot) -> str:
    """Say how an account stands, and what to do if it does not stand well."""
    name = f"account {clean(account.name)}"
    if account.state is None:
        return f"{name}: not asked yet; tokentui refresh --accounts"
    age = f"read {when(account.good_at_ms, snapshot)}"
    read = "never read" if account.good_at_ms is None else age
    why = f": {clean(account.error)}" if account.error else ""
    return f"{name}: {account.state}, {read}{why}"


def when(ms: int | None, snapshot: Snapshot) -> str:
    """Say when something was or will be, as people do."""
    if ms is None:
        return "unknown"
    distance = abs(snapshot.now_ms - ms) / 1000
    if ms <= snapshot.now_ms:
        return f"{amounts.duration(distance)} ago"
    return f"in {amounts.duration(distance)}"


def show_cap(state: CapState, snapshot: Snapshot) -> None:
    """Print one cap in a few lines."""
    cap = state.cap
    if state.state == UNKNOWN:
        tell(f"cap     {clean(state.name)}: no provider has said yet what is used")
        return
    bound = "≥" if state.is_lower_bound and state.is_money else ""
    tell(
        f"cap     {clean(state.name)}: {bound}{cap_amount(state, state.spent)} of"
        f" {cap_amount(state, state.limit)} a {cap.per},"
        f" {amounts.share(state.share)}, {WORDS[state.state]}"
    )
    parts = [f"left {cap_amount(state, max(state.left, 0))}"]
    if state.safe_per_day is not None and cap.per != "day":
        parts.append(f"{cap_amount(state, state.safe_per_day)} a day keeps it")
    tell("        " + ", ".join(parts))
    if state.met_at_ms is not None and state.left > 0:
        tell(f"        at this rate met {when(state.met_at_ms, snapshot)}")
    ahead = state.facts.forecast
    if ahead is not None and state.left > 0:
        low, high = cap_amount(state, ahead.low), cap_amount(state, ahead.high)
        met = state.forecast_met_at_ms
        end = f"met {when(met, snapshot)}" if met is not None else "not met"
        tell(f"        forecast {low} to {high}, {end}")
    for each in state.facts.raises:
        why = f": {clean(each.because)}" if each.because else ""
        tell(f"        raised by {cap_amount(state, each.amount)}{why}")
