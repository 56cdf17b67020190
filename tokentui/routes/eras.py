"""Hours of equal prices: those in which every key that counts costs the same."""

from __future__ import annotations

from collections.abc import Iterable

from tokentui.ledger.schema import HOUR_MS
from tokentui.prices.rates import RateKey
from tokentui.prices.remembered import Rates
from tokentui.queries.slices import Eras


def eras_of(
    rates: Rates, keys: Iterable[RateKey], since_ms: int, until_ms: int
) -> Eras:
    """Tell hours apart by the prices of some keys; prices change on whole hours."""
    some = list(keys)
    edges = {e for key in some for e in rates.changes(key, since_ms, until_ms)}
    first, end = since_ms // HOUR_MS, -(-until_ms // HOUR_MS)
    starts = sorted({first, *(edge // HOUR_MS for edge in edges)})
    kinds: dict[tuple[object, ...], int] = {}
    named = bytearray()
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        at = max(start * HOUR_MS, since_ms)
        prices = tuple(
            rate and rate.bands for rate in (rates.rate(k, at) for k in some)
        )
        kind = kinds.setdefault(prices, len(kinds))
        named += kind.to_bytes(2, "big") * (stop - start)
    return Eras(first, bytes(named))
