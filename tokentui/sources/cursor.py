"""Read Cursor's conversations: which session, model and project, and when.

How much a response used is not there: since February 2026 clients write token counts of
0, which are unknown and not nothing; older counts leave out what was cached. So every
count is a lower bound, and what Cursor itself lists takes its place (`ledger.listed`).
Keys and fields: clients of 2025 and 2026 as public tools read them, October 2026.

Of the databases only conversations are read, never the entries of the login.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from tokentui import vscdb
from tokentui.events import (
    MAIN_THREAD,
    ORIGINAL,
    STOPPED,
    UNCOUNTED,
    Tokens,
    UsageEvent,
)
from tokentui.hashes import blake2b
from tokentui.sources.collector import Collector, Labels
from tokentui.sources.cursor_conversations import Conversations, model_name, moment_ms
from tokentui.sources.cursors import UNFINISHED, Cursor, stored
from tokentui.sources.folders import FoundFile
from tokentui.sources.values import BadRecord, Count, decode_odd, name
from tokentui.vendors import CURSOR_SERVER

ROWS_AT_ONCE = 500
COPY_EVERY_NS = 600 * 10**9
"""How often a database that cannot be opened in its place is copied, at most."""

ASSISTANT = 2

ALL_ROWS = "SELECT rowid FROM cursorDiskKV WHERE key GLOB 'bubbleId:*'"
# Told not to, SQLite does not go through all keys to find the few new ones. A row that
# is rewritten gets a new number, unless it was the last.
NEW_ROWS = (
    "SELECT rowid FROM cursorDiskKV NOT INDEXED"
    " WHERE rowid >= ? AND key GLOB 'bubbleId:*'"
)
BUBBLES = """
SELECT rowid, key, CASE WHEN json_valid(text) THEN json_extract(text,
    '$.type', '$.createdAt', '$.timingInfo.clientEndTime', '$.usageUuid',
    '$.modelInfo.modelName', '$.tokenCount.inputTokens', '$.tokenCount.outputTokens')
  END
FROM (SELECT rowid, key, CAST(value AS TEXT) AS text FROM cursorDiskKV
      WHERE value IS NOT NULL AND rowid IN ({}))
ORDER BY rowid
"""


class Bubble(msgspec.Struct, array_like=True):
    """One message of a conversation, in the order that `BUBBLES` asks for."""

    type: Any
    created: Any
    ended: Any
    turn: Any
    model: Any
    input: Count
    output: Count


def read(
    found: FoundFile, cursor: Cursor | None, collector: Collector
) -> Iterator[Cursor]:
    """Read what is new in a database; yield a cursor after each stretch of rows.

    A cursor's state is the last row that it covers, its offset only a measure.

    Raises:
        sqlite3.Error: It cannot be read. What was yielded before stays valid.
    """
    may_copy = cursor is None or found.mtime_ns - cursor.mtime_ns >= COPY_EVERY_NS
    with ExitStack() as stack:
        try:
            opening = vscdb.opened(Path(found.path), may_copy)
            connection = stack.enter_context(opening)
        except sqlite3.OperationalError:
            if may_copy:
                raise
            return  # it was read a short while ago, and the file stays on the list
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        yield from read_rows(connection, found, cursor, collector)


def read_rows(
    connection: sqlite3.Connection,
    found: FoundFile,
    cursor: Cursor | None,
    collector: Collector,
) -> Iterator[Cursor]:
    """Read the rows that are new; yield a cursor after each stretch of them."""
    last_row, top = watermark(connection, cursor)
    rows = new_rows(connection, last_row) if top else []
    conversations = Conversations(connection, Path(found.path))
    collector.begin(found.place, 0)
    so_far = Cursor(stored(found.path), collector.source, *found[2:])
    if cursor is not None and last_row:
        so_far = so_far._replace(skipped=cursor.skipped, example=cursor.example)
    skipped = so_far.skipped
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        for row, key, text in bubbles(connection, some):
            try:
                add(key, text, conversations, collector)
            except BadRecord as problem:
                if row > last_row:  # else it was counted when it was new
                    collector.skip(row, str(problem), "row")
        so_far = so_far._replace(
            mtime_ns=UNFINISHED,
            offset=found.size * (start + len(some)) // len(rows),
            state=b"%d" % some[-1],
            skipped=skipped + collector.skipped,
            example=collector.example or so_far.example,
        )
        yield so_far
    yield so_far._replace(mtime_ns=found.mtime_ns, offset=found.size, state=b"%d" % top)


def watermark(connection: sqlite3.Connection, cursor: Cursor | None) -> tuple[int, int]:
    """Give the last row that was read, 0 if none of it holds, and the last there is."""
    has_rows = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'cursorDiskKV'"
    ).fetchone()
    if not has_rows:
        return 0, 0
    (top,) = connection.execute(
        "SELECT coalesce(max(rowid), 0) FROM cursorDiskKV"
    ).fetchone()
    last_row = int(cursor.state or 0) if cursor is not None else 0
    # After a clean-up rows have new numbers; or an older database was put back.
    return (last_row if last_row <= top else 0), top


def new_rows(connection: sqlite3.Connection, last_row: int) -> list[int]:
    """List the rows of messages that are new or may have been rewritten."""
    if not last_row:
        found = connection.execute(ALL_ROWS)
    else:
        found = connection.execute(NEW_ROWS, (last_row,))
    return sorted(row for (row,) in found)


def bubbles(
    connection: sqlite3.Connection, rows: Sequence[int]
) -> list[tuple[int, Any, str | None]]:
    """Give row, key and fields of messages; without fields it is no JSON."""
    places = ",".join("?" * len(rows))
    return connection.execute(BUBBLES.format(places), rows).fetchall()


def add(
    key: Any, text: str | None, conversations: Conversations, collector: Collector
) -> None:
    """Add the turn that a message is of; the messages of a turn are one response.

    Raises:
        BadRecord: It is a message that cannot be understood.
    """
    # The id of a conversation may hold anything but a colon, that of a message all.
    parts = str(key).split(":", 2)
    session = name(parts[1]) if len(parts) == 3 else None
    if session is None:
        raise BadRecord("no id")
    if text is None:
        raise BadRecord("not JSON")
    bubble = decode_odd(text.encode(), Bubble)
    if bubble.type != ASSISTANT:
        return
    about = conversations.about(session)
    at = moment_ms(bubble.created) or moment_ms(bubble.ended) or about.created_ms
    if at is None:
        raise BadRecord("no time")
    labels = Labels(
        session=session,
        model=model_name(bubble.model) or about.model or "unknown",
        cwd=about.folder,
        agent="task" if session.startswith("task-") else "main",
        base_url=CURSOR_SERVER,
    )
    collector.add(
        UsageEvent(
            key=turn_key(session, name(bubble.turn) or parts[2]),
            series=collector.position(labels),
            at=at,
            own_at=at,
            tokens=Tokens(input=bubble.input or 0, output=bubble.output or 0),
            standing=MAIN_THREAD | STOPPED | ORIGINAL | UNCOUNTED,
        )
    )


def turn_key(session: str, turn: str) -> bytes:
    """Name a turn of a conversation for good, or a message that names no turn."""
    text = "\0".join(("cursor", session, turn)).encode("utf-8", "replace")
    return blake2b(text, digest_size=16).digest()
