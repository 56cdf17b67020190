"""Money, counts, shares and durations as people and JSON read them.

Money is an integer of nano-dollars (1e-9 USD) everywhere else.
"""

from __future__ import annotations

import re
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
)

from tokentui.errors import UsageError

NANOS = 10**9
"""Nano-dollars in a dollar."""

MOST = 2**63 - 1
"""The most that one column of the ledger holds: 9.2 billion dollars in nanos."""

MONEY_UNITS = ("usd", "list-usd")
"""Units of caps that are money: to pay, and at list price."""

_CENT = 10**7
_MONEY = re.compile(r"([+-]?)\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(\.[0-9]+)?")


def usd(nanos: int) -> int | float:
    """Return US dollars for JSON, an int when whole.

    Exact to the nano-dollar up to $8,388,608 either way: 2**23, above which floats
    lie further apart. Beyond it, what is not whole is the nearest float.
    """
    whole, rest = divmod(nanos, NANOS)
    return nanos / NANOS if rest else whole


def dollars(nanos: int | None, lower_bound: bool = False) -> str:
    """Return `$1,234.56`, half-even to cents; `≥$1.20` if more may be missing.

    None is `unpriced`. What is not zero never reads as zero: `<$0.01`, `>-$0.01`.
    """
    if nanos is None:
        return "unpriced"
    cents = _rounded(abs(nanos), _CENT)
    text = f"${cents // 100:,}.{cents % 100:02d}"
    if lower_bound:
        return f"≥-{text}" if nanos < 0 < cents else f"≥{text}"
    if nanos and not cents:
        return "<$0.01" if nanos > 0 else ">-$0.01"
    return f"-{text}" if nanos < 0 else text


def money(nanos: int, currency: str = "USD") -> str:
    """Return `$1,234.56`, `12.30 EUR` or `250 credits`; nanos of the currency."""
    if currency == "USD":
        return dollars(nanos)
    text = dollars(nanos).replace("$", "")
    return f"{text.removesuffix('.00') if currency == 'credits' else text} {currency}"


def tokens(count: int) -> str:
    """Return `950`, `1.2k`, `15.0k`, `152k`, `1.2M`: at most 5 characters to 999.9T."""
    if count < 0:
        return f"-{tokens(-count)}"
    if count < 1000:
        return str(count)
    for unit, size in (("k", 10**3), ("M", 10**6), ("B", 10**9), ("T", 10**12)):
        tenths = _rounded(count, size // 10)
        if tenths < 1000:
            return f"{tenths // 10}.{tenths % 10}{unit}"
        whole = _rounded(count, size)
        if whole < 1000:
            return f"{whole}{unit}"
    return f"{_rounded(count, 10**12)}T"


def share(fraction: float | Decimal) -> str:
    """Return `61 %` of 0.61; what is not quite 0 or 1 reads `<1 %` and `>99 %`."""
    percent = round(fraction * 100)
    if percent == 0 and fraction > 0:
        return "<1 %"
    if percent == 100 and fraction < 1:
        return ">99 %"
    return f"{percent:,} %"


def duration(seconds: float) -> str:
    """Return `45 s`, `14 min`, `2 h 14 min` or `3 d 4 h`, never more than it was."""
    if seconds < 0:
        return f"-{duration(-seconds)}"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((i for i, (count, _) in enumerate(parts) if count), 3)
    shown = parts[first : first + 2] if first < 2 else parts[first : first + 1]
    return " ".join(f"{count} {unit}" for count, unit in shown if count) or "0 s"


def nanos_from_usd(amount: str | Decimal | int | float) -> int:
    """Return the nano-dollars of `amount`: `1,500`, `$1500`, `1500.50` or a number.

    Text, Decimals and ints are taken exactly; a float, which hardly ever is, as Python
    prints it and to the nearest nano-dollar.

    Raises: UsageError for what is no amount, is finer than a nano-dollar or beyond
    what the ledger holds, or is negative.
    """
    number = _number(amount)
    if number < 0:
        raise UsageError(f"{_shown(amount)} is negative; give an amount of 0 or more")
    traps = [InvalidOperation] if isinstance(amount, float) else _EXACT_TRAPS
    context = Context(40, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX, traps=traps)
    try:
        rounded = number.quantize(Decimal("1e-9"), context=context)
        nanos = int(rounded.scaleb(9, context))
    except Inexact:
        raise UsageError(
            f"{_shown(amount)} is finer than a nano-dollar; round it to nine decimals"
        ) from None
    except InvalidOperation:
        nanos = MOST + 1
    if nanos > MOST:
        raise UsageError(f"{_shown(amount)} is too large; 9 billion dollars is most")
    return nanos


def in_unit(amount: Decimal, unit: str) -> int | Decimal:
    """Return what a cap of `unit` keeps: nanos, whole tokens or percent of a quota.

    Raises: UsageError for an amount that the unit cannot have.
    """
    if unit in MONEY_UNITS:
        return nanos_from_usd(amount)
    if unit == "tokens":
        if not 0 <= amount <= MOST or amount != int(amount):
            raise UsageError(f"amount {_shown(amount)} is no whole number of tokens")
        return int(amount)
    if not 0 <= amount <= 100:
        raise UsageError(f"amount {_shown(amount)} is not 0 to 100 percent of a quota")
    return amount


def out_of_unit(amount: int | Decimal, unit: str) -> Decimal:
    """Return the dollars, tokens or percent of what `in_unit` returned."""
    return Decimal(amount).scaleb(-9) if unit in MONEY_UNITS else Decimal(amount)


_EXACT_TRAPS = [InvalidOperation, Inexact]


def _number(amount: str | Decimal | int | float) -> Decimal:
    if isinstance(amount, str):
        match = _MONEY.fullmatch(amount.strip())
        if match and (match[2] or match[3]):
            digits = (match[2] or "0").replace(",", "")
            return Decimal(f"{match[1]}{digits}{match[3] or ''}")
    elif not isinstance(amount, bool):
        number = Decimal(repr(amount) if isinstance(amount, float) else amount)
        if number.is_finite():
            return number
    raise UsageError(f"{_shown(amount)} is no amount of dollars; write 1500 or 1500.50")


def _shown(amount: object) -> str:
    try:
        text = repr(amount) if isinstance(amount, str) else str(amount)
    except ValueError:  # an int of more than 4,300 digits is not printed
        text = "the number"
    return text if len(text) <= 40 else f"{text[:39]}…"


def _rounded(count: int, size: int) -> int:
    whole, rest = divmod(count, size)
    return whole + (2 * rest > size or (2 * rest == size and whole % 2 == 1))
