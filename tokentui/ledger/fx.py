"""Keep exchange rates; one that a person entered outlasts what is fetched."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date

from tokentui.fx import BY_HAND, PerEuro
from tokentui.ledger.by_hand import transaction


def keep_rates(connection: sqlite3.Connection, rates: Iterable[PerEuro]) -> int:
    """Keep rates, wholly or not at all; give how many were new or others."""
    before = connection.total_changes
    with transaction(connection):
        connection.executemany(
            "INSERT INTO fx VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET per_euro = excluded.per_euro,"
            "  source = excluded.source"
            " WHERE (per_euro, source) <> (excluded.per_euro, excluded.source)"
            f"  AND (source <> '{BY_HAND}' OR excluded.source = '{BY_HAND}')",
            [
                (rate.currency, rate.day.isoformat(), f"{rate.units:f}", rate.source)
                for rate in rates
            ],
        )
    return connection.total_changes - before


def drop_rate(connection: sqlite3.Connection, currency: str, day: date) -> bool:
    """Take a rate out that a person entered; claim that there was one."""
    cursor = connection.execute(
        "DELETE FROM fx WHERE currency = ? AND day = ? AND source = ?",
        (currency, day.isoformat(), BY_HAND),
    )
    return cursor.rowcount > 0
