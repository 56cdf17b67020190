"""Why two prices of the same tokens differ: priced once more, as they may have done."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from tokentui.attribution import rate_key
from tokentui.events import Tokens
from tokentui.prices.rates import FOREVER_MS, Rate, RateKey, cost_nanos
from tokentui.prices.remembered import Rates
from tokentui.queries.against import Counted
from tokentui.reconcile.against import Pair

SAME = 1e-6
"""Up to which share two prices are one: theirs are sums of floats."""

MOST_CHANGES = 12
"""How many changes of a price are looked at, each way."""

HOURS, LONG, FEES, TIER, GEO = "hour", "long", "fees", "tier", "geo"
CHANGES = {
    HOURS: "cache writes of an hour priced as those of five minutes",
    LONG: "no long-context price",
    FEES: "no fees beside tokens, such as searches",
    TIER: "the standard price in place of tier {tier}",
    GEO: "no surcharge for where it ran",
}
"""What they may leave out, and how it is called."""


class Asked(NamedTuple):
    """A way of pricing: what is left out, and at which moment's price."""

    without: frozenset[str]
    at_ms: int | None = None


def price_reasons(pair: Pair, book: Rates) -> tuple[str, ...]:
    """Say by what reckoning their price comes out; nothing is not explained."""
    if pair.theirs_nanos is None:
        return ("they have no price for it",) if pair.theirs != (0, 0, 0, 0) else ()
    if pair.ours_nanos is None:
        return ("it has no price here",)
    has_tokens = pair.difference == (0, 0, 0, 0)
    if has_tokens and is_same(pair.ours_nanos, pair.theirs_nanos):
        return ()
    tried = [pair.events] if has_tokens else [[each] for each in as_theirs(pair)]
    for asked in ways(pair, book):
        for events in tried:
            found = priced(events, book, asked)
            if found is not None and is_same(found, pair.theirs_nanos):
                return words(pair, asked, has_tokens)
    return ()


def ways(pair: Pair, book: Rates) -> Iterator[Asked]:
    """List ways of pricing, the simplest first."""
    last = pair.events[-1]
    moments = [None, *price_changes(key_of(last, frozenset()), last.at_ms, book)]
    for count in range(len(CHANGES) + 1):
        for without in combinations(CHANGES, count):
            for at_ms in moments:
                if count <= 2 or at_ms is None:
                    yield Asked(frozenset(without), at_ms)


def price_changes(key: RateKey, at_ms: int, book: Rates) -> list[int]:
    """List moments with other prices than that of one, the later ones first."""
    moments = []
    now = book.rate(key, at_ms)
    rate = now
    for _ in range(MOST_CHANGES):
        if rate is None or rate.valid_until >= FOREVER_MS:
            break
        moments.append(rate.valid_until)
        rate = book.rate(key, rate.valid_until)
    rate = now
    for _ in range(MOST_CHANGES):
        if rate is None or rate.valid_from <= 0:
            break
        moments.append(rate.valid_from - 1)
        rate = book.rate(key, rate.valid_from - 1)
    return moments


def key_of(event: Counted, without: frozenset[str]) -> RateKey:
    """Name the rate of an event, without what is left out."""
    return rate_key(
        event.provider,
        event.model,
        None if TIER in without else event.tier,
        None if GEO in without else event.geo,
    )


def priced(events: list[Counted], book: Rates, asked: Asked) -> int | None:
    """Price events in a way; `None` if one has no price."""
    sum_nanos = 0
    for event in events:
        rate = book.rate(key_of(event, asked.without), asked.at_ms or event.at_ms)
        nanos = None if rate is None else price(event, rate, asked.without)
        if nanos is None:
            return None
        sum_nanos += nanos
    return sum_nanos


def price(event: Counted, rate: Rate, without: frozenset[str]) -> int | None:
    """Price one event, without what is left out."""
    tokens = event.tokens
    if HOURS in without:
        written = tokens.cache_write + tokens.cache_write_1h
        tokens = Tokens(tokens.input, tokens.cache_read, written, 0, tokens.output)
    is_sum = LONG in without or event.requests not in (0, 1)
    return cost_nanos(
        tokens, {} if FEES in without else event.fees, rate, is_sum=is_sum
    )


def as_theirs(pair: Pair) -> list[Counted]:
    """Make one event of the sum they counted, for each way that writes may be split.

    They know which cache writes are for an hour, but do not tell.
    """
    fresh, read, written, output = pair.theirs
    ours = sum(event.tokens.cache_write_1h for event in pair.events)
    more = max(0, pair.difference[2])
    hours = dict.fromkeys((0, min(ours, written), min(ours + more, written)))
    return [
        pair.events[-1]._replace(
            tokens=Tokens(fresh, read, written - hour, hour, output),
            requests=None,
            fees={},
        )
        for hour in hours
    ]


def words(pair: Pair, asked: Asked, has_tokens: bool) -> tuple[str, ...]:
    """Say how they priced."""
    tier = pair.events[-1].tier or "standard"
    said = [
        CHANGES[each].format(tier=tier) for each in CHANGES if each in asked.without
    ]
    if asked.at_ms is not None:
        last = pair.events[-1].at_ms
        which = "later" if asked.at_ms > last else "earlier"
        said.append(f"the {which} price in place of that of the day")
    if not has_tokens:
        said = ["the price follows from their tokens", *said]
    return tuple(said)


def is_same(one: int, other: int) -> bool:
    """Claim that two prices differ by no more than floats do."""
    return abs(one - other) <= max(SAME * max(one, other), 1_000)
