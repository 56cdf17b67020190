"""Where a provider lists its requests, the list counts; local records only name them.

Cursor's own records tell no tokens. A conversation that an account lists is covered up
to its last request there; what an imported list covers, which names no conversation, it
covers whole. Local records of what is covered are not counted, but the list takes
project, branch and labels from them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from tokentui.events import Batch, Series
from tokentui.tuples import NamedTuple

SOURCE = "cursor"
"""The source whose provider lists what its records leave out."""

IMPORTED = "import:cursor"
"""In place of an account's name: lists that the user imported."""

RESPONSE, ACCOUNT = "response", "account"
GRACE_MS = 60_000
"""How far from its request in the list a local record may be."""

LENT = ("project", "branch", "label", "machine")
Spans = list[tuple[int, int]]


class Lists(NamedTuple):
    """Which spans accounts and imports list, and each session's last request listed."""

    accounts: Spans
    imports: Spans
    last_at: dict[str, int]

    def cover(self, session: str, at: int) -> bool:
        """Claim that what is recorded of a session at a time (UTC ms) is listed."""
        if within(at, self.imports):
            return True
        last_at = self.last_at.get(session)
        is_over = last_at is None or at > last_at + GRACE_MS
        return not is_over and within(at, self.accounts)


def within(at: int, spans: Spans) -> bool:
    """Claim that a time lies in one of some half-open spans."""
    return any(since <= at < until for since, until in spans)


def lists(connection: sqlite3.Connection, sessions: Iterable[str]) -> Lists:
    """Say what is listed, of accounts as far as it matters for some sessions."""
    found = Lists([], [], {})
    for account, since, until in connection.execute(
        "SELECT account, since, until FROM reading r WHERE EXISTS (SELECT 1"
        " FROM stated_event e WHERE e.account = r.account AND e.feed = r.feed)"
    ):
        if account == IMPORTED:
            found.imports.append((since - GRACE_MS, until + GRACE_MS))
        else:
            found.accounts.append((since, until))
    for session in sessions if found.accounts else ():
        (last_at,) = connection.execute(
            "SELECT max(e.at) FROM series s JOIN event e ON e.series = s.id"
            " WHERE s.session = ? AND s.source = ? AND s.origin = ?",
            (session, SOURCE, ACCOUNT),
        ).fetchone()
        if last_at is not None:
            found.last_at[session] = last_at
    return found


def without_listed(connection: sqlite3.Connection, batch: Batch) -> Batch:
    """Leave out of local records what is listed; their labels stay."""
    local = [each.source == SOURCE for each in batch.series]
    if not any(local):
        return batch
    known = lists(connection, sessions_of(batch.series))
    events = [
        event
        for event in batch.events
        if not local[event.series]
        or not known.cover(batch.series[event.series].session, event.at)
    ]
    return msgspec.structs.replace(batch, events=events)


def local_copies(
    connection: sqlite3.Connection, sessions: set[str], since: int, until: int
) -> list[bytes]:
    """Give the keys of local records that what was listed just now covers."""
    known = lists(connection, sessions)
    rows = connection.execute(
        "SELECT e.key, s.session, e.at FROM series s JOIN event e ON e.series = s.id"
        " AND e.at >= ? AND e.at < ? WHERE s.source = ? AND s.origin = ?",
        (since - GRACE_MS, until + GRACE_MS, SOURCE, RESPONSE),
    )
    return [key for key, session, at in rows if known.cover(session, at)]


def lend_labels(connection: sqlite3.Connection, series: Iterable[Series]) -> bool:
    """Label what is listed of sessions as their local records are; claim a change."""
    columns = ", ".join(f"max({each})" for each in LENT)
    taken = ", ".join(f"{each} = coalesce({each}, ?)" for each in LENT)
    missing = " OR ".join(f"{each} IS NULL AND ? IS NOT NULL" for each in LENT)
    changed = 0
    for session in sessions_of(series):
        own = connection.execute(
            f"SELECT {columns} FROM series"
            " WHERE session = ? AND source = ? AND origin = ?",
            (session, SOURCE, RESPONSE),
        ).fetchone()
        changed += connection.execute(
            f"UPDATE series SET {taken}, scope = NULL"
            f" WHERE session = ? AND source = ? AND origin = ? AND ({missing})",
            (*own, session, SOURCE, ACCOUNT, *own),
        ).rowcount
    return changed > 0


def sessions_of(series: Iterable[Series]) -> set[str]:
    """Name the sessions of the source that has lists."""
    return {each.session for each in series if each.source == SOURCE}
