"""Move a part of the work to another route: what that saves, and what speaks against.

What somebody pays and what lies inside flat plans is moved alike and summed apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tokentui.routes.benchmark_words import doubt, pair_line
from tokentui.routes.break_even import value_by_scores
from tokentui.routes.estimates import Estimates
from tokentui.routes.formulas import success_premium
from tokentui.routes.parts import Part
from tokentui.routes.pricing import Route
from tokentui.routes.quality import Pair
from tokentui.routes.repricing import Repricing
from tokentui.routes.suggestion import (
    BENCHMARK,
    NOTHING,
    OWN,
    PRICE,
    Risk,
    Saving,
    Suggestion,
)
from tokentui.routes.switching import Lines
from tokentui.routes.verdict import verdict
from tokentui.routes.work import Work
from tokentui.text import many

MOST_UNFIT = 0.01
"""The share of responses whose prompt may be too long for a route."""

COLD = Risk("cost", "a running session is read anew once: switch between sessions")


class Move(NamedTuple):
    """A part of the work on another route, and whether it is cheaper there."""

    part: Part
    route: Route
    estimates: Estimates
    verdict: str


class Costs(NamedTuple):
    """What work costs there by each estimate that counts, and by the best of them."""

    counted: Sequence[int]
    best: int


def move(part: Part, route: Route) -> Move | None:
    """Move work to a route; `None` if a part of it has no price or does not fit."""
    found = part.repricing.on(route)
    if found is None or (found.unfit or 0) > part.responses * MOST_UNFIT:
        return None
    return Move(part, route, found, verdict(part.nanos, found)[0])


def suggest(
    work: Work,
    moved: Move,
    lever: str,
    title: str,
    what: str,
    lines: Lines,
    risks: Sequence[Risk] = (),
) -> Suggestion:
    """Suggest a move, with what is known to speak against it.

    `what` says what the responses in evidence have in common.
    """
    part, route, found = moved.part, moved.route, moved.estimates
    base = part.model

    def costs(some: Repricing) -> Costs | None:
        there = some.on(route)
        return there and Costs(there.counted, there.best)

    run, there = by_run(part, found.best)
    value = value_by_scores(run, there, found)
    return Suggestion(
        lever=lever,
        title=title,
        saves=saving(work, part.inside_plans(False), costs),
        saves_in_plans=saving(work, part.inside_plans(True), costs),
        confidence=confidence(found),
        evidence=part.evidence(what),
        how=lines.how,
        undo=lines.undo,
        risks=(
            *quality_risks(found.pairs, base, route),
            *long_prompts(part, route),
            COLD,
            *risks,
            *stated(work, part, route),
        ),
        task_value_nanos=None if value is None else round(value),
        success_premium=premium(work, run, there),
        counted=counted(part, found),
    )


def counted(part: Part, found: Estimates) -> str:
    """Say what is moved, and by which estimates the ends of the range are."""
    low, high = max(found.counted), min(found.counted)
    by = {nanos: name for name, nanos in reversed(found.named)}
    best = by[found.best]
    if low == high:
        return f"{part.size}, on the same tokens"
    return (
        f"{part.size}. At least by {by[low]}, probably by {best}, at most by"
        f" {by[high]}: estimates of the cost there"
    )


def saving(
    work: Work, before: Repricing, costs: Callable[[Repricing], Costs | None]
) -> Saving:
    """Give what is saved in a month, by all estimates that count."""
    nanos = sum(piece.nanos for piece in before.pieces)
    there = costs(before) if before.pieces else None
    if there is None:
        return NOTHING
    saved = (nanos - max(there.counted), nanos - there.best, nanos - min(there.counted))
    return Saving(*map(work.per_month, saved))


def by_run(part: Part, there: int) -> tuple[float, float]:
    """Give the cost of a run as it is and elsewhere, in nano-dollars."""
    runs = max(part.runs, 1)
    return part.nanos / runs, there / runs


def premium(work: Work, run: float, there: float) -> float | None:
    """Give by how much more often the present way must succeed to be worth it."""
    return success_premium(run, there, work.value_nanos) if work.value_nanos else None


def confidence(found: Estimates) -> str:
    """Say what estimates rest on."""
    if found.own is not None:
        return OWN
    return PRICE if found.benchmark is None else BENCHMARK


def quality_risks(pairs: Sequence[Pair], base: str, route: Route) -> list[Risk]:
    """Say what benchmarks tell of two models, or that none does."""
    if not pairs:
        text = f"no benchmark here has both {route.model} and {base}"
        return [Risk("quality", text)]
    return [Risk("quality", scores(pair)) for pair in pairs]


def stated(work: Work, part: Part, route: Route) -> Iterator[Risk]:
    """List what vendors state of a route, as far as it is new to the work."""
    is_new = any(piece.provider != route.provider for piece in part.repricing.pieces)
    for risk in work.constraints.risks(route):
        if is_new or risk.kind == "availability":
            yield risk


def long_prompts(part: Part, route: Route) -> list[Risk]:
    """Say that some prompts are beyond the length from which a route is dearer."""
    limit, count = part.repricing.beyond(route)
    if not count:
        return []
    text = (
        f"{many(count, 'prompt')} of {part.responses:,} beyond {limit:,} tokens,"
        f" where {route.model} is dearer: so priced here"
    )
    return [Risk("cost", text)]


def scores(pair: Pair) -> str:
    """Say how two routes did on the same tasks, and if that proves anything."""
    return "; ".join(filter(None, (pair_line(pair), doubt(pair))))
