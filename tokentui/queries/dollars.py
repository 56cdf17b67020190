"""What other money is in dollars, at the exchange rate of its day."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokentui.fx import Rates

DOLLARS = "USD"


class Dollars:
    """Exchanges money at the ledger's rates; without other money it reads none."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rates: dict[str, Rates] = {}

    def of(self, nanos: int, currency: str, day: date) -> int | None:
        """Give nano-dollars, half-even; `None` where no rate is known."""
        if currency == DOLLARS:
            return nanos
        cross = self._rates_of(currency).cross(currency, DOLLARS, day)
        return None if cross is None else round(nanos * cross.value)

    def at(self, nanos: int, currency: str, at_ms: int) -> int | None:
        """Give nano-dollars at the rate of a UTC day, which vendors' days are."""
        if currency == DOLLARS:
            return nanos
        return self.of(
            nanos, currency, datetime.fromtimestamp(at_ms / 1000, UTC).date()
        )

    def _rates_of(self, currency: str) -> Rates:
        if currency not in self._rates:
            from tokentui.queries.fx import known_rates  # 3 ms, for other money only

            self._rates[currency] = known_rates(self._connection, (currency, DOLLARS))
        return self._rates[currency]
