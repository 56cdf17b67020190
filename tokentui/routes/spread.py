"""What sessions cost apart, how that goes with being accepted, and a budget from it.

Cost is list value here, whoever pays: that is what `run --max` counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import NamedTuple

from tokentui.amounts import NANOS
from tokentui.ledger.marks import ACCEPTED
from tokentui.queries.outcomes import Ended
from tokentui.routes.ended import verdict

EDGES = tuple(NANOS * tenths // 10 for tenths in (5, 10, 20, 50, 100, 200, 500, 1000))
"""Between them lie the bands of spend: half a dollar to a hundred."""

FEWEST_KNOWN, FEWEST_ACCEPTED, FEWEST_ABOVE = 20, 10, 5
"""Sessions whose end is known, accepted ones and dear ones, below which no budget is
proposed."""

SHARE_BELOW = 0.9
"""The share of accepted sessions that a budget lets through."""

RARELY = 0.5
"""A budget is worth it if what is dearer is accepted at most so often as the rest."""


class Spent(NamedTuple):
    """The list value of a session in nano-dollars; how it ended, `None` if unknown."""

    nanos: int
    is_accepted: bool | None


class Band(NamedTuple):
    """Sessions that cost from `since` to below `until` nano-dollars."""

    since: int
    until: int | None
    tasks: int
    known: int
    accepted: int
    nanos: int


class Budget(NamedTuple):
    """What to let a run spend at most, and what that would have done.

    Of the sessions up to it `below` ended in a way that is known, of the dearer ones
    `above`. `cut` is what those of them that were not accepted spent beyond it.
    """

    nanos: int
    below: int
    below_accepted: int
    above: int
    above_accepted: int
    cut: int


class Spread(NamedTuple):
    """What sessions cost: a tenth less than the first, half, and a tenth more.

    `unpriced` sessions are left out. Nano-dollars; `None` where there is no session.
    """

    tasks: int
    unpriced: int
    p10: int | None
    p50: int | None
    p90: int | None
    bands: tuple[Band, ...]
    budget: Budget | None


def spread(sessions: Iterable[Ended]) -> Spread:
    """Say how the cost of sessions is spread, and which budget that proposes."""
    rows = list(sessions)
    spent = [found for each in rows if (found := spent_of(each)) is not None]
    costs = sorted(each.nanos for each in spent)
    return Spread(
        len(spent),
        len(rows) - len(spent),
        quantile(costs, 0.1),
        quantile(costs, 0.5),
        quantile(costs, 0.9),
        bands(spent),
        budget(spent),
    )


def spent_of(ended: Ended) -> Spent | None:
    """Give what a session cost; nothing if a part of it has no price."""
    sums, word = ended.task.sums, verdict(ended).word
    if sums.unpriced or sums.list_nanos is None:
        return None
    return Spent(sums.list_nanos, None if word is None else word == ACCEPTED)


def quantile(ordered: Sequence[int], part: float) -> int | None:
    """Give the least value that a part of all does not exceed."""
    return ordered[max(ceil(part * len(ordered)), 1) - 1] if ordered else None


def bands(spent: Sequence[Spent]) -> tuple[Band, ...]:
    """Count sessions by cost, from the first band that has some to the last."""
    found = []
    for since, until in zip((0, *EDGES), (*EDGES, None), strict=True):
        some = [
            each
            for each in spent
            if each.nanos >= since and (until is None or each.nanos < until)
        ]
        known = [each for each in some if each.is_accepted is not None]
        accepted = sum(each.is_accepted or False for each in known)
        nanos = sum(each.nanos for each in some)
        found.append(Band(since, until, len(some), len(known), accepted, nanos))
    filled = [place for place, band in enumerate(found) if band.tasks]
    return tuple(found[filled[0] : filled[-1] + 1]) if filled else ()


def budget(spent: Iterable[Spent]) -> Budget | None:
    """Propose the budget that nine of ten accepted sessions would have kept.

    `None` where too little is known, or dear sessions are accepted about as often.
    """
    known = [each for each in spent if each.is_accepted is not None]
    accepted = sorted(each.nanos for each in known if each.is_accepted)
    if len(known) < FEWEST_KNOWN or len(accepted) < FEWEST_ACCEPTED:
        return None
    most = rounded_up(quantile(accepted, SHARE_BELOW) or 0)
    below = [each for each in known if each.nanos <= most]
    above = [each for each in known if each.nanos > most]
    if len(above) < FEWEST_ABOVE or rate(above) > rate(below) * RARELY:
        return None
    return Budget(
        most,
        len(below),
        sum(each.is_accepted or False for each in below),
        len(above),
        sum(each.is_accepted or False for each in above),
        sum(each.nanos - most for each in above if not each.is_accepted),
    )


def rate(some: Sequence[Spent]) -> float:
    """Give the share that was accepted."""
    return sum(each.is_accepted or False for each in some) / len(some) if some else 0.0


def rounded_up(nanos: int) -> int:
    """Round up to two digits, to ten cents at least."""
    step = NANOS // 10
    while nanos >= 100 * step:
        step *= 10
    return -(-nanos // step) * step
