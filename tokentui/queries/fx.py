"""The exchange rates that the ledger has, and how far back they are needed."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import UTC, date, datetime
from decimal import Decimal

from tokentui.fx import EURO, PerEuro, Rates


def known_rates(
    connection: sqlite3.Connection, currencies: Collection[str] = ()
) -> Rates:
    """Read the rates of some currencies, or of all if none are named."""
    asked = sorted(set(currencies) - {EURO})
    if currencies and not asked:
        return Rates()
    named = f"WHERE currency IN ({', '.join('?' * len(asked))})" if asked else ""
    rows = connection.execute(
        f"SELECT currency, day, per_euro, source FROM fx {named}", asked
    )
    return Rates(
        PerEuro(currency, date.fromisoformat(day), Decimal(units), source)
        for currency, day, units, source in rows
    )


def days_with_rates(connection: sqlite3.Connection) -> tuple[date, date] | None:
    """Give the oldest and the newest day with a fetched rate, if there is any."""
    oldest, newest = connection.execute(
        "SELECT min(day), max(day) FROM fx WHERE source = 'ECB'"
    ).fetchone()
    if oldest is None:
        return None
    return date.fromisoformat(oldest), date.fromisoformat(newest)


def first_day_of_money(connection: sqlite3.Connection) -> date | None:
    """Give the first UTC day of which the ledger knows usage, a bill or a charge."""
    (at_ms,) = connection.execute(
        "SELECT min(at) FROM (SELECT min(bucket) * 900000 AS at FROM rollup"
        " UNION ALL SELECT min(since) FROM cost)"
    ).fetchone()
    (day,) = connection.execute("SELECT min(day) FROM charge").fetchone()
    days = [] if day is None else [date.fromisoformat(day)]
    if at_ms is not None:
        days.append(datetime.fromtimestamp(at_ms / 1000, UTC).date())
    return min(days, default=None)
