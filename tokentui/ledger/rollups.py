"""The sums of each series: by quarter-hours, and by UTC days, a twelfth as many.

Days are for what is asked of sessions and other fine labels without a time.
"""

from __future__ import annotations

import sqlite3

from tokentui.ledger.scopes import SUMS, sum_hours

DROP_TOUCHED = """
DELETE FROM rollup WHERE (bucket, series) IN (SELECT bucket, series FROM touched)
"""
SUM_TOUCHED = """
INSERT INTO rollup
SELECT t.bucket, t.series, sum(e.requests), sum(e.input), sum(e.cache_read),
       sum(e.cache_write), sum(e.cache_write_1h), sum(e.output), sum(e.reasoning),
       sum(e.cost), sum(coalesce(e.list, e.cost)), sum(e.cost IS NULL),
       sum(e.partial), max(e.at)
FROM touched t CROSS JOIN event e
  ON e.series = t.series
 AND e.at >= t.bucket * 900000 AND e.at < t.bucket * 900000 + 900000
GROUP BY t.bucket, t.series
"""
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


def sum_touched(connection: sqlite3.Connection) -> None:
    """Sum anew the quarter-hours in `touched`, and all that is made of them.

    To be called in the transaction that changed their events.
    """
    connection.execute(DROP_TOUCHED)
    connection.execute(SUM_TOUCHED)
    sum_hours(connection)
    connection.execute(DROP_DAYS)
    connection.execute(SUM_DAYS)
