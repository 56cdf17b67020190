"""`tokentui outcomes`: what accepted work has cost, and how far work came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import click

from tokentui import periods
from tokentui.cli.asked import period_of, usage_of
from tokentui.cli.freshen import opened
from tokentui.cli.lazy import LazyVerbs, is_for_verb_below
from tokentui.cli.options import (
    as_json,
    filter_options,
    no_refresh,
    options,
    period_options,
    setting,
    timezone,
)
from tokentui.cli.output import note, show_json
from tokentui.cli.shapes import instant, period_shape
from tokentui.periods import Period
from tokentui.setting import Setting

if TYPE_CHECKING:
    from tokentui.routes.report import Report

DEFAULT_LAST = "90d"
"""Long enough for work to have been there for thirty days."""

KEYS = ("model", "route", "effort", "context", "project", "workload")
DEFAULT_BY = ("project", "model")


class Outcomes(LazyVerbs):
    """The verb itself, and those below it."""

    verbs: ClassVar[dict[str, str]] = {"mark": "say how a session's work ended"}
    prefix = "outcomes_"


@click.group("outcomes", cls=Outcomes, invoke_without_command=True)
@options(
    click.option(
        "--by",
        type=click.Choice(KEYS),
        multiple=True,
        help="Group by this; again for more. By default project and model.",
    ),
    period_options,
    filter_options,
    as_json,
    no_refresh,
    timezone,
)
def verb(**given: Any) -> int | None:
    """Show what the accepted work of the last 90 days has cost, and what the rest.

    A session is accepted if you marked it so, else if a commit of its is on the default
    branch and not reverted. Git is asked on this machine; nothing is fetched. What is
    neither marked nor in a repository stays unknown.
    """
    if is_for_verb_below(given):
        return None
    from tokentui.routes.report import report

    here = setting(timezone=given["timezone"])
    is_fresh = not given["no_refresh"]
    with opened(here, is_fresh) as (connection, code):
        period = span_of(given, here)
        usage = usage_of(connection, given, period)
        warnings = asked_git(here) if is_fresh else []
        by = tuple(dict.fromkeys(given["by"])) or DEFAULT_BY
        found = report(connection, usage, here.config, by)
    if given["as_json"]:
        show_json(document(found, by, period, warnings, here))
    else:
        from tokentui.cli.outcome_tables import show_report

        show_report(found, by)
        for warning in warnings:
            note(warning)
    return code


def span_of(given: dict[str, Any], here: Setting) -> Period:
    """Give the period that was asked for, else the last 90 days."""
    period = period_of(given, here)
    if period == Period():
        return periods.last_period(DEFAULT_LAST, here.tz, here.now)
    return period


def asked_git(here: Setting) -> list[str]:
    """Ask git about all projects; say why that was not possible."""
    from tokentui.git.ask import GitError
    from tokentui.repositories import ask_git

    try:
        ask_git(here.ledger, periods.millis(here.now))
    except GitError as error:
        return [f"{error}: what became of commits is not known anew"]
    return []


def document(
    found: Report,
    by: tuple[str, ...],
    period: Period,
    warnings: list[str],
    here: Setting,
) -> dict[str, Any]:
    """Make the JSON document."""
    from tokentui.cli import outcome_shapes as shapes

    return {
        "kind": "outcomes",
        **period_shape(period, here.tz),
        "basis": "estimate",
        "by": list(by),
        "rows": [
            shapes.row_shape(by, key, tally) for key, tally in found.groups.items()
        ],
        "total": shapes.tally_shape(found.total),
        "funnel": [shapes.stage_shape(stage) for stage in found.stages],
        "spread": shapes.spread_shape(found.spread),
        "budget": shapes.budget_shape(found.spread.budget),
        "repositories": [
            {
                "project": project,
                "asked_at": instant(asked.asked_at_ms, here.tz),
                "problem": asked.problem,
            }
            for project, asked in found.asked.items()
        ],
        "warnings": warnings,
    }
