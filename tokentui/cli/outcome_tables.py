"""How `outcomes` lays out for people what became of work."""

from __future__ import annotations

from collections.abc import Sequence

from tokentui.cli.output import Column, show, show_table, tell
from tokentui.routes.outcome_rows import (
    BAND,
    GROUP,
    STAGE,
    band_row,
    group_row,
    kept,
    stage_row,
)
from tokentui.routes.outcome_words import (
    budget_words,
    cost_words,
    problem_words,
    spread_words,
    total_words,
)
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
    for line in total_words(total):
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
    show_table(
        [
            *(Column(key, flexible=True) for key in by),
            *(Column(title, right=True) for title in kept(GROUP, GROUP, has_plans)),
        ],
        [
            [
                *(name_of(label, value) for label, value in zip(by, key, strict=True)),
                *kept(GROUP, group_row(tally), has_plans),
            ]
            for key, tally in found.groups.items()
        ],
    )


def name_of(label: str, value: str | None) -> str:
    """Name a group for people."""
    if value is None:
        return "unknown"
    return project_name(value) if label == "project" else value


def show_funnel(found: Report, has_plans: bool) -> None:
    """Print how far the sessions came."""
    titles = [Column(title, right=title != STAGE[0]) for title in STAGE]
    rows = [kept(STAGE, stage_row(stage), has_plans) for stage in found.stages]
    show_table(kept(STAGE, titles, has_plans), rows)


def show_spread(spread: Spread) -> None:
    """Print how the cost of sessions is spread, and the budget that it proposes."""
    if spread.tasks:
        tell(spread_words(spread))
        show()
        show_table(
            [Column(title, right=True) for title in BAND],
            [list(band_row(band)) for band in spread.bands],
        )
        show()
    tell(budget_words(spread))
