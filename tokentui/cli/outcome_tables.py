"""How `outcomes` lays out for people what became of work."""

from __future__ import annotations

from collections.abc import Sequence

from tokentui import amounts
from tokentui.cli.output import Column, show, show_table, tell
from tokentui.routes.outcome_words import (
    STAGE_WORDS,
    abandoned_words,
    band_name,
    budget_words,
    cost_words,
    dollars,
    each_words,
    end_words,
    listed_words,
    open_words,
    payable,
    problem_words,
    spread_words,
    time_words,
    value_words,
)
from tokentui.routes.outcomes import Key, Tally
from tokentui.routes.report import Report
from tokentui.routes.spread import Spread
from tokentui.text import many, project_name


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
        open_words(total),
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
            tell(f"{project_name(project)}: {problem_words(asked)}")


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
    plan_each = each_words(tally, decided.plan_nanos) if decided.plan_nanos else "-"
    return [
        *(name_of(label, value) for label, value in zip(by, key, strict=True)),
        f"{tally.tasks:,}",
        f"{tally.accepted} of {tally.known}" if tally.known else "?",
        dollars(tally.sums, payable(tally.sums)),
        *[listed_words(tally.sums)] * has_plans,
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
                *[listed_words(stage.sums)] * has_plans,
                f"{stage.unknown:,}" if stage.unknown else "-",
                f"{stage.too_young:,}" if stage.too_young else "-",
            ]
            for stage in found.stages
        ],
    )


def show_spread(spread: Spread) -> None:
    """Print how the cost of sessions is spread, and the budget that it proposes."""
    if spread.tasks:
        tell(spread_words(spread))
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
