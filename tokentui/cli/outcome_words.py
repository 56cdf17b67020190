"""How `outcomes` tells people what became of work."""

from __future__ import annotations

from collections.abc import Sequence

from tokentui import amounts
from tokentui.cli.outcome_shapes import payable
from tokentui.cli.output import Column, show, show_table, tell
from tokentui.queries.outcomes import Asked
from tokentui.queries.sums import Sums
from tokentui.routes.outcomes import Key, Tally, Time
from tokentui.routes.report import Report
from tokentui.routes.spread import Spread
from tokentui.text import clean, many, project_name

STAGE_WORDS = {
    "edited": "edited files",
    "committed": "committed",
    "merged": "on the default branch",
    "lasting": "there for 30 days",
}


def show_report(found: Report, by: Sequence[str]) -> None:
    """Print groups, how sessions ended, how far they came, and their spread."""
    total = found.total
    if not total.tasks:
        show("no sessions in that time")
        return
    has_plans = bool(total.sums.plan_nanos)
    show(f"{many(total.tasks, 'session')}: {cost_words(total.sums)}")
    show()
    show_groups(found, by, has_plans)
    show()
    tell(end_words(total))
    for line in (
        abandoned_words(total),
        time_words("review", total.review),
        time_words("turns took", total.waiting),
        value_words(total),
    ):
        if line:
            tell(line)
    show()
    show_funnel(found, has_plans)
    show()
    show_spread(found.spread)
    for project, asked in found.asked.items():
        if asked.problem is not None:
            tell(problem_words(project, asked))


def show_groups(found: Report, by: Sequence[str], has_plans: bool) -> None:
    """Print a row for each group."""
    plans = [Column("in plans", right=True), Column("list each", right=True)]
    show_table(
        [
            *(Column(key, flexible=True) for key in by),
            Column("sessions", right=True),
            Column("accepted", right=True),
            Column("cost", right=True),
            *plans[:has_plans],
            Column("per accepted", right=True),
            *plans[1 : 1 + has_plans],
            Column("tokens each", right=True),
            Column("requests each", right=True),
            Column("yield", right=True),
        ],
        [row_of(by, key, tally, has_plans) for key, tally in found.groups.items()],
    )


def row_of(by: Sequence[str], key: Key, tally: Tally, has_plans: bool) -> list[str]:
    """Lay out a group."""
    decided = tally.decided
    tokens = tally.per_accepted(sum(decided.tokens[:5]))
    requests = tally.per_accepted(decided.requests)
    plan_each = each_words(tally, decided.plan_nanos)
    return [
        *(name_of(label, value) for label, value in zip(by, key, strict=True)),
        f"{tally.tasks:,}",
        f"{tally.accepted} of {tally.known}" if tally.known else "?",
        dollars(tally.sums, payable(tally.sums)),
        *[amounts.dollars(tally.sums.plan_nanos)] * has_plans,
        each_words(tally, payable(decided)),
        *[plan_each] * has_plans,
        "?" if tokens is None else amounts.tokens(round(tokens)),
        "?" if requests is None else f"{requests:,.0f}",
        "?" if tally.token_yield is None else amounts.share(tally.token_yield),
    ]


def name_of(label: str, value: str | None) -> str:
    """Name a group for people."""
    if value is None:
        return "unknown"
    return project_name(value) if label == "project" else value


def dollars(sums: Sums, nanos: int | None) -> str:
    """Give a part of some sums, with a sign where it is a lower bound."""
    return amounts.dollars(nanos, sums.is_lower_bound and nanos is not None)


def each_words(tally: Tally, nanos: int | None) -> str:
    """Give what an accepted session took."""
    found = tally.per_accepted(nanos)
    if found is None:
        return "?"
    return amounts.dollars(round(found), tally.decided.is_lower_bound)


def cost_words(sums: Sums) -> str:
    """Say what is to be paid, and apart from it what lies inside plans."""
    if not sums.plan_nanos:
        return f"{dollars(sums, payable(sums))}, estimated at list prices"
    listed = amounts.dollars(sums.plan_nanos)
    paid = dollars(sums, payable(sums))
    return f"{paid} to pay, estimated; {listed} of list value inside flat plans"


def end_words(total: Tally) -> str:
    """Say how sessions ended, and by whose word."""
    by_git = total.accepted - total.marked
    words = [f"{total.accepted} accepted ({total.marked} marked, {by_git} by git)"]
    words += [f"{total.rejected} rejected", f"{total.abandoned} abandoned"]
    words += [f"{total.open} may still be accepted"] * bool(total.open)
    words += [f"of {total.unknown} the end is not known"] * bool(total.unknown)
    return ", ".join(words)


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


def show_funnel(found: Report, has_plans: bool) -> None:
    """Print how far the sessions came."""
    show_table(
        [
            Column("came to be"),
            Column("sessions", right=True),
            Column("cost", right=True),
            *[Column("in plans", right=True)] * has_plans,
            Column("not told", right=True),
            Column("too young", right=True),
        ],
        [
            [
                STAGE_WORDS[stage.name],
                f"{stage.tasks:,}",
                dollars(stage.sums, payable(stage.sums)),
                *[amounts.dollars(stage.sums.plan_nanos)] * has_plans,
                f"{stage.unknown:,}" if stage.unknown else "-",
                f"{stage.too_young:,}" if stage.too_young else "-",
            ]
            for stage in found.stages
        ],
    )


def show_spread(spread: Spread) -> None:
    """Print how the cost of sessions is spread, and the budget that it proposes."""
    low, middle, high = map(amounts.dollars, (spread.p10, spread.p50, spread.p90))
    if spread.tasks:
        tell(
            f"list value of a session: one in ten up to {low}, half up to {middle},"
            f" nine in ten up to {high}"
        )
        show()
        show_table(
            [
                Column("list value", right=True),
                Column("sessions", right=True),
                Column("accepted", right=True),
                Column("share", right=True),
                Column("together", right=True),
            ],
            [
                [
                    band_name(band.since, band.until),
                    f"{band.tasks:,}",
                    f"{band.accepted} of {band.known}" if band.known else "?",
                    amounts.share(band.accepted / band.known) if band.known else "?",
                    amounts.dollars(band.nanos),
                ]
                for band in spread.bands
            ],
        )
        show()
    tell(budget_words(spread))


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


def problem_words(project: str, asked: Asked) -> str:
    """Say that git does not tell of a project, and whether it did before."""
    kept = "" if asked.asked_at_ms is None else "; what it told before stands"
    return f"{project_name(project)}: {clean(asked.problem or '')}{kept}"
