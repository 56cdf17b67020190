"""`tokentui routes`: what the work that was done would have cost elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import click

from tokentui.cli.freshen import opened
from tokentui.cli.lazy import LazyVerbs
from tokentui.cli.options import (
    Setting,
    as_json,
    filter_options,
    no_refresh,
    options,
    period_options,
    setting,
    timezone,
    usage_of,
)
from tokentui.cli.output import Column, note, show, show_json, show_table, tell
from tokentui.cli.route_shapes import (
    alternative_shape,
    denied_shape,
    span_of,
    usd_text,
    warnings_of,
)
from tokentui.cli.shapes import cost_text, instant, money
from tokentui.errors import UsageError
from tokentui.periods import Period
from tokentui.text import many

if TYPE_CHECKING:
    from tokentui.routes.compare import Alternative, Comparison
    from tokentui.routes.constraints import Denied


class Routes(LazyVerbs):
    """The verb itself, and those below it."""

    verbs: ClassVar[dict[str, str]] = {"what-if": "one model in place of another"}

    def module_of(self, name: str) -> str:
        """Name the module of a verb."""
        return "what_if"


@click.group("routes", cls=Routes, invoke_without_command=True)
@options(period_options, filter_options, as_json, no_refresh, timezone)
def verb(**given: Any) -> int | None:
    """Show what the work of the last 30 days would have cost on other models.

    Every response is priced anew, with the cache pattern it had: first on the same
    tokens, then on those that the other tokenizer makes, that the other model needed
    for the same tasks of a benchmark, and that your own runs need there, once a project
    has ten of both. `cheaper` is only what all of these agree on.
    """
    below = click.get_current_context().invoked_subcommand
    if below is not None:
        if any(given.values()):
            raise UsageError(f"options stand behind `{below}`")
        return None
    from tokentui.ingest import book_for
    from tokentui.routes.candidates import CANDIDATES
    from tokentui.routes.compare import Names, compare
    from tokentui.routes.constraints import constraints_of
    from tokentui.routes.span import within_ledger

    here = setting(timezone=given["timezone"])
    with opened(here, not given["no_refresh"]) as (connection, code):
        period = span_of(given, here)
        usage = within_ledger(connection, usage_of(connection, given, period))
        book = book_for(here.config)
        names = Names(book)
        limits = constraints_of(here.config)
        routes, left_out = limits.choose(names.route(model) for model in CANDIDATES)
        found = compare(connection, usage, routes, book, names, limits)
    warnings = warnings_of(found.used, found.alternatives, limits)
    if given["as_json"]:
        show_json(document(found, left_out, period, warnings, here))
    else:
        show_comparison(found)
        for each in left_out:
            tell(f"{each.route.model} is left out: {each.why}")
        for warning in warnings:
            note(warning)
    return code


def document(
    found: Comparison,
    left_out: list[Denied],
    period: Period,
    warnings: list[str],
    here: Setting,
) -> dict[str, Any]:
    """Make the JSON document; of suggestions nothing is known yet."""
    from tokentui.routes.elsewhere import in_order

    return {
        "kind": "routes",
        "since": instant(period.since_ms, here.tz),
        "until": instant(period.until_ms, here.tz),
        "timezone": str(here.tz),
        "cost_usd": money(found.used.cost_nanos),
        "plan_list_usd": money(found.used.plan_nanos),
        "requests": found.used.requests,
        "runs": found.runs,
        "suggestions": None,
        "alternatives": [alternative_shape(each) for each in in_order(found)],
        "left_out": [denied_shape(each) for each in left_out],
        "warnings": warnings,
    }


def show_comparison(found: Comparison) -> None:
    """Print what was used, the routes, and whose figures these are."""
    from tokentui.routes.benchmark_words import pair_line
    from tokentui.routes.elsewhere import in_order

    count = "?" if found.used.requests is None else f"{found.used.requests:,}"
    show(
        f"{cost_text(found.used)} at list prices:"
        f" {count} responses in {many(found.runs, 'run')}"
    )
    show()
    titles = ("same tokens", "tokenizer", "benchmark", "own runs")
    show_table(
        [
            Column("instead on", flexible=True),
            *(Column(title, right=True) for title in titles),
            Column(""),
        ],
        [row_of(each) for each in in_order(found)],
    )
    show()
    pairs = {
        pair: None
        for each in found.alternatives
        if each.estimates
        for pair in each.estimates.pairs
    }
    for pair in pairs:
        tell(pair_line(pair))
    tell(
        "? is not known. What costs less a token may need more of them: only runs of"
        " both models make it clear, or being the newer model of the same family."
    )


def row_of(each: Alternative) -> list[str]:
    """Lay out one route."""
    costs = each.estimates
    if costs is None:
        return [each.route.model, "?", "?", "?", "?", each.verdict]
    figures = costs.same, costs.tokenizer, costs.benchmark, costs.own
    return [each.route.model, *map(usd_text, figures), each.verdict]
