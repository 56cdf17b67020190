"""Keep what providers state, each fact once: a new reading replaces the old."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

import msgspec

from tokentui.errors import AccountError
from tokentui.events import Batch, Series, UsageEvent
from tokentui.ledger.forgotten import without_forgotten
from tokentui.ledger.listed import local_copies, sessions_of
from tokentui.ledger.schema import TOKEN_KINDS
from tokentui.ledger.writer import Writer
from tokentui.statements import Balance, Limit, Reading

SPAN = "account = ? AND feed = ? AND since >= ? AND since < ?"


def always() -> bool:
    """Let a reading be kept."""
    return True


def keep(
    connection: sqlite3.Connection,
    writer: Writer,
    account: str,
    feed: str,
    reading: Reading,
    payer: str,
    now_ms: int,
    may: Callable[[], bool] = always,
) -> bool:
    """Keep one reading, wholly or not at all; claim that it was kept.

    What the feed said of the reading's span before is gone afterwards; what it said of
    other times stands. `may` is asked when nobody else can write.

    Raises:
        AccountError: It is empty for a time of which it told something before.
    """
    with writer.transaction():
        if not may():
            return False
        if reading.until > reading.since:
            refuse_emptied(connection, account, feed, reading)
            keep_span(connection, account, feed, reading, now_ms)
            keep_costs(connection, account, feed, reading)
            keep_used(connection, account, feed, reading)
            keep_events(connection, writer, account, feed, reading)
        for balance in reading.balances:
            keep_balance(connection, account, balance, now_ms)
        for limit in reading.limits:
            keep_limit(connection, account, limit, now_ms)
        connection.executemany(
            "REPLACE INTO quota VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    payer,
                    quota.limit_id,
                    quota.window_minutes,
                    quota.as_of,
                    quota.used_percent,
                    quota.resets_at,
                )
                for quota in reading.quotas
            ],
        )
        if reading.quotas:
            connection.execute(
                "UPDATE account SET plan = ? WHERE name = ?", (payer, account)
            )
    return True


def refuse_emptied(
    connection: sqlite3.Connection, account: str, feed: str, reading: Reading
) -> None:
    """Refuse an empty answer where there was one: what was used and billed stays so."""
    if reading.events or reading.costs or reading.used:
        return
    span = (account, feed, reading.since, reading.until)
    for table, start in (("cost", "since"), ("used", "since"), ("stated_event", "at")):
        query = (
            f"SELECT 1 FROM {table} WHERE account = ? AND feed = ?"
            f" AND {start} >= ? AND {start} < ? LIMIT 1"
        )
        if connection.execute(query, span).fetchone():
            raise AccountError(
                "the answer is empty where it was not before; it is asked again later"
            )


def keep_span(
    connection: sqlite3.Connection,
    account: str,
    feed: str,
    reading: Reading,
    now_ms: int,
) -> None:
    """Keep that a feed has been read over a span, in place of what overlaps it."""
    of_feed = (account, feed)
    since, until = reading.since, reading.until
    # Nothing was read in the future; the clock was ahead then, and is right now.
    connection.execute(
        "DELETE FROM reading WHERE account = ? AND feed = ? AND since > ?",
        (*of_feed, now_ms),
    )
    connection.execute(
        "UPDATE reading SET until = ?3, settled_until = min(settled_until, ?3)"
        " WHERE account = ?1 AND feed = ?2 AND until > ?3",
        (*of_feed, now_ms),
    )
    for table in ("cost", "used"):
        connection.execute(
            f"DELETE FROM {table} WHERE account = ? AND feed = ? AND since > ?",
            (*of_feed, now_ms),
        )
    # What an older reading covers behind the new one goes on as a span of its own.
    connection.execute(
        "INSERT OR IGNORE INTO reading"
        " SELECT account, feed, ?, until, settled_until, as_of FROM reading"
        " WHERE account = ? AND feed = ? AND since < ? AND until > ?",
        (until, *of_feed, until, until),
    )
    connection.execute(f"DELETE FROM reading WHERE {SPAN}", (*of_feed, since, until))
    connection.execute(
        "UPDATE reading SET until = ?, settled_until = min(settled_until, ?)"
        " WHERE account = ? AND feed = ? AND since < ? AND until > ?",
        (since, since, *of_feed, since, since),
    )
    connection.execute(
        "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?)",
        (*of_feed, since, until, reading.settled_until, now_ms),
    )


def keep_costs(
    connection: sqlite3.Connection, account: str, feed: str, reading: Reading
) -> None:
    """Keep the costs of a span in place of those that were."""
    connection.execute(
        f"DELETE FROM cost WHERE {SPAN}", (account, feed, reading.since, reading.until)
    )
    connection.executemany(
        "INSERT INTO cost (account, feed, since, until, nanos, currency, basis, model,"
        " what, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                account,
                feed,
                cost.since,
                cost.until,
                cost.nanos,
                cost.currency,
                cost.basis,
                cost.model,
                cost.what,
                cost.key,
            )
            for cost in reading.costs
        ],
    )


def keep_used(
    connection: sqlite3.Connection, account: str, feed: str, reading: Reading
) -> None:
    """Keep the counted tokens of a span in place of those that were."""
    connection.execute(
        f"DELETE FROM used WHERE {SPAN}", (account, feed, reading.since, reading.until)
    )
    connection.executemany(
        f"INSERT INTO used (account, feed, since, until, {', '.join(TOKEN_KINDS)},"
        f" requests, model, tier, key) VALUES ({', '.join('?' * 14)})",
        [
            (
                account,
                feed,
                used.since,
                used.until,
                *(getattr(used.tokens, kind) for kind in TOKEN_KINDS),
                used.requests,
                used.model,
                used.tier,
                used.key,
            )
            for used in reading.used
        ],
    )


def keep_events(
    connection: sqlite3.Connection,
    writer: Writer,
    account: str,
    feed: str,
    reading: Reading,
) -> None:
    """Keep the events of a span; one that is stated no more is taken out."""
    batch = without_forgotten(connection, batch_of(reading.events))
    stated = {event.key: event for event in batch.events}
    was = connection.execute(
        "SELECT event FROM stated_event"
        " WHERE account = ? AND feed = ? AND at >= ? AND at < ?",
        (account, feed, reading.since, reading.until),
    ).fetchall()
    gone = [key for (key,) in was if key not in stated]
    if not gone and not stated:
        return
    # What is stated anew replaces what was, it is no second copy of it.
    writer.replace(batch, [*gone, *stated])
    connection.executemany(
        "DELETE FROM stated_event WHERE event = ?", [(key,) for key in gone]
    )
    connection.executemany(
        "REPLACE INTO stated_event VALUES (?, ?, ?, ?)",
        [(event.key, account, feed, event.at) for event in stated.values()],
    )
    take_over(connection, writer, batch, reading)


def take_over(
    connection: sqlite3.Connection, writer: Writer, batch: Batch, reading: Reading
) -> None:
    """Let stated events stand in place of an agent's own records of them."""
    writer.lend_labels(batch.series)
    sessions = sessions_of(batch.series)
    copies = local_copies(connection, sessions, reading.since, reading.until)
    writer.replace(Batch([], [], []), copies)


