"""What benchmarks tell of models: how often they succeed, and on how many tokens.

Figures and their origin: `quality.json`, where each row has its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tokentui.spelling import bare

FILE = Path(__file__).with_name("quality.json")

ASSUMED_EFFORTS = {"claude-code": ("high", {"claude-opus-5-5": "medium"})}
"""The effort of agents whose log does not tell: the client's default.

https://code.claude.com/docs/en/model-config, read 2026-11-22
"""


EFFORTS = ("low", "medium", "high", "xhigh", "max")
"""From little to much."""


ANY_EFFORT = "any effort"
"""The effort of a row that holds at each."""


def effort_of(model: str, effort: str | None, source: str) -> str | None:
    """Give the effort that a log tells, else the client's default for a model."""
    if effort is None and source in ASSUMED_EFFORTS:
        usual, others = ASSUMED_EFFORTS[source]
        return others.get(model, usual)
    return effort


class Row(NamedTuple):
    """One model at one effort: percent solved, and tokens of a task.

    `model` is as vendors write it, `input` counts what is read from the cache, which is
    a share of `cache_share`. The rest says whose figures these are, of which day, and
    of how many tasks, where they are the user's own and he said so.
    """

    model: str
    effort: str
    score: float
    input: int
    output: int
    cache_share: float
    benchmark: str
    version: str
    harness: str
    reporter: str
    source: str
    date: str
    tasks: int | None = None

    @property
    def population(self) -> tuple[str, ...]:
        """What two rows must share to be compared."""
        return self.benchmark, self.version, self.harness, self.reporter

    @property
    def named(self) -> str:
        """The benchmark, as people call it."""
        return f"{self.benchmark} {self.version}".strip()


class Pair(NamedTuple):
    """Two routes on the same tasks; `is_assumed`: no log tells the effort of `base`."""

    base: Row
    other: Row
    is_assumed: bool

    @property
    def input_ratio(self) -> float:
        """How many times the input the other one read."""
        return self.other.input / self.base.input

    @property
    def output_ratio(self) -> float:
        """How many times the output the other one wrote."""
        return self.other.output / self.base.output


class Quality:
    """The rows that come with the program; the file is read at the first question.

    The user's own rows go before them. No model is thought of at an effort that solves
    less than `least` percent.
    """

    def __init__(self, own: Sequence[Row] = (), least: float = 0) -> None:
        self._own = own
        self._least = least

    def best(self, model: str) -> Row | None:
        """Give the row of a model, by its bare name, that solves most, own ones first.

        Scores of different tasks are not held against each other.
        """
        rows = self._by_model.get(model, [])
        same = (row for row in rows if row.benchmark == rows[0].benchmark)
        return max(same, key=lambda row: row.score, default=None)

    def pair(
        self, base: str, effort: str | None, source: str, model: str
    ) -> Pair | None:
        """Find two models, by bare names, on the same tasks.

        Of the other model's efforts that counts whose score is the nearest, and high
        enough. `None` if no benchmark has both, or not at the effort of the first.
        """
        used = effort_of(base, effort, source)
        others = [r for r in self._by_model.get(model, ()) if r.score >= self._least]
        for row in self._by_model.get(base, ()):
            if row.effort in (used, ANY_EFFORT):
                near = nearest(row, others)
                if near is not None:
                    is_assumed = effort is None and row.effort != ANY_EFFORT
                    return Pair(row, near, is_assumed)
        return None

    def lower_efforts(self, model: str, effort: str) -> list[Pair]:
        """Pair a model at an effort with itself at lower ones, the next one first."""
        if effort not in EFFORTS:
            return []
        rows = self._by_model.get(model, ())
        return [
            Pair(row, other, False)
            for lower in reversed(EFFORTS[: EFFORTS.index(effort)])
            for row in rows
            for other in rows
            if (row.effort, other.effort) == (effort, lower)
            and row.population == other.population
            and other.score >= self._least
        ]

    def has(self, model: str) -> bool:
        """Claim that a benchmark has a model, by its bare name."""
        return model in self._by_model

    @cached_property
    def _by_model(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        rows = json.loads(FILE.read_text("utf-8"))["rows"]
        for row in (*self._own, *(Row(**each) for each in rows)):
            found.setdefault(bare(row.model), []).append(row)
        return found


def nearest(base: Row, rows: Sequence[Row]) -> Row | None:
    """Find the row of the same tasks with the nearest score, the thriftier of two."""
    same = [row for row in rows if row.population == base.population]
    return min(same, key=lambda r: (abs(r.score - base.score), r.input), default=None)
