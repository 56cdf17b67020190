"""Check and back up a ledger."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from tokentui.errors import LedgerError
from tokentui.ledger.connection import explained, open_for_reading
from tokentui.ledger.schema import BUCKET_MS, TOKEN_KINDS
from tokentui.ledger.scopes import SAME_LABELS

COMPARED = (
    ("requests", "sum(requests)"),
    *((kind, f"sum({kind})") for kind in TOKEN_KINDS),
    ("cost", "sum(cost)"),
    ("list", "sum(coalesce(list, cost))"),
    ("unpriced", "sum(cost IS NULL)"),
    ("partial", "sum(partial)"),
)
SUMS_THAT_DIFFER = f"""
SELECT count(*) FROM (
    SELECT at / {BUCKET_MS} bucket, series,
           {", ".join(f"{sum_} {name}" for name, sum_ in COMPARED)}
    FROM event GROUP BY 1, 2
) e FULL JOIN rollup r ON r.bucket = e.bucket AND r.series = e.series
WHERE {" OR ".join(f"r.{name} IS NOT e.{name}" for name, _ in COMPARED)}
"""
HOURS_THAT_DIFFER = f"""
SELECT count(*) FROM (
    SELECT r.bucket / 4 hour, s.scope,
           {", ".join(f"sum(r.{name}) {name}" for name, _ in COMPARED)}
    FROM rollup r JOIN series s ON s.id = r.series GROUP BY 1, 2
) r FULL JOIN scope_hour h ON h.hour = r.hour AND h.scope = r.scope
WHERE {" OR ".join(f"h.{name} IS NOT r.{name}" for name, _ in COMPARED)}
"""
DAYS_THAT_DIFFER = f"""
SELECT count(*) FROM (
    SELECT bucket / 96 day, series,
           {", ".join(f"sum({name}) {name}" for name, _ in COMPARED)}
    FROM rollup GROUP BY 1, 2
) r FULL JOIN series_day d ON d.day = r.day AND d.series = r.series
WHERE {" OR ".join(f"d.{name} IS NOT r.{name}" for name, _ in COMPARED)}
"""
MISPLACED = f"""
SELECT count(*) FROM series s LEFT JOIN scope c ON c.id = s.scope
WHERE NOT ({SAME_LABELS})
"""


def check_ledger(path: Path) -> list[str]:
    """List what is wrong with a ledger; nothing is wrong with an empty list.

    Raises:
        NoLedgerError: There is none.
        LedgerError: It cannot be read at all.
    """
    connection = open_for_reading(path)
    problems: list[str] = []
    try:
        problems += [
            " ".join(text.split())
            for (text,) in connection.execute("PRAGMA integrity_check(10)")
            if text != "ok"
        ]
        (differ,) = connection.execute(SUMS_THAT_DIFFER).fetchone()
        if differ:
            problems.append(f"{differ} quarter-hour sums differ from their events")
        (orphans,) = connection.execute(
            "SELECT count(*) FROM event WHERE series NOT IN (SELECT id FROM series)"
        ).fetchone()
        if orphans:
            problems.append(f"{orphans} events without labels")
        if not problems:
            # Made of the sums above, so that they tell something only if those do.
            problems += coarser_problems(connection)
    except sqlite3.DatabaseError as error:
        if not problems:
            raise explained(path, error) from error
    finally:
        connection.close()
    return problems


def coarser_problems(connection: sqlite3.Connection) -> list[str]:
    """List what is wrong with scopes, their hours, and the days of series."""
    problems = []
    (misplaced,) = connection.execute(MISPLACED).fetchone()
    if misplaced:
        problems.append(f"{misplaced} sets of labels have the scope of others")
    for unit, query in (("hour", HOURS_THAT_DIFFER), ("day", DAYS_THAT_DIFFER)):
        (differ,) = connection.execute(query).fetchone()
        if differ:
            problems.append(f"{differ} {unit} sums differ from their quarter-hours")
    return problems


def back_up(path: Path, target: str) -> None:
    """Copy a ledger with SQLite's own backup; an existing file is never overwritten.

    Raises:
        LedgerError: The target exists or cannot be written.
    """
    with closing(open_for_reading(path)) as connection:
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            try:
                copy_into(connection, target)
            except BaseException:
                Path(target).unlink()  # a part of a copy is no backup
                raise
        except FileExistsError:
            raise LedgerError(f"{target} exists; name another file") from None
        except (OSError, sqlite3.Error) as error:
            raise LedgerError(f"cannot back up to {target}: {error}") from error


def copy_into(connection: sqlite3.Connection, target: str) -> None:
    """Copy a ledger into an empty file."""
    with closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
        # One file, which leaves nothing beside it where it is only looked at; the
        # copy of a damaged one stays as it is.
        with suppress(sqlite3.DatabaseError):
            copy.execute("PRAGMA journal_mode = DELETE")
