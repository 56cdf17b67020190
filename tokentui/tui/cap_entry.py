"""A cap as it is typed into a form: texts that are read, and caps as such texts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tokentui.amounts import MONEY_UNITS, NANOS, in_unit, nanos_from_usd, out_of_unit
from tokentui.errors import UsageError
from tokentui.settings import SCOPES, Cap

ORIGIN = "caps.toml"
"""Where caps stand that are set on screen."""

UNITS = ("usd", "list-usd", "tokens")
MULTIPLES = {"k": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?|\.[0-9]{1,9}")
_UNIT = re.compile("usd|list-usd|tokens|quota:.+")


@dataclass(frozen=True, slots=True)
class CapEntry:
    """What stands in the lines of the form."""

    name: str = ""
    amount: str = ""
    unit: str = "usd"
    per: str = "month"
    starts: str = "1"
    only: str = ""
    warn: str = "0.8"


def cap_of(entry: CapEntry, before: Cap | None = None) -> Cap:
    """Read a cap; one that stood before keeps what the form has no line for.

    Raises:
        UsageError: A line cannot be read. What makes no sense is for the config to say.
    """
    unit = entry.unit.strip()
    if not _UNIT.fullmatch(unit):
        raise UsageError(f"unit: {unit!r} is none of usd, list-usd, tokens, quota:NAME")
    try:
        amount = in_unit(number(entry.amount.strip(), unit), unit)
    except UsageError as error:
        raise UsageError(f"amount: {error}") from None
    cap = replace(
        before or Cap("", 0, ""),
        amount=amount,
        unit=unit,
        per=entry.per.strip(),
        starts=day(entry.starts.strip()),
        warn=warning(entry.warn.strip()),
        origin=ORIGIN,
        **scopes_of(entry.only),
    )
    if before is None:
        cap = replace(cap, name=entry.name.strip() or default_name(cap))
    return cap


def entry_of(cap: Cap) -> CapEntry:
    """Return a cap as it would be typed."""
    amount = out_of_unit(cap.amount, cap.unit)
    return CapEntry(
        cap.name,
        short(amount) if cap.unit == "tokens" else plain(amount),
        cap.unit,
        cap.per,
        str(cap.starts),
        shlex.join(f"{scope}={glob}" for scope, glob in scopes(cap)),
        plain(cap.warn),
    )


def number(text: str, unit: str) -> Decimal:
    """Read an amount as people write it: 1,500 or, of tokens, 20M."""
    if unit in MONEY_UNITS:
        return Decimal(nanos_from_usd(text)) / NANOS
    factor = 1
    if unit == "tokens" and text[-1:] in MULTIPLES:
        factor, text = MULTIPLES[text[-1]], text[:-1]
    digits = text.replace(",", "").removesuffix("%").strip()
    if not _NUMBER.fullmatch(digits):
        raise UsageError(f"{text!r} is no number; write 1500 or, of tokens, 20M")
    return Decimal(digits) * factor


def day(text: str) -> int:
    """Read a day of the month."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:3]) <= 31:
        raise UsageError(f"starts: {text!r} is no day of the month, 1 to 31")
    return int(text)


def warning(text: str) -> Decimal:
    """Read a share, as such or in percent."""
    number = text.removesuffix("%").strip()
    share = Decimal(number) if _NUMBER.fullmatch(number) else Decimal(0)
    share = share / 100 if text.endswith("%") else share
    if not 0 < share <= 1:
        raise UsageError(f"warn: {text!r} is no share from 0 to 1, such as 0.8 or 80%")
    return share


def scopes_of(text: str) -> dict[str, Any]:
    """Read `source=codex not-project=acme` as the scopes of a cap; all of them."""
    globs: dict[str, tuple[str, ...]] = dict.fromkeys(fields(), ())
    try:
        words = shlex.split(text)
    except ValueError:
        raise UsageError("only: a quote is not closed") from None
    for word in words:
        scope, sign, glob = word.partition("=")
        field = scope.replace("-", "_")
        if not sign or not glob or field not in globs:
            known = ", ".join(SCOPES)
            raise UsageError(f"only: {word!r}; write source=codex; there are: {known}")
        globs[field] += (glob,)
    return globs


def fields() -> tuple[str, ...]:
    """Return the fields of a cap that hold scopes."""
    return (*SCOPES, *(f"not_{scope}" for scope in SCOPES))


def scopes(cap: Cap) -> Iterator[tuple[str, str]]:
    """Give the scopes of a cap as they are typed."""
    for field in fields():
        for glob in getattr(cap, field):
            yield field.replace("_", "-"), glob


def default_name(cap: Cap) -> str:
    """Name a cap by its period and scope, as `tokentui cap set` does."""
    told = [
        f"{prefix}{glob}"
        for scope in SCOPES
        for field, prefix in ((scope, ""), (f"not_{scope}", "not "))
        for glob in getattr(cap, field)
    ]
    unit = [] if cap.unit == "usd" else [cap.unit]
    each = [f"each {cap.each}"] if cap.each else []
    return " ".join([cap.per, *unit, *told, *each])


def plain(amount: Decimal) -> str:
    """Write a number without needless zeros."""
    return f"{amount.normalize():f}"


def short(amount: Decimal) -> str:
    """Write tokens as 20M if that says all."""
    for sign, size in reversed(MULTIPLES.items()):
        if amount and amount % size == 0:
            return f"{plain(amount / size)}{sign}"
    return plain(amount)
