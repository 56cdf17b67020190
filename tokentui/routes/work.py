"""The work that levers look at: some usage, with what it takes to price it anew."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cached_property

from tokentui.prices.book import Book
from tokentui.queries.sums import Sums, Usage, total
from tokentui.routes.compare import Names
from tokentui.routes.constraints import Constraints, constraints_of
from tokentui.settings import Config

DAYS_OF_MONTH = 30


@dataclass(frozen=True)
class Work:
    """Usage of a closed span, and what ledger, price book and config say of it.

    `days` is how long the span is that was asked for, which may be longer than what the
    ledger has of it. `value_nanos`: what an accepted run is worth, if anybody said.
    """

    connection: sqlite3.Connection
    usage: Usage
    days: float
    book: Book
    names: Names
    config: Config
    value_nanos: int | None = None

    @cached_property
    def constraints(self) -> Constraints:
        """Which routes may be suggested, and what is known of them."""
        return constraints_of(self.config)

    @cached_property
    def used(self) -> Sums:
        """What was used in all."""
        return total(self.connection, self.usage)

    def per_month(self, nanos: float) -> int:
        """Scale what the span cost to a month."""
        return round(nanos * DAYS_OF_MONTH / self.days)
