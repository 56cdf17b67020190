"""Which route brings most, by what an accepted task is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tokentui.routes.formulas import break_even_value, net_value

if TYPE_CHECKING:
    from tokentui.routes.compare import Comparison
    from tokentui.routes.marked import Marked
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

    Costs are nano-dollars. Rates are those of the user's own marks, or of a benchmark:
    of the tasks of `pair`.
    """

    used: Option
    others: tuple[Option, ...]
    pair: Pair | None


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


def known_success(
    found: Comparison,
    used: str | None = None,
    marked: Mapping[str, Marked] | None = None,
) -> Known | None:
    """Find the routes of which it is known how often they succeed, and what was used.

    `used` and those that are `marked` are bare names. Rates of one kind do not compare
    with those of another: own marks go first, if there are enough of what was used and
    of another route. `None` if there is none, or what was used has no one rate: several
    models or efforts, or no price.
    """
    cost, runs = found.used.cost_nanos, found.runs
    if cost is None or not runs:
        return None
    own = by_marks(found, cost / runs, used, marked) if used and marked else None
    return own or by_benchmark(found, cost / runs)


def by_marks(
    found: Comparison, run: float, used: str, marked: Mapping[str, Marked]
) -> Known | None:
    """Take how often the user accepted what each model did."""
    here = marked[used].success if used in marked else None
    others = [
        Option(each.route.model, each.estimates.best / found.runs, success)
        for each in found.alternatives
        if each.estimates and each.route.name in marked and each.route.name != used
        if (success := marked[each.route.name].success) is not None
    ]
    if here is None or not others:
        return None
    return Known(Option(used, run, here), tuple(others), None)


def by_benchmark(found: Comparison, run: float) -> Known | None:
    """Take how many tasks of a benchmark each model solved."""
    known: dict[Row, list[tuple[Pair, Option]]] = {}
    for each in found.alternatives:
        costs = each.estimates
        if costs is None or costs.benchmark is None or len(costs.pairs) != 1:
            continue
        (pair,) = costs.pairs
        other = option(each.route.model, pair.other, costs.best / found.runs)
        known.setdefault(pair.base, []).append((pair, other))
    if not known:
        return None
    base, pairs = max(known.items(), key=lambda each: len(each[1]))
    others = tuple(other for _, other in pairs)
    return Known(option(base.model, base, run), others, pairs[0][0])


def option(model: str, row: Row, run: float) -> Option:
    """Make an option of what a run costs and what a benchmark says of the model."""
    return Option(f"{model} {row.effort}", run, row.score / 100)
