"""How wide the columns of a grid are, and which of them go where room is short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from textual.content import Content

from tokentui.tui.tables import NARROWEST, Column, is_cut


@dataclass(frozen=True, slots=True)
class GridColumn(Column):
    """A column that can be named; one of bars takes the room that the others leave."""

    id: str = ""
    is_bar: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A cell that is a bar, drawn as long as its column is wide."""

    part: Decimal | float
    style: str = ".accent"


Cell = Content | Share

GAP = 2
NARROWEST_BAR, WIDEST_BAR = 8, 48


@dataclass(frozen=True, slots=True)
class Fit:
    """The widths of the columns that are kept, by place; `is_cut` if one is missed."""

    widths: dict[int, int]
    is_cut: bool


def fit(columns: Sequence[GridColumn], widths: Sequence[int], room: int) -> Fit:
    """Fit columns of so many cells into the room, each with a gap around it.

    The highest rank goes first, then the widest that may be cut is cut. Bars get what
    is left.
    """
    kept = list(range(len(columns)))
    wanted = [
        NARROWEST_BAR if column.is_bar else width
        for column, width in zip(columns, widths, strict=True)
    ]
    least = [min(width, columns[i].least or width) for i, width in enumerate(wanted)]
    while True:
        sign = GAP + 1 if is_cut(columns, kept) else 0
        spare = [i for i in kept if columns[i].rank]
        needed = sum(least[i] + GAP for i in kept) + sign
        if needed <= room or not spare:
            break
        kept.remove(max(spare, key=lambda i: columns[i].rank))
    fitted = {i: wanted[i] for i in kept}
    shrink(columns, fitted, room - sign - GAP * len(kept))
    left = room - sign - sum(width + GAP for width in fitted.values())
    for i in kept:
        if columns[i].is_bar and left > 0:
            fitted[i] = min(fitted[i] + left, WIDEST_BAR)
    return Fit(fitted, bool(sign))


def shrink(columns: Sequence[GridColumn], fitted: dict[int, int], room: int) -> None:
    """Cut the widest of the columns that may be cut until all fit."""
    for least in (0, NARROWEST):
        while sum(fitted.values()) > room:
            cuttable = [i for i in fitted if columns[i].least]
            cuttable = [i for i in cuttable if fitted[i] > (least or columns[i].least)]
            if not cuttable:
                break
            fitted[max(cuttable, key=lambda i: fitted[i])] -= 1


def laid(content: Content, width: int, is_right: bool) -> Content:
    """Return content as wide as its column; a sign where it is cut."""
    fitted = content.truncate(width, ellipsis=True)
    missing = width - fitted.cell_length
    return fitted.pad_left(missing) if is_right else fitted.pad_right(missing)
