"""Exchange rates: units per euro by day, crossed through the euro.

The rate of a day is that of the last business day at or before it, never a later one,
and is never reckoned from its neighbours.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

EURO = "EUR"
ECB, BY_HAND = "ECB", "by hand"
"""Where a rate is from."""

STALE_AFTER = timedelta(days=7)
"""An older rate makes an amount provisional."""


class PerEuro(NamedTuple):
    """How many units of a currency one euro was on a day."""

    currency: str
    day: date
    units: Decimal
    source: str = ECB


class Cross(NamedTuple):
    """Units of one currency for one of another, on a day that may be earlier.

    `is_provisional`: so much earlier that a better rate is to be fetched.
    """

    value: Fraction
    day: date
    source: str
    is_provisional: bool


class Rates:
    """The rates that are known, ready to be asked."""

    def __init__(self, rates: Iterable[PerEuro] = ()) -> None:
        self._by_day: dict[str, dict[date, PerEuro]] = {}
        for rate in rates:
            self._by_day.setdefault(rate.currency, {})[rate.day] = rate
        self._days: dict[tuple[str, str], list[date]] = {}

    @property
    def currencies(self) -> Mapping[str, date]:
        """The currencies that are known, but for the euro, and their newest days."""
        return {name: max(by_day) for name, by_day in sorted(self._by_day.items())}

    def cross(self, base: str, quote: str, day: date) -> Cross | None:
        """Give units of `quote` for one of `base` on a day; `None` if not known."""
        if base == quote:
            return Cross(Fraction(1), day, "", is_provisional=False)
        days = self._common_days(base, quote)
        place = bisect_right(days, day) - 1
        if place < 0:
            return None
        found = days[place]
        one, other = (self._units(name, found) for name in (base, quote))
        by_hand = BY_HAND in (one.source, other.source)
        return Cross(
            Fraction(other.units) / Fraction(one.units),
            found,
            BY_HAND if by_hand else ECB,
            is_provisional=day - found > STALE_AFTER,
        )

    def _units(self, currency: str, day: date) -> PerEuro:
        if currency == EURO:
            return PerEuro(EURO, day, Decimal(1))
        return self._by_day[currency][day]

    def _common_days(self, base: str, quote: str) -> list[date]:
        """List the days for which both are known, oldest first."""
        key = base, quote
        if key not in self._days:
            sets = [self._by_day.get(name, {}).keys() for name in key if name != EURO]
            self._days[key] = sorted(set.intersection(*map(set, sets)))
        return self._days[key]