def batch_of(events: Iterable[tuple[Series, UsageEvent]]) -> Batch:
    """Put events and their labels together as the writer wants them."""
    places: dict[Series, int] = {}
    batch = Batch([], [], [])
    for series, event in events:
        place = places.setdefault(series, len(places))
        batch.events.append(msgspec.structs.replace(event, series=place))
    batch.series.extend(places)
    return batch


def keep_balance(
    connection: sqlite3.Connection, account: str, balance: Balance, now_ms: int
) -> None:
    """Add a balance to its history; one that has not changed is only seen again."""
    connection.execute(
        "DELETE FROM balance WHERE account = ? AND name = ? AND since > ?",
        (account, balance.name, now_ms),
    )
    last = connection.execute(
        "SELECT since, nanos, currency FROM balance WHERE account = ? AND name = ?"
        " ORDER BY since DESC LIMIT 1",
        (account, balance.name),
    ).fetchone()
    if last is not None and last[1:] == (balance.nanos, balance.currency):
        connection.execute(
            "UPDATE balance SET as_of = ? WHERE account = ? AND name = ? AND since = ?",
            (now_ms, account, balance.name, last[0]),
        )
        return
    connection.execute(
        "REPLACE INTO balance VALUES (?, ?, ?, ?, ?, ?)",
        (account, balance.name, now_ms, now_ms, balance.nanos, balance.currency),
    )


def keep_limit(
    connection: sqlite3.Connection, account: str, limit: Limit, now_ms: int
) -> None:
    """Add a limit to its history; one that has not changed is only seen again."""
    connection.execute(
        "DELETE FROM money_limit WHERE account = ? AND name = ? AND since > ?",
        (account, limit.name, now_ms),
    )
    said = (limit.used, limit.ceiling, limit.currency, limit.resets_at)
    last = connection.execute(
        "SELECT since, used, ceiling, currency, resets_at FROM money_limit"
        " WHERE account = ? AND name = ? ORDER BY since DESC LIMIT 1",
        (account, limit.name),
    ).fetchone()
    if last is not None and last[1:] == said:
        connection.execute(
            "UPDATE money_limit SET as_of = ?"
            " WHERE account = ? AND name = ? AND since = ?",
            (now_ms, account, limit.name, last[0]),
        )
        return
    connection.execute(
        "REPLACE INTO money_limit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (account, limit.name, now_ms, now_ms, *said),
    )


def last_balance(
    connection: sqlite3.Connection, account: str, now_ms: int, name: str
) -> tuple[int, int] | None:
    """Give when a balance was last seen (UTC ms) with this key, and its nanos."""
    return last_seen(connection, "balance", "nanos", account, now_ms, name)


def last_limit(
    connection: sqlite3.Connection, account: str, now_ms: int, name: str
) -> tuple[int, int] | None:
    """Give when a limit was last seen (UTC ms) with this key, and the nanos used."""
    return last_seen(connection, "money_limit", "used", account, now_ms, name)


def last_seen(
    connection: sqlite3.Connection,
    table: str,
    column: str,
    account: str,
    now_ms: int,
    name: str,
) -> tuple[int, int] | None:
    """Give the last entry of a history that is not of another key or of the future."""
    row: tuple[int, int] | None = connection.execute(
        f"SELECT CASE WHEN as_of > ?3 THEN since ELSE as_of END, {column} FROM {table}"
        " WHERE account = ?1 AND name = ?2 AND since <= ?3 AND as_of >= coalesce("
        "  (SELECT since FROM account WHERE account.name = ?1), 0)"
        " ORDER BY since DESC LIMIT 1",
        (account, name, now_ms),
    ).fetchone()
    return row
