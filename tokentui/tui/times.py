"""Instants as a person reads them on the local clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 253_370_764_800_000
"""A day in the year 9999: what a log dates later is shown as that."""


def local(ms: int, tz: ZoneInfo) -> datetime:
    """Return UTC milliseconds on the clock of a zone."""
    whole = timedelta(milliseconds=min(max(ms, 0), _LAST_MS))
    return (_EPOCH + whole).astimezone(tz)


def moment(ms: int, tz: ZoneInfo, now_ms: int) -> str:
    """Return `16:20` if that is today, else `Fri 27 Nov 16:20`, or with its year."""
    at, now = local(ms, tz), local(now_ms, tz)
    if at.date() == now.date():
        return f"{at:%H:%M}"
    year = "" if at.year == now.year else f" {at.year}"
    return f"{day(at)}{year} {at:%H:%M}"


def arrival(ms: int, tz: ZoneInfo, now_ms: int) -> str:
    """Return `14:03:27` if that is today, else `24 Nov 18:02`."""
    at = local(ms, tz)
    if at.date() == local(now_ms, tz).date():
        return f"{at:%H:%M:%S}"
    return f"{at.day} {at:%b %H:%M}"


def day(at: datetime) -> str:
    """Return `Fri 27 Nov`."""
    return f"{at:%a} {at.day} {at:%b}"
