"""Our own format of usage: CSV with a header, or JSON lines with the same names."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from tokentui import amounts, periods
from tokentui.errors import UsageError
from tokentui.imports.rows import (
    BadFile,
    BadValue,
    Row,
    UsageFile,
    checked,
    count,
    day,
    name,
    source,
    tokens,
)

COUNTS = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
NEEDED = ("source", "model", *COUNTS)
OPTIONAL = ("time", "day", "project", "session", "requests", "reasoning", "cost_usd")
COLUMNS = (*NEEDED, *OPTIONAL)
"""The names of a header; each row has a `time` or a `day`."""

ONE_DAY = timedelta(days=1)

Numbered = Iterator[tuple[int, Mapping[str, Any] | str]]
"""Rows with their line; a text in a row's place says why it cannot be read."""


def read_csv(text: str, tz: ZoneInfo, now: datetime) -> UsageFile:
    """Read CSV; columns are known by the header's names, in any order.

    Raises:
        BadFile: The header or a row is wrong; all bad rows are named.
    """
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(lines, [])]
    except csv.Error as error:
        raise BadFile(f"the header cannot be read: {error}") from None
    check_header(header)
    return UsageFile("CSV", rows_of(csv_rows(lines, header), tz, now))


def csv_rows(lines: Any, header: list[str]) -> Numbered:
    """Pair the cells of each line with the header's names; empty cells are absent."""
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield lines.line_num, f"cannot be read: {error}"
            continue
        if not any(cells):
            continue
        if len(cells) != len(header):
            yield lines.line_num, f"{len(cells)} cells, the header has {len(header)}"
            continue
        yield lines.line_num, dict(zip(header, cells, strict=True))


def check_header(header: list[str]) -> None:
    """Refuse a header that lacks a name, has one twice, or has one nobody knows."""
    if missing := [column for column in NEEDED if column not in header]:
        raise BadFile(
            f"the header has no {', '.join(missing)}; a header is {','.join(COLUMNS)}"
            " with `time` or `day`, separated by commas"
        )
    if twice := [column for column in header if header.count(column) > 1]:
        raise BadFile(f"the header has {twice[0]} twice")
    for column in header:
        check_known(column, BadFile)
    if ("time" in header) == ("day" in header):
        raise BadFile("the header needs one of time and day")


def check_known(column: str, error: Callable[[str], Exception]) -> None:
    """Refuse a name that nobody knows, and tell the nearest that is known."""
    if column not in COLUMNS:
        from difflib import get_close_matches

        near = get_close_matches(column, COLUMNS, 1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(COLUMNS)}"
        raise error(f"nothing is known of {column[:40]!r}; {hint}")


def read_lines(text: str, tz: ZoneInfo, now: datetime) -> UsageFile:
    """Read JSON lines, one object each.

    Raises:
        BadFile: A line is wrong; all bad lines are named.
    """
    return UsageFile("JSON lines", rows_of(json_rows(text), tz, now))


def json_rows(text: str) -> Numbered:
    """Decode each line; what is null is absent."""
    import msgspec

    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError, ValueError):
            yield number, "not JSON"
            continue
        if not isinstance(row, dict):
            yield number, "no JSON object"
            continue
        yield number, {key: value for key, value in row.items() if value is not None}


def rows_of(numbered: Numbered, tz: ZoneInfo, now: datetime) -> tuple[Row, ...]:
    """Read every row, or none.

    Raises:
        BadFile: Some are wrong; names each.
    """
    rows: list[Row] = []
    problems: list[str] = []
    for number, cells in numbered:
        try:
            if isinstance(cells, str):
                raise BadValue(cells)
            rows.append(row_of(f"line {number}", cells, tz, now))
        except BadValue as problem:
            problems.append(f"line {number}: {problem}")
    refuse(problems)
    if not rows:
        raise BadFile("the file holds no usage")
    return tuple(rows)


def refuse(problems: Iterable[str]) -> None:
    """Take nothing of a file with bad rows."""
    found = tuple(problems)
    if found:
        rows = "1 bad row" if len(found) == 1 else f"{len(found):,} bad rows"
        raise BadFile(f"{rows}: nothing was imported", found)


def row_of(where: str, cells: Mapping[str, Any], tz: ZoneInfo, now: datetime) -> Row:
    """Read one row.

    Raises:
        BadValue: Something of it is wrong.
    """
    for column in cells:
        check_known(column, BadValue)
    first, at_ms = moment(cells, tz, now)
    return Row(
        where,
        source(cells.get("source")),
        name(cells.get("model"), "model"),
        first,
        first + ONE_DAY,
        tokens(
            [count(cells.get(kind), kind) for kind in COUNTS],
            optional(cells, "reasoning", count) or 0,
        ),
        at_ms,
        optional(cells, "requests", count),
        optional(cells, "project", name),
        optional(cells, "session", name),
        stated=optional(cells, "cost_usd", dollars),
    )


def optional(cells: Mapping[str, Any], column: str, read: Callable[..., Any]) -> Any:
    """Read a value that need not be there; an empty cell is not there."""
    value = cells.get(column)
    return None if value is None or value == "" else read(value, column)


def moment(
    cells: Mapping[str, Any], tz: ZoneInfo, now: datetime
) -> tuple[date, int | None]:
    """Give the local day of a row, and the moment if it has one."""
    at, of = cells.get("time"), cells.get("day")
    if (at is None) == (of is None):
        raise BadValue("there has to be one of time and day")
    if at is None:
        return day(of), None
    try:
        # Words such as `today` are no times of a file.
        digits = at if isinstance(at, str) and at[:4].isdigit() else ""
        at_ms = periods.parse_instant(digits, tz, now)
    except (UsageError, OverflowError):
        raise BadValue("time is no ISO time like 2026-06-03T14:05:00+02:00") from None
    local = datetime.fromtimestamp(at_ms / 1000, tz)
    return checked(local.date()), at_ms


def dollars(value: Any, what: str) -> int:
    """Read dollars as nano-dollars, to the nearest.

    Raises:
        BadValue: It is no amount of 0 or more.
    """
    try:
        number = Decimal(str(value).strip()) if not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    most = amounts.MOST // amounts.NANOS
    if number is None or not number.is_finite() or not 0 <= number < most:
        raise BadValue(f"{what} is no amount of dollars")
    return int((number * amounts.NANOS).to_integral_value())
