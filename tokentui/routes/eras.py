"""When prices change in a span, and which of its hours are alike."""

from __future__ import annotations

from collections.abc import Iterable

from tokentui.ledger.schema import HOUR_MS
from tokentui.prices.rates import RateKey
from tokentui.prices.remembered import Rates
from tokentui.queries.slices import Eras


class Changing:
    """Prices in a span of time, half-open in UTC ms."""

    def __init__(self, rates: Rates, since_ms: int, until_ms: int) -> None:
        self._rates = rates
        self._since = since_ms
        self._until = until_ms

    def overs(self, key: RateKey) -> set[int]:
        """List the prompt lengths beyond which a key has another price, ever."""
        moments = (self._since, *self._rates.changes(key, self._since, self._until))
        rates = (self._rates.rate(key, at) for at in moments)
        return {band.over for rate in rates if rate for band in rate.bands}

    def eras(self, keys: Iterable[RateKey]) -> Eras:
        """Tell hours apart by the prices of some keys, which change on whole hours."""
        some, rates = list(keys), self._rates
        edges = {e for k in some for e in rates.changes(k, self._since, self._until)}
        first, end = self._since // HOUR_MS, -(-self._until // HOUR_MS)
        starts = sorted({first, *(edge // HOUR_MS for edge in edges)})
        kinds: dict[tuple[object, ...], int] = {}
        named = bytearray()
        for start, stop in zip(starts, [*starts[1:], end], strict=True):
            found = [rates.rate(k, max(start * HOUR_MS, self._since)) for k in some]
            prices = tuple(rate and rate.bands for rate in found)
            kind = kinds.setdefault(prices, len(kinds))
            named += kind.to_bytes(2, "big") * (stop - start)
        return Eras(first, bytes(named))
