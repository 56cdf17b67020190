"""Stamp costs: the rate of each event, kept in the ledger once it is known.

The price book, whose import costs 100 ms and more, is asked only about a key and time
that the ledger has no rate for.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from tokentui.prices.rates import Band, Counts, Rate, RateBook, RateKey, cost_nanos
from tokentui.tuples import NamedTuple

A_TIME_OF_DAY_MS = 2 * 86_400_000
"""A rate of shorter validity follows the clock, not a change of price."""

LOOK_AHEAD_MS = 400 * 86_400_000
DAY_MS = 86_400_000
"""How long a key that the book lacks is not asked about again, in the events' time."""


class KeptRate(NamedTuple):
    """A rate in the ledger; without `rate` the book is known not to have the key."""

    id: int
    valid_from: int
    valid_until: int
    rate: Rate | None


class Stamp:
    """Prices events with rates from the ledger, else from the book.

    `book_mark` names the book's state cheaply; rates kept under another mark are
    history: they stay for the events that they priced and price no new ones.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        book: Callable[[], RateBook],
        book_mark: str,
    ) -> None:
        self._connection = connection
        self._open_book = book
        self._book: RateBook | None = None
        self._mark = book_mark
        self._known: dict[RateKey, list[KeptRate]] = {}

    def cost(
        self,
        key: RateKey,
        at: int,
        tokens: Counts,
        fees: Mapping[str, int],
        *,
        is_sum: bool = False,
    ) -> tuple[int | None, int | None]:
        """Give cost in nano-dollars and the rate's id; without a rate no cost.

        `is_sum`: of several responses.
        """
        known = self._known.get(key)
        # Mostly the first holds; no call for what is asked about every event.
        if known and known[0].valid_from <= at < known[0].valid_until:
            kept = known[0]
        else:
            kept = self._kept(key, at)
        if kept.rate is None:
            return None, None
        return cost_nanos(tokens, fees, kept.rate, is_sum=is_sum), kept.id

    def fee_cost(self, key: RateKey, at: int, kind: str, units: int) -> int | None:
        """Give what units of a fee cost in nano-dollars, inside `cost`."""
        rate = self._kept(key, at).rate
        per_unit = rate.fees.get(kind) if rate is not None else None
        return None if per_unit is None else units * per_unit

    def forget(self) -> None:
        """Drop rates that may have been rolled back."""
        self._known.clear()

    def _kept(self, key: RateKey, at: int) -> KeptRate:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._from_ledger(key)
        for kept in known:
            if kept.valid_from <= at < kept.valid_until:
                return kept
        kept = self._from_book(key, at)
        known.insert(0, kept)
        return kept

    def _from_ledger(self, key: RateKey) -> list[KeptRate]:
        rows = self._connection.execute(
            "SELECT id, valid_from, valid_until, bands, fees, source, as_of, version"
            " FROM rate WHERE provider = ? AND model = ? AND tier = ? AND geo = ?"
            " AND book = ? ORDER BY id DESC",
            (*key, self._mark),
        )
        return [kept_rate(row) for row in rows]

    def _from_book(self, key: RateKey, at: int) -> KeptRate:
        if self._book is None:
            self._book = self._open_book()
        rate = self._book.rate(key, at)
        if rate is None:
            start = at - at % DAY_MS
            kept = KeptRate(0, start, start + DAY_MS, None)
            figures: tuple[str | None, ...] = (
                None,
                None,
                None,
                None,
                self._book.version,
            )
        else:
            kept = KeptRate(0, rate.valid_from, rate.valid_until, rate)
            figures = figures_of(rate)
        if rate is not None and rate.valid_until - at < LOOK_AHEAD_MS:
            self._keep_next(key, rate)
        return self._insert(key, kept, figures)

    def _keep_next(self, key: RateKey, rate: Rate) -> None:
        """Keep the rate that is scheduled to follow, for who looks ahead."""
        assert self._book is not None
        after = self._book.rate(key, rate.valid_until)
        if after is None or rate.valid_until - rate.valid_from < A_TIME_OF_DAY_MS:
            return
        known = self._known.setdefault(key, [])
        if not any(kept.valid_from == after.valid_from for kept in known):
            kept = KeptRate(0, after.valid_from, after.valid_until, after)
            known.append(self._insert(key, kept, figures_of(after)))

    def _insert(
        self, key: RateKey, kept: KeptRate, figures: tuple[str | None, ...]
    ) -> KeptRate:
        cursor = self._connection.execute(
            "INSERT INTO rate (provider, model, tier, geo, valid_from, valid_until,"
            " bands, fees, source, as_of, version, book)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*key, kept.valid_from, kept.valid_until, *figures, self._mark),
        )
        return kept._replace(id=cursor.lastrowid or 0)


def figures_of(rate: Rate) -> tuple[str, str, str, str, str]:
    """Give what the ledger keeps of a rate, as text."""
    bands, fees = json.dumps(rate.bands), json.dumps(dict(rate.fees))
    return bands, fees, rate.source, rate.as_of, rate.version


def kept_rate(row: tuple[Any, ...]) -> KeptRate:
    """Read one rate as the ledger keeps it; without bands the key is unpriced."""
    number, start, end, bands, fees, source, as_of, version = row
    if bands is None:
        return KeptRate(number, start, end, None)
    rate = Rate(
        start,
        end,
        tuple(Band(*band) for band in json.loads(bands)),
        json.loads(fees),
        source,
        as_of,
        version,
    )
    return KeptRate(number, start, end, rate)
