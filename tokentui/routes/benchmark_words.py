"""What a benchmark says, in the words of every face."""

from __future__ import annotations

from collections.abc import Iterable

from tokentui.routes.compare import Alternative
from tokentui.routes.formulas import standard_error
from tokentui.routes.own_evals import OWN_EVALS
from tokentui.routes.quality import Pair

UNPROVEN_POINTS = 8
"""Points of a benchmark of 113 tasks below which a difference proves nothing."""


def pair_line(pair: Pair) -> str:
    """Name a benchmark's two rows for people, and whose figures they are."""
    base, other = pair.base, pair.other
    assumed = " (assumed)" if pair.is_assumed else ""
    return (
        f"{base.named}, {base.harness}, {base.date}:"
        f" {base.model} {base.effort}{assumed} solved {base.score:.1f} %,"
        f" {other.model} {other.effort} {other.score:.1f} %"
        f" on {pair.input_ratio:.1f} times the input"
        f" and {pair.output_ratio:.1f} times the output"
    )


def pair_lines(shown: Iterable[Alternative]) -> list[str]:
    """Name what benchmarks say of some routes, each pair of rows once."""
    costs = [each.estimates for each in shown if each.estimates]
    pairs = dict.fromkeys(pair for each in costs for pair in each.pairs)
    return [pair_line(pair) for pair in pairs]


def doubt(pair: Pair) -> str | None:
    """Say that two scores may differ by chance; `None` if they differ enough.

    Enough is two standard errors.
    """
    points = unproven_points(pair)
    if points is None:
        return "of how many tasks is not said: the difference may prove nothing"
    if abs(pair.base.score - pair.other.score) < points:
        return f"a difference below {points:.0f} points proves nothing"
    return None


def is_proven_worse(pair: Pair) -> bool:
    """Claim that the other route solves less, and not just by chance."""
    lost, points = pair.base.score - pair.other.score, unproven_points(pair)
    return points is not None and lost > 0 and lost >= points


def unproven_points(pair: Pair) -> float | None:
    """Give the points below which two scores may differ by chance, if that is known."""
    if pair.base.benchmark != OWN_EVALS:
        return UNPROVEN_POINTS
    if pair.base.tasks is None or pair.other.tasks is None:
        return None
    mean = (pair.base.score + pair.other.score) / 200
    return 200 * standard_error(mean, min(pair.base.tasks, pair.other.tasks))
