"""Lever: let a model work less hard, where a benchmark tells what that costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from typing import NamedTuple

from tokentui.amounts import dollars
from tokentui.routes.formulas import break_even_value
from tokentui.routes.moves import Costs, by_run, premium, saving, scores
from tokentui.routes.parts import Labels, Part, parts
from tokentui.routes.quality import Pair, effort_of
from tokentui.routes.repricing import Repricing
from tokentui.routes.suggestion import BENCHMARK, Risk, Suggestion
from tokentui.routes.switching import AGENTS, Lines, to_effort
from tokentui.routes.work import Place, Work


class Step(NamedTuple):
    """A lower effort, and what a run costs as it is and there, in nano-dollars."""

    pair: Pair
    run: float
    there: float

    @property
    def lost(self) -> float:
        """The share of tasks that only the present effort solves."""
        return (self.pair.base.score - self.pair.other.score) / 100


def lower_effort(work: Work) -> Iterator[Suggestion]:
    """Suggest the lower effort at which the tasks that are lost cost most each.

    Where it is known what a run is worth, that which is worth most after its cost: none
    if the present one is.
    """

    def key(labels: Labels) -> tuple[Place, str] | None:
        source, _, name = place = work.place(labels)
        effort = effort_of(name, labels.effort, source)
        return None if effort is None else (place, effort)

    for (place, effort), part in parts(work.repricing, work.shares, key).items():
        source, _, name = place
        pairs = work.constraints.quality.lower_efforts(name, effort)
        step = chosen(steps(part, pairs), work.value_nanos)
        lines = step and to_effort(source, effort, step.pair.other.effort)
        if step and lines:
            yield suggestion(work, source, part, step, lines)


def steps(part: Part, pairs: Iterable[Pair]) -> Iterator[Step]:
    """List the lower efforts that cost less, by tokens and by tasks of a benchmark."""
    is_assumed = any(share.effort is None for share in part.shares)
    for pair in pairs:
        costs = part.repricing.at_effort(pair)
        if costs is not None and max(costs) < part.nanos:
            yield Step(pair._replace(is_assumed=is_assumed), *by_run(part, costs[0]))


def chosen(found: Iterable[Step], value_nanos: int | None) -> Step | None:
    """Choose the step that is worth most, or that costs most for each task lost."""

    def gain(step: Step) -> float:
        saved = step.run - step.there
        if value_nanos is not None:
            return saved - step.lost * value_nanos
        return saved / step.lost if step.lost > 0 else inf

    best = max(found, key=gain, default=None)
    return best if best is not None and gain(best) > 0 else None


def suggestion(
    work: Work, source: str, part: Part, step: Step, lines: Lines
) -> Suggestion:
    """Suggest a step."""
    pair = step.pair
    base, other = pair.base, pair.other

    def costs(some: Repricing) -> Costs | None:
        there = some.at_effort(pair)
        return there and Costs(there, there[0])

    value = break_even_value(step.run, step.there, base.score / 100, other.score / 100)
    return Suggestion(
        lever="lower-effort",
        title=f"{part.model} at {other.effort} instead of {base.effort} effort"
        f" in {AGENTS[source]}",
        saves=saving(work, part.inside_plans(False), costs),
        saves_in_plans=saving(work, part.inside_plans(True), costs),
        confidence=BENCHMARK,
        evidence=part.evidence(f"at {base.effort} effort"),
        how=lines.how,
        undo=lines.undo,
        risks=(Risk("quality", scores(pair) + price_of_tasks(part, pair)),),
        task_value_nanos=None if value is None else round(value),
        success_premium=premium(work, step.run, step.there),
        counted=f"{part.size}; by the tokens of a benchmark's tasks, and by their cost",
    )


def price_of_tasks(part: Part, pair: Pair) -> str:
    """Say what each further task costs on the benchmark at the higher effort.

    In whole dollars: the cached share of its tokens is not known any better.
    """
    costs = part.repricing.task_costs(pair)
    extra = costs and break_even_value(
        *costs, pair.base.score / 100, pair.other.score / 100
    )
    if extra is None:
        return ""
    about = dollars(round(round(extra), -9)).removesuffix(".00")
    return f"; each further task that {pair.base.effort} solves costs {about} there"
