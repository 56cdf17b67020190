"""What was used of one model, or of all, and what the same work costs elsewhere."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tokentui.prices.book import Book
from tokentui.queries.sums import Usage
from tokentui.queries.usage import usage_by
from tokentui.routes.candidates import CANDIDATES
from tokentui.routes.compare import Alternative, Comparison, Names, compare
from tokentui.routes.constraints import ANY, Constraints, Denied
from tokentui.routes.marked import by_model
from tokentui.routes.net_value import Known, known_success
from tokentui.routes.span import within_ledger
from tokentui.routes.verdict import CHEAPER, DEARER, UNCLEAR, UNPRICED

IN_ORDER = (CHEAPER, UNCLEAR, DEARER, UNPRICED)


class Elsewhere(NamedTuple):
    """A comparison of the usage of `model`, of all if `None`.

    `models` are those of the span, as they are logged, dearest first; of those that are
    `scored` a benchmark or the user's marks tell how often they succeed, and `known` is
    what follows of it. `left_out` is what the user does not want suggested.
    """

    model: str | None
    models: tuple[str, ...]
    scored: tuple[str, ...]
    comparison: Comparison
    known: Known | None
    left_out: tuple[Denied, ...] = ()


def elsewhere(
    connection: sqlite3.Connection,
    usage: Usage,
    book: Book,
    model: str | None = None,
    *,
    is_scored: bool = False,
    constraints: Constraints = ANY,
) -> Elsewhere:
    """Compare the usage of a model, of all if none is named, with what vendors sell.

    `is_scored`: if none is named, that of the dearest one of a known rate of success.
    """
    names = Names(book)
    models = dearest(connection, usage)
    marked = by_model(connection, names)
    told = {name for name, each in marked.items() if each.success is not None}
    bare = {each: names.route(each).name for each in models}
    has_score = constraints.quality.has
    scored = tuple(m for m in models if bare[m] in told or has_score(bare[m]))
    if model is None and is_scored:
        model = next(iter(scored), None)
    if model is not None:
        usage = replace(usage, exactly={"model": model})
    routes, left_out = constraints.choose(map(names.route, CANDIDATES))
    closed = within_ledger(connection, usage)
    found = compare(connection, closed, routes, book, names, constraints)
    known = known_success(found, model and bare.get(model), marked)
    return Elsewhere(model, models, scored, found, known, tuple(left_out))


def dearest(connection: sqlite3.Connection, usage: Usage) -> tuple[str, ...]:
    """List the models of some usage, dearest first, what has no price last."""
    rows = usage_by(connection, ("model",), usage, ZoneInfo("UTC")).rows
    costs = {row.keys[0]: row.sums.cost_nanos or 0 for row in rows}
    models = (model for model in costs if model is not None)
    return tuple(sorted(models, key=lambda model: (-costs[model], model)))


def in_order(found: Comparison) -> list[Alternative]:
    """Put what is clearly cheaper first, and what costs least."""

    def key(each: Alternative) -> tuple[int, int]:
        best = each.estimates.best if each.estimates else 0
        return IN_ORDER.index(each.verdict), best

    return sorted(found.alternatives, key=key)
