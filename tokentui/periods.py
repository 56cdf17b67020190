"""Time: zones, instants as UTC milliseconds, and the local days, weeks and windows.

Instants are integers of UTC milliseconds or aware datetimes. A local day begins at the
first instant whose local date is that date, whatever the clocks did at midnight.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tokentui.errors import UsageError
from tokentui.tuples import NamedTuple

PERIOD_KINDS = ("day", "week", "month", "quarter", "year")
"""Kinds of windows that `period_window` knows."""

LOCALTIME = "/etc/localtime"
"""The zone of a Unix machine."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DAY = timedelta(days=1)
_STRIDE_MS = 6 * 86_400_000
"""No zone ever kept an offset for less than 6.9 days (tzdata 2026f, 2026-11-25)."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_YEAR = "(?:19[7-9]|2[0-9]{2})[0-9]"
_CALENDAR = {
    "year": (_YEAR, "-01-01"),
    "quarter": (f"{_YEAR}-Q[1-4]", "-01"),
    "month": (f"{_YEAR}-[0-9]{{2}}", "-01"),
    "week": (f"{_YEAR}-W[0-9]{{2}}", ""),
    "day": (f"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}", ""),
}
"""The shapes of calendar periods, and what makes ISO dates of their first days."""

_QUARTERS = {"Q1": "01", "Q2": "04", "Q3": "07", "Q4": "10"}
_WORDS = {"today": "day", "yesterday": "last-day"} | {
    word: word for kind in PERIOD_KINDS[1:] for word in (kind, f"last-{kind}")
}
_LAST = re.compile("([1-9][0-9]{0,4})([mhdw])")
_UNIT_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


class Period(NamedTuple):
    """A stretch of time in UTC milliseconds, `until_ms` excluded; None is open."""

    since_ms: int | None = None
    until_ms: int | None = None


def zone(name: str | None) -> ZoneInfo:
    """Return the IANA zone called `name`, or the system's (`local` if only a file).

    Raises: UsageError naming the word and close matches, or if the system has no zone.
    """
    if name is not None:
        return _find(name) or _no_zone(name)
    key = os.environ.get("TZ", LOCALTIME).removeprefix(":") or "UTC"
    return _find(key) or _find(LOCALTIME) or _tzlocal_zone()


def millis(at: datetime) -> int:
    """Return the UTC milliseconds of an aware datetime, rounded down."""
    return (at - _EPOCH) // _MILLISECOND


def iso(ms: int, tz: ZoneInfo) -> str:
    """Return ISO 8601 with offset; milliseconds are written only if not zero."""
    return _local(ms, tz).isoformat(timespec="milliseconds" if ms % 1000 else "seconds")


def utc_day_ms(day: date) -> int:
    """Return the first millisecond of a UTC day, which vendors' days are."""
    return millis(datetime(day.year, day.month, day.day, tzinfo=UTC))


def day_start(day: date, tz: ZoneInfo) -> int:
    """Return the first instant whose local date is `day`, or later if none is."""
    return _first_instant(datetime(day.year, day.month, day.day), tz)  # noqa: DTZ001 - the local clock


def local_day(now: datetime, tz: ZoneInfo) -> date:
    """Return the local day that holds `now`: of those that have begun, the last."""
    day = now.astimezone(tz).date()
    return day + _DAY if day_start(day + _DAY, tz) <= millis(now) else day


def parse_instant(text: str, tz: ZoneInfo, now: datetime) -> int:
    """Return UTC milliseconds of an ISO date or datetime, now, today or yesterday.

    Without offset the local clock is meant: a date is the start of that day, a time
    that came twice is the first, one that was skipped is the end of the gap.
    Raises: UsageError.
    """
    word = text.strip()
    if word.lower() == "now":
        return millis(now)
    days_ago = {"today": 0, "yesterday": 1}.get(word.lower())
    if days_ago is not None:
        return day_start(local_day(now, tz) - days_ago * _DAY, tz)
    try:
        at = datetime.fromisoformat(word)
    except ValueError:
        at = datetime.min  # noqa: DTZ901 - refused below
    if not 1970 <= at.year <= 2999:
        raise UsageError(
            f"{text!r} is no date or time from 1970 to 2999; write 2026-11-20, "
            "2026-11-20T14:00, now, today or yesterday"
        )
    return millis(at) if at.tzinfo else _first_instant(at, tz)


