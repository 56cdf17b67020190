"""Prompts above a line beyond which the whole request costs more.

Each is compared with the same request cut to the line, at the price below it, less what
it costs to compact the session once before each stretch of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import inf

from tokentui.events import Tokens
from tokentui.prices.rates import band_of
from tokentui.queries.threads import Response, Session
from tokentui.routes.caching import without
from tokentui.routes.waste.compaction import compaction
from tokentui.routes.waste.finding import Finding
from tokentui.routes.waste.prices import Prices, cost, in_nanos

REACHES = 1.1, 1.25, inf
"""How far above the line a prompt may be that need not have been: surely, probably."""


def crossings(session: Session, prices: Prices) -> Iterable[Finding]:
    """Find requests above a line.

    At least: those up to a tenth above it; probably: up to a quarter; at most: all.
    `times` is how many there are, `size` the line, `most` the longest prompt.
    """
    for thread in session.threads:
        if not any(has_lines(thread[place], prices) for place in (0, -1)):
            continue
        for line, stretch in groupby(prices.banded(thread), lambda one: one[1].over):
            if line > 0:
                yield crossing([each for each, _ in stretch], line, prices)


def has_lines(response: Response, prices: Prices) -> bool:
    """Claim that the length of a prompt decides what it costs."""
    rate = prices.rate(response)
    return rate is not None and len(rate.bands) > 1


def crossing(stretch: Sequence[Response], line: int, prices: Prices) -> Finding:
    """Say what a stretch of requests above a line would have cost below it."""
    first, labels = stretch[0], stretch[0].labels
    sums = [0, 0, 0]
    for each in stretch:
        rate = prices.rate(each)
        if rate is None:
            continue
        ppm = each.labels.discount_ppm
        saved = cost(each, rate, ppm) - cost(cut(each, line), rate, ppm)
        for place, reach in enumerate(REACHES):
            sums[place] += saved * (each.prompt <= line * reach)
    rate = prices.rate(first)
    paid = in_nanos(compaction(line, band_of(rate.bands, line)), labels) if rate else 0
    low, mid, high = (max(0, each - paid) for each in sums)
    return Finding(
        labels,
        first.at_ms,
        low,
        mid,
        high,
        times=len(stretch),
        size=line,
        most=max(each.prompt for each in stretch),
    )


def cut(response: Response, line: int) -> Tokens:
    """Give a request's tokens with a prompt that just reaches the line."""
    over = response.prompt - line
    kept = max(0, response.cache_read - over)
    written, hour, fresh, _ = without(
        over - (response.cache_read - kept),
        response.cache_write,
        response.cache_write_1h,
        response.input,
    )
    return Tokens(fresh, kept, written, hour, response.output)
