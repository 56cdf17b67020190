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
from tokentui.routes.span import within_ledger
from tokentui.routes.verdict import CHEAPER, DEARER, UNCLEAR, UNPRICED

IN_ORDER = (CHEAPER, UNCLEAR, DEARER, UNPRICED)


class Elsewhere(NamedTuple):
    """A comparison of the usage of `model`, of all if `None`.

    `models` are those of the span, as they are logged, dearest first; a benchmark has
    those that are `scored`. `left_out` is what the user does not want suggested.
    """

    model: str | None
    models: tuple[str, ...]
    scored: tuple[str, ...]
    comparison: Comparison
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

    `is_scored`: if none is named, that of the dearest one that a benchmark has.
    """
    names = Names(book)
    models = dearest(connection, usage)
    quality = constraints.quality
    scored = tuple(each for each in models if quality.has(names.route(each).name))
    if model is None and is_scored:
        model = next(iter(scored), None)
    if model is not None:
        usage = replace(usage, exactly={"model": model})
    routes, left_out = constraints.choose(map(names.route, CANDIDATES))
    closed = within_ledger(connection, usage)
    found = compare(connection, closed, routes, book, names, constraints)
    return Elsewhere(model, models, scored, found, tuple(left_out))


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