def parse_period(text: str, tz: ZoneInfo, now: datetime) -> Period:
    """Return a period by name (today, last-month) or calendar (2026-W47, 2026-10).

    Raises: UsageError for anything else, also for `cycle:NAME`.
    """
    word = text.strip()
    if word.lower().startswith("cycle:"):
        raise UsageError(f"{word!r} needs a plan: add [plans.NAME] to the config")
    if named := _WORDS.get(word.lower()):
        kind = named.removeprefix("last-")
        first, end = _window_days(kind, local_day(now, tz), 1)
        if kind != named:
            first, end = _window_days(kind, first - _DAY, 1)
    else:
        first, end = _calendar_days(word)
    return Period(day_start(first, tz), day_start(end, tz))


def parse_last(text: str) -> int:
    """Return the milliseconds of `90m`, `12h`, `7d` or `4w`, days taken as 24 hours.

    Raises: UsageError.
    """
    match = _LAST.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is no length of time; write 90m, 12h, 7d or 4w")
    return int(match[1]) * _UNIT_MS[match[2]]


def last_period(text: str, tz: ZoneInfo, now: datetime) -> Period:
    """Return the last minutes and hours up to `now`, or days and weeks with today.

    `7d` is seven local days: it ends where tomorrow begins. Raises: UsageError.
    """
    length_ms = parse_last(text)
    if text.strip()[-1] in "mh":
        return Period(millis(now) - length_ms, millis(now))
    tomorrow = local_day(now, tz) + _DAY
    first = tomorrow - timedelta(milliseconds=length_ms)
    return Period(day_start(first, tz), day_start(tomorrow, tz))


def period_window(kind: str, tz: ZoneInfo, now: datetime, starts: int = 1) -> Period:
    """Return the window of `kind` that holds `now`, from local midnight to midnight.

    Months, and quarters and years from January on, begin on day `starts` (1 to 31) or
    the last day of a shorter month. Weeks begin on Monday.
    """
    first, end = _window_days(kind, local_day(now, tz), starts)
    return Period(day_start(first, tz), day_start(end, tz))


def month_of(day: date, starts: int) -> tuple[date, date]:
    """Return the first day of the month that `day` is in, and that of the next.

    Months begin on day `starts`, or on the last day of a shorter month.
    """
    return _window_days("month", day, starts)


