"""The labels of events, each set once, with who served and who pays for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import msgspec

from tokentui.attribution import Attribution, rate_key
from tokentui.events import Series
from tokentui.hashes import blake2b
from tokentui.prices.rates import RateKey
from tokentui.tuples import NamedTuple

LABELS = Series.__struct_fields__
FOUND_OUT = Attribution._fields
COLUMNS = ("key", *LABELS, *FOUND_OUT)
PLACES = ", ".join("?" * len(COLUMNS))
INSERT = f"INSERT INTO series ({', '.join(COLUMNS)}) VALUES ({PLACES})"
UPDATE = (
    f"UPDATE series SET {', '.join(f'{c} = ?' for c in FOUND_OUT)}, scope = NULL"
    " WHERE id = ?"
)

Attribute = Callable[[Series, int], Attribution]
"""Says who served and who pays for a series that begins at a time (UTC ms)."""


class Terms(NamedTuple):
    """What decides the cost of a series' events: its rate, and the payer's discount."""

    key: RateKey
    discount_ppm: int


class SeriesTable:
    """Finds or makes the row of a set of labels, and remembers its terms."""

    def __init__(self, connection: sqlite3.Connection, attribute: Attribute) -> None:
        self._connection = connection
        self._attribute = attribute
        self._numbers: dict[Series, int] = {}
        self._terms: dict[int, Terms] = {}

    def forget(self) -> None:
        """Drop rows that may have been rolled back."""
        self._numbers.clear()
        self._terms.clear()

    def number(self, series: Series, at_ms: int) -> int:
        """Give the row of these labels, made if new; `at_ms` is when it begins."""
        number = self._numbers.get(series)
        if number is None:
            key = blake2b(msgspec.msgpack.encode(series), digest_size=16).digest()
            row = self._connection.execute(
                "SELECT id FROM series WHERE key = ?", (key,)
            ).fetchone()
            number = self._numbers[series] = (
                row[0] if row else self._insert(key, series, at_ms)
            )
        return number

    def _insert(self, key: bytes, series: Series, at_ms: int) -> int:
        who = self._attribute(series, at_ms)
        cursor = self._connection.execute(
            INSERT, (key, *msgspec.structs.astuple(series), *who)
        )
        number = cursor.lastrowid or 0
        self._terms[number] = terms_of(
            who.provider, series.model, series.tier, series.geo, who.discount_ppm
        )
        return number

    def sessions_if_two(self, one: int, other: int) -> set[str]:
        """Name the sessions of two rows, if they are two."""
        rows = self._connection.execute(
            "SELECT DISTINCT session FROM series WHERE id IN (?, ?)", (one, other)
        ).fetchall()
        return {session for (session,) in rows} if len(rows) > 1 else set()

    def terms(self, number: int) -> Terms:
        """Give what decides the cost of a row's events."""
        if number not in self._terms:
            row = self._connection.execute(
                "SELECT provider, model, tier, geo, discount_ppm FROM series"
                " WHERE id = ?",
                (number,),
            ).fetchone()
            self._terms[number] = terms_of(*row)
        return self._terms[number]

    def attribute_again(self) -> list[int]:
        """Ask anew who served and who pays; give the rows whose cost may differ now."""
        rows = self._connection.execute(
            f"SELECT id, (SELECT min(at) FROM event WHERE series = series.id),"
            f" {', '.join((*LABELS, *FOUND_OUT))} FROM series"
        )
        changed, updates = [], []
        for number, at_ms, *columns in rows:
            series = Series(*columns[: len(LABELS)])
            before = Attribution(*columns[len(LABELS) :])
            now = self._attribute(series, at_ms or 0)
            if tuple(now) == tuple(before):
                continue
            updates.append((*now, number))
            if (now.provider, now.discount_ppm) != (
                before.provider,
                before.discount_ppm,
            ):
                self._terms.pop(number, None)
                changed.append(number)
        self._connection.executemany(UPDATE, updates)
        return changed


def terms_of(
    provider: str | None,
    model: str,
    tier: str | None,
    geo: str | None,
    discount_ppm: int,
) -> Terms:
    """Put together what decides the cost of a series."""
    return Terms(rate_key(provider, model, tier, geo), discount_ppm)
