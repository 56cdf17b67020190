"""What single responses cost, and what they would cost otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tokentui.attribution import rate_key
from tokentui.prices.rates import (
    FEMTO_PER_NANO,
    Band,
    Counts,
    Rate,
    band_of,
    cost_nanos,
    discounted,
    rounded,
)
from tokentui.prices.remembered import Rates
from tokentui.queries.threads import Labels, Response


class Prices:
    """Prices responses at the rates of their time and their payer's discount.

    Fees beside tokens are left out: they are the same otherwise.
    """

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._last: dict[int, Rate] = {}

    def rate(self, response: Response) -> Rate | None:
        """Give the rate of a response; `None` if the book knows it no longer."""
        labels, at = response.labels, response.at_ms
        rate = self._last.get(labels.number)
        if rate is None or not rate.valid_from <= at < rate.valid_until:
            rate = self.rate_at(labels, labels.tier, at)
            if rate is not None:
                self._last[labels.number] = rate
        return rate

    def rate_at(self, labels: Labels, tier: str | None, at_ms: int) -> Rate | None:
        """Give the rate of a model at a tier and a time."""
        key = rate_key(labels.provider, labels.model, tier, labels.geo)
        return self._rates.rate(key, at_ms)

    def band(self, response: Response) -> Band | None:
        """Give the prices of a response, by the length of its prompt."""
        rate = self.rate(response)
        return None if rate is None else band_of(rate.bands, response.prompt)

    def steady(self, thread: Sequence[Response]) -> Band | None:
        """Give the prices of a whole thread, if there is but one band and one rate."""
        first, last = thread[0], thread[-1]
        rate = self.rate(first)
        if rate is None or len(rate.bands) > 1 or last.at_ms >= rate.valid_until:
            return None
        is_one = all(each.labels is first.labels for each in thread)
        return rate.bands[0] if is_one else None

    def banded(self, thread: Iterable[Response]) -> Iterator[tuple[Response, Band]]:
        """Go through the responses that have a price, each with its own.

        Most have that of the one before, which is not looked up again.
        """
        labels, since, until = None, 0, 0
        bands: tuple[Band, ...] = ()
        for each in thread:
            if each.labels is not labels or not since <= each.at_ms < until:
                rate, labels = self.rate(each), each.labels
                since, until, bands = rate[:3] if rate else (0, 0, ())
            if len(bands) == 1:
                yield each, bands[0]
            elif bands:
                yield each, band_of(bands, each.prompt)


def cost(tokens: Counts, rate: Rate, discount_ppm: int) -> int:
    """Price the tokens of one response."""
    return discounted(cost_nanos(tokens, {}, rate) or 0, discount_ppm)


def in_nanos(femto: int, labels: Labels) -> int:
    """Make nano-dollars of femto-dollars at list price, at the payer's discount."""
    return discounted(rounded(femto, FEMTO_PER_NANO), labels.discount_ppm)
