"""Usage by any keys: the table behind `usage`, and behind every grouped view."""

from __future__ import annotations

import re
import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.frozen import replace
from tokentui.ledger.schema import BUCKET_MS, HOUR_MS
from tokentui.queries.sums import (
    SUM_COLUMNS,
    Sums,
    Usage,
    added,
    selected_apart,
    summed,
    sums_of,
)
from tokentui.settings import Plan
from tokentui.tuples import NamedTuple

BUCKET_S = BUCKET_MS // 1000
EPOCH = date(1970, 1, 1)
DAY_S = 86_400
UNIT_S = {"hour": 3600, "bucket": BUCKET_S}
BLOCK_BUCKETS = 5 * 3600 // BUCKET_S
"""A plan's window: five hours from its first quarter-hour with usage."""

LOCAL_KEYS = ("hour", "day", "week", "month", "cycle")
"""Times that begin when a local hour does."""

TIME_KEYS = (*LOCAL_KEYS, "block")
INSTANTS = ("hour", "block")
LABEL_KEYS = (
    "source",
    "provider",
    "payer",
    "client",
    "model",
    "effort",
    "agent",
    "project",
    "session",
    "branch",
    "ticket",
    "tier",
    "label",
    "machine",
    "origin",
)
KEYS = (*TIME_KEYS, *LABEL_KEYS)
"""What usage can be grouped by."""

Key = str | None
Row = Sequence[int | None]


class UsageRow(NamedTuple):
    """The sums of one group; `keys` in the order asked for, `None` is unknown."""

    keys: tuple[Key, ...]
    sums: Sums


class UsageTable(NamedTuple):
    """Groups in the order of their keys, and the sum of all."""

    by: tuple[str, ...]
    rows: tuple[UsageRow, ...]
    total: Sums


class Change(NamedTuple):
    """From when on (UTC milliseconds) which offset from UTC holds, in seconds."""

    at_ms: int
    offset_s: int


class Grouping(NamedTuple):
    """How one key is computed: SQL for the raw value, then its name.

    `place`: what SQL groups by in its stead, from which the value follows.
    """

    sql: str
    name: Callable[[Any], Key]
    place: str | None = None


def usage_by(
    connection: sqlite3.Connection,
    by: Sequence[str],
    usage: Usage,
    tz: ZoneInfo,
    ticket: str = "[A-Z]+-[0-9]+",
    plans: tuple[Plan, ...] = (),
) -> UsageTable:
    """Group usage by keys, of which there may be none; days are those of `tz`.

    `ticket` finds the ticket in a branch, `plans` say when billing cycles begin.
    """
    changes = changes_of(connection, usage, tz) if set(by) & set(LOCAL_KEYS) else []
    # Sums by the hour will do where local hours begin when those of UTC do.
    labels = [key for key in by if key in LABEL_KEYS or not are_hourly(changes)]
    has_time = not set(by).isdisjoint(TIME_KEYS)
    blocks = Blocks.of(connection, usage) if "block" in by else NO_BLOCKS
    parts = selected_apart(usage, labels, blocks.apart, needs_time=has_time)
    groupings = [grouping(key, tz, changes, blocks, ticket, plans) for key in by]
    columns = [each.sql for each in groupings]
    places = ", ".join(each.place or str(i + 1) for i, each in enumerate(groupings))
    found = chain.from_iterable(
        connection.execute(
            f"SELECT {', '.join([*columns, SUM_COLUMNS])} FROM {rows_sql}"
            + (f" GROUP BY {places} ORDER BY {places}" if by else ""),
            parameters,
        )
        for rows_sql, parameters in parts
    )
    found_as: defaultdict[tuple[Key, ...], list[Row]] = defaultdict(list)
    names = [Names(each.name) for each in groupings]
    for row in found:
        # A list first: to make a tuple of a generator takes thrice as long.
        keys = tuple([known[raw] for known, raw in zip(names, row, strict=False)])
        found_as[keys].append(row[len(by) :])
    groups = {keys: sums_of(together(rows)) for keys, rows in found_as.items()}
    add_fees(connection, groups, groupings, usage)
    total = summed(groups.values())
    rows = [UsageRow(keys, sums) for keys, sums in groups.items() if by]
    if tuple(by) != ("hour",):  # which come in order
        rows.sort(key=partial(order, tuple(by)))
    return UsageTable(tuple(by), tuple(rows), total)


