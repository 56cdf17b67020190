"""What every kind of what-if stands on: what was used, and what prices it anew."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from tokentui.cli.asked import usage_of
from tokentui.cli.output import tell
from tokentui.cli.prices import near_text
from tokentui.cli.route_shapes import span_of, warnings_of
from tokentui.cli.shapes import cost_text, money, period_shape
from tokentui.cli.what_if_options import named_by, narrowed
from tokentui.errors import UsageError
from tokentui.ingest import book_for
from tokentui.periods import Period, millis
from tokentui.prices.book import Book
from tokentui.prices.remembered import Rates
from tokentui.queries.slices import used_models
from tokentui.queries.sums import Sums, Usage
from tokentui.routes.ahead import with_rises
from tokentui.routes.compare import Alternative, Comparison, Names, compare
from tokentui.routes.constraints import Constraints, constraints_of
from tokentui.routes.pricing import Route
from tokentui.routes.span import within_ledger
from tokentui.routes.workloads import Workloads
from tokentui.setting import Setting
from tokentui.text import clean, many


class Answer(NamedTuple):
    """The JSON document, and what prints it for people."""

    document: dict[str, Any]
    show: Callable[[], None]


class Ground(NamedTuple):
    """Some usage of `base`, of all models if `None`; its span is closed."""

    connection: sqlite3.Connection
    here: Setting
    period: Period
    base: str | None
    usage: Usage
    book: Book
    names: Names
    limits: Constraints

    @property
    def name(self) -> str:
        """What was used, for people."""
        return "usage" if self.base is None else clean(self.base)

    def route(self, model: str, provider: str | None = None) -> Route:
        """Find a model, in the place where the user wants it."""
        return self.limits.placed(self.names.route(model, provider))

    def compared(self, *routes: Route) -> Comparison:
        """Price what was used on other routes."""
        asked = (self.connection, self.usage, routes, self.book, self.names)
        found = compare(*asked, self.limits)
        return with_rises(found, Rates(self.book), millis(self.here.now))

    def document(self, used: Sums, runs: int, **answers: Any) -> dict[str, Any]:
        """Make the JSON document; what was not asked for is null in it."""
        others = ("to", "newer", "break_even", "reversal")
        asked = ("share", "loops", "cascade", "plan")
        return {
            "kind": "what-if",
            **period_shape(self.period, self.here.tz),
            "from": {
                "model": self.base,
                "cost_usd": money(used.cost_nanos),
                "requests": used.requests,
                "plan_list_usd": money(used.plan_nanos),
                "runs": runs,
            },
            **dict.fromkeys((*others, *asked)),
            **answers,
        }

    def warnings(self, used: Sums, runs: int, *asked: Alternative) -> list[str]:
        """Say what the figures leave out, or what is not known."""
        warnings = []
        for each in asked:
            if each.estimates is None:
                model = each.route.model
                near = near_text(self.book, model)
                warnings.append(
                    f"{clean(model)} has no price in {self.book.version}{near}"
                )
        if not runs:
            what = "nothing was used"
            of = f" of {self.name}" if self.base is not None else ""
            warnings.append(f"{what}{of} in that time")
        return warnings + warnings_of(used, asked, self.limits)


def ground(
    connection: sqlite3.Connection, given: dict[str, Any], here: Setting
) -> Ground:
    """Say which usage is asked for.

    Raises:
        UsageError: A name or an option that cannot be understood.
    """
    period, book, base = span_of(given, here), book_for(here.config), given["base"]
    names = Names(book)
    globs = () if base is None else logged_as(connection, base, names)
    usage = usage_of(connection, given | {"model": globs}, period)
    named = named_by(given["only"])
    usage = within_ledger(connection, narrowed(usage, named))
    if "workload" in named:
        usage = Workloads(here.config).only(connection, usage, named["workload"])
    limits = constraints_of(here.config)
    return Ground(connection, here, period, base, usage, book, names, limits)


def logged_as(
    connection: sqlite3.Connection, base: str, names: Names
) -> tuple[str, ...]:
    """List the names, as globs, by which a model was logged.

    Raises:
        UsageError: Neither the price book nor the ledger knows it.
    """
    name = names.route(base).name
    ever = used_models(connection, Usage())
    logged = {u.model for u in ever if names(u.provider, u.model) == name}
    if not logged and not names.is_known(base):
        used = ", ".join(sorted({clean(each.model) for each in ever})) or "nothing"
        raise UsageError(f"{clean(base)} is no model that was used; used were: {used}")
    return tuple(
        re.sub(r"([\[*?])", r"[\1]", each) for each in sorted(logged or {base})
    )


def of_provider(asked: Ground, provider: str) -> Ground:
    """Narrow the usage to what one provider serves."""
    exactly = {**asked.usage.exactly, "provider": provider}
    return asked._replace(usage=replace(asked.usage, exactly=exactly))


def tell_used(asked: Ground, used: Sums, runs: int) -> None:
    """Print what was used."""
    count = "?" if used.requests is None else many(used.requests, "response")
    tell(f"Your {asked.name} cost {cost_text(used)} ({count} in {many(runs, 'run')}).")
