"""What past days were like, by local hour: the ground of a forecast."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.ledger.schema import BUCKET_MS
from tokentui.queries.sums import Usage

UNITS = {
    "usd": "u.cost * (1 - s.is_plan)",
    "list-usd": "u.list",
    "tokens": "u.input + u.cache_read + u.cache_write + u.cache_write_1h + u.output",
}
"""What is summed for each unit of a cap."""

EPOCH = date(1970, 1, 1)


def hours_of_days(
    connection: sqlite3.Connection, usage: Usage, tz: ZoneInfo, unit: str
) -> list[tuple[date, list[int]]]:
    """Sum whole local days by hour, from the first to the last day of the span.

    Days without usage are there as zeros.
    """
    since, until = usage.since_ms or 0, usage.until_ms or 0
    changes = periods.offsets(tz, since, until)
    condition, globs = usage.series_condition()
    rows = connection.execute(
        f"SELECT u.bucket, sum({UNITS[unit]}) FROM rollup u"
        " CROSS JOIN series s ON s.id = u.series"
        f" WHERE u.bucket >= ? AND u.bucket < ? AND {condition} GROUP BY 1",
        [since // BUCKET_MS, until // BUCKET_MS, *globs],
    )
    days: dict[int, list[int]] = defaultdict(lambda: [0] * 24)
    starts = [at for at, _ in changes]
    for bucket, spent in rows:
        at = bucket * BUCKET_MS
        offset = changes[max(bisect_right(starts, at) - 1, 0)][1]
        day, second = divmod(at // 1000 + offset, 86_400)
        days[day][second // 3600] += spent or 0
    first = (since // 1000 + changes[0][1]) // 86_400
    last = (until // 1000 - 1 + changes[-1][1]) // 86_400
    return [(EPOCH + timedelta(day), days[day]) for day in range(first, last + 1)]


def distinct(
    connection: sqlite3.Connection, label: str, usage: Usage
) -> tuple[str, ...]:
    """List the values of a label that have usage in a span, in order."""
    condition, globs = usage.series_condition()
    rows = connection.execute(
        f"SELECT DISTINCT s.{label} FROM rollup u JOIN series s ON s.id = u.series"
        f" WHERE u.bucket >= ? AND u.bucket < ? AND s.{label} IS NOT NULL"
        f" AND {condition} ORDER BY 1",
        [
            (usage.since_ms or 0) // BUCKET_MS,
            -(-(usage.until_ms or 1 << 53) // BUCKET_MS),
            *globs,
        ],
    )
    return tuple(value for (value,) in rows)
