"""Bills of which one call tells one UTC day: each day is a reading of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tokentui.accounts.kind import DAY_MS, Question
from tokentui.statements import Cost, Reading


def day_by_day(
    question: Question, hours_late: int, costs: Callable[[int], Iterable[Cost]]
) -> Iterator[Reading]:
    """Read the days asked for, oldest first; `costs` asks for the day of a start.

    What was read before a failure stays, so that the next poll goes on from there.
    """
    settled_until = question.settled(hours_late)
    for start in range(question.since_ms, question.now_ms, DAY_MS):
        end = start + DAY_MS
        yield Reading(
            start,
            min(end, question.now_ms),
            max(start, min(end, settled_until)),
            costs=tuple(costs(start)),
        )
