"""Values of a log record, checked: hostile or odd ones become unknown or an error."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

LONGEST_NAME = 500
LARGEST_COUNT = 1 << 40
"""No single response holds more tokens; a larger number is damage, not usage."""

FIRST_YEAR, LAST_YEAR = 2015, 2200


class BadRecord(ValueError):
    """A record that bears usage and cannot be counted; its text says why."""


def count(value: Any) -> int:
    """Read a token count; absent is 0.

    Raises:
        BadRecord: Negative, fractional, far too large, or not a number.
    """
    if value.__class__ is int and 0 <= value <= LARGEST_COUNT:
        return value  # type: ignore[no-any-return]
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer() and 0 <= value <= LARGEST_COUNT:
        return int(value)
    raise BadRecord("impossible token count")


def name(value: Any) -> str | None:
    """Read a label; anything but text that can be stored is unknown."""
    if value.__class__ is not str or not value:
        return None
    if len(value) > LONGEST_NAME:
        value = value[:LONGEST_NAME]
    if "\0" in value:
        value = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode()
    return value  # type: ignore[no-any-return]


def instant_ms(value: Any) -> int | None:
    """Read an ISO 8601 time as UTC milliseconds; without offset it is UTC."""
    if value.__class__ is not str:
        return None
    try:
        instant = datetime.fromisoformat(value)
        if not FIRST_YEAR <= instant.year <= LAST_YEAR:
            return None
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        return round(instant.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
