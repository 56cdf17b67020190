"""Erase usage for good: the responses, what was made of them, and what names them.

What a person entered and what providers state of money stays, and so do saved claims.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tokentui.errors import LedgerError
from tokentui.ledger.forgotten import ALL, PROJECT, SESSION, event_mark, hidden, mark
from tokentui.ledger.rollups import sum_touched
from tokentui.ledger.schema import BUCKET_MS

FOREVER_MS = 1 << 62

KEEP_RULE = (
    "INSERT INTO forgotten VALUES (?, ?)"
    " ON CONFLICT DO UPDATE SET until = max(coalesce(until, 0), excluded.until)"
)
CHOOSE = (
    "CREATE TEMP TABLE chosen (series INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE leaving (event INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE left_session (session TEXT PRIMARY KEY)",
    "CREATE TEMP TABLE left_project (project TEXT PRIMARY KEY)",
)
KEEP_MARKS = (
    "INSERT OR IGNORE INTO forgotten SELECT event_mark(key), NULL FROM event"
    " WHERE id IN (SELECT event FROM leaving)",
    "INSERT OR IGNORE INTO forgotten SELECT event_mark(key), NULL FROM alias"
    " WHERE event IN"
    "  (SELECT key FROM event WHERE id IN (SELECT event FROM leaving))",
    "INSERT OR IGNORE INTO forgotten SELECT session_mark(session), 0 FROM left_session",
)
DROP_EVENTS = (
    "DELETE FROM touched",
    f"INSERT INTO touched SELECT DISTINCT at / {BUCKET_MS}, series FROM event"
    " WHERE id IN (SELECT event FROM leaving)",
    *(
        f"DELETE FROM {table} WHERE event IN"
        " (SELECT key FROM event WHERE id IN (SELECT event FROM leaving))"
        for table in ("alias", "stated_event")
    ),
    "DELETE FROM fee WHERE event IN (SELECT event FROM leaving)",
    "DELETE FROM event WHERE id IN (SELECT event FROM leaving)",
)
HAS_EVENTS = "EXISTS (SELECT 1 FROM event WHERE event.series = s.id)"
DROP_LABELS = (
    f"DELETE FROM series AS s WHERE NOT {HAS_EVENTS} AND (s.id IN (SELECT series"
    " FROM chosen) OR s.session IN (SELECT session FROM left_session l WHERE NOT"
    "  EXISTS (SELECT 1 FROM series o JOIN event e ON e.series = o.id"
    "   WHERE o.session = l.session)))",
    "DELETE FROM rate WHERE model NOT IN (SELECT model FROM series)"
    " AND id NOT IN (SELECT rate FROM event WHERE rate IS NOT NULL)",
    "DELETE FROM scope WHERE id NOT IN (SELECT scope FROM series)",
    "DELETE FROM left_project WHERE project IN"
    " (SELECT project FROM series WHERE project IS NOT NULL)",
)
GONE = "(SELECT session FROM left_session EXCEPT SELECT session FROM series)"
DROP_TOLD = (
    "DELETE FROM session_total WHERE session IN (SELECT session FROM left_session)",
    "DELETE FROM told_cost WHERE session IN (SELECT session FROM left_session)",
    f"DELETE FROM mark WHERE session IN {GONE}",
    f"DELETE FROM shared_session WHERE session IN {GONE}",
    "DELETE FROM repository WHERE project IN (SELECT project FROM left_project)",
    "DELETE FROM git_commit WHERE project IN (SELECT project FROM left_project)",
    "DELETE FROM git_commit WHERE made_at < :before",
    f"DELETE FROM alert WHERE raised_at < :before OR what IN {GONE}"
    " OR EXISTS (SELECT 1 FROM left_project"  # of a cap on each project
    "  WHERE substr(' ' || what, -length(project) - 1) = ' ' || project)",
    "DELETE FROM delivery WHERE alert NOT IN (SELECT id FROM alert)",
)
HIDE_LOGS = (
    "DELETE FROM cursor WHERE error IS NOT NULL",
    "UPDATE OR REPLACE cursor SET path = hidden(path), offset = 0, fingerprint = x'',"
    " state = x'', skipped = 0, example = NULL WHERE path NOT GLOB 'forgotten *'",
)

UNDO_CHOICE = tuple(
    f"DROP TABLE temp.{name}"
    for name in ("chosen", "leaving", "left_session", "left_project")
)


def forget(
    connection: sqlite3.Connection,
    series: Iterable[int],
    before_ms: int | None,
    rules: Iterable[tuple[int, int]],
) -> None:
    """Erase the responses of some series, those before a time if one is given.

    `rules` are marks, each with the time until which what bears them is left out of
    what is read. To be called in a transaction of a connection for writing; `clean`
    then takes out of the file what is left in it between what is in use.
    """
    for name, made in (("event", event_mark), ("session", session_mark)):
        connection.create_function(f"{name}_mark", 1, made, deterministic=True)
    connection.create_function("hidden", 1, hidden, deterministic=True)
    connection.execute("PRAGMA secure_delete = ON")
    choose(connection, series, before_ms)
    connection.executemany(KEEP_RULE, rules)
    run(connection, KEEP_MARKS)
    run(connection, DROP_EVENTS)
    sum_touched(connection)
    run(connection, DROP_LABELS)
    for statement in DROP_TOLD:
        given = {"before": before_ms} if ":before" in statement else {}
        connection.execute(statement, given)
    run(connection, HIDE_LOGS)
    run(connection, UNDO_CHOICE)


def choose(
    connection: sqlite3.Connection, series: Iterable[int], before_ms: int | None
) -> None:
    """Write down which responses leave, and of which sessions and projects."""
    execute = connection.execute
    run(connection, CHOOSE)
    connection.executemany("INSERT INTO chosen VALUES (?)", ((s,) for s in series))
    execute(
        "INSERT INTO leaving SELECT e.id FROM chosen c CROSS JOIN event e"
        " ON e.series = c.series WHERE e.at < ?",
        (FOREVER_MS if before_ms is None else before_ms,),
    )
    if before_ms is not None:
        execute(
            "DELETE FROM chosen WHERE series NOT IN (SELECT series FROM event"
            " WHERE id IN (SELECT event FROM leaving))"
        )
        for table, time in (("session_total", "at"), ("told_cost", "as_of")):
            execute(
                f"INSERT OR IGNORE INTO left_session SELECT session FROM {table}"
                f" WHERE {time} < ?",
                (before_ms,),
            )
    for label in ("session", "project"):
        execute(
            f"INSERT OR IGNORE INTO left_{label} SELECT {label} FROM series"
            f" WHERE id IN (SELECT series FROM chosen) AND {label} IS NOT NULL"
        )


def run(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    """Run statements one after the other."""
    for statement in statements:
        connection.execute(statement)


def session_mark(session: str) -> int:
    """Make the mark of a session."""
    return mark(SESSION, session)


def rules_of(
    now_ms: int,
    projects: Iterable[str] = (),
    session: str | None = None,
    before_ms: int | None = None,
) -> list[tuple[int, int]]:
    """Say until when what is read of projects, a session or of all is left out.

    Of a project or session that is now: what it does later counts again.
    """
    rules = [(mark(PROJECT, project), now_ms) for project in projects]
    rules += [(session_mark(session), now_ms)] if session is not None else []
    return rules + ([(mark(ALL), before_ms)] if before_ms is not None else [])


def clean(connection: sqlite3.Connection) -> None:
    """Write the file anew with nothing in it but what is in use, and empty its journal.

    Raises:
        LedgerError: It could not be done wholly; what to do is said.
    """
    advice = (
        "it is erased, but traces may be left in the file: make room, close other"
        " tokentui, and run `tokentui ledger forget` again with anything to forget"
    )
    try:
        connection.execute("PRAGMA temp_store = FILE")
        connection.execute("VACUUM")
        (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise LedgerError(f"{error}: {advice}") from error
    if is_busy:
        raise LedgerError(f"another tokentui reads the ledger: {advice}")
