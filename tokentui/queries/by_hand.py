"""What a person has entered: readings of payers' own pages, and charges."""

from __future__ import annotations

import sqlite3
from datetime import date

from tokentui.queries.billed import BY_HAND
from tokentui.tuples import NamedTuple


class HandReading(NamedTuple):
    """What a payer's page said was spent from one time to another, in UTC ms."""

    payer: str
    since_ms: int
    until_ms: int
    nanos: int
    currency: str


class Charge(NamedTuple):
    """Money that is due on a local day, every month on that day if `is_monthly`.

    `until`: the first day on which it is due no more. `client`: for whom it is.
    """

    id: int
    day: date
    nanos: int
    currency: str
    what: str
    payer: str
    client: str | None
    is_monthly: bool
    until: date | None


def hand_readings(connection: sqlite3.Connection) -> tuple[HandReading, ...]:
    """List the readings, by payer, oldest first."""
    rows = connection.execute(
        "SELECT substr(account, ?), since, until, nanos, currency FROM cost"
        " WHERE substr(account, 1, ?) = ? ORDER BY account, since",
        (len(BY_HAND) + 1, len(BY_HAND), BY_HAND),
    )
    return tuple(HandReading(*row) for row in rows)


def charges(connection: sqlite3.Connection) -> tuple[Charge, ...]:
    """List the charges by the day they were first due."""
    rows = connection.execute(
        "SELECT id, day, nanos, currency, what, payer, client, is_monthly, until"
        " FROM charge ORDER BY day, id"
    )
    return tuple(
        Charge(
            number,
            date.fromisoformat(day),
            nanos,
            currency,
            what,
            payer,
            client,
            bool(is_monthly),
            date.fromisoformat(until) if until else None,
        )
        for number, day, nanos, currency, what, payer, client, is_monthly, until in rows
    )
