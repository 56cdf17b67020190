"""A pivot of the ledger: levels to climb, the groups of one, and their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.periods import Period
from tokentui.queries.sums import Sums, Usage, summed
from tokentui.queries.usage import Key, UsageRow, UsageTable

ROWS = (
    "day",
    "week",
    "month",
    "project",
    "session",
    "model",
    "source",
    "branch",
    "tier",
    "payer",
)
TIMES = ("day", "week", "month")
SPANS = ("today", "7d", "month", "last-month", "all")
"""The periods to step through; a level below may hold a day, week or month as well."""

SESSION_KEYS = ("session", "source", "project", "model")
"""What is asked to tell sessions: an identifier alone means nothing to anyone."""

LONGEST_DAY_MS = 26 * 3_600_000
MOST_ROWS = 500
"""More rows than that take longer to paint than anyone takes to read them."""


@dataclass(frozen=True, slots=True)
class Level:
    """What a table shows: groups `by` a key, within all `spans`, narrowed to `only`.

    `is_timed`: the hours of sessions are asked for as well.
    """

    by: str = "day"
    spans: tuple[str, ...] = ("month",)
    only: tuple[tuple[str, Key], ...] = ()
    is_timed: bool = False

    @property
    def span(self) -> str:
        """The period that can be stepped."""
        return self.spans[-1]

    def period(self, tz: ZoneInfo, now: datetime) -> Period:
        """Return the stretch of time that lies in all spans."""
        found = [span_period(span, tz, now) for span in self.spans]
        starts = [each.since_ms for each in found if each.since_ms is not None]
        ends = [each.until_ms for each in found if each.until_ms is not None]
        return Period(max(starts, default=None), min(ends, default=None))

    def usage(self, tz: ZoneInfo, now: datetime) -> Usage:
        """Return the usage that the level shows."""
        period = self.period(tz, now)
        return Usage(period.since_ms, period.until_ms, exactly=dict(self.only))

    def keys(self) -> tuple[str, ...]:
        """Return what has to be asked for."""
        hour = ("hour",) if self.is_timed else ()
        return (*hour, *SESSION_KEYS) if self.by == "session" else (self.by,)


@dataclass(frozen=True, slots=True)
class Group:
    """A row: its key, its sums, and for a session what else is known of it.

    `hours`: the first and the last hour with usage, if they were asked for.
    """

    key: Key
    sums: Sums
    source: Key = None
    projects: tuple[Key, ...] = ()
    models: tuple[Key, ...] = ()
    hours: tuple[str, str] | None = None

    @property
    def row_key(self) -> str:
        """What no other row of the table is called."""
        known = "unknown" if self.key is None else f"={self.key}"
        return f"{self.source or ''} {known}"


def span_period(span: str, tz: ZoneInfo, now: datetime) -> Period:
    """Return the period of a name or of a calendar's day, week or month."""
    if span == "all":
        return Period()
    if span == "7d":
        return periods.last_period(span, tz, now)
    return periods.parse_period(span, tz, now)


def groups_of(by: str, table: UsageTable) -> tuple[Group, ...]:
    """Return a table's rows, in its order; those of a session made one."""
    if by != "session":
        return tuple(Group(row.keys[0], row.sums) for row in table.rows)
    merged: dict[tuple[Key, Key], list[UsageRow]] = {}
    for row in table.rows:
        session, source = row.keys[-4:-2]
        merged.setdefault((session, source), []).append(row)
    return tuple(
        Group(
            session,
            summed([row.sums for row in rows]),
            source,
            dearest((row.keys[-2], row.sums) for row in rows),
            dearest((row.keys[-1], row.sums) for row in rows),
            hours_of(rows) if "hour" in table.by else None,
        )
        for (session, source), rows in merged.items()
    )


def hours_of(rows: Sequence[UsageRow]) -> tuple[str, str]:
    """Return the first and the last hour of some rows, as ISO times."""
    hours = sorted({row.keys[0] or "" for row in rows}, key=datetime.fromisoformat)
    return hours[0], hours[-1]


def dearest(parts: Iterable[tuple[Key, Sums]]) -> tuple[Key, ...]:
    """Return each name once, that of the highest cost first."""
    costs: dict[Key, int] = {}
    for name, sums in parts:
        costs[name] = costs.get(name, 0) + (sums.cost_nanos or 0)
    return tuple(sorted(costs, key=lambda name: -costs[name]))


def descended(level: Level, group: Group, tz: ZoneInfo, now: datetime) -> Level:
    """Return the level that a row opens; a session's own is the same, narrowed."""
    if level.by in ("week", "month"):
        return replace(level, by="day", spans=(*level.spans, group.key or ""))
    if level.by == "day":
        return replace(level, by="session", spans=(*level.spans, group.key or ""))
    only = (*level.only, (level.by, group.key))
    if level.by == "session":
        return replace(level, only=(*only, ("source", group.source)))
    period = level.period(tz, now)
    length_ms = (period.until_ms or 1 << 62) - (period.since_ms or 0)
    by = "session" if length_ms <= LONGEST_DAY_MS else "day"
    return replace(level, by=by, only=only)


def stepped(level: Level, step: int, tz: ZoneInfo, now: datetime) -> Level:
    """Return the level one period on or back; the same where there is none."""
    if level.span in SPANS:
        place = SPANS.index(level.span) + step
        span = SPANS[min(max(place, 0), len(SPANS) - 1)]
        return replace(level, spans=(*level.spans[:-1], span))
    at = next_span(level.span, step)
    there = replace(level, spans=(*level.spans[:-1], at))
    period, now_ms = there.period(tz, now), periods.millis(now)
    is_empty = (period.since_ms or 0) >= (period.until_ms or now_ms)
    return level if is_empty or (period.since_ms or 0) > now_ms else there


def next_span(span: str, step: int) -> str:
    """Return the ISO day, week or month that follows, or with -1 the one before."""
    if "W" in span:
        monday = date.fromisoformat(span) + timedelta(weeks=step)
        year, week, _ = monday.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if len(span) == 7:
        months = int(span[:4]) * 12 + int(span[5:]) - 1 + step
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    return (date.fromisoformat(span) + timedelta(step)).isoformat()


@dataclass(frozen=True, slots=True)
class Order:
    """The column that sorts, and whether its highest value comes first."""

    column: str
    is_falling: bool = True


def default_order(by: str) -> Order:
    """Return the order in which groups are first shown: latest, or dearest, first."""
    return Order("name" if by in TIMES else "cost")


VALUES: dict[str, Callable[[Sums], int | None]] = {
    "requests": lambda sums: sums.requests,
    "input": lambda sums: sums.tokens[0],
    "read": lambda sums: sums.tokens[1],
    "written": lambda sums: sums.tokens[2] + sums.tokens[3],
    "output": lambda sums: sums.tokens[4],
    "plans": lambda sums: sums.plan_nanos,
    "cost": lambda sums: sums.cost_nanos,
}
"""What can be sorted by, beside the names."""


def in_order(
    groups: Iterable[Group], order: Order, text: Callable[[Group, str], str]
) -> list[Group]:
    """Sort groups; the unknown comes last either way.

    `text` gives what a column of words is sorted by.
    """
    value = VALUES.get(order.column)

    def is_known(group: Group) -> bool:
        return (group.key if value is None else value(group.sums)) is not None

    def sorted_by(group: Group) -> tuple[int, str]:
        if value is None:
            return 0, text(group, order.column).lower()
        return value(group.sums) or 0, ""

    groups = list(groups)
    known = sorted(filter(is_known, groups), key=sorted_by, reverse=order.is_falling)
    return known + [group for group in groups if not is_known(group)]
