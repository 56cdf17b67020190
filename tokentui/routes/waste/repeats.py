"""The same request again: prompts of a thread that did not grow by what came before.

A prompt holds all that was said, so the next one is longer. One that is equally long to
the token asks the same again, because the answer was cut off or came to nothing.
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
