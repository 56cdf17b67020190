"""`tokentui routes what-if`: one model in place of another, for the work done."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any

import click

from tokentui import amounts
from tokentui.cli.freshen import opened
from tokentui.cli.options import (
    FILTERS,
    Setting,
    as_json,
    filters,
    no_refresh,
    options,
    period_options,
    setting,
    timezone,
    usage_of,
)
from tokentui.cli.output import note, show_json
from tokentui.cli.prices import near_text
from tokentui.cli.route_shapes import (
    alternative_shape,
    span_of,
    warnings_of,
)
from tokentui.cli.shapes import instant, money
from tokentui.cli.what_if_words import show_what_if
from tokentui.errors import UsageError
from tokentui.periods import Period
from tokentui.queries.sums import Usage
from tokentui.text import clean

if TYPE_CHECKING:
    from tokentui.prices.book import Book
    from tokentui.routes.break_even import BreakEven
    from tokentui.routes.compare import Comparison, Names

other_filters = filters(label for label in FILTERS if label != "model")


@click.command("what-if")
@click.option("--from", "base", metavar="MODEL", required=True, help="What was used.")
@click.option("--to", "model", metavar="MODEL", required=True, help="What else.")
@click.option("--to-provider", metavar="NAME", help="Who sells it; else its vendor.")
@click.option("--value", metavar="USD", help="What an accepted run is worth.")
@options(period_options, other_filters, as_json, no_refresh, timezone)
def verb(
    base: str, model: str, to_provider: str | None, value: str | None, **given: Any
) -> int:
    """Show what the work done on one model would have cost on another.

    The last 30 days, unless a period is given. With --value it is said how much more
    often the dearer model has to succeed to be worth its price.
    """
    from tokentui.ingest import book_for
    from tokentui.routes.break_even import break_even
    from tokentui.routes.compare import Names, compare, newest_of_family
    from tokentui.routes.constraints import constraints_of

    value_nanos = None if value is None else amounts.nanos_from_usd(value)
    here = setting(timezone=given["timezone"])
    with opened(here, not given["no_refresh"]) as (connection, code):
        period = span_of(given, here)
        book = book_for(here.config)
        names = Names(book)
        usage = on_model(connection, given, period, base, names)
        limits = constraints_of(here.config)
        routes = [limits.placed(names.route(model, to_provider))]
        newer = newest_of_family(names.route(base).name, names, limits)
        if newer is not None and newer.name != routes[0].name:
            routes.append(newer)
        found = compare(connection, usage, routes, book, names, limits)
    even = break_even(found, value_nanos)
    warnings = unknown_names(book, base, found)
    warnings += warnings_of(found.used, found.alternatives[:1], limits)
    if given["as_json"]:
        show_json(document(base, found, even, period, warnings, here))
    else:
        show_what_if(base, found, even)
        for warning in warnings:
            note(warning)
    return code


def on_model(
    connection: sqlite3.Connection,
    given: dict[str, Any],
    period: Period,
    base: str,
    names: Names,
) -> Usage:
    """Say which usage was on a model, by whatever name it was logged.

    Raises:
        UsageError: By no name that the price book or the ledger knows.
    """
    from tokentui.queries.slices import used_models
    from tokentui.routes.span import within_ledger

    name = names.route(base).name
    ever = used_models(connection, Usage())
    logged = {u.model for u in ever if names(u.provider, u.model) == name}
    if not logged and not names.is_known(base):
        used = ", ".join(sorted({clean(each.model) for each in ever})) or "nothing"
        raise UsageError(f"{clean(base)} is no model that was used; used were: {used}")
    globs = tuple(
        re.sub(r"([\[*?])", r"[\1]", each) for each in sorted(logged or {base})
    )
    return within_ledger(
        connection, usage_of(connection, given | {"model": globs}, period)
    )


def unknown_names(book: Book, base: str, found: Comparison) -> list[str]:
    """Say what the price book does not have, and that nothing was used."""
    warnings = []
    to = found.alternatives[0]
    if to.estimates is None:
        model = to.route.model
        near = near_text(book, model)
        warnings.append(f"{clean(model)} has no price in {book.version}{near}")
    if not found.runs:
        warnings.append(f"nothing was used of {clean(base)} in that time")
    return warnings


def document(
    base: str,
    found: Comparison,
    even: BreakEven,
    period: Period,
    warnings: list[str],
    here: Setting,
) -> dict[str, Any]:
    """Make the JSON document."""
    to, *newer = found.alternatives
    costs = to.estimates
    return {
        "kind": "what-if",
        "since": instant(period.since_ms, here.tz),
        "until": instant(period.until_ms, here.tz),
        "timezone": str(here.tz),
        "from": {
            "model": base,
            "cost_usd": money(found.used.cost_nanos),
            "requests": found.used.requests,
            "plan_list_usd": money(found.used.plan_nanos),
            "runs": found.runs,
        },
        "to": alternative_shape(to),
        "newer": alternative_shape(newer[0]) if newer else None,
        "break_even": {
            "task_value_usd": money(even.task_value_nanos),
            "success_premium": even.premium,
            "premiums": {
                name.replace(" ", "_"): share for name, share in even.premiums
            },
        },
        "reversal": {
            "input_multiple": costs and costs.input_multiple,
            "break_even_multiple": costs and costs.break_even_multiple,
            "risk": costs and costs.has_reversal_risk,
        },
        "warnings": warnings,
    }
