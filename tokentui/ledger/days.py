"""Sums of each series by UTC day, for what is asked of sessions and other fine labels.

A day has a twelfth as many of them as of quarter-hours.
"""

from __future__ import annotations

import sqlite3

from tokentui.ledger.scopes import SUMS

DROP_DAYS = """
DELETE FROM series_day
WHERE (day, series) IN (SELECT bucket / 96, series FROM touched)
"""
SUM_DAYS = f"""
INSERT INTO series_day
SELECT t.day, r.series, {SUMS}
FROM (SELECT DISTINCT bucket / 96 day FROM touched) t
CROSS JOIN rollup r ON r.bucket >= t.day * 96 AND r.bucket < t.day * 96 + 96
WHERE (t.day, r.series) IN (SELECT bucket / 96, series FROM touched)
GROUP BY t.day, r.series
"""
"""A day is gone through once, whatever number of its series are touched."""


def sum_days(connection: sqlite3.Connection) -> None:
    """Sum anew the days of the quarter-hours in `touched`, in a transaction."""
    connection.execute(DROP_DAYS)
    connection.execute(SUM_DAYS)
