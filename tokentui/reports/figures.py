"""Figures as people read them in a report; data formats have them plain."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

UNKNOWN = "?"


def money(amount: Decimal | None, currency: str | None = None) -> str:
    """Return `1,234.50` or `1,234.50 EUR`, with the decimals that the amount has."""
    if amount is None:
        return UNKNOWN
    text = format(amount, ",f")
    return f"{text} {currency}" if currency else text


def plain(number: Decimal | None) -> str:
    """Return a number as data has it: all digits, no sign but a minus, or nothing."""
    return "" if number is None else format(number, "f")


def share(fraction: Decimal) -> str:
    """Return `75 %` or `33.33 %`."""
    return f"{trimmed(fraction * 100, 2)} %"


def rate(value: Decimal) -> str:
    """Return an exchange rate with six digits after the first that is not zero."""
    return trimmed(value, max(4, 5 - value.adjusted()))


def trimmed(number: Decimal, places: int) -> str:
    """Return a number with at most so many decimals, none of them a last zero."""
    text = format(round(number, places), ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def days(first: date, last: date) -> str:
    """Return `2026-10-01 to 2026-10-31`, or the one day."""
    return f"{first}" if first == last else f"{first} to {last}"
