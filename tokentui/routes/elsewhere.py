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
from tokentui.routes.quality import Quality
from tokentui.routes.span import within_ledger
from tokentui.routes.verdict import CHEAPER, DEARER, UNCLEAR, UNPRICED

IN_ORDER = (CHEAPER, UNCLEAR, DEARER, UNPRICED)


class Elsewhere(NamedTuple):
    """A comparison of the usage of `model`, of all if `None`.

    `models` are those of the span, as they are logged, dearest first.
    """

    model: str | None
    models: tuple[str, ...]
    comparison: Comparison


def elsewhere(
    connection: sqlite3.Connection,
    usage: Usage,
    book: Book,
    model: str | None = None,
    *,
    is_scored: bool = False,
) -> Elsewhere:
    """Compare the usage of a model, of all if none is named, with what vendors sell.

    `is_scored`: if none is named, that of the dearest one that a benchmark has.
    """
    names = Names(book)
    models = dearest(connection, usage)
    if model is None and is_scored:
        quality = Quality()
        scored = (m for m in models if quality.has(names.route(m).name))
        model = next(scored, None)
    if model is not None:
        usage = replace(usage, exactly={"model": model})
    routes = (names.route(each) for each in CANDIDATES)
    closed = within_ledger(connection, usage)
    return Elsewhere(model, models, compare(connection, closed, routes, book, names))


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
