"""What was forgotten: marks of it, so that nothing of it is kept when it is read again.

A mark is 64 bits of a hash and tells nothing by itself. Each response that was erased
has one; so has each project or session that was named, with the time until which its
responses are left out. Of a session of which anything was erased no totals are kept:
they hold what was erased.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tokentui.hashes import blake2b

if TYPE_CHECKING:
    from tokentui.events import Batch, Series

AT_ONCE = 500
ALL, PROJECT, SESSION = "all", "project", "session"
"""What is forgotten until a time: everything, or what bears a name."""

HIDDEN = "forgotten "
"""In place of the path of a log, with a hash of it: what was read of it is forgotten,
so that it is read from its start if it grows."""


def mark(*names: str) -> int:
    """Make the mark of a name."""
    text = "\0".join(names).encode("utf-8", "replace")
    return number(blake2b(text, digest_size=8).digest())


def event_mark(key: bytes) -> int:
    """Make the mark of a response, of whose id the key is a hash already."""
    return number(key)


def number(digest: bytes) -> int:
    """Take the first 64 bits as SQLite's integers have them."""
    return int.from_bytes(digest[:8], "big", signed=True)


def hidden(path: str) -> str:
    """Name a log whose path is not to be kept."""
    return HIDDEN + blake2b(path.encode("utf-8", "replace"), digest_size=16).hexdigest()


def drop_hidden(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Take out what stands in place of logs that were read again."""
    if not is_empty(connection):
        connection.executemany(
            "DELETE FROM cursor WHERE path = ?", [(hidden(path),) for path in paths]
        )


def is_empty(connection: sqlite3.Connection) -> bool:
    """Claim that nothing was forgotten."""
    return connection.execute("SELECT 1 FROM forgotten LIMIT 1").fetchone() is None


def marked(connection: sqlite3.Connection, marks: Iterable[int]) -> set[int]:
    """Give those of some marks that are kept."""
    asked, found = list(marks), set[int]()
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        places = ",".join("?" * len(some))
        query = f"SELECT mark FROM forgotten WHERE mark IN ({places})"
        found.update(number for (number,) in connection.execute(query, some))
    return found


def is_marked(connection: sqlite3.Connection, session: str) -> bool:
    """Claim that something of a session was forgotten."""
    return not is_empty(connection) and bool(known_sessions(connection, [session]))


def until_ms(connection: sqlite3.Connection, series: Series) -> int:
    """Say before when nothing with these labels is kept, in UTC milliseconds."""
    marks = [
        mark(ALL),
        mark(SESSION, series.session),
        mark(PROJECT, series.project or ""),
    ]
    return until_of(connection, marks)


def until_of(connection: sqlite3.Connection, marks: list[int]) -> int:
    """Give the latest time until which any of some marks holds."""
    places = ",".join("?" * len(marks))
    query = f"SELECT coalesce(max(until), 0) FROM forgotten WHERE mark IN ({places})"
    return int(connection.execute(query, marks).fetchone()[0])


def without_forgotten(connection: sqlite3.Connection, batch: Batch) -> Batch:
    """Leave out of what was read what was forgotten, and labels that only it has.

    A session of which something is left out is marked, in the transaction that is open,
    since what its agent says in total holds it.
    """
    if is_empty(connection):
        return batch
    from msgspec.structs import replace  # not for who only asks whether a log changed

    from tokentui.events import Batch

    names = [[event_mark(key) for key in (e.key, *e.lines)] for e in batch.events]
    gone = marked(connection, (each for some in names for each in some))
    until = [until_ms(connection, series) for series in batch.series]
    before = until_of(connection, [mark(ALL)])
    kept = [
        event
        for event, marks in zip(batch.events, names, strict=True)
        if event.at >= until[event.series] and gone.isdisjoint(marks)
    ]
    used = {event.series for event in kept}
    unused = {event.series for event in batch.events} | {
        place for place, each in enumerate(until) if each
    }
    places = [i for i in range(len(batch.series)) if i in used or i not in unused]
    moved = {place: i for i, place in enumerate(places)}
    mark_sessions(connection, batch, {event.key for event in kept})
    told = {each.session for each in batch.totals} | set(batch.shared)
    sessions = known_sessions(connection, told)
    return Batch(
        [batch.series[place] for place in places],
        [replace(event, series=moved[event.series]) for event in kept],
        [
            each
            for each in batch.totals
            if each.session not in sessions and each.at >= before
        ],
        batch.quotas,
        [each for each in batch.shared if each not in sessions],
    )


def mark_sessions(
    connection: sqlite3.Connection, batch: Batch, kept: set[bytes]
) -> None:
    """Mark the sessions of events that are not kept."""
    sessions = {
        batch.series[event.series].session
        for event in batch.events
        if event.key not in kept
    }
    connection.executemany(
        "INSERT OR IGNORE INTO forgotten VALUES (?, 0)",
        [(mark(SESSION, session),) for session in sessions],
    )


def known_sessions(connection: sqlite3.Connection, sessions: Iterable[str]) -> set[str]:
    """Name those of some sessions of which something was forgotten."""
    marks = {mark(SESSION, session): session for session in sessions}
    return {marks[each] for each in marked(connection, marks)}
