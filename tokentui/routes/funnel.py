"""How far the work of sessions came: edited, committed, merged, and still there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from tokentui.git.look import Work
from tokentui.queries.outcomes import Ended
from tokentui.queries.sums import Sums
from tokentui.routes.ended import STANDS_MS
from tokentui.routes.outcomes import summed

YES, NO, UNTOLD, TOO_YOUNG = "yes", "no", "untold", "too young"


class Stage(NamedTuple):
    """The sessions that came so far; of `unknown` ones it is not known.

    `too_young`: those that came to the stage before so lately that it cannot be told.
    """

    name: str
    tasks: int
    unknown: int
    too_young: int
    sums: Sums


def funnel(sessions: Iterable[Ended]) -> tuple[Stage, ...]:
    """Count the sessions that came to each stage, with what these cost."""
    rows = list(sessions)
    return tuple(stage(name, rows, reached) for name, reached in STAGES.items())


def stage(name: str, rows: list[Ended], reached: Callable[[Ended], str]) -> Stage:
    """Count the sessions that came to a stage."""
    found = [(each, reached(each)) for each in rows]
    words = [word for _, word in found]
    return Stage(
        name,
        words.count(YES),
        words.count(UNTOLD),
        words.count(TOO_YOUNG),
        summed(each for each, word in found if word == YES),
    )


def edited(ended: Ended) -> str:
    """Say whether a session changed files; what it committed it has changed."""
    if ended.works or ended.task.edited:
        return YES
    return UNTOLD if ended.task.edited is None else NO


def committed(ended: Ended) -> str:
    """Say whether a commit is of its work."""
    return YES if ended.works else untold_or_no(ended)


def merged(ended: Ended) -> str:
    """Say whether a commit of its came to the default branch."""
    has_landed = any(work.landed_at_ms is not None for work in ended.works)
    return YES if has_landed else untold_or_no(ended)


def lasting(ended: Ended) -> str:
    """Say whether a commit of its was there for thirty days."""
    asked = ended.asked_at_ms
    if asked is None:
        return UNTOLD
    lasted = [
        (until if until is not None else asked) - since >= STANDS_MS
        for since, until in map(stood, ended.works)
        if since is not None
    ]
    if any(lasted):
        return YES
    may_last = any(
        since is not None and until is None for since, until in map(stood, ended.works)
    )
    return TOO_YOUNG if may_last else NO


def stood(work: Work) -> tuple[int | None, int | None]:
    """Give from when until when work was on the default branch."""
    return work.landed_at_ms, work.reverted_at_ms


def untold_or_no(ended: Ended) -> str:
    """Say no only where git told of all that the session committed."""
    return UNTOLD if ended.asked_at_ms is None else NO


STAGES: dict[str, Callable[[Ended], str]] = {
    "edited": edited,
    "committed": committed,
    "merged": merged,
    "lasting": lasting,
}
