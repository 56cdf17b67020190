"""XLSX: a sheet per level, cells with types, totals as formulas that add up."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from tokentui.claims.claim import Claim
from tokentui.claims.rounding import decimals
from tokentui.reports import LETTER, tables, words
from tokentui.reports.format import Format
from tokentui.reports.tables import COUNT, DAY, MONEY, RATE, SHARE, TEXT, Cell, Table
from tokentui.text import clean, neutral

if TYPE_CHECKING:
    from xlsxwriter.format import Format as Style
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

PAPER_NUMBERS = {LETTER: 1}
A4_NUMBER = 9
MOST_BARS = 25
"""Projects in the chart, which begins with the first."""

LONGEST = 32_000
"""Characters of a cell; Excel takes 32,767."""

NUMBERS = {
    TEXT: "General",
    COUNT: "#,##0_)",
    SHARE: "0.00%_)",
    RATE: "#,##0.000000_)",
    DAY: "yyyy-mm-dd_)",
}
"""How numbers are shown, each with a little room on its right."""


class Looks(NamedTuple):
    """The styles of a workbook: of cells by what they hold, and of totals likewise."""

    title: Style
    section: Style
    note: Style
    text_head: Style
    number_head: Style
    cells: dict[str, Style]
    totals: dict[str, Style]


def written(claim: Claim, paper: str) -> bytes:
    """Write a claim as a workbook."""
    import xlsxwriter  # 60 ms, for those who want a workbook

    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(file, options)
    # The time of the claim, so that the same claim makes the same file.
    made = datetime.fromisoformat(claim.made_at).replace(tzinfo=None)
    book.set_properties({"title": words.title(claim), "created": made})
    looks = looks_of(book, claim.currency)
    fill(book, claim, looks)
    for sheet in book.worksheets():
        sheet.set_paper(PAPER_NUMBERS.get(paper, A4_NUMBER))
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")
    book.close()
    return file.getvalue()


def looks_of(book: Workbook, currency: str) -> Looks:
    """Make the styles; money has the decimals of the currency."""
    places = decimals(currency)
    money = "#,##0." + "0" * places if places else "#,##0"
    numbers = NUMBERS | {MONEY: f"{money}_)"}
    head = {"bold": True, "bottom": 1, "text_wrap": True}
    return Looks(
        book.add_format({"bold": True, "font_size": 16}),
        book.add_format({"bold": True, "font_size": 12}),
        book.add_format({"italic": True, "font_color": "#555555"}),
        book.add_format(head),
        book.add_format({**head, "align": "right"}),
        {kind: book.add_format({"num_format": each}) for kind, each in numbers.items()},
        {
            kind: book.add_format({"num_format": each, "bold": True, "top": 1})
            for kind, each in numbers.items()
        },
    )


def fill(book: Workbook, claim: Claim, looks: Looks) -> None:
    """Make the sheets."""
    summary(book.add_worksheet("Summary"), claim, looks)
    changes = tables.changes(claim)
    if claim.explanation is not None:
        sheet = book.add_worksheet("Change")
        text(sheet, 0, 0, words.change(claim.explanation, claim.currency))
        stacked(sheet, 2, changes, looks)
    alone(book.add_worksheet("Lines"), tables.lines(claim), looks)
    projects = book.add_worksheet("Projects")
    alone(projects, tables.projects(claim), looks)
    if claim.by_project:
        chart(book, projects, "bar", min(len(claim.by_project), MOST_BARS), (1, 2))
    alone(book.add_worksheet("Allocation"), tables.allocation(claim), looks)
    alone(book.add_worksheet("Receipts"), tables.receipts(claim), looks)
    alone(book.add_worksheet("Estimates"), tables.evidence(claim), looks)
    days = book.add_worksheet("Days")
    alone(days, tables.daily(claim), looks)
    if claim.daily:
        chart(book, days, "column", len(claim.daily), (1, 2))
    notes(
        book.add_worksheet("About"), [*words.completeness(claim), *words.origin(claim)]
    )


def summary(sheet: Worksheet, claim: Claim, looks: Looks) -> None:
    """Fill the first sheet: who claims what, and how it comes about."""
    text(sheet, 0, 0, words.title(claim), looks.title)
    text(sheet, 1, 0, words.subtitle(claim), looks.note)
    row = 3
    for name, value in words.facts(claim):
        text(sheet, row, 0, name)
        text(sheet, row, 1, value)
        row += 1
    end = stacked(sheet, row + 1, tables.summary(claim)[:4], looks)
    for number, each in enumerate(claim.allowances):
        text(sheet, end + number, 0, words.allowance_words(each, claim.currency))


def stacked(sheet: Worksheet, row: int, some: Iterable[Table], looks: Looks) -> int:
    """Set tables below each other, each with its title; give the row after them."""
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 5, 16)
    for each in some:
        text(sheet, row, 0, each.title, looks.section)
        row = table(sheet, row + 1, each, looks) + 1
        if each.note:
            text(sheet, row - 1, 0, each.note, looks.note)
            row += 1
    return row


def alone(sheet: Worksheet, each: Table, looks: Looks) -> None:
    """Set a table on a sheet of its own, its head repeated on each printed page."""
    end = table(sheet, 0, each, looks)
    if each.note:
        text(sheet, end + 1, 0, each.note, looks.note)
    for number, column in enumerate(each.columns):
        sheet.set_column(number, number, max(column.width * 1.3, 8))
    sheet.set_landscape()
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)


def table(sheet: Worksheet, row: int, each: Table, looks: Looks) -> int:
    """Write a table from a row on; give the row after it."""
    for number, column in enumerate(each.columns):
        is_text = column.kind == TEXT
        head = looks.text_head if is_text else looks.number_head
        text(sheet, row, number, column.title, head)
    first = row + 1
    for cells in each.rows:
        row += 1
        for number, column in enumerate(each.columns):
            value = column.unknown if cells[number] is None else cells[number]
            cell(sheet, row, number, value, looks.cells[column.kind])
    if each.total is not None:
        row += 1
        total(sheet, (first, row), each, looks)
    return row + 1


def total(
    sheet: Worksheet, between: tuple[int, int], each: Table, looks: Looks
) -> None:
    """Write a total: a formula where a column adds up, with the claim's own figure."""
    from xlsxwriter.utility import xl_range

    assert each.total is not None
    first, row = between
    for number, (column, value) in enumerate(
        zip(each.columns, each.total, strict=True)
    ):
        style = looks.totals[column.kind]
        if column.adds and isinstance(value, Decimal) and row > first:
            formula = f"=SUM({xl_range(first, number, row - 1, number)})"
            sheet.write_formula(row, number, formula, style, float(value))
        else:
            cell(sheet, row, number, value, style)


