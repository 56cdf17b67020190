"""Values of a log record, checked: hostile or odd ones become unknown or an error."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec

T = TypeVar("T")
LONGEST_NAME = 500
LARGEST_COUNT = 100_000_000
"""No single response holds more tokens; a larger number is damage, not usage."""

LARGEST_TOTAL = 1 << 40
"""The same for a whole session."""

FIRST_YEAR, LAST_YEAR = 2015, 2200

Count = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUNT)] | None
Total = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_TOTAL)] | None
"""Counts of a record; absent is 0. Anything else is refused in decoding."""


class BadRecord(ValueError):
    """A record that bears usage and cannot be counted; its text says why."""


def decode_odd(line: bytes, shape: type[T]) -> T:
    """Decode a record that the fast decoder refuses but that still makes sense.

    Half of a surrogate pair in a name, or a whole number written as 12.0. What tools
    were given is left out: shapes keep it as raw bytes, which no longer are there.

    Raises:
        BadRecord: It makes none: cut off, or a count is negative, fractional or huge.
    """
    import json

    def whole(text: str) -> int | float:
        number = float(text)
        return int(number) if number.is_integer() else number

    try:
        text = line.decode("utf-8-sig", "replace")
        record = json.loads(text, parse_float=whole, object_hook=without_input)
        return msgspec.convert(record, shape)
    except msgspec.ValidationError as problem:
        raise BadRecord(str(problem)) from None
    except (ValueError, OverflowError):
        raise BadRecord("not JSON") from None
    except RecursionError:
        raise BadRecord("nested too deep") from None


def without_input(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out the input of a tool."""
    fields.pop("input", None)
    return fields


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
