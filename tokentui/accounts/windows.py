"""Windows of plans as providers state them, each slot read by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Raw

from tokentui.accounts.units import from_iso
from tokentui.errors import AccountError
from tokentui.events import Quota

Shape = TypeVar("Shape")

NULL = Raw(b"null")
"""A slot that the answer leaves out."""

FIVE_HOURS, DAY, WEEK, MONTH = 300, 1_440, 10_080, 43_200
"""Usual windows in minutes."""

MOST_MINUTES, MOST_PERCENT = 1 << 24, 1e6
LAST_SECOND = 1 << 33


def alone(slot: Raw, shape: type[Shape]) -> Shape | None:
    """Read one slot of an answer; an odd one is `None` and spoils no other."""
    try:
        return msgspec.json.decode(slot, type=shape, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def is_empty(slot: Raw) -> bool:
    """Claim that a slot is left out or null."""
    return bytes(slot).strip() == b"null"


def quota(
    limit_id: str,
    minutes: int | None,
    used_percent: float | None,
    now_ms: int,
    resets_at: int | None,
) -> Quota | None:
    """Make what was said of a window; one that makes no sense is `None`."""
    if minutes is None or used_percent is None:
        return None
    if not (0 < minutes < MOST_MINUTES and 0 <= used_percent <= MOST_PERCENT):
        return None
    return Quota(limit_id, minutes, now_ms, float(used_percent), resets_at)


def share(used: float | None, limit: float | None) -> float | None:
    """Give the percent of a limit that is used; without a limit it is not known."""
    if used is None or limit is None or limit <= 0:
        return None
    return round(100 * used / limit, 2)


def readable(quotas: Iterable[Quota | None]) -> tuple[Quota, ...]:
    """Keep the windows that could be read.

    Raises:
        AccountError: There were some, and none could be read.
    """
    stated = list(quotas)
    read = tuple(each for each in stated if each is not None)
    if stated and not read:
        raise AccountError(
            "the answer tells of windows in another shape than known;"
            " a newer tokentui may know it"
        )
    return read


def at_iso(text: str | None) -> int | None:
    """Read a time as UTC milliseconds; what is none is unknown."""
    try:
        return from_iso(text) if text else None
    except AccountError:
        return None


def at_seconds(seconds: float | None) -> int | None:
    """Read a time in seconds since 1970 as UTC milliseconds, or `None`."""
    if seconds is None or not 0 < seconds < LAST_SECOND:
        return None
    return int(seconds * 1000)


def at_millis(millis: float | None) -> int | None:
    """Read a time in milliseconds since 1970, or `None`."""
    return at_seconds(None if millis is None else millis / 1000)


def word(text: str | None) -> str | None:
    """Read a name of a plan, model or limit in small letters; odd ones are unknown."""
    small = (text or "").strip().lower()
    return small if re.fullmatch(r"[a-z0-9][a-z0-9 ._-]{0,39}", small) else None
