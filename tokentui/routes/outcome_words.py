"""What became of work, in words that all faces share."""

from __future__ import annotations

from tokentui import amounts
from tokentui.queries.outcomes import Asked
from tokentui.queries.sums import Sums
from tokentui.routes.outcomes import Tally, Time
from tokentui.routes.spread import Spread
from tokentui.text import clean, many

STAGE_WORDS = {
    "edited": "edited files",
    "committed": "committed",
    "merged": "on the default branch",
    "lasting": "there for 30 days",
}


def payable(sums: Sums) -> int | None:
    """Give what somebody pays beside plans; `None` if nothing has a price."""
    return None if sums.cost_nanos is None else sums.payable_nanos


def dollars(sums: Sums, nanos: int | None) -> str:
    """Give a part of some sums, with a sign where it is a lower bound."""
    return amounts.dollars(nanos, sums.is_lower_bound and nanos is not None)


def each_words(tally: Tally, nanos: int | None) -> str:
    """Give what an accepted session took."""
    found = tally.per_accepted(nanos)
    if found is None:
        return "?"
    return amounts.dollars(round(found), tally.decided.is_lower_bound)


def listed_words(sums: Sums) -> str:
    """Give the list value inside plans, if there is any."""
    return amounts.dollars(sums.plan_nanos) if sums.plan_nanos else "-"


def cost_words(sums: Sums) -> str:
    """Say what is to be paid, and apart from it what lies inside plans."""
    if not sums.plan_nanos:
        return f"{dollars(sums, payable(sums))}, estimated at list prices"
    listed = amounts.dollars(sums.plan_nanos)
    paid = dollars(sums, payable(sums))
    return f"{paid} to pay, estimated; {listed} of list value inside flat plans"


def total_words(total: Tally) -> list[str]:
    """Say how all sessions ended, and what else is known of them."""
    said = (
        end_words(total),
        open_words(total),
        abandoned_words(total),
        time_words("review", total.review),
        time_words("turns took", total.waiting),
        value_words(total),
    )
    return [each for each in said if each]


def end_words(total: Tally) -> str:
    """Say how sessions ended, and by whose word."""
    by_git = total.accepted - total.marked
    words = [f"{total.accepted} accepted ({total.marked} marked, {by_git} by git)"]
    words += [f"{total.rejected} rejected", f"{total.abandoned} abandoned"]
    words += [f"{total.open} open"] * bool(total.open)
    words += [f"of {total.unknown} the end is not known"] * bool(total.unknown)
    return ", ".join(words)


def open_words(total: Tally) -> str:
    """Say what it means for the mean that failure is known later than success."""
    if not total.open:
        return ""
    costs = total.decided.plus(total.undecided)
    paid, listed = (
        total.per_accepted(nanos) for nanos in (payable(costs), costs.plan_nanos)
    )
    most = " and ".join(
        f"{amounts.dollars(round(each or 0))}{what}"
        for each, what in ((paid, ""), (listed, " of list value inside plans"))
        if each
    )
    told = f"open: {cost_words(total.undecided)}"
    if not most:
        return told
    return f"{told}; if none of that is accepted, an accepted session has cost {most}"


def abandoned_words(total: Tally) -> str:
    """Say what was spent on abandoned work."""
    if not total.abandoned:
        return ""
    return f"abandoned: {cost_words(total.given_up)}"


def time_words(what: str, time: Time) -> str:
    """Say how long something took, and what that costs at the hourly rate."""
    if not time.tasks:
        return ""
    known = f"{what} {amounts.duration(time.seconds)} in {many(time.tasks, 'session')}"
    cost = "" if time.nanos is None else f", {amounts.dollars(time.nanos)} of your time"
    is_most = ", if you waited for all of it" * (what != "review" and bool(cost))
    return known + cost + is_most


def value_words(total: Tally) -> str:
    """Say what accepted work is worth, as marked and configured."""
    if total.value_nanos is None:
        return ""
    worth = amounts.dollars(total.value_nanos)
    return f"{many(total.valued, 'accepted session')} worth {worth}"


def band_name(since: int, until: int | None) -> str:
    """Name a band of spend."""
    if until is None:
        return f"{short(since)} and more"
    return f"{short(since)} to {short(until)}" if since else f"below {short(until)}"


def short(nanos: int) -> str:
    """Give dollars without cents that are none."""
    return amounts.dollars(nanos).removesuffix(".00")


def budget_words(spread: Spread) -> str:
    """Say which budget for a run the sessions propose, and why."""
    found = spread.budget
    if found is None:
        return (
            "no budget to propose: too few sessions of which the end is known, or dear"
            " ones are accepted about as often as others"
        )
    return (
        f"`tokentui run --max {short(found.nanos)[1:].replace(',', '')}` lets nine of"
        f" ten accepted sessions through: dearer ones were accepted"
        f" {found.above_accepted} times of {found.above}, others"
        f" {found.below_accepted} of {found.below}; it would have cut"
        f" {amounts.dollars(found.cut)} of list value"
    )


def spread_words(spread: Spread) -> str:
    """Say how the list value of sessions is spread."""
    low, middle, high = map(amounts.dollars, (spread.p10, spread.p50, spread.p90))
    return (
        f"list value of a session: one in ten up to {low}, half up to {middle},"
        f" nine in ten up to {high}"
    )


def problem_words(asked: Asked) -> str:
    """Say why git does not tell of a project, and whether it did before."""
    kept = "" if asked.asked_at_ms is None else "; what it told before stands"
    return f"{clean(asked.problem or '')}{kept}"
