"""`tokentui routes`: what the work that was done would have cost elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

import click

from tokentui import amounts, periods
from tokentui.cli.asked import usage_of
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
from tokentui.cli.output import Column, note, show, show_json, show_table, tell
from tokentui.cli.prices import near_text
from tokentui.cli.route_shapes import (
    alternative_shape,
    denied_shape,
    span_of,
    suggestion_shape,
    usd_text,
    warnings_of,
)
from tokentui.cli.shapes import cost_text, money, period_shape
from tokentui.cli.what_if_words import show_denied
from tokentui.periods import Period
from tokentui.setting import Setting
from tokentui.text import clean, many

if TYPE_CHECKING:
    from tokentui.prices.book import Book
    from tokentui.routes.compare import Alternative, Comparison
    from tokentui.routes.constraints import Denied
    from tokentui.routes.suggestion import Suggestion
    from tokentui.routes.work import Work

BELOW_NUMBER = " " * 3
NAME_WIDTH = 14
BELOW_NAME = " " * (len(BELOW_NUMBER) + NAME_WIDTH)


class Routes(LazyVerbs):
    """The verb itself, and those below it."""

    verbs: ClassVar[dict[str, str]] = {
        "what-if": "one model in place of another",
        "policy": "which kind of work belongs where",
    }


@click.group("routes", cls=Routes, invoke_without_command=True)
@click.option("--to", "to", metavar="ROUTE", help="Only this model as alternative.")
@click.option("--value", metavar="USD", help="What an accepted run is worth.")
@options(period_options, filter_options, as_json, no_refresh, timezone)
def verb(**given: Any) -> int | None:
    """Show what would make the work of the last 30 days cheaper, and other models.

    First what would save a dollar a week and a twentieth of what is spent, each with
    the lines to copy; nothing is ever set for you. Then what the work would have cost
    on other models: every response is priced anew, with the cache pattern it had, on
    the same tokens, on those that the other tokenizer makes, that the other model
    needed for the same tasks of a benchmark, and that your own runs need there, once a
    project has ten of both. `cheaper` is only what all of these agree on.
    """
    if is_for_verb_below(given):
        return None
    from tokentui.ingest import book_for
    from tokentui.prices.remembered import Rates
    from tokentui.routes.advice import work_of
    from tokentui.routes.ahead import with_rises
    from tokentui.routes.levers import suggestions

    value = given["value"]
    value_nanos = None if value is None else amounts.nanos_from_usd(value)
    here = setting(timezone=given["timezone"])
    with opened(here, not given["no_refresh"]) as (connection, code):
        period = span_of(given, here)
        work = work_of(
            connection,
            usage_of(connection, given, period),
            here.config,
            book_for(here.config),
            periods.millis(here.now),
            value_nanos,
            given["to"],
        )
        suggested = suggestions(work)
        found, left_out = elsewhere(work, given["to"])
        found = with_rises(found, Rates(work.book), periods.millis(here.now))
    warnings = warnings_of(found.used, found.alternatives, work.constraints)
    if given["to"] is not None:
        warnings += unknown_route(work.book, found.alternatives[0])
    if given["as_json"]:
        document = shape(found, left_out, period, warnings, here)
        document["suggestions"] = [suggestion_shape(s, here.tz) for s in suggested]
        show_json(document)
    else:
        show_used(found)
        show_suggestions(suggested, here.tz, value_nanos)
        show_alternatives(found)
        for each in left_out:
            tell(f"{each.route.model} is left out: {each.why}")
        if given["to"] is not None:
            show_denied(found.alternatives[0])
        for warning in warnings:
            note(warning)
    return code


def elsewhere(work: Work, to: str | None) -> tuple[Comparison, list[Denied]]:
    """Price the work on what vendors sell, or on one route if that is asked for."""
    from tokentui.queries.slices import count_runs
    from tokentui.routes.candidates import CANDIDATES
    from tokentui.routes.compare import compared
    from tokentui.routes.constraints import Chosen

    chosen = Chosen(list(work.asked), [])
    if to is None:
        chosen = work.constraints.choose(map(work.names.route, CANDIDATES))
    runs = count_runs(work.connection, work.usage)
    found = compared(work.repricing, chosen.routes, work.used, runs, work.constraints)
    return found, chosen.left_out


def unknown_route(book: Book, asked: Alternative) -> list[str]:
    """Say that the price book does not have the route that was asked for."""
    if asked.estimates is not None:
        return []
    model = asked.route.model
    return [f"{clean(model)} has no price in {book.version}{near_text(book, model)}"]


def shape(
    found: Comparison,
    left_out: list[Denied],
    period: Period,
    warnings: list[str],
    here: Setting,
) -> dict[str, Any]:
    """Make the JSON document, but for what is suggested."""
    from tokentui.routes.elsewhere import in_order

    return {
        "kind": "routes",
        **period_shape(period, here.tz),
        "cost_usd": money(found.used.cost_nanos),
        "plan_list_usd": money(found.used.plan_nanos),
        "requests": found.used.requests,
        "runs": found.runs,
        "suggestions": [],
        "alternatives": [alternative_shape(each) for each in in_order(found)],
        "left_out": [denied_shape(each) for each in left_out],
        "warnings": warnings,
    }


def show_used(found: Comparison) -> None:
    """Print what was used."""
    count = "?" if found.used.requests is None else f"{found.used.requests:,}"
    show(
        f"{cost_text(found.used)} at list prices:"
        f" {count} responses in {many(found.runs, 'run')}"
    )
    show()


def show_suggestions(
    found: Sequence[Suggestion], tz: ZoneInfo, value_nanos: int | None
) -> None:
    """Print what is suggested, with the lines to copy, which are never broken."""
    from tokentui.routes.suggestion_words import NONE_FOUND, OVERLAP, facts, seen_in

    for number, each in enumerate(found, 1):
        tell(f"{number}. {clean(each.title)}", BELOW_NUMBER)
        seen = [("most in", seen_in(one, tz)) for one in each.evidence[:1]]
        for name, text in (*facts(each, value_nanos), *seen):
            tell(f"{BELOW_NUMBER}{name:<{NAME_WIDTH}}{text}", BELOW_NAME)
        for name, lines in (("to switch", each.how), ("to undo", each.undo)):
            if lines:
                show(f"{BELOW_NUMBER}{name}")
            for line in lines:
                show(f"{BELOW_NUMBER * 2}{clean(line)}")
        show()
    tell(OVERLAP if found else NONE_FOUND)
    show()


def show_alternatives(found: Comparison) -> None:
    """Print the other routes, and whose figures these are."""
    from tokentui.routes.benchmark_words import pair_lines
    from tokentui.routes.elsewhere import in_order

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
    for line in pair_lines(found.alternatives):
        tell(line)
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
