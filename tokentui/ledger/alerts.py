"""Keep alerts, each once, and what became of them on their channels."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

WAITING, SENT, GIVEN_UP, SNOOZED, TOO_MANY = (
    "waiting",
    "sent",
    "given up",
    "snoozed",
    "too many",
)
"""How a delivery stands. Snoozed ones and those too many at once are never sent."""

ALL = ""
"""In place of a rule: all of them."""


class Alert(NamedTuple):
    """One thing to tell. Rule, what, period and threshold tell it from all others.

    Within a period nothing is told of what it told of before at this threshold or a
    higher one.
    """

    rule: str
    what: str
    period: str
    threshold: float
    text: str
    is_urgent: bool = False


def keep(connection: sqlite3.Connection, alert: Alert, now_ms: int) -> int | None:
    """Keep an alert and give its number; `None` if it was told of before."""
    found = connection.execute(
        "INSERT INTO alert (rule, what, period, threshold, is_urgent, text, raised_at)"
        " SELECT ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM alert"
        " WHERE rule = ? AND what = ? AND period = ? AND threshold >= ?)",
        (*alert[:4], alert.is_urgent, alert.text, now_ms, *alert[:4]),
    )
    return found.lastrowid if found.rowcount else None


def put_out(
    connection: sqlite3.Connection,
    number: int,
    channels: Iterable[str],
    at_ms: int,
    state: str = WAITING,
) -> None:
    """Put an alert out for delivery on some channels, from a time on."""
    connection.executemany(
        "INSERT OR IGNORE INTO delivery VALUES (?, ?, ?, 0, ?, NULL)",
        [(number, channel, state, at_ms) for channel in channels],
    )


def keep_delivery(
    connection: sqlite3.Connection,
    number: int,
    channel: str,
    state: str,
    next_at_ms: int,
    error: str | None,
) -> None:
    """Keep how a try to deliver went."""
    connection.execute(
        "UPDATE delivery SET state = ?, tries = tries + 1, next_at = ?, error = ?"
        " WHERE alert = ? AND channel = ?",
        (state, next_at_ms, error, number, channel),
    )


def snooze(connection: sqlite3.Connection, rule: str, until_ms: int) -> None:
    """Send nothing of a rule, or of all, until a time; what is past ends a snooze."""
    connection.execute("REPLACE INTO snooze VALUES (?, ?)", (rule, until_ms))
