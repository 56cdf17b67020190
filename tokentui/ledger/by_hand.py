"""Keep what a person enters: what a payer's own page says, and charges."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from tokentui.errors import UsageError
from tokentui.ledger.statements import SPAN, keep_costs
from tokentui.statements import Cost, Reading

FEED = "by hand"


def keep_reading(
    connection: sqlite3.Connection,
    account: str,
    since_ms: int,
    until_ms: int,
    nanos: int,
    currency: str,
) -> None:
    """Keep what was spent in a span, in place of earlier readings that lie in it.

    Raises:
        UsageError: Another reading holds a part of the span, and would count twice.
    """
    cost = Cost(since_ms, until_ms, nanos, currency)
    with transaction(connection):
        row = connection.execute(
            "SELECT 1 FROM reading WHERE account = ?1 AND since < ?3 AND until > ?2"
            " AND NOT (since >= ?2 AND until <= ?3) LIMIT 1",
            (account, since_ms, until_ms),
        ).fetchone()
        if row is not None:
            raise UsageError(
                "another reading holds a part of that time; give --since and --until"
                " so that the new one holds all of it, or remove it first"
            )
        connection.execute(
            f"DELETE FROM reading WHERE {SPAN}", (account, FEED, since_ms, until_ms)
        )
        connection.execute(
            "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?)",
            (account, FEED, since_ms, until_ms, until_ms, until_ms),
        )
        reading = Reading(since_ms, until_ms, until_ms, (cost,))
        keep_costs(connection, account, FEED, reading)


def drop_reading(connection: sqlite3.Connection, account: str, since_ms: int) -> None:
    """Take the reading of an account out that begins at a time."""
    with transaction(connection):
        for table in ("reading", "cost"):
            connection.execute(
                f"DELETE FROM {table} WHERE account = ? AND feed = ? AND since = ?",
                (account, FEED, since_ms),
            )


def keep_charge(
    connection: sqlite3.Connection,
    made_at_ms: int,
    day: date,
    nanos: int,
    currency: str,
    what: str,
    payer: str,
    client: str | None,
    is_monthly: bool,
    until: date | None,
) -> int:
    """Keep a charge; give its number."""
    cursor = connection.execute(
        "INSERT INTO charge (made_at, day, nanos, currency, what, payer, client,"
        " is_monthly, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            made_at_ms,
            day.isoformat(),
            nanos,
            currency,
            what,
            payer,
            client,
            is_monthly,
            until.isoformat() if until else None,
        ),
    )
    return cursor.lastrowid or 0


def drop_charge(connection: sqlite3.Connection, number: int) -> bool:
    """Take a charge out; claim that there was one."""
    cursor = connection.execute("DELETE FROM charge WHERE id = ?", (number,))
    return cursor.rowcount > 0


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit all that is done inside, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
