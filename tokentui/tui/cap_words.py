"""A cap's state in words and figures, each part by itself."""

from __future__ import annotations

from textual.content import Content

from tokentui.amounts import dollars, share, tokens
from tokentui.budget.caps import NEAR, OK, OVER, UNKNOWN, CapState
from tokentui.settings import SCOPES, Cap
from tokentui.snapshot import Snapshot
from tokentui.tui.lines import muted
from tokentui.tui.text import clean
from tokentui.tui.times import moment
from tokentui.tui.view import View

WORDS = {OK: "on course", NEAR: "NEAR", OVER: "OVER", UNKNOWN: "unknown"}
STYLES = {OK: ".good", NEAR: ".near", OVER: ".over", UNKNOWN: ".muted"}
MEETS = "meets it"
"""Instead of `on course`, for a cap that is going to be met."""

THIS = {"day": "today"}


def main_cap(snapshot: Snapshot, per: str) -> CapState | None:
    """Return the cap in dollars on everything in the calendar's day or month."""
    for state in snapshot.caps:
        cap = state.cap
        if cap.per == per and cap.unit == "usd" and cap.starts == 1 and is_of_all(cap):
            return state
    return None


def is_of_all(cap: Cap) -> bool:
    """Claim that all usage counts against a cap."""
    scopes = (getattr(cap, f"{no}{scope}") for no in ("", "not_") for scope in SCOPES)
    return not any(scopes) and cap.each is None


def may_name_project(cap: Cap) -> bool:
    """Claim that a cap's name may tell whom or what the work is for."""
    told = ("client", "project", "label")
    return any(getattr(cap, f"{no}{scope}") for no in ("", "not_") for scope in told)


def is_at_least(state: CapState) -> bool:
    """Claim that more counts against the cap than is known."""
    if state.is_money:
        return state.is_lower_bound
    return bool(state.sums.partial)  # tokens without a price are known all the same


def will_be_met(state: CapState) -> bool:
    """Claim that the rate or the forecast meets a cap, not yet met, in its period."""
    ahead = state.met_at_ms is not None or state.forecast_met_at_ms is not None
    return ahead and state.left > 0


def word(state: CapState) -> str:
    """Return how a cap stands: `on course` only if nothing says that it is met."""
    if state.state == OK and will_be_met(state):
        return MEETS
    return WORDS[state.state]


def word_style(state: CapState) -> str:
    """Return the style of that word; the bar's tells the share alone."""
    return STYLES[NEAR] if word(state) == MEETS else STYLES[state.state]


def spent(state: CapState) -> str:
    """Return `≥$12.34`, `1.2M tokens`, `unpriced` or `unknown`."""
    if state.state == UNKNOWN:
        return "unknown"
    sums = state.sums
    is_unpriced = sums.cost_nanos is None and bool(sums.unpriced)
    if state.is_money and is_unpriced and not state.facts.fees:
        return "unpriced"
    return amount(state, state.spent, "≥" if is_at_least(state) else "")


def limit(state: CapState) -> str:
    """Return what the cap allows, raises and what was carried over included."""
    return amount(state, state.limit).removesuffix(" tokens").removesuffix(" list")


def left(state: CapState) -> str:
    """Return `$5.00 left`, `nothing left` or `$3.20 over`; nothing if not known."""
    if state.state == UNKNOWN:
        return ""
    if state.left < 0:
        sign = "≥" if is_at_least(state) else ""
        return f"{amount(state, -state.left, sign)} over"
    if state.left == 0:
        return "nothing left"
    return f"{amount(state, state.left, at_most(state))} left"


def used_share(state: CapState) -> str:
    """Return `61 %`, with `≥` if it may be more."""
    if state.state == UNKNOWN:
        return ""
    return ("≥" if is_at_least(state) else "") + share(state.share)


def safe_per_day(state: CapState) -> str:
    """Return `safe per day $12.00`; nothing for a cap per day or one that is met."""
    if state.safe_per_day is None or state.cap.per == "day":
        return ""
    return f"safe per day {amount(state, state.safe_per_day, at_most(state))}"


def met(state: CapState, snapshot: Snapshot) -> str:
    """Say when the cap is met at the present rate, else by the forecast.

    Nothing once it is met.
    """
    if state.left <= 0 or state.is_quota:
        return ""
    at_ms, why = state.met_at_ms, "at this rate"
    if at_ms is None:
        at_ms, why = state.forecast_met_at_ms, "as forecast"
    if at_ms is None:
        period = THIS.get(state.cap.per, f"this {state.cap.per}")
        return f"not met {period} at this rate"
    at = moment(at_ms, snapshot.tz, snapshot.now_ms)
    return f"met {'by ' if is_at_least(state) else ''}{at} {why}"


def forecast(state: CapState) -> str:
    """Return `forecast $48.10 to $61.30`: where the end of the period will find it."""
    ahead = state.facts.forecast
    if ahead is None or state.left <= 0:
        return ""
    return f"forecast {amount(state, ahead.low)} to {amount(state, ahead.high)}"


def raises(state: CapState) -> str:
    """Return `raised by $200.00`; why is for those who do not look on by chance."""
    raised = sum(each.amount for each in state.facts.raises)
    return f"raised by {amount(state, raised)}" if raised else ""


def amount(state: CapState, count: int, sign: str = "") -> str:
    """Return an amount in the unit of a cap behind a sign."""
    if state.is_money:
        listed = " list" if state.cap.unit == "list-usd" else ""
        return f"{sign}{dollars(count)}{listed}"
    return f"{sign}{count} %" if state.is_quota else f"{sign}{tokens(count)} tokens"


def at_most(state: CapState) -> str:
    """Return the sign of what can only be less than is known."""
    return "≤" if is_at_least(state) else ""


def name(state: CapState, position: int, hides_projects: bool) -> str:
    """Return a cap's name, or its number if the name may tell a hidden project."""
    if hides_projects and may_name_project(state.cap):
        return f"cap {position}"
    return clean(state.name)


def standing(view: View, state: CapState, position: int) -> list[Content]:
    """Return name, spent, limit, share and word of a cap: cells of its row."""
    return [
        Content(name(state, position, view.hides_projects)),
        Content.styled(spent(state), ".figure"),
        muted(f"of {limit(state)} a {state.cap.per}"),
        Content(used_share(state)),
        Content.styled(word(state), word_style(state)),
    ]
