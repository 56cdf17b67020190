"""What is on a table as CSV for a file, with nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from textual.content import Content

from tokentui.amounts import usd
from tokentui.errors import UsageError
from tokentui.files import write
from tokentui.ledger.schema import TOKEN_KINDS
from tokentui.periods import iso
from tokentui.queries.responses import Response
from tokentui.queries.sums import Sums
from tokentui.text import neutral
from tokentui.tui.columns import Cell, GridColumn
from tokentui.tui.tables import table
from tokentui.tui.text import clean

USAGE_FILE = "./tokentui-usage.csv"
SESSION_FILE = "./tokentui-session.csv"
WIDEST_TEXT = 400

Figure = str | int | float | None

FIGURES = (
    "requests",
    *TOKEN_KINDS,
    "cost_usd",
    "plan_list_usd",
    "unpriced_requests",
    "partial_requests",
)


def figures(sums: Sums) -> list[Figure]:
    """Return the figures of a row, exact; nothing for the unknown."""
    return [
        sums.requests,
        *sums.tokens,
        None if sums.cost_nanos is None else usd(sums.cost_nanos),
        usd(sums.plan_nanos),
        sums.unpriced,
        sums.partial,
    ]


RESPONSE_TITLES = (
    *("time", "source", "session", "agent", "model", "origin", "ended"),
    *TOKEN_KINDS,
    *("cost_usd", "is_partial", "marks"),
)


def response_row(
    response: Response, tz: ZoneInfo, marks: Sequence[str]
) -> list[Figure]:
    """Return one response, exact, its time as ISO; nothing for the unknown."""
    cost = response.cost_nanos
    return [
        iso(response.at_ms, tz),
        response.source,
        clean(response.session),
        clean(response.agent or ""),
        clean(response.model),
        response.origin,
        response.stop_reason,
        *response.tokens,
        None if cost is None else usd(cost),
        int(response.is_partial),
        ", ".join(marks),
    ]


def text_of(
    columns: Sequence[GridColumn], lines: Sequence[Sequence[Cell]]
) -> list[str]:
    """Return the cells of a table as lines of text, without its bars."""
    kept = [i for i, column in enumerate(columns) if not column.is_bar]
    rows = [
        [c for c in (line[i] for i in kept) if isinstance(c, Content)] for line in lines
    ]
    found = table([columns[i] for i in kept], rows, WIDEST_TEXT)
    return [line.plain.rstrip() for line in found]


def csv_text(titles: Sequence[str], rows: Sequence[Sequence[Figure]]) -> str:
    """Return CSV; names that a spreadsheet would take for formulas get a `'`."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(titles)
    writer.writerows(
        [neutral(cell) if isinstance(cell, str) else cell for cell in row]
        for row in rows
    )
    return file.getvalue()


def write_new(name: str, text: str) -> Path:
    """Write a file that is not there yet, for its owner only, and return its path.

    Raises:
        UsageError: It is there, or it cannot be written.
    """
    try:
        path = Path(name.strip()).expanduser()
    except RuntimeError as error:
        raise UsageError(f"{name} cannot be written: {error}") from None
    return write(path, [text.encode(errors="replace")])
