"""The same again: requests that were sent anew, and tool calls that go round.

A prompt holds all that was said, so the next one is longer. One that is equally long to
the token asks the same again, because the answer was cut off or came to nothing. And
who calls the same tool with the same input, and nothing else in between, learns little.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import eq

from tokentui.queries.slices import SMALLEST_CACHE
from tokentui.queries.threads import Response, Session
from tokentui.routes.waste.finding import Finding
from tokentui.routes.waste.prices import Prices, cost


def repeats(session: Session, prices: Prices) -> Iterable[Finding]:
    """Find equal requests one after another; all but the last came to nothing.

    At least: where there are three or more. Sub-agents of a kind share a thread and may
    begin alike, so of theirs only what was cut off counts. `times` is how many came to
    nothing, `most` how long the prompt was.
    """
    own = {id(thread) for thread in session.own}
    for thread in session.threads:
        prompts = [each.prompt for each in thread]
        if not any(map(eq, prompts, prompts[1:])):
            continue
        for prompt, equal in groupby(thread, lambda each: each.prompt):
            *lost, _ = equal
            if id(thread) not in own:
                lost = [each for each in lost if each.is_partial]
            if lost and prompt >= SMALLEST_CACHE:
                yield finding(lost, prompt, prices)


def finding(lost: Sequence[Response], prompt: int, prices: Prices) -> Finding:
    """Say what requests cost that came to nothing."""
    first, nanos = lost[0], 0
    for each in lost:
        rate = prices.rate(each)
        nanos += cost(each, rate, each.labels.discount_ppm) if rate else 0
    return Finding(
        first.labels,
        first.at_ms,
        nanos if len(lost) > 1 else 0,
        nanos,
        nanos,
        times=len(lost),
        most=prompt,
    )


ROUNDS = 3
"""Equal calls in a row from which on a thread goes round."""

MANY_ROUNDS = 5


def rounds(session: Session, prices: Prices) -> Iterable[Finding]:
    """Find equal tool calls in a row, in the session's own thread.

    The first one is work, and a second may be a second try. Probably all after these
    were in vain, at least where they were many, at most the second as well. `times` is
    how many there were in a row, `most` how long the longest prompt was.
    """
    for thread in session.own:
        marks = [each.call_mark for each in thread]
        if not any(map(eq, marks, marks[1:])):
            continue
        for mark, equal in groupby(thread, lambda each: each.call_mark):
            some = list(equal)
            if mark is not None and len(some) >= ROUNDS:
                yield going_round(some, prices)


def going_round(some: Sequence[Response], prices: Prices) -> Finding:
    """Say what equal calls in a row cost."""
    costs = []
    for each in some:
        rate = prices.rate(each)
        costs.append(cost(each, rate, each.labels.discount_ppm) if rate else 0)
    in_vain = sum(costs[ROUNDS - 1 :])
    return Finding(
        some[0].labels,
        some[0].at_ms,
        in_vain if len(some) >= MANY_ROUNDS else 0,
        in_vain,
        sum(costs[1:]),
        times=len(some),
        most=max(each.prompt for each in some),
    )
