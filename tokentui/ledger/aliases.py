"""Keys of lines whose response has no unique id, and the event each belongs to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence


def known_keys(connection: sqlite3.Connection, names: Sequence[bytes]) -> list[bytes]:
    """List the events that any of the names stands for."""
    places = ",".join("?" * len(names))
    rows = connection.execute(
        f"SELECT DISTINCT event FROM alias WHERE key IN ({places}) ORDER BY event",
        names,
    )
    return [event for (event,) in rows]


def keep_aliases(
    connection: sqlite3.Connection, names: Sequence[bytes], event: bytes
) -> None:
    """Let names stand for an event."""
    connection.executemany(
        "INSERT OR IGNORE INTO alias VALUES (?, ?)", [(name, event) for name in names]
    )


def redirect(
    connection: sqlite3.Connection, events: Sequence[bytes], event: bytes
) -> None:
    """Let all that stood for some events stand for another one."""
    connection.executemany(
        "UPDATE alias SET event = ? WHERE event = ?", [(event, old) for old in events]
    )
