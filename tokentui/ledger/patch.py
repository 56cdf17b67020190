"""Fill what a damaged ledger has lost from a backup of it.

A table that could be read wholly is newer than the backup's: what is not in it was
taken out since. So only what could not be read wholly is filled, row by row.
"""

from __future__ import annotations

import sqlite3

from tokentui.events import Series
from tokentui.ledger.forgotten import event_mark, is_empty, until_ms
from tokentui.ledger.salvage import names_of, table_of
from tokentui.ledger.series import LABELS

DERIVED = ("cursor", "rollup", "scope", "scope_hour", "series_day")
"""Tables that are made anew."""

TIED = ("series", "event", "fee", "rate", "cost", "used")
"""Tables whose rows belong to others by their number: each has its own way."""

SAME_RATE = " AND ".join(
    f"m.{column} IS b.{column}"
    for column in (
        "provider",
        "model",
        "tier",
        "geo",
        "valid_from",
        "valid_until",
        "version",
        "book",
    )
)
OWN_LABELS = """
INSERT OR IGNORE INTO main.series SELECT * FROM backup.series b
WHERE b.id NOT IN (SELECT id FROM main.series) AND b.id IN (
    SELECT e.series FROM main.event e JOIN backup.event f ON f.key = e.key
    WHERE f.series = e.series
)
"""
"""An event that both ledgers have proves that a number means the same in both."""

PLACES = (
    "CREATE TEMP TABLE place (old INTEGER PRIMARY KEY, new INTEGER, until INTEGER)",
    "CREATE TEMP TABLE rate_place (old INTEGER PRIMARY KEY, new INTEGER)",
    "INSERT INTO place SELECT b.id, m.id, 0"
    " FROM backup.series b JOIN main.series m ON m.key = b.key",
    "INSERT OR IGNORE INTO rate_place SELECT b.id, m.id"
    f" FROM backup.rate b JOIN main.rate m ON {SAME_RATE}",
)
MISSING_EVENTS = """
INSERT INTO main.event ({columns}) SELECT {values}
FROM backup.event e JOIN place p ON p.old = e.series
LEFT JOIN rate_place r ON r.old = e.rate
WHERE e.at >= p.until AND e.key NOT IN (SELECT key FROM main.event)
  AND event_mark(e.key) NOT IN (SELECT mark FROM forgotten)
  AND NOT EXISTS (SELECT 1 FROM main.alias a WHERE a.key = e.key AND a.event <> e.key)
  AND (e.key NOT IN (SELECT event FROM backup.stated_event)
       OR e.key IN (SELECT event FROM main.stated_event))
"""
"""Not those that were joined to others, forgotten or stated no more since then."""

MISSING_FEES = """
INSERT OR IGNORE INTO main.fee SELECT m.id, f.kind, f.units, f.cost
FROM backup.fee f JOIN backup.event e ON e.id = f.event
JOIN main.event m ON m.key = e.key WHERE m.id > ?
"""
SAME_READING = """
EXISTS (SELECT 1 FROM main.reading m JOIN backup.reading o USING
        (account, feed, since, until, as_of)
        WHERE m.account = b.account AND m.feed = b.feed
          AND b.since >= m.since AND b.since < m.until)
"""
"""Rows of the same reading are the same, so that a missing one was lost."""


def patch(connection: sqlite3.Connection, damaged: frozenset[str]) -> int:
    """Fill the damaged tables from the attached `backup`; give how many events came.

    Both ledgers have the latest schema.
    """
    connection.create_function("event_mark", 1, event_mark, deterministic=True)
    for name in names_of(connection):
        if name in damaged and name not in (*DERIVED, *TIED):
            columns = table_of(connection, name).names
            connection.execute(
                f"INSERT OR IGNORE INTO main.{name} ({columns})"
                f" SELECT {columns} FROM backup.{name}"
            )
    for name in ("cost", "used"):
        if name in damaged:
            fill_lines(connection, name)
    if not damaged.isdisjoint(("series", "event", "fee", "rate")):
        return fill_events(connection, "fee" in damaged)
    return 0


def fill_lines(connection: sqlite3.Connection, name: str) -> None:
    """Fill the lines of bills, or of counted tokens, of readings that both have."""
    columns = [c for c in table_of(connection, name).columns if c != "id"]
    same = " AND ".join(f"l.{column} IS b.{column}" for column in columns)
    connection.execute(
        f"INSERT INTO main.{name} ({', '.join(columns)})"
        f" SELECT {', '.join(columns)} FROM backup.{name} b WHERE {SAME_READING}"
        f" AND NOT EXISTS (SELECT 1 FROM main.{name} l WHERE {same})"
    )


def fill_events(connection: sqlite3.Connection, lacks_fees: bool) -> int:
    """Fill events with their labels, rates and fees; give how many."""
    execute = connection.execute
    last_event, last_series = (
        execute(f"SELECT coalesce(max(id), 0) FROM main.{name}").fetchone()[0]
        for name in ("event", "series")
    )
    execute(OWN_LABELS)
    drop_without_labels(connection)
    copy_missing(connection, "series", "m.key = b.key")
    copy_missing(connection, "rate", SAME_RATE)
    for statement in PLACES:
        execute(statement)
    mark_forgotten(connection)
    columns = [c for c in table_of(connection, "event").columns if c != "id"]
    others = {"series": "p.new", "rate": "coalesce(r.new, e.rate)"}
    values = ", ".join(others.get(column, f"e.{column}") for column in columns)
    filled = execute(
        MISSING_EVENTS.format(columns=", ".join(columns), values=values)
    ).rowcount
    execute(MISSING_FEES, (0 if lacks_fees else last_event,))
    execute(
        "DELETE FROM main.series WHERE id > ?"
        " AND id NOT IN (SELECT series FROM main.event)",
        (last_series,),
    )
    for name in ("place", "rate_place"):
        execute(f"DROP TABLE temp.{name}")
    return filled


def drop_without_labels(connection: sqlite3.Connection) -> None:
    """Take out events whose labels are lost: nobody can tell who pays for them."""
    connection.execute(
        "DELETE FROM main.event WHERE series NOT IN (SELECT id FROM main.series)"
    )


def copy_missing(connection: sqlite3.Connection, name: str, same: str) -> None:
    """Copy rows that are not there by what they say, under numbers of their own."""
    columns = ", ".join(c for c in table_of(connection, name).columns if c != "id")
    connection.execute(
        f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM backup.{name} b"
        f" WHERE NOT EXISTS (SELECT 1 FROM main.{name} m WHERE {same})"
    )


def mark_forgotten(connection: sqlite3.Connection) -> None:
    """Say of labels before when nothing that bears them is to come back."""
    if is_empty(connection):
        return
    rows = connection.execute(
        f"SELECT b.id, {', '.join(LABELS)} FROM backup.series b"
    ).fetchall()
    connection.executemany(
        "UPDATE place SET until = ? WHERE old = ?",
        [(until_ms(connection, Series(*labels)), old) for old, *labels in rows],
    )
