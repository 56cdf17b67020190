"""Long prompts that were read again response after response, and never compacted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tokentui.prices.rates import Band
from tokentui.queries.threads import Response, Session
from tokentui.routes.caching import without
from tokentui.routes.waste.compaction import compaction, residues
from tokentui.routes.waste.finding import Finding
from tokentui.routes.waste.prices import Prices, in_nanos

LONG = 120_000
"""Tokens of a prompt at which the session is compacted."""


def rereading(session: Session, prices: Prices) -> Iterable[Finding]:
    """Find what compacting at some length would have saved, less what it costs.

    At least, probably and at most, by how much a compaction leaves. `times` is how many
    responses had a longer prompt, `most` how long the longest was.
    """
    for thread in session.own:
        long = [each.prompt for each in thread if each.prompt > LONG]
        if not long:
            continue
        labels, priced = thread[0].labels, list(prices.banded(thread))
        high, mid, low = (
            in_nanos(saved(priced, residue), labels)
            for residue in residues(thread[0].prompt)
        )
        longest = max(thread, key=lambda each: each.prompt)
        yield Finding(
            labels, longest.at_ms, low, mid, high, times=len(long), most=max(long)
        )


def saved(thread: Sequence[tuple[Response, Band]], residue: int) -> int:
    """Go through a thread as if it were compacted before each prompt that is too long.

    Gives femto-dollars at list price; below zero if compacting costs more than it
    saves. `residue` is how long the prompt is afterwards, in tokens: where that is more
    than half of what it was, nobody would compact.
    """
    gone = total = 0
    before = thread[0][0] if thread else None
    for each, band in thread:
        assert before is not None
        if each.prompt * 2 < before.prompt:
            gone = 0  # it was compacted or cleared, and begins anew
        kept = before.prompt - gone
        if kept > LONG and kept >= 2 * residue and each.prompt >= before.prompt:
            total -= compaction(kept, band) + residue * write_price(before, band)
            gone = before.prompt - residue
        if gone:
            total += unread(each, min(gone, each.prompt), band)
        before = each
    return total


def write_price(response: Response, band: Band) -> int:
    """Give the price at which a thread writes to the cache."""
    if response.cache_write_1h > response.cache_write:
        return band.cache_write_1h
    return band.cache_write if response.cache_write else band.input


def unread(response: Response, gone: int, band: Band) -> int:
    """Say what a response costs less without the tokens that are gone, in femto."""
    read = min(gone, response.cache_read)
    if read == gone:
        return read * band.cache_read
    kinds = response.cache_write, response.cache_write_1h, response.input
    rest = without(gone - read, *kinds)
    return (
        read * band.cache_read
        + (kinds[0] - rest[0]) * band.cache_write
        + (kinds[1] - rest[1]) * band.cache_write_1h
        + (kinds[2] - rest[2]) * band.input
    )
