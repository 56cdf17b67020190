"""Money, counts and times as providers write them, made exact."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated

from msgspec import Meta

from tokentui.amounts import MOST, NANOS
from tokentui.errors import AccountError
from tokentui.periods import millis

DAY_MS = 86_400_000

Count = Annotated[int, Meta(ge=0, le=2**53)]
"""Tokens or requests in an answer; beyond this is no count, and no ledger holds it."""


def nanos(amount: Decimal, per_unit: int = 1) -> int:
    """Give billionths of a currency of an amount; `per_unit` of it make one, as cents.

    Raises:
        AccountError: It is no number, or one that no bill has.
    """
    # `abs` would round, which a number of a million digits is too large for.
    if not amount.is_finite() or amount.copy_abs() > MOST // NANOS:
        raise AccountError("the answer holds an amount that is no money")
    exact = amount * NANOS / per_unit
    return int(exact.to_integral_value(ROUND_HALF_EVEN))


def currency(text: str) -> str:
    """Give the code of a currency in capitals.

    Raises:
        AccountError: It is none.
    """
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise AccountError("the answer holds a currency that is none")
    return text.upper()


def path_part(text: str, what: str) -> str:
    """Give a name of the user's as the part of a path, which it must not leave.

    Raises:
        AccountError: It is no plain word; `what` says whose name it is.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", text):
        raise AccountError(
            f"{what} is one word of letters, digits, - and _", needs_user=True
        )
    return text


def from_iso(text: str) -> int:
    """Read an ISO time as UTC milliseconds; one without a zone is UTC.

    Raises:
        AccountError: It is none.
    """
    try:
        when = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return millis(when)
    except (ValueError, OverflowError):
        raise AccountError("the answer holds a time that cannot be read") from None


def to_iso(at_ms: int) -> str:
    """Write UTC milliseconds as `2026-11-25T00:00:00Z`."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def day_start(at_ms: int) -> int:
    """Give the start of a UTC day."""
    return at_ms // DAY_MS * DAY_MS


def month_start(at_ms: int) -> int:
    """Give the start of a UTC month."""
    day = datetime.fromtimestamp(at_ms / 1000, UTC).day
    return day_start(at_ms) - (day - 1) * DAY_MS
