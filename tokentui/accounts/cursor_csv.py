"""Cursor's own export of requests: the CSV file that its dashboard offers.

Columns are found by name: there are six versions of the header from 2025 to 2026, with
and without users, kinds and agents. The token columns are disjoint: "Input (w/ Cache
Write)" is what was written to the cache, and no part of "Input (w/o Cache Write)".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from tokentui.accounts.cursor_requests import (
    ON_DEMAND,
    Request,
    is_void,
    login_of,
    model_name,
)
from tokentui.accounts.units import nanos
from tokentui.errors import AccountError, UsageError
from tokentui.events import Tokens

COUNTS = {
    "input (w/o cache write)": "input",
    "cache read": "cache_read",
    "input (w/ cache write)": "cache_write",
    "output tokens": "output",
}
NEEDED = ("date", "model", *COUNTS)
MONEY = re.compile(r"\$?(\d[\d,]*(?:\.\d+)?|\.\d+)")
FIRST_YEAR, LAST_YEAR = 2015, 2200
LARGEST_COUNT = 1 << 40


@dataclass(frozen=True, slots=True)
class Export:
    """What a file lists, and by line what is wrong with the rows that are left out."""

    requests: tuple[Request, ...]
    faults: tuple[tuple[int, str], ...]
    users: frozenset[str]


def read_export(path: Path, plan: str, user: str | None = None) -> Export:
    """Read an export; `plan` is the login of what is only said to be included.

    With `user` only the requests of that user of a team.

    Raises:
        UsageError: The file cannot be read or is no such export; says why.
    """
    requests: list[Request] = []
    faults: list[tuple[int, str]] = []
    users: set[str] = set()
    for line, row in rows_of(path):
        whose = row.get("user", "")
        users.add(whose)
        if user is not None and whose.lower() != user.lower():
            continue
        try:
            requests.append(request_of(row, plan))
        except ValueError as problem:
            faults.append((line, str(problem)))
    return Export(tuple(requests), tuple(faults), frozenset(users - {""}))


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each row by column, the names of columns in small letters, and its line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [name.strip().lower() for name in next(reader, [])]
            missing = [name for name in NEEDED if name not in header]
            if missing:
                raise UsageError(
                    f"{path} is no usage export of Cursor: it has no column"
                    f" {', '.join(missing)}"
                )
            for row in reader:
                if any(row):
                    yield reader.line_num, dict(zip(header, row, strict=False))
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(
            f"{path} is no text in UTF-8; take the CSV as Cursor's dashboard exports it"
        ) from None
    except csv.Error as problem:
        raise UsageError(f"{path} is no CSV file: {problem}") from None


def request_of(row: dict[str, str], plan: str) -> Request:
    """Read one row.

    Raises:
        ValueError: It cannot be understood; says why.
    """
    missing = [name for name in NEEDED if name not in row]
    if missing:
        raise ValueError("it ends too early")
    kind = row.get("kind")
    listed = money(row.get("api cost", row.get("cost", "")))
    login = login_of(kind, plan) if kind is not None else login_by_cost(row, plan)
    return Request(
        at=moment_ms(row["date"]),
        model=model_name(row["model"].strip()),
        login=login,
        is_void=is_void(kind or ""),
        tokens=tokens_of(row),
        listed=listed,
        session=row.get("cloud agent id") or None,
    )


def login_by_cost(row: dict[str, str], plan: str) -> str | None:
    """Say who pays in the oldest exports, which name no kind but what it cost."""
    if "cost to you" not in row:
        return None
    return ON_DEMAND if money(row["cost to you"]) else plan


def moment_ms(text: str) -> int:
    """Read a time as UTC milliseconds; the oldest exports have days only."""
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("its date cannot be read") from None
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise ValueError("its date cannot be right")
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return round(when.timestamp() * 1000)


def tokens_of(row: dict[str, str]) -> Tokens | None:
    """Read the four counts; where all are empty or nothing they are unknown."""
    tokens = Tokens(**{kind: count(row[column]) for column, kind in COUNTS.items()})
    return None if tokens == Tokens() else tokens


def count(text: str) -> int:
    """Read a count; an empty one is nothing."""
    digits = text.strip().replace(",", "")
    if not digits:
        return 0
    if not re.fullmatch(r"[0-9]{1,13}", digits) or int(digits) > LARGEST_COUNT:
        raise ValueError("a count of tokens is none")
    return int(digits)


def money(text: str) -> int | None:
    """Read dollars as nanos; words that state no amount leave it unknown."""
    text = text.strip()
    if text.lower() == "free":
        return 0
    found = MONEY.fullmatch(text)
    if found is None:
        return None
    try:
        return nanos(Decimal(found[1].replace(",", "")))
    except AccountError:
        raise ValueError("its cost is none") from None
