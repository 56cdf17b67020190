"""The sessions that can be marked, and the marks they have."""

from __future__ import annotations

import sqlite3

from tokentui.errors import UsageError
from tokentui.ledger.marks import Mark
from tokentui.queries.sessions import last_session

Session = tuple[str, str]
"""Source and session, which tell one from all others."""

MOST_NAMED = 3
COLUMNS = "source, session, verdict, made_at, because, value, review_seconds"


def marks(connection: sqlite3.Connection) -> dict[Session, Mark]:
    """Give all marks by session."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM mark ORDER BY source, session")
    return {mark[:2]: mark for mark in map(Mark._make, rows)}


def mark_of(connection: sqlite3.Connection, of: Session) -> Mark | None:
    """Give the mark of a session."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM mark WHERE source = ? AND session = ?", of
    ).fetchone()
    return None if row is None else Mark._make(row)


def session_named(connection: sqlite3.Connection, name: str) -> Session:
    """Find a session by its name, by a beginning that only it has, or the `last` one.

    Raises:
        UsageError: There is none, or several.
    """
    name = last_session(connection) if name == "last" else name
    found = connection.execute(
        "SELECT DISTINCT source, session FROM series"
        " WHERE lower(substr(session, 1, ?)) = lower(?) AND session <> ''"
        " AND origin <> 'import' ORDER BY session, source",
        (len(name), name),
    ).fetchall()
    if not name or not found:
        raise UsageError(f"no session {name!r:.60}; see `tokentui session`")
    whole = [each for each in found if each[1].lower() == name.lower()]
    if len(whole or found) > 1:
        named = [f"{session} ({source})" for source, session in whole or found]
        more = f" and {len(named) - MOST_NAMED} more" * (len(named) > MOST_NAMED)
        shown = ", ".join(named[:MOST_NAMED])
        raise UsageError(f"{name!r:.60} begins several sessions: {shown}{more}")
    source, session = (whole or found)[0]
    return source, session