def together(rows: Sequence[Row]) -> Row:
    """Add rows of sums, column by column; what is unknown in all stays unknown."""
    if len(rows) == 1:
        return rows[0]
    return tuple(map(added, zip(*rows, strict=True)))


def order(by: tuple[str, ...], row: UsageRow) -> tuple[tuple[bool, float, str], ...]:
    """Sort by key, times by when they are, the unknown last."""
    return tuple(
        (
            value is None,
            moment(value) if key in INSTANTS and value else 0.0,
            value or "",
        )
        for key, value in zip(by, row.keys, strict=True)
    )


def moment(text: str) -> float:
    """Give when a time with offset is: text would put +01:00 before +02:00."""
    return datetime.fromisoformat(text).timestamp()


class Names(dict[Any, Key]):
    """The names of raw values, each made once: there are many groups and few names."""

    def __init__(self, name: Callable[[Any], Key]) -> None:
        self._name = name

    def __missing__(self, raw: Any) -> Key:
        """Make the name of a value that was not met before."""
        named = self[raw] = self._name(raw)
        return named


def add_fees(
    connection: sqlite3.Connection,
    groups: dict[tuple[Key, ...], Sums],
    groupings: list[Grouping],
    usage: Usage,
) -> None:
    """Add what was billed beside tokens to the groups, whose cost has it already."""
    if not connection.execute("SELECT 1 FROM fee LIMIT 1").fetchone():
        return
    condition, globs = usage.condition()
    columns = [each.sql for each in groupings]
    rows = connection.execute(
        f"SELECT {', '.join([*columns, 'u.kind, sum(u.units), sum(u.cost)'])} FROM"
        f" (SELECT e.at / {BUCKET_MS} bucket, e.at / {HOUR_MS} hour, e.series, f.kind,"
        "    f.units, f.cost FROM fee f JOIN event e ON e.id = f.event"
        "   WHERE e.at >= ? AND e.at < ?) u"
        f" JOIN series s ON s.id = u.series WHERE {condition}"
        f" GROUP BY {', '.join(str(i + 1) for i in range(len(columns) + 1))}",
        [usage.since_ms or 0, usage.until_ms or 1 << 62, *globs],
    )
    for row in rows:
        raw, (kind, units, cost) = row[: len(columns)], row[len(columns) :]
        keys = tuple(g.name(value) for g, value in zip(groupings, raw, strict=True))
        sums = groups.get(keys)
        if sums is not None:
            fee = Sums(0, cost_nanos=None, fees={kind: (units, cost)})
            groups[keys] = replace(sums, fees=sums.plus(fee).fees)


def grouping(
    key: str,
    tz: ZoneInfo,
    changes: list[Change],
    blocks: Blocks,
    ticket: str,
    plans: tuple[Plan, ...],
) -> Grouping:
    """Say how a key is computed; `changes` are those of the zone's offset."""
    if key == "hour":
        # As the rows lie in the ledger: to group by what is computed, all are sorted.
        unit = "hour" if are_hourly(changes) else "bucket"
        return Grouping(f"u.{unit}", hour_names(changes, UNIT_S[unit]))
    if key in LOCAL_KEYS:
        offset = offset_sql(changes)
        local = f"(u.bucket * {BUCKET_S} + {offset})"
        if key == "cycle":
            renewals = {plan.name: plan.renews for plan in plans}
            packed = f"({local} / {DAY_S}) || ' ' || s.payer"
            return Grouping(packed, partial(cycle_name, renewals))
        return Grouping(f"{local} / {DAY_S}", partial(day_name, key))
    if key == "block":
        start = Names(lambda bucket: periods.iso(bucket * BUCKET_MS, tz))
        # Rows lie in the order of `place`, so that they need not be sorted.
        return Grouping(
            "u.bucket", lambda bucket: start[blocks.start_of(bucket)], "u.place"
        )
    if key == "ticket":
        pattern = re.compile(ticket)
        return Grouping("s.branch", partial(ticket_of, pattern))
    return Grouping(f"s.{key}", str_or_none)


def str_or_none(raw: Any) -> Key:
    """Take a label as it is."""
    return raw if raw is None else str(raw)


def ticket_of(pattern: re.Pattern[str], branch: str | None) -> Key:
    """Find the ticket that a branch is named after."""
    hit = pattern.search(branch) if branch else None
    return hit.group() if hit else None


