"""What past days were like, by local hour: the ground of a forecast."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.ledger.schema import BUCKET_MS, HOUR_MS
from tokentui.queries.sums import Usage, selected

UNITS = {
    "usd": "u.cost * (1 - s.is_plan)",
    "list-usd": "u.list",
    "tokens": "u.input + u.cache_read + u.cache_write + u.cache_write_1h + u.output",
}
"""What is summed for each unit of a cap."""

EPOCH = date(1970, 1, 1)
DAY_HOURS = 24


class History:
    """Whole local days by hour, read once for all scopes and summed for any usage."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        since_ms: int,
        until_ms: int,
        tz: ZoneInfo,
        unit: str,
    ) -> None:
        """Read the days between two midnights, in a unit of caps."""
        self._connection = connection
        changes = periods.offsets(tz, since_ms, until_ms)
        self._first = (since_ms // 1000 + changes[0][1]) // 86_400
        self._last = (until_ms // 1000 - 1 + changes[-1][1]) // 86_400
        self._spent: dict[int, list[tuple[int, int]]] = defaultdict(list)
        starts = [*(at for at, _ in changes), until_ms]
        for (since, until), (_, offset) in zip(pairwise(starts), changes, strict=True):
            self._read(since, until, offset, unit)

    def _read(self, since_ms: int, until_ms: int, offset: int, unit: str) -> None:
        """Read a stretch in which the clocks were not changed, by scope.

        What is nothing or not known adds nothing, and is left out.
        """
        size, rows = HOUR_MS, "scope_hour u CROSS JOIN scope s ON s.id = u.scope"
        start, scope, group = "u.hour", "u.scope", "u.hour, u.scope"
        if any(each % HOUR_MS for each in (since_ms, until_ms, offset * 1000)):
            # Local hours begin inside those of UTC.
            size, rows = BUCKET_MS, "rollup u CROSS JOIN series s ON s.id = u.series"
            start, scope, group = "u.bucket", "s.scope", "1, 2"
        first = self._first * DAY_HOURS
        for hour, place, spent in self._connection.execute(
            f"SELECT ({start} * {size} + ?) / {HOUR_MS}, {scope}, sum({UNITS[unit]})"
            f" FROM {rows} WHERE {start} >= ? AND {start} < ? AND {UNITS[unit]}"
            f" GROUP BY {group}",
            (offset * 1000, since_ms // size, until_ms // size),
        ):
            # A clock that goes back over midnight shows the day before again.
            if hour >= first:
                self._spent[place].append((hour - first, spent))

    def days(self, usage: Usage) -> list[tuple[date, list[int]]]:
        """Sum the days of the scopes that the usage is narrowed to.

        Days without usage are there as zeros. What it says of time is not looked at.
        """
        hours = [0] * DAY_HOURS * (self._last + 1 - self._first)
        condition, globs = usage.condition("scope")
        for (scope,) in self._connection.execute(
            f"SELECT s.id FROM scope s WHERE {condition}", globs
        ):
            for place, spent in self._spent.get(scope, ()):
                hours[place] += spent
        return [
            (EPOCH + timedelta(day), hours[at : at + DAY_HOURS])
            for at, day in zip(
                range(0, len(hours), DAY_HOURS),
                range(self._first, self._last + 1),
                strict=True,
            )
        ]


def distinct(
    connection: sqlite3.Connection, label: str, usage: Usage
) -> tuple[str, ...]:
    """List the values of a label that have usage in a span, in order."""
    rows, parameters = selected(usage, [label], needs_time=False)
    found = connection.execute(
        f"SELECT DISTINCT s.{label} FROM {rows} AND s.{label} IS NOT NULL ORDER BY 1",
        parameters,
    )
    return tuple(value for (value,) in found)
