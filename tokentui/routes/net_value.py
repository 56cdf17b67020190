"""Which route brings most, by what an accepted task is worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tokentui.routes.formulas import break_even_value, net_value

if TYPE_CHECKING:
    from tokentui.routes.compare import Comparison
    from tokentui.routes.quality import Pair, Row


class Option(NamedTuple):
    """A run on a route: what it costs, and how often it succeeds, as a share."""

    name: str
    cost: float
    success: float

    def brings(self, task_value: float) -> float:
        """Give the net value of a run, in the currency of its cost."""
        return net_value(self.success, task_value, self.cost)


class Band(NamedTuple):
    """The route that brings most from one value of a task to another.

    `until` is `None` where it does so however much a task is worth.
    """

    option: Option
    since: float
    until: float | None


class Known(NamedTuple):
    """The route that was used and others, of a rate of success that is known.

    Costs are nano-dollars. Rates are those of a benchmark, of the tasks of `pair`.
    """

    used: Option
    others: tuple[Option, ...]
    pair: Pair


def bands(options: Sequence[Option]) -> tuple[Band, ...]:
    """Say which of some routes brings most, from a task worth nothing on.

    Of two that bring the same the one that succeeds more often counts.
    """
    best = min(options, key=lambda each: (each.cost, -each.success))
    found: list[Band] = []
    since = 0.0
    while True:
        ahead = [
            (value, -other.success, other)
            for other in options
            if (value := crossing(best, other)) is not None
        ]
        if not ahead:
            return (*found, Band(best, since, None))
        value, _, other = min(ahead)
        found.append(Band(best, since, value))
        best, since = other, value


def crossing(cheap: Option, dear: Option) -> float | None:
    """Give the value of a task from which on the dearer route brings more."""
    return break_even_value(dear.cost, cheap.cost, dear.success, cheap.success)


def best_value(options: Iterable[Option], task_value: float) -> float:
    """Give what the route brings that brings most."""
    return max(each.brings(task_value) for each in options)


def known_success(found: Comparison) -> Known | None:
    """Find the routes that a benchmark has beside the one that was used.

    `None` if there is none, or what was used has no one rate of success: several models
    or efforts, or no price.
    """
    cost, runs = found.used.cost_nanos, found.runs
    known: dict[Row, list[tuple[Pair, Option]]] = {}
    for each in found.alternatives:
        costs = each.estimates
        if costs is None or costs.benchmark is None or len(costs.pairs) != 1:
            continue
        (pair,) = costs.pairs
        other = option(each.route.model, pair.other, costs.best, runs)
        known.setdefault(pair.base, []).append((pair, other))
    if cost is None or not runs or not known:
        return None
    # Rates of one benchmark do not compare with those of another.
    base, pairs = max(known.items(), key=lambda each: len(each[1]))
    others = tuple(other for _, other in pairs)
    return Known(option(base.model, base, cost, runs), others, pairs[0][0])


def option(model: str, row: Row, nanos: float, runs: int) -> Option:
    """Make an option of what some runs cost and what a benchmark says of the model."""
    return Option(f"{model} {row.effort}", nanos / max(runs, 1), row.score / 100)
