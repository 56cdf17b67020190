"""What was raised, where it went, and what is snoozed."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from tokentui.ledger.alerts import ALL, WAITING


class Delivery(NamedTuple):
    """How far an alert came on a channel; `next_at_ms` is of those that wait."""

    channel: str
    state: str
    tries: int
    next_at_ms: int | None
    error: str | None


class Raised(NamedTuple):
    """An alert that was raised, and its deliveries."""

    number: int
    rule: str
    what: str
    threshold: float
    is_urgent: bool
    text: str
    raised_at_ms: int
    deliveries: tuple[Delivery, ...]


class Due(NamedTuple):
    """An alert that waits for delivery; `first_at_ms`: when it was raised."""

    number: int
    rule: str
    what: str
    is_urgent: bool
    text: str
    raised_at_ms: int
    tries: int


class Trouble(NamedTuple):
    """A channel whose last try failed, and how many alerts wait for it."""

    channel: str
    waiting: int
    error: str


def raised(connection: sqlite3.Connection, limit: int) -> tuple[Raised, ...]:
    """List what was raised, the newest first."""
    rows = connection.execute(
        "SELECT id, rule, what, threshold, is_urgent, text, raised_at FROM alert"
        " ORDER BY raised_at DESC, id DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return tuple(
        Raised(
            number,
            rule,
            what,
            reached,
            bool(urgent),
            text,
            at,
            deliveries(connection, number),
        )
        for number, rule, what, reached, urgent, text, at in rows
    )


def deliveries(connection: sqlite3.Connection, number: int) -> tuple[Delivery, ...]:
    """List the deliveries of an alert by channel."""
    rows = connection.execute(
        "SELECT channel, state, tries, next_at, error FROM delivery WHERE alert = ?"
        " ORDER BY channel",
        (number,),
    )
    return tuple(
        Delivery(channel, state, tries, at if state == WAITING else None, error)
        for channel, state, tries, at, error in rows
    )


def due(connection: sqlite3.Connection, channel: str, now_ms: int) -> tuple[Due, ...]:
    """List what is to be sent on a channel now, the oldest first.

    What waits for longer than a day was put off by a clock that went wrong.
    """
    rows = connection.execute(
        "SELECT a.id, rule, what, is_urgent, text, raised_at, tries FROM delivery d"
        " JOIN alert a ON a.id = d.alert WHERE channel = ? AND state = 'waiting'"
        " AND (next_at <= ? OR next_at > ?) ORDER BY raised_at, a.id LIMIT 100",
        (channel, now_ms, now_ms + 86_400_000),
    )
    return tuple(
        Due(number, rule, what, bool(urgent), text, raised_at, tries)
        for number, rule, what, urgent, text, raised_at, tries in rows
    )


def next_due_ms(connection: sqlite3.Connection, channel: str) -> int | None:
    """Say when something is to be sent on a channel next, if anything waits."""
    row = connection.execute(
        "SELECT min(next_at) FROM delivery WHERE channel = ? AND state = 'waiting'",
        (channel,),
    ).fetchone()
    return None if row[0] is None else int(row[0])


def troubles(connection: sqlite3.Connection) -> tuple[Trouble, ...]:
    """List the channels that something waits for or was given up for by an error."""
    rows = connection.execute(
        "SELECT channel, sum(state = 'waiting'), error, max(alert) FROM delivery d"
        " WHERE error IS NOT NULL AND state <> 'sent' AND alert >= (SELECT"
        " coalesce(max(alert), 0) FROM delivery s WHERE s.channel = d.channel"
        " AND s.state = 'sent') GROUP BY channel ORDER BY channel"
    )
    return tuple(Trouble(*row[:3]) for row in rows)


def snoozed_until_ms(connection: sqlite3.Connection, rule: str, now_ms: int) -> int:
    """Say until when a rule is snoozed, by itself or with all; 0 if it is not."""
    row = connection.execute(
        "SELECT max(until) FROM snooze WHERE rule IN (?, ?) AND until > ?",
        (rule, ALL, now_ms),
    ).fetchone()
    return int(row[0] or 0)


def snoozes(connection: sqlite3.Connection, now_ms: int) -> dict[str, int]:
    """Give the snoozes that hold, by rule."""
    rows = connection.execute(
        "SELECT rule, until FROM snooze WHERE until > ? ORDER BY rule", (now_ms,)
    )
    return dict(rows.fetchall())
