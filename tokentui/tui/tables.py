"""Tables as lines of text: columns that are aligned and as wide as they need to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content


@dataclass(frozen=True, slots=True)
class Column:
    """A column: of the ones with a `rank` the highest goes first when room is short.

    `least` is the width down to which a column is cut before others go; 0 if it is
    never cut. An `is_extra` column says nothing that another does not, so that no sign
    tells when it is missing.
    """

    title: str
    is_right: bool = False
    rank: int = 0
    least: int = 0
    is_extra: bool = False


NARROWEST = 4
"""Cells that a column keeps when there is no other column left to go."""

Row = Sequence[Content]


def table(
    columns: Sequence[Column], rows: Sequence[Row], width: int, gap: int = 2
) -> list[Content]:
    """Return the heading and the rows; `…` in the heading for a missing column."""
    widths = [
        max(len(column.title), *(row[i].cell_length for row in rows), 0)
        for i, column in enumerate(columns)
    ]
    kept, room = _kept(columns, widths, width, gap)
    fitted = _fitted(columns, widths, kept, room - gap * (len(kept) - 1))
    titles = [Content.styled(column.title, ".muted") for column in columns]
    lines = [_line(columns, row, fitted, gap) for row in (titles, *rows)]
    if is_cut(columns, kept):
        lines[0] = Content.assemble(lines[0], (" …", ".muted"))
    return [line.truncate(width, ellipsis=True) for line in lines]


def note_of_rows(shown: int, of: int, titles: Content) -> str:
    """Say that rows or columns are missing, where no titles are shown that would."""
    rows = f"{shown} of {of}" if shown < of else ""
    return f"{rows} …".strip() if titles.plain.endswith("…") else rows


def _kept(
    columns: Sequence[Column], widths: Sequence[int], width: int, gap: int
) -> tuple[list[int], int]:
    """Choose the columns that fit, and say how much room they have."""
    kept, room = list(range(len(columns))), width
    while True:
        least = sum(min(widths[i], columns[i].least or widths[i]) for i in kept)
        spare = [i for i in kept if columns[i].rank]
        if least + gap * (len(kept) - 1) <= room or not spare:
            return kept, room
        kept.remove(max(spare, key=lambda i: columns[i].rank))
        room = width - 2 * is_cut(columns, kept)  # the sign that a column is missing


def is_cut(columns: Sequence[Column], kept: Sequence[int]) -> bool:
    """Claim that something is not told because a column is missing."""
    return any(not column.is_extra for i, column in enumerate(columns) if i not in kept)


def _fitted(
    columns: Sequence[Column], widths: Sequence[int], kept: list[int], room: int
) -> dict[int, int]:
    """Cut the widest of the columns that may be cut until all fit."""
    fitted = {i: widths[i] for i in kept}
    for least in (None, NARROWEST):
        while sum(fitted.values()) > room:
            cuttable = [i for i in kept if fitted[i] > (least or columns[i].least)]
            cuttable = [i for i in cuttable if columns[i].least]
            if not cuttable:
                break
            fitted[max(cuttable, key=lambda i: fitted[i])] -= 1
    return fitted


def _line(
    columns: Sequence[Column], row: Row, fitted: dict[int, int], gap: int
) -> Content:
    cells = []
    for i, width in fitted.items():
        cell = row[i].truncate(width, ellipsis=True)
        missing = width - cell.cell_length
        right = columns[i].is_right
        cells.append(cell.pad_left(missing) if right else cell.pad_right(missing))
    return Content(" " * gap).join(cells)
