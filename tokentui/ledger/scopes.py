"""Scopes: the few labels that caps and prices ask for, and their sums by hour.

A year of heavy use has ten thousand series and a few hundred scopes. What is asked by
no finer label than these is asked of the sums by hour, which are few.
"""

from __future__ import annotations

import sqlite3

from tokentui.ledger.schema import SCOPE_LABELS

LABELS = ", ".join(SCOPE_LABELS)
SAME_LABELS = " AND ".join(f"c.{label} IS s.{label}" for label in SCOPE_LABELS)

MAKE_SCOPES = f"""
INSERT INTO scope ({LABELS})
SELECT {LABELS} FROM series WHERE scope IS NULL EXCEPT SELECT {LABELS} FROM scope
"""
PLACE_SERIES = f"""
UPDATE series AS s SET scope = (SELECT c.id FROM scope c WHERE {SAME_LABELS})
WHERE scope IS NULL
"""
HOURS_OF_UNPLACED = """
INSERT OR IGNORE INTO touched_hour
SELECT e.at / 3600000 FROM series s CROSS JOIN event e ON e.series = s.id
WHERE s.scope IS NULL
"""
SUMS = """
       sum(r.requests), sum(r.input), sum(r.cache_read), sum(r.cache_write),
       sum(r.cache_write_1h), sum(r.output), sum(r.reasoning), sum(r.cost),
       sum(r.list), sum(r.unpriced), sum(r.partial), max(r.last_at)
"""
"""What coarser sums are made of: the columns of `rollup`, in their order."""

SUM_HOURS = f"""
INSERT INTO scope_hour
SELECT t.hour, s.scope, {SUMS}
FROM touched_hour t
CROSS JOIN rollup r ON r.bucket >= t.hour * 4 AND r.bucket < t.hour * 4 + 4
CROSS JOIN series s ON s.id = r.series
GROUP BY t.hour, s.scope
"""
"""From the quarter-hours of all series: who left a scope is no longer in its sum."""


def sum_hours(connection: sqlite3.Connection) -> None:
    """Sum anew the hours of the quarter-hours in `touched`, in a transaction.

    Also those of series whose scope is not known, because they are new or have other
    labels now; they get the scope of their labels.
    """
    execute = connection.execute
    execute("DELETE FROM touched_hour")
    execute("INSERT OR IGNORE INTO touched_hour SELECT bucket / 4 FROM touched")
    execute(HOURS_OF_UNPLACED)
    if execute("SELECT 1 FROM series WHERE scope IS NULL LIMIT 1").fetchone():
        execute(MAKE_SCOPES)
        execute(PLACE_SERIES)
    execute("DELETE FROM scope_hour WHERE hour IN (SELECT hour FROM touched_hour)")
    execute(SUM_HOURS)
