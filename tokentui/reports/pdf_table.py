"""Tables on paper: columns as wide as their figures, heads repeated on each page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tokentui.reports.pdf_sheet import BAND, BOLD, REGULAR, SOFT, Sheet
from tokentui.reports.tables import DAY, TEXT, Column, Table, shown

PADDING = 1.2
"""Room at each side of a cell."""

ENOUGH, MOST_FIXED = 0.65, 0.85
"""The shares of a table's width that figures should and may take from names."""

Texts = Sequence[str]


class Place(NamedTuple):
    """Where a table stands, and how it looks.

    `most_lines`: what a cell may have; names from logs may be of any length.
    """

    x: float
    width: float
    size: float
    most_lines: int = 2
    is_banded: bool = False


class Slot(NamedTuple):
    """A column on paper."""

    x: float
    width: float
    is_text: bool

    @property
    def inner(self) -> float:
        """How wide its text may be."""
        return self.width - 2 * PADDING


def set_table(sheet: Sheet, table: Table, place: Place) -> None:
    """Set a table with its title, on as many pages as it takes."""
    sheet.reserve(25)
    sheet.use(place.size + 2, BOLD)
    sheet.text(place.x, table.title)
    sheet.y += sheet.line + 0.5
    if table.note:
        sheet.use(place.size, colour=SOFT)
        sheet.paragraph(table.note, place.x, place.width)
        sheet.y += 0.8
    texts = [shown(table, row) for row in table.rows]
    total = None if table.total is None else shown(table, table.total)
    rows = texts if total is None else [*texts, total]
    slots = slots_of(sheet, table.columns, rows, place)
    head(sheet, table, slots, place)
    for number, row in enumerate(texts):
        set_row(sheet, table, row, slots, place, is_odd=number % 2 == 1)
    if total is not None:
        sheet.use(place.size, BOLD)
        set_row(sheet, table, total, slots, place)
    sheet.rule(sheet.y, place.x, place.width)
    sheet.y += 5


def head(sheet: Sheet, table: Table, slots: Sequence[Slot], place: Place) -> None:
    """Set the titles of the columns, and the letters of rows."""
    sheet.use(place.size - 0.5, BOLD, SOFT)
    titles = [column.title for column in table.columns]
    lines = [
        sheet.broken(title, slot.inner)
        for title, slot in zip(titles, slots, strict=True)
    ]
    set_cells(sheet, lines, slots)
    sheet.rule(sheet.y, place.x, place.width)
    sheet.use(place.size, REGULAR)


def set_row(
    sheet: Sheet,
    table: Table,
    row: Texts,
    slots: Sequence[Slot],
    place: Place,
    *,
    is_odd: bool = False,
) -> None:
    """Set a row, on the next page if it does not fit on this one."""
    lines = [
        sheet.broken(text, slot.inner)[: place.most_lines] if text else []
        for text, slot in zip(row, slots, strict=True)
    ]
    height = max(map(len, lines), default=1) * sheet.line + PADDING
    if sheet.room < height:
        letters = sheet.letters
        sheet.page(is_wide=sheet.is_wide)
        head(sheet, table, slots, place)
        sheet.use(*letters)
    if place.is_banded and is_odd:
        sheet.box(place.x, sheet.y, place.width, height, BAND)
    set_cells(sheet, lines, slots)


def set_cells(sheet: Sheet, lines: Sequence[Texts], slots: Sequence[Slot]) -> None:
    """Set cells beside each other, and go below the highest."""
    top = sheet.y + PADDING / 2
    for texts, slot in zip(lines, slots, strict=True):
        x = slot.x + (PADDING if slot.is_text else slot.width - PADDING)
        for number, text in enumerate(texts):
            sheet.y = top + number * sheet.line
            sheet.text(x, text, ends=not slot.is_text)
    sheet.y = top + max(map(len, lines), default=1) * sheet.line + PADDING / 2


def slots_of(
    sheet: Sheet,
    columns: Sequence[Column],
    rows: Sequence[Texts],
    place: Place,
) -> list[Slot]:
    """Share the width: what is no text takes what it needs, texts share the rest."""
    needs = needed(sheet, columns, rows, place)
    scale = min(1.0, place.width * MOST_FIXED / max(sum(needs), 1))
    weights = [0 if is_fixed(column) else column.width for column in columns]
    rest = place.width - sum(needs) * scale
    slots, x = [], place.x
    for column, need, weight in zip(columns, needs, weights, strict=True):
        width = need * scale or rest * weight / max(sum(weights), 1)
        slots.append(Slot(x, width, column.kind in (TEXT, DAY)))
        x += width
    return slots


def needed(
    sheet: Sheet, columns: Sequence[Column], rows: Sequence[Texts], place: Place
) -> list[float]:
    """Give the widths of the columns that are fixed, 0 for others.

    Titles stay on one line where that leaves enough to the others.
    """
    sheet.use(place.size, BOLD)
    for titles in ([[c.title] for c in columns], [c.title.split() for c in columns]):
        widths = [
            widest(sheet, [*titles[n], *(row[n] for row in rows)])
            if is_fixed(column)
            else 0.0
            for n, column in enumerate(columns)
        ]
        if sum(widths) <= place.width * ENOUGH:
            break
    return widths


def widest(sheet: Sheet, texts: Texts) -> float:
    """Give the width of a column for some texts."""
    wide = max((sheet.wide(sheet.drawable(text)) for text in texts), default=0.0)
    return wide + 2 * PADDING


def is_fixed(column: Column) -> bool:
    """Claim that a column's cells are never broken."""
    return column.kind != TEXT or column.width < 8
