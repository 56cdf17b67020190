"""Keep requests that a file lists; what an account lists as well is the account's."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from tokentui.ledger.forgotten import without_forgotten
from tokentui.ledger.listed import IMPORTED
from tokentui.ledger.statements import batch_of, keep_span, take_over
from tokentui.ledger.writer import Writer
from tokentui.statements import Reading

FEED = "csv"


class Imported(NamedTuple):
    """How many events were new, known, and left out because they were forgotten."""

    new: int
    known: int
    forgotten: int


def keep_export(
    connection: sqlite3.Connection, writer: Writer, reading: Reading, now_ms: int
) -> Imported:
    """Keep what a file lists, wholly or not at all; what it does not list stands."""
    with writer.transaction():
        owners = dict(
            connection.execute(
                "SELECT event, account FROM stated_event WHERE at >= ? AND at < ?",
                (reading.since, reading.until),
            ).fetchall()
        )
        listed = [
            (series, event)
            for series, event in reading.events
            if owners.get(event.key, IMPORTED) == IMPORTED
        ]
        batch = without_forgotten(connection, batch_of(listed))
        forgotten = len(listed) - len(batch.events)
        writer.replace(batch, [event.key for event in batch.events])
        connection.executemany(
            "REPLACE INTO stated_event VALUES (?, ?, ?, ?)",
            [(event.key, IMPORTED, FEED, event.at) for event in batch.events],
        )
        keep_span(connection, IMPORTED, FEED, reading, now_ms)
        take_over(connection, writer, batch, reading)
    new = sum(event.key not in owners for event in batch.events)
    return Imported(new, len(reading.events) - new - forgotten, forgotten)
