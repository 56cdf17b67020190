"""Keep what a person says of a session's work: whether it was accepted, and why not."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

VERDICTS = ACCEPTED, REJECTED, ABANDONED = "accepted", "rejected", "abandoned"
REASONS = ("wrong", "incomplete", "broke", "late")
"""Why work was not accepted: wrong, not finished, broke something, came too late."""


class Mark(NamedTuple):
    """What a person says of a session; `None` is not said.

    `value_nanos`: what the work is worth if accepted, in nano-dollars;
    `review_seconds`: how long it took to look at it; `made_at_ms`: UTC.
    """

    source: str
    session: str
    verdict: str
    made_at_ms: int
    because: str | None = None
    value_nanos: int | None = None
    review_seconds: int | None = None


def keep_mark(connection: sqlite3.Connection, mark: Mark) -> None:
    """Keep a mark in place of the session's earlier one.

    Value and review are of the work, not of the verdict: what is not said of them anew
    stays.
    """
    connection.execute(
        "INSERT INTO mark (source, session, verdict, made_at, because, value,"
        " review_seconds) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET verdict = excluded.verdict,"
        " made_at = excluded.made_at, because = excluded.because,"
        " value = coalesce(excluded.value, value),"
        " review_seconds = coalesce(excluded.review_seconds, review_seconds)",
        mark,
    )


def drop_mark(connection: sqlite3.Connection, source: str, session: str) -> bool:
    """Take the mark off a session; claim that there was one."""
    cursor = connection.execute(
        "DELETE FROM mark WHERE source = ? AND session = ?", (source, session)
    )
    return cursor.rowcount > 0
