"""Prompts that had been in the cache, and were written or read anew after a pause.

Counted is only a prompt that goes on with the one before it in the session's own
thread, that came after the cache's lifetime, and of which less than half was read from
the cache. How new sessions begin is not counted: nothing tells what of their prompt
another session had in the cache.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import sub
from typing import NamedTuple

from tokentui.prices.rates import Band
from tokentui.queries.slices import SMALLEST_CACHE
from tokentui.queries.threads import Response, Session
from tokentui.routes.caching import LIFETIMES, Lifetime, without
from tokentui.routes.waste.compaction import compaction, residues
from tokentui.routes.waste.finding import Finding
from tokentui.routes.waste.prices import Prices, in_nanos

MINUTE_MS = 60_000


class Lapse(NamedTuple):
    """A response that paid again for `tokens` of its prompt, after a pause.

    `first` is how long the thread's first prompt was. `is_short`: a cache that can be
    had would have outlived the pause.
    """

    first: int
    before: Response
    response: Response
    tokens: int
    waited_ms: int
    is_short: bool

    @property
    def paid(self) -> tuple[int, int, int]:
        """Tokens written for the usual time, for an hour, and read in full again."""
        one = self.response
        kinds = one.cache_write, one.cache_write_1h, one.input
        rest = without(self.tokens, *kinds)
        return (kinds[0] - rest[0], kinds[1] - rest[1], kinds[2] - rest[2])

    def femto(self, band: Band) -> int:
        """Give what the tokens cost, in femto-dollars at list price."""
        written, hour, fresh = self.paid
        return (
            written * band.cache_write + hour * band.cache_write_1h + fresh * band.input
        )


def lapses(thread: Sequence[Response]) -> Iterator[Lapse]:
    """Find where a thread's cache was gone after a pause longer than its lifetime."""
    lives = LIFETIMES.get(thread[0].labels.provider or "")
    if lives is None:
        return
    longest, usual_ms = lives.longest or lives.usual, lives.usual * MINUTE_MS
    times = [each.at_ms for each in thread]
    if max(map(sub, times[1:], times), default=0) <= usual_ms:
        return
    for place, (before, response) in enumerate(pairwise(thread)):
        waited = response.at_ms - before.at_ms
        if (
            waited > usual_ms
            and response.prompt >= before.prompt >= SMALLEST_CACHE
            and response.cache_read * 2 < before.prompt
        ):
            minutes = lifetime(thread[: place + 1], lives)
            if waited > minutes * MINUTE_MS:
                yield Lapse(
                    thread[0].prompt,
                    before,
                    response,
                    before.prompt - response.cache_read,
                    waited,
                    minutes < longest and waited <= longest * MINUTE_MS,
                )


def lifetime(thread: Sequence[Response], lives: Lifetime) -> int:
    """Say how many minutes what was written last lives; not all responses write."""
    for each in reversed(thread):
        if each.cache_write_1h > each.cache_write and lives.longest:
            return lives.longest
        if each.cache_write:
            break
    return lives.usual


def all_lapses(session: Session, prices: Prices) -> Iterator[tuple[Lapse, Band]]:
    """Find a session's lapses, with the prices of the responses that paid again."""
    for thread in session.own:
        for lapse in lapses(thread):
            band = prices.band(lapse.response)
            if band is not None:
                yield lapse, band


def short_pauses(session: Session, prices: Prices) -> Iterable[Finding]:
    """Find pauses that a cache of an hour would have outlived.

    At least: had all that was written been written for an hour, which costs more.
    Probably: had it been so only in sessions in which that pays. At most: had nobody
    paused. `size`: tokens paid for again, `most`: the longest pause in milliseconds.
    """
    some = [each for each in all_lapses(session, prices) if each[0].is_short]
    again = sum(lapse.femto(band) for lapse, band in some)
    read = sum(lapse.tokens * band.cache_read for lapse, band in some)
    dearer = sum(dearer_writes(thread, prices) for thread in session.threads)
    for lapse, band in some:  # what would not have been written is not dearer
        dearer -= lapse.paid[0] * (band.cache_write_1h - band.cache_write)
    if not some and not dearer:
        return
    at = some[0][0].response if some else session.threads[0][0]
    gross = in_nanos(again - read, at.labels)
    net = in_nanos(again - read - dearer, at.labels)
    yield Finding(
        at.labels,
        at.at_ms,
        net,
        max(0, net),
        gross,
        times=len(some),
        size=sum(lapse.tokens for lapse, _ in some),
        most=max((lapse.waited_ms for lapse, _ in some), default=0),
    )


def dearer_writes(thread: Sequence[Response], prices: Prices) -> int:
    """Say how much more what was written for minutes costs for an hour, in femto."""
    lives = LIFETIMES.get(thread[0].labels.provider or "")
    if lives is None or lives.longest is None:
        return 0
    band = prices.steady(thread)
    if band is not None:
        written = sum([each.cache_write for each in thread])
        return written * (band.cache_write_1h - band.cache_write)
    return sum(
        each.cache_write * (band.cache_write_1h - band.cache_write)
        for each, band in prices.banded(thread)
    )


def cold_resumes(session: Session, prices: Prices) -> Iterable[Finding]:
    """Find long prompts that were taken up again when no cache could have held them.

    Had the session been compacted before the pause, or, at most, been cleared. `size`
    and `most` are as for short pauses.
    """
    for lapse, band in all_lapses(session, prices):
        if lapse.is_short:
            continue
        labels = lapse.response.labels
        _, usual, most = residues(lapse.first)
        costs = compaction(lapse.before.prompt, band)
        cuts = (most, costs), (usual, costs), (lapse.first, 0)
        price = lapse.femto(band) // lapse.tokens
        low, mid, high = (
            in_nanos(max(0, (lapse.tokens - kept) * price - paid), labels)
            for kept, paid in cuts
        )
        if high:
            yield Finding(
                labels,
                lapse.response.at_ms,
                low,
                mid,
                high,
                size=lapse.tokens,
                most=lapse.waited_ms,
            )
