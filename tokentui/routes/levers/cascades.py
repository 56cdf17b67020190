"""Lever: a cheap model first, and the one that is used where it fails.

Only the user's own marks tell how often the first one succeeds: without ten of them on
a model there is nothing to suggest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tokentui.amounts import share
from tokentui.routes.formulas import cascade_cost, cascade_pays_from
from tokentui.routes.gateways import to_vendor
from tokentui.routes.marked import Marked, by_model
from tokentui.routes.moves import Costs, move, saving, stated
from tokentui.routes.parts import Part
from tokentui.routes.pricing import Route
from tokentui.routes.repricing import Repricing
from tokentui.routes.suggestion import OWN, Risk, Suggestion
from tokentui.routes.switching import AGENTS, Lines, claude_model, to_model
from tokentui.routes.work import Work
from tokentui.vendors import vendor_of


class Turn(NamedTuple):
    """A part of the work, on another model first.

    `success` is how often that one succeeds, `cost` what the part then costs in
    nano-dollars, and `pays_from` the success above which that is less than now.
    """

    part: Part
    route: Route
    marked: Marked
    success: float
    cost: float
    pays_from: float


def cheap_first(work: Work) -> Iterator[Suggestion]:
    """Suggest for each agent's model the one that is best tried before it."""
    marked = by_model(work.connection, work.names)
    for (source, _, _), part in work.by_place.items():
        turns = list(turns_of(work, part, marked))
        if source in AGENTS and turns:
            best = min(turns, key=lambda turn: turn.cost)
            lines = lines_of(source, best)
            if lines is not None:
                yield suggestion(work, source, best, lines)


def turns_of(work: Work, part: Part, marked: dict[str, Marked]) -> Iterator[Turn]:
    """List the models that cost less first than they save."""
    for route in work.routes:
        known = marked.get(route.name)
        success = known and known.success
        moved = move(part, route) if success else None
        if known is None or not success or moved is None:
            continue
        first = moved.estimates.best
        pays_from = cascade_pays_from(first, 0, part.nanos)
        if pays_from is not None and pays_from < success:
            cost = cascade_cost(first, 0, success, part.nanos)
            yield Turn(part, route, known, success, cost, pays_from)


def lines_of(source: str, turn: Turn) -> Lines | None:
    """Begin on one model, and go on with the other where that is needed."""
    base, route = turn.part.model, turn.route
    if vendor_of(base) != vendor_of(route.model):
        lines = to_vendor(source, base, route)
    elif source == "claude-code":
        lines = Lines(claude_model(route.model), claude_model(base))
    else:
        lines = to_model(source, base, route)
    if lines is None:
        return None
    return Lines((*lines.how, "# where it failed", *lines.undo), lines.undo)


def suggestion(work: Work, source: str, turn: Turn, lines: Lines) -> Suggestion:
    """Suggest two models in turn."""
    part, route, success = turn.part, turn.route, turn.success

    def costs(some: Repricing) -> Costs | None:
        there, now = some.on(route), sum(piece.nanos for piece in some.pieces)
        if there is None:
            return None
        counted = [
            round(cascade_cost(each, 0, success, now))
            for each in (*there.counted, there.best)
        ]
        return Costs(counted, counted[-1])

    base, marks = part.model, turn.marked
    return Suggestion(
        lever="cascade",
        title=f"{route.model} first, {base} where it fails, in {AGENTS[source]}",
        saves=saving(work, part.inside_plans(False), costs),
        saves_in_plans=saving(work, part.inside_plans(True), costs),
        confidence=OWN,
        evidence=part.evidence(f"on {base}"),
        how=lines.how,
        undo=lines.undo,
        risks=(
            Risk("quality", "what was marked may have been easier than what was not"),
            Risk("latency", f"{share(1 - success)} of runs are done twice"),
            *stated(work, part, route),
        ),
        counted=(
            f"{part.size}, each done on {route.model} first and, where that fails, as"
            f" now. It pays above {share(turn.pays_from)} of success; by your marks"
            f" {marks.accepted} of {marks.marked} sessions on it were accepted. The"
            " time to see which failed is not counted"
        ),
    )
