"""A cap as people type it: its unit, amount and share, and the name it gets."""

from __future__ import annotations

import re
from decimal import Decimal

from tokentui.amounts import MONEY_UNITS, in_unit, nanos_from_usd
from tokentui.errors import UsageError
from tokentui.settings import SCOPES, Cap

UNITS = ("usd", "list-usd", "tokens")
"""Units of caps, beside `quota:NAME`."""

MULTIPLES = {"k": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?|\.[0-9]{1,9}")
_UNIT = re.compile(f"{'|'.join(UNITS)}|quota:.+")


def unit_of(text: str) -> str:
    """Read the unit of a cap. Raises: UsageError."""
    unit = text.strip()
    if not _UNIT.fullmatch(unit):
        raise UsageError(f"{unit!r} is none of {', '.join(UNITS)}, quota:NAME")
    return unit


def amount_of(text: str, unit: str) -> int | Decimal:
    """Read 1,500 or, of tokens, 20M, as a cap of `unit` keeps it.

    Raises: UsageError for what is no amount, or none that the unit can have.
    """
    text = text.strip()
    if unit in MONEY_UNITS:
        return nanos_from_usd(text)
    factor = 1
    if unit == "tokens" and text[-1:] in MULTIPLES:
        factor, text = MULTIPLES[text[-1]], text[:-1]
    digits = text.replace(",", "").removesuffix("%").strip()
    if not _NUMBER.fullmatch(digits):
        raise UsageError(f"{text!r} is no number; write 1500 or, of tokens, 20M")
    return in_unit(Decimal(digits) * factor, unit)


def share_of(text: str) -> Decimal:
    """Read a share above 0, as such or in percent. Raises: UsageError."""
    text = text.strip()
    number = text.removesuffix("%").strip()
    share = Decimal(number) if _NUMBER.fullmatch(number) else Decimal(0)
    share = share / 100 if text.endswith("%") else share
    if not 0 < share <= 1:
        raise UsageError(f"{text!r} is no share from 0 to 1, such as 0.8 or 80%")
    return share


def default_name(cap: Cap) -> str:
    """Name a cap by its period and scope, so that setting it again replaces it."""
    scopes = [
        f"{prefix}{glob}"
        for scope in SCOPES
        for field, prefix in ((scope, ""), (f"not_{scope}", "not "))
        for glob in getattr(cap, field)
    ]
    unit = [] if cap.unit == "usd" else [cap.unit]
    each = [f"each {cap.each}"] if cap.each else []
    return " ".join([cap.per, *unit, *scopes, *each])
