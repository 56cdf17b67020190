"""What is suggested: a saving, how sure it is, what it risks, and how to get it."""

from __future__ import annotations

from typing import NamedTuple

MEASURED, PRICE, BENCHMARK, OWN = "measured", "price", "benchmark", "own"
"""What a suggestion rests on: logs alone, list prices, a benchmark, the user's runs."""


class Saving(NamedTuple):
    """Nano-dollars saved in a month of 30 days: at least, probably, at most."""

    low: int
    mid: int
    high: int


NOTHING = Saving(0, 0, 0)


class Evidence(NamedTuple):
    """One session in which it shows: when (UTC ms), what it cost, and why it counts."""

    session: str
    source: str
    at_ms: int
    nanos: int
    why: str


class Risk(NamedTuple):
    """What may be lost; `kind` is one word: quality, latency, data, availability.

    Also licence, cost, quota, features, completeness. `source` says who states it, and
    `read` on which day it was read.
    """

    kind: str
    text: str
    source: str | None = None
    read: str | None = None


class Suggestion(NamedTuple):
    """A cheaper way to do the same work.

    `saves` is money somebody pays at list prices, `saves_in_plans` list value inside
    flat plans, which is no money unless the plan becomes smaller; the two are never
    added. `task_value_nanos`: what a run must be worth for the way it is done now;
    `success_premium`: by how much more often, as a share, that must succeed; `None`
    where it is not known or nothing but waste is at stake. `how` and `undo` are lines
    to copy, which are never applied by us. `counted` says what was counted, and what
    the ends of the range mean.
    """

    lever: str
    title: str
    saves: Saving
    saves_in_plans: Saving
    confidence: str
    evidence: tuple[Evidence, ...]
    how: tuple[str, ...]
    undo: tuple[str, ...]
    risks: tuple[Risk, ...] = ()
    task_value_nanos: int | None = None
    success_premium: float | None = None
    counted: str = ""
