"""Who gets how many rows of a screen, and who gives way where they do not suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Want:
    """What an area wants: `steps` are its heights, the first the least with any sense.

    `must`: it is there in any case, so that what does not fit has to be scrolled.
    `air`: rows it leaves empty below itself.
    """

    name: str
    steps: tuple[int, ...]
    must: bool = False
    air: int = 0


def shared_out(room: int, wants: Sequence[Want]) -> dict[str, int]:
    """Return a height for each area, the most important first; 0 for who gives way.

    All get their least before any gets more. One row is kept for the line that tells
    who gave way, if anyone did.
    """
    given = _least(room, wants)
    if not all(given.values()):
        room -= 1
        given = _least(room, wants)
    left = room - sum(given[w.name] + w.air for w in wants if given[w.name])
    for level in range(1, max((len(w.steps) for w in wants), default=0)):
        for want in wants:
            height = given[want.name]
            aim = want.steps[min(level, len(want.steps) - 1)]
            more = min(max(aim - height, 0), max(left, 0)) if height else 0
            given[want.name] += more
            left -= more
    return given


def _least(room: int, wants: Sequence[Want]) -> dict[str, int]:
    left = room - sum(want.steps[0] + want.air for want in wants if want.must)
    given = {}
    for want in wants:
        needed = want.steps[0] + want.air
        fits = want.must or needed <= left
        given[want.name] = want.steps[0] if fits else 0
        left -= needed if fits and not want.must else 0
    return given


def up_to(most: int, *steps: int) -> tuple[int, ...]:
    """Return steps of which none is higher than there are lines, then all lines."""
    return (*(min(step, most) for step in steps), most)
