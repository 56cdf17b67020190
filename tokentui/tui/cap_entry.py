"""A cap as it is typed into a form: texts that are read, and caps as such texts."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tokentui.amounts import out_of_unit
from tokentui.budget.typed import (
    MULTIPLES,
    amount_of,
    default_name,
    share_of,
    unit_of,
)
from tokentui.errors import UsageError
from tokentui.settings import SCOPES, Cap

ORIGIN = "caps.toml"
"""Where caps stand that are set on screen."""


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
    with line("unit"):
        unit = unit_of(entry.unit)
    with line("amount"):
        amount = amount_of(entry.amount, unit)
    with line("warn"):
        warn = share_of(entry.warn)
    cap = replace(
        before or Cap("", 0, ""),
        amount=amount,
        unit=unit,
        per=entry.per.strip(),
        starts=day(entry.starts.strip()),
        warn=warn,
        origin=ORIGIN,
        **scopes_of(entry.only),
    )
    if before is None:
        cap = replace(cap, name=entry.name.strip() or default_name(cap))
    return cap


@contextmanager
def line(name: str) -> Iterator[None]:
    """Say of errors inside which line of the form they are about."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None


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


def day(text: str) -> int:
    """Read a day of the month."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:3]) <= 31:
        raise UsageError(f"starts: {text!r} is no day of the month, 1 to 31")
    return int(text)


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


def plain(amount: Decimal) -> str:
    """Write a number without needless zeros."""
    return f"{amount.normalize():f}"


def short(amount: Decimal) -> str:
    """Write tokens as 20M if that says all."""
    for sign, size in reversed(MULTIPLES.items()):
        if amount and amount % size == 0:
            return f"{plain(amount / size)}{sign}"
    return plain(amount)
