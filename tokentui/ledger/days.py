"""Sums of each series by UTC day, for what is asked of sessions and other fine labels.

A day has a twelfth as many of them as of quarter-hours.
"""

from __future__ import annotations

import sqlite3

DROP_DAYS = """
DELETE FROM series_day
WHERE (day, series) IN (SELECT bucket / 96, series FROM touched)
"""
SUM_DAYS = """
INSERT INTO series_day
SELECT t.day, r.series, sum(r.requests), sum(r.input), sum(r.cache_read),
       sum(r.cache_write), sum(r.cache_write_1h), sum(r.output), sum(r.reasoning),
       sum(r.cost), sum(r.list), sum(r.unpriced), sum(r.partial), max(r.last_at)
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
