"""The user's own ratio: tokens of a run on one model, over those on another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from statistics import median
from typing import NamedTuple

from tokentui.queries.slices import RunTokens

FEWEST_RUNS = 10
"""Runs of a model in a project, below which they tell nothing."""


class Ratio(NamedTuple):
    """How many times the input and the output of another model's runs."""

    input: float
    output: float


class OwnRatios:
    """Compares runs of the same project; single runs differ widely, so by medians."""

    def __init__(
        self, runs: Iterable[RunTokens], name: Callable[[str | None, str], str]
    ) -> None:
        """Take runs in order, each one's models largest first, and what names models.

        A run is one of the model that it used most.
        """
        used: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        last = None
        for run in runs:
            if (run.project, run.session) != last:
                last = run.project, run.session
                key = run.project, name(run.provider, run.model)
                used[key].append((run.prompt, run.output))
        self._medians = {
            key: (median(p for p, _ in some), median(o for _, o in some))
            for key, some in used.items()
            if len(some) >= FEWEST_RUNS
        }

    def knows(self, model: str) -> bool:
        """Claim that a model has enough runs in some project."""
        return any(each == model for _, each in self._medians)

    def ratio(self, project: str | None, base: str, model: str) -> Ratio | None:
        """Compare two models in a project; `None` where either has too few runs."""
        before = self._medians.get((project or "", base))
        after = self._medians.get((project or "", model))
        if before is None or after is None or 0 in before:
            return None
        return Ratio(after[0] / before[0], after[1] / before[1])