def day_of_month(months: int, day: int) -> date:
    """Return a day of a month counted from the year 0, the last of a shorter month."""
    first, following = (date(n // 12, n % 12 + 1, 1) for n in (months, months + 1))
    return min(first + (day - 1) * _DAY, following - _DAY)


def offsets(tz: ZoneInfo, since_ms: int, until_ms: int) -> list[tuple[int, int]]:
    """Return from which instant on which UTC offset in seconds held, oldest first.

    The first entry is at `since_ms`. Takes some microseconds per six days, so give
    the extent of what there is, not the end of time.
    """
    held = [(since_ms, _offset(since_ms, tz))]
    at = since_ms
    while at < until_ms:
        at = _next_change(tz, at, min(at + _STRIDE_MS, until_ms))
        if at < until_ms and _offset(at, tz) != held[-1][1]:
            held.append((at, _offset(at, tz)))
    return held


def hour_key(local_seconds: int, offset: int) -> str:
    """Return `2026-11-20T14:00+01:00`, given UTC seconds plus `offset`, and that."""
    days, seconds = divmod(local_seconds, 86_400)
    return f"{_day(days)}T{seconds // 3600:02}:00{_ahead(offset)}"


@lru_cache(maxsize=1024)
def _day(days: int) -> str:
    return day_key(days * 86_400)


@lru_cache(maxsize=64)
def _ahead(offset: int) -> str:
    zoned = _EPOCH.replace(tzinfo=timezone(timedelta(seconds=offset)))
    return zoned.isoformat(timespec="minutes")[len("1970-01-01T00:00") :]


def day_key(local_seconds: int) -> str:
    """Return `2026-11-20` for UTC seconds plus offset, like the other keys."""
    return _local(local_seconds * 1000, UTC).date().isoformat()


def week_key(local_seconds: int) -> str:
    """Return the ISO week, `2026-W47`, whose year may differ from the day's."""
    year, week, _ = _local(local_seconds * 1000, UTC).isocalendar()
    return f"{year:04d}-W{week:02d}"


def month_key(local_seconds: int) -> str:
    """Return `2026-11`."""
    return day_key(local_seconds)[:7]


def _local(ms: int, tz: tzinfo) -> datetime:
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(tz)


def _offset(ms: int, tz: ZoneInfo) -> int:
    ahead = _local(ms, tz).utcoffset()
    return int(ahead.total_seconds()) if ahead else 0


def _next_change(tz: ZoneInfo, low: int, high: int) -> int:
    """Return the first instant whose offset is not that of `low`, else `high`."""
    held = _offset(low, tz)
    if _offset(high, tz) == held:
        return high
    between = range(low, high)
    return low + bisect_left(between, True, key=lambda ms: _offset(ms, tz) != held)


def _first_instant(naive: datetime, tz: ZoneInfo) -> int:
    """Return the first instant at which the local clock shows `naive` or later."""
    naive = naive.replace(microsecond=naive.microsecond // 1000 * 1000, fold=0)
    at = millis(naive.replace(tzinfo=tz))
    if _local(at, tz).replace(tzinfo=None) == naive:
        return at
    # In a gap, fold=1 reckons with the offset after it and so lands before it.
    return _next_change(tz, millis(naive.replace(tzinfo=tz, fold=1)), at)


def _window_days(kind: str, day: date, starts: int) -> tuple[date, date]:
    if kind == "day":
        return day, day + _DAY
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    step = _MONTHS[kind]
    months = day.year * 12 + day.month - 1
    months -= months % step
    if day < day_of_month(months, starts):
        months -= step
    return day_of_month(months, starts), day_of_month(months + step, starts)


def _calendar_days(word: str) -> tuple[date, date]:
    upper = word.upper()
    for kind, (shape, rest) in _CALENDAR.items():
        if re.fullmatch(shape, upper):
            first = upper[:-2] + _QUARTERS.get(upper[-2:], upper[-2:]) + rest
            try:
                return _window_days(kind, date.fromisoformat(first), 1)
            except ValueError:
                raise UsageError(f"there is no {kind} {word!r}") from None
    raise UsageError(
        f"unknown period {word!r}; write {', '.join(_WORDS)}, 2026, 2026-Q4, 2026-10, "
        "2026-W47, 2026-11-20 or cycle:NAME"
    )


def _find(key: str) -> ZoneInfo | None:
    """Return the zone of an IANA name or of a compiled file, by its name if known."""
    path = Path(key)
    try:
        if not path.is_absolute():
            return ZoneInfo(key)
        target = path.readlink() if path.is_symlink() else path
        name = re.search("/zoneinfo[^/]*/(.+)", target.as_posix())
        if name and (found := _find(name[1])):
            return found
        with path.open("rb") as compiled:
            return ZoneInfo.from_file(compiled, key="local")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _tzlocal_zone() -> ZoneInfo:
    from tzlocal import get_localzone  # 10 ms, for Windows and bare containers

    try:
        return get_localzone()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError("the system has no time zone; give --timezone") from None


def _no_zone(name: str) -> NoReturn:
    from difflib import get_close_matches  # 5 ms, for the message only

    cities = {key.lower().split("/")[-1]: key for key in sorted(available_timezones())}
    near = get_close_matches(name.lower().split("/")[-1], cities) or ["berlin"]
    hint = " or ".join(cities[city] for city in near)
    raise UsageError(f"unknown time zone {name!r}; try {hint}")
