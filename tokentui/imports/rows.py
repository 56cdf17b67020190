"""What a file of usage holds: rows of tokens by days of a source; and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tokentui.errors import TokentuiError
from tokentui.events import Tokens
from tokentui.sources.values import LARGEST_TOTAL, LONGEST_NAME

SOURCE = re.compile("[a-z0-9][a-z0-9-]{0,63}")
"""How agents are named here."""

DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Row:
    """Usage of one model on one day, or over the local days from `first` until before
    `until`, or at a moment of them (UTC ms).

    `where` names the row in its file. `stated` is the list price in nano-dollars as the
    file has it, to be kept; `compared` one that is only compared. `rivals` are sources
    whose traces may tell of the same work, where the file does not say whose it is.
    """

    where: str
    source: str
    model: str
    first: date
    until: date
    tokens: Tokens
    at_ms: int | None = None
    requests: int | None = None
    project: str | None = None
    session: str | None = None
    tier: str | None = None
    stated: int | None = None
    compared: int | None = None
    rivals: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class UsageFile:
    """A file that was read whole: its format, rows, and what is to be known of it.

    `is_of_all`: it tells of all agents that its writer knows, not of one.
    """

    format: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    is_of_all: bool = False


class BadFile(TokentuiError):
    """A file of which nothing is taken; `problems` names each bad row."""

    def __init__(self, text: str, problems: Iterable[str] = ()) -> None:
        super().__init__(text)
        self.problems = tuple(problems)


class BadValue(ValueError):
    """A value that cannot stand where it does; its text says why."""


def name(value: Any, what: str) -> str:
    """Read a name.

    Raises:
        BadValue: It is empty, too long, or holds what cannot be printed.
    """
    if not isinstance(value, str) or not value.strip():
        raise BadValue(f"{what} is missing")
    text = value.strip()
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise BadValue(f"{what} is no name")
    return text


def source(value: Any) -> str:
    """Read the name of an agent, as `usage --by source` has it.

    Raises:
        BadValue: It is none.
    """
    text = name(value, "source")
    if SOURCE.fullmatch(text) is None:
        raise BadValue("source is no name of an agent, such as claude-code")
    return text


def count(value: Any, what: str) -> int:
    """Read a count of tokens or requests, a whole number or its digits.

    Raises:
        BadValue: It is none, is negative, or is more than anybody ever used.
    """
    if isinstance(value, str):
        value = value.strip()
        if not value:
            raise BadValue(f"{what} is missing; write 0 if there were none")
        if not re.fullmatch("[0-9]{1,15}", value):
            raise BadValue(f"{what} is no count")
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue(f"{what} is no count" if value is not None else f"no {what}")
    if not 0 <= value <= LARGEST_TOTAL:
        raise BadValue(f"{what} is negative or too large")
    return value


def day(value: Any) -> date:
    """Read a day like 2026-06-03.

    Raises:
        BadValue: It is none.
    """
    try:
        found = date.fromisoformat(value if DAY.fullmatch(value) else "")
    except (TypeError, ValueError):
        raise BadValue("day is no date like 2026-06-03") from None
    return checked(found)


def checked(found: date) -> date:
    """Refuse days on which nobody used a model."""
    if not 2015 <= found.year <= 2200:
        raise BadValue("day is not of this time")
    return found


def tokens(counts: list[int], reasoning: int) -> Tokens:
    """Put the five kinds together with what of the output is reasoning.

    Raises:
        BadValue: There is more reasoning than output, which includes it.
    """
    found = Tokens(*[*counts, reasoning])
    if reasoning > found.output:
        raise BadValue("reasoning is more than output, which includes it")
    return found