def hour_names(changes: list[Change], unit_s: int) -> Callable[[int], Key]:
    """Name the local hour, with its offset, that an hour or quarter of UTC lies in."""
    later = [change.at_ms // 1000 for change in changes[1:]]

    def name(number: int) -> Key:
        since = number * unit_s
        offset = changes[bisect_right(later, since)].offset_s
        return periods.hour_key(since + offset, offset)

    return name


def day_name(key: str, local_day: int) -> Key:
    """Name the day, week or month that a local day lies in."""
    seconds = local_day * DAY_S
    if key == "day":
        return periods.day_key(seconds)
    return periods.week_key(seconds) if key == "week" else periods.month_key(seconds)


def cycle_name(renewals: dict[str, int], packed: str) -> Key:
    """Name the plan and the first day of the billing cycle that a local day lies in.

    Payers without a plan have no cycles.
    """
    day, _, payer = packed.partition(" ")
    if payer not in renewals:
        return None
    first, _ = periods.month_of(EPOCH + timedelta(int(day)), renewals[payer])
    return f"{payer} {first.isoformat()}"


def changes_of(
    connection: sqlite3.Connection, usage: Usage, tz: ZoneInfo
) -> list[Change]:
    """List the offsets from UTC that were in force while there was usage."""
    first, last = connection.execute(
        "SELECT (SELECT min(bucket) FROM rollup), (SELECT max(bucket) FROM rollup)"
    ).fetchone()
    since = max(usage.since_ms or 0, (first or 0) * BUCKET_MS)
    until = min(usage.until_ms or 1 << 62, ((last or 0) + 1) * BUCKET_MS)
    # The first bucket may be cut by `since`, so it starts up to an hour earlier.
    since -= since % HOUR_MS
    changes = periods.offsets(tz, since, max(until, since) + BUCKET_MS)
    return [Change(*each) for each in changes]


def are_hourly(changes: list[Change]) -> bool:
    """Claim that all offsets are of whole hours, and begin with one of UTC's."""
    return all(
        change.offset_s % 3600 == 0 and change.at_ms % HOUR_MS == 0
        for change in changes
    )


def offset_sql(changes: list[Change]) -> str:
    """Give SQL for the offset from UTC, in seconds, in force at a bucket."""
    cases = " ".join(
        f"WHEN u.bucket < {after.at_ms // BUCKET_MS} THEN {before.offset_s}"
        for before, after in pairwise(changes)
    )
    last = changes[-1].offset_s
    return f"(CASE {cases} ELSE {last} END)" if cases else f"({last})"


class Blocks(NamedTuple):
    """Where five-hour blocks start, and the hours that such a start divides.

    Where they start follows from all usage before, not only from that asked about.
    """

    starts: list[int]
    apart: frozenset[int]

    @classmethod
    def of(cls, connection: sqlite3.Connection, usage: Usage) -> Blocks:
        """Find the blocks of usage, from its first quarter-hour to the last one."""
        condition, globs = usage.condition()
        which = "1"
        if usage.until_ms is not None:
            which += f" AND bucket < {-(-usage.until_ms // BUCKET_MS)}"
        if condition != "1":
            which += " AND +series IN (SELECT id FROM asked)"
        rows = connection.execute(
            NEXT_BLOCKS.format(asked=condition, which=which), globs
        ).fetchall()
        apart = (start // 4 for start, is_within in rows if is_within)
        return cls([start for start, _ in rows], frozenset(apart))

    def start_of(self, bucket: int) -> int:
        """Give the start of the block that a quarter-hour or whole hour lies in."""
        if bucket // 4 not in self.apart:
            bucket |= 3  # no block starts after any usage of this hour
        return self.starts[bisect_right(self.starts, bucket) - 1]


NO_BLOCKS = Blocks([], frozenset())
NEXT_BLOCKS = f"""
WITH RECURSIVE asked AS (SELECT s.id FROM series s WHERE {{asked}}), block (start) AS (
    SELECT (SELECT bucket FROM rollup WHERE {{which}} ORDER BY bucket LIMIT 1)
    UNION ALL
    SELECT (SELECT bucket FROM rollup
            WHERE bucket >= start + {BLOCK_BUCKETS} AND {{which}}
            ORDER BY bucket LIMIT 1)
    FROM block WHERE start NOTNULL
)
SELECT start, EXISTS (SELECT 1 FROM rollup
                      WHERE bucket >= start / 4 * 4 AND bucket < start)
FROM block WHERE start NOTNULL
"""
"""Block after block; and whether there is usage in its hour before its start."""
