"""Rates that were asked for once, for who prices many responses in one go."""

from __future__ import annotations

from bisect import bisect_right

from tokentui.prices.rates import Rate, RateBook, RateKey

DAY_MS = 86_400_000
"""How long a key that has no price is not asked about again, in the events' time."""


class Rates:
    """A price book that remembers its answers."""

    def __init__(self, book: RateBook) -> None:
        self._book = book
        self._known: dict[RateKey, list[Rate]] = {}
        self._unpriced: set[tuple[RateKey, int]] = set()

    def rate(self, key: RateKey, at_ms: int) -> Rate | None:
        """Price a key at a moment (UTC ms); a key without a price has none that day."""
        known = self._known.setdefault(key, [])
        if known and known[-1].valid_from <= at_ms < known[-1].valid_until:
            return known[-1]
        place = bisect_right(known, at_ms, key=lambda rate: rate.valid_from)
        if place and at_ms < known[place - 1].valid_until:
            return known[place - 1]
        day = key, at_ms // DAY_MS
        if day in self._unpriced:
            return None
        found = self._book.rate(key, at_ms)
        if found is None:
            self._unpriced.add(day)
        else:
            known.insert(place, found)
        return found

    def changes(self, key: RateKey, since_ms: int, until_ms: int) -> list[int]:
        """List the moments (UTC ms) inside a span at which another price begins."""
        edges: list[int] = []
        at = since_ms
        while True:
            rate = self.rate(key, at)
            at = (at // DAY_MS + 1) * DAY_MS if rate is None else rate.valid_until
            if at >= until_ms:
                return edges
            edges.append(at)
