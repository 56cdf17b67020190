"""Keep what a status line heard: a plan's windows, and what a session has cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tokentui.ledger.forgotten import is_marked
from tokentui.sources.claude_status import LIMIT, Window
from tokentui.tuples import NamedTuple
from tokentui.vendors import PLANS

SEEN_AGAIN_MS = 300_000
"""How often a window that has not changed is kept again, for its pace and age."""


class Row(NamedTuple):
    """A row of the table `quota`."""

    payer: str
    limit_id: str
    window_minutes: int
    as_of: int
    used_percent: float
    resets_at: int | None


def plan_of(
    connection: sqlite3.Connection, session: str | None, root: str | None
) -> str | None:
    """Name the plan that pays a session of Claude Code; else that of its folder.

    It is what the logs were found to tell; before any was read nothing is known.
    """
    for column, value in (("session", session), ("root", root)):
        row = connection.execute(
            f"SELECT account FROM series WHERE {column} = ? AND source = 'claude-code'"
            " AND account LIKE 'claude%' ORDER BY id DESC LIMIT 1",
            (value,),
        ).fetchone()
        if row is not None:
            login = str(row[0])
            return PLANS.get(login, login)
    return None


def news(
    connection: sqlite3.Connection,
    payer: str,
    windows: Iterable[Window],
    as_of: int,
) -> list[Row]:
    """List what is later than the last word, and changed or not said for a while."""
    rows = []
    for window in windows:
        row = Row(
            payer, LIMIT, window.minutes, as_of, window.used_percent, window.resets_at
        )
        last = connection.execute(
            "SELECT as_of, used_percent, resets_at FROM quota WHERE payer = ?"
            " AND limit_id = ? AND window_minutes = ? ORDER BY as_of DESC LIMIT 1",
            row[:3],
        ).fetchone()
        if last is None or is_news(row, *last):
            rows.append(row)
    return rows


def is_news(row: Row, last_as_of: int, used: float, resets_at: int | None) -> bool:
    """Claim that a row says more than the last one."""
    age = row.as_of - last_as_of
    has_changed = (row.used_percent, row.resets_at) != (used, resets_at)
    return age >= (0 if has_changed else SEEN_AGAIN_MS)


def keep(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Keep rows, each once."""
    connection.executemany("REPLACE INTO quota VALUES (?, ?, ?, ?, ?, ?)", rows)


def is_news_of_cost(
    connection: sqlite3.Connection, session: str, nanos: int, as_of: int
) -> bool:
    """Claim that Claude Code's word on a session's cost is a later one, and another.

    It is none where a part of the session was forgotten, which the word counts.
    """
    row = connection.execute(
        "SELECT as_of, nanos FROM told_cost WHERE source = 'claude-code'"
        " AND session = ?",
        (session,),
    ).fetchone()
    if row is None:
        return not is_marked(connection, session)
    return bool(as_of >= row[0] and nanos != row[1])


def keep_cost(
    connection: sqlite3.Connection, session: str, nanos: int, as_of: int
) -> None:
    """Keep what Claude Code says that a session has cost."""
    connection.execute(
        "REPLACE INTO told_cost VALUES ('claude-code', ?, ?, ?)",
        (session, as_of, nanos),
    )