def cell(sheet: Worksheet, row: int, column: int, value: Cell, style: Style) -> None:
    """Write one cell as what it is."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        text(sheet, row, column, value, style)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_datetime(row, column, value, style)


def text(
    sheet: Worksheet, row: int, column: int, value: str, style: Any = None
) -> None:
    """Write text that no spreadsheet takes for a formula, also not once it is a CSV."""
    sheet.write_string(row, column, neutral(clean(value))[:LONGEST], style)


def notes(sheet: Worksheet, lines: Sequence[str]) -> None:
    """Fill a sheet with sentences."""
    for row, line in enumerate(lines):
        text(sheet, row, 0, line)


def chart(
    book: Workbook, sheet: Worksheet, kind: str, rows: int, columns: Iterable[int]
) -> None:
    """Draw some columns of the sheet's table by its first one, beside it."""
    drawn = book.add_chart({"type": kind})
    for column in columns:
        drawn.add_series(
            {
                "name": [sheet.name, 0, column],
                "categories": [sheet.name, 1, 0, rows, 0],
                "values": [sheet.name, 1, column, rows, column],
            }
        )
    drawn.set_legend({"position": "bottom"})
    drawn.set_size({"width": 640, "height": 360})
    sheet.insert_chart(1, 4, drawn)


FORMAT = Format("xlsx", False, written)
