"""What is on a table as CSV for a file, with nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

from tokentui.amounts import usd
from tokentui.errors import UsageError
from tokentui.ledger.schema import TOKEN_KINDS
from tokentui.queries.responses import Response
from tokentui.queries.sums import Sums

DEFAULT_FILE = "./tokentui-usage.csv"
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")

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


def response_figures(response: Response) -> list[Figure]:
    """Return the tokens and the cost of one response."""
    cost = response.cost_nanos
    return [*response.tokens, None if cost is None else usd(cost)]


def csv_text(titles: Sequence[str], rows: Sequence[Sequence[Figure]]) -> str:
    """Return CSV; names that a spreadsheet would take for formulas get a `'`."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(titles)
    writer.writerows([[neutral(cell) for cell in row] for row in rows])
    return file.getvalue()


def neutral(cell: Figure) -> Figure:
    """Return a cell that no spreadsheet runs; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(RUN_BY_SPREADSHEETS):
        return f"'{cell}"
    return cell


def write_new(name: str, text: str) -> Path:
    """Write a file that is not there yet, for its owner only, and return its path.

    Raises:
        UsageError: It is there, or it cannot be written.
    """
    path = Path(name.strip()).expanduser()
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(number, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} exists already: give another name") from None
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path} cannot be written: {reason}") from None
    return path
