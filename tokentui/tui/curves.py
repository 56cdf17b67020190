"""A chart of routes: what a run brings on each, by what an accepted one is worth.

Net values rise with the value of a task far beyond what sets routes apart, so each is
drawn by how much less it brings than the best: lines cross where they did, at the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

from textual.content import Content

from tokentui.amounts import dollars
from tokentui.routes.net_value import Band, Option, best_value
from tokentui.tui.text import clean

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STYLES = (".figure", ".good", ".title", ".accent", ".over", ".near")
"""Of lines, in turn; letters tell them apart where colours do not."""

BESIDE = 5
"""How many times beyond the crossings the values of a task go on."""

MARGIN = 13
"""Cells of the scale to the left."""

NARROWEST, LOWEST = 40, 4
AROUND = 3
"""Rows of a chart beside those of the lines: names above, values below."""

Cell = tuple[str, str]
"""A character and its style."""

NO_CELL: Cell = (" ", "")
CROSSED: Cell = ("┊", ".rule")


@dataclass(frozen=True, slots=True)
class Scale:
    """Values of a task from `low` to `high` on so many columns, each a share more."""

    low: float
    high: float
    columns: int

    def value(self, column: int) -> float:
        """Give the value of a task that a column stands for."""
        share = column / max(self.columns - 1, 1)
        return exp(log(self.low) + share * (log(self.high) - log(self.low)))

    def column(self, value: float) -> int:
        """Give the column of a value; the first or the last if it lies beyond."""
        share = log(max(value, self.low) / self.low) / log(self.high / self.low)
        return min(round(share * (self.columns - 1)), self.columns - 1)


def scale_of(options: Sequence[Option], best: Sequence[Band], columns: int) -> Scale:
    """Give the values of a task that are worth a look: those around the crossings."""
    crossings = [band.since for band in best[1:]]
    if not crossings:
        dearest = max(each.cost for each in options) or 1
        crossings = [dearest]
    return Scale(crossings[0] / BESIDE, crossings[-1] * BESIDE, columns)


def chart(
    options: Sequence[Option], best: Sequence[Band], width: int, height: int
) -> list[Content]:
    """Return the lines of a chart of so many rows in all; none where it is too small.

    Costs are nano-dollars. A letter names each option, in order.
    """
    columns, rows = width - MARGIN, height - AROUND
    if columns < NARROWEST or rows < LOWEST:
        return []
    scale = scale_of(options, best, columns)
    first = [each.brings(scale.low) for each in options]
    most = max(first) - min(first) or 1
    cells = drawn(options, scale, rows, most)
    edges = {scale.column(band.since) for band in best[1:]}
    lines = [Content.assemble(" " * MARGIN, named(best, options, scale, edges))]
    for row, found in enumerate(cells):
        for column in edges:
            if found[column] == NO_CELL:
                found[column] = CROSSED
        left = amount_less(row, rows, most).rjust(MARGIN - 2)
        lines.append(Content.assemble((left, ".muted"), (" ┤", ".rule"), *found))
    axis = "".join("┴" if column in edges else "─" for column in range(columns))
    lines.append(Content.styled(f"{' ' * (MARGIN - 1)}└{axis}", ".rule"))
    return [*lines, marked(best, scale)]


def drawn(
    options: Sequence[Option], scale: Scale, rows: int, most: float
) -> list[list[Cell]]:
    """Draw what each option brings less than the best; `most` is the lowest row."""
    cells = [[NO_CELL] * scale.columns for _ in range(rows)]
    values = [scale.value(column) for column in range(scale.columns + 1)]
    lost = [
        [best_value(options, v) - each.brings(v) for each in options] for v in values
    ]
    levels = [[level(each, most, rows) for each in some] for some in lost]
    for column, (here, there) in enumerate(pairwise(levels)):
        # The best comes last, over the others.
        for i in sorted(range(len(options)), key=lambda i: -lost[column][i]):
            for row, sign in strokes(here[i], there[i]):
                if row < rows:
                    cells[row][column] = sign, style_of(i)
    for i in range(len(options)):
        for column in (1 + 2 * i, scale.columns - 2 - 2 * i):
            if levels[column][i] < rows:
                cells[levels[column][i]][column] = LETTERS[i], style_of(i)
    return cells


def level(lost: float, most: float, rows: int) -> int:
    """Give the row of what is lost; some row below all if it is more than `most`."""
    return round(min(lost / most * (rows - 1), 2 * rows))


def strokes(here: int, there: int) -> Iterator[tuple[int, str]]:
    """Give rows and signs of a line from one row to that of the next column."""
    if here == there:
        yield here, "─"
        return
    falls = there > here
    yield here, "╮" if falls else "╯"
    yield from ((row, "│") for row in range(min(here, there) + 1, max(here, there)))
    yield there, "╰" if falls else "╭"


def style_of(place: int) -> str:
    """Return the style of an option's line."""
    return STYLES[place % len(STYLES)]


def amount_less(row: int, rows: int, most: float) -> str:
    """Say what the first, the middle and the last row stand for."""
    if row == 0:
        return "best"
    if row not in (rows // 2, rows - 1):
        return ""
    return dollars(-round(most * row / (rows - 1)))


def named(
    best: Sequence[Band], options: Sequence[Option], scale: Scale, edges: set[int]
) -> Content:
    """Name the best option of each band above it, by its letter where it is narrow."""
    starts = [0, *(scale.column(band.since) for band in best[1:]), scale.columns]
    parts = []
    for band, (start, end) in zip(best, pairwise(starts), strict=True):
        place, room = options.index(band.option), end - start - (start in edges)
        letter = LETTERS[place]
        name = f"{letter} {clean(band.option.name)}"
        word = name if len(name) + 2 <= room else letter
        parts += [Content.styled("┊", ".rule")] * (start in edges)
        parts.append(Content.styled(word[:room].center(room), style_of(place)))
    return Content("").join(parts)


def marked(best: Sequence[Band], scale: Scale) -> Content:
    """Write the values at which lines cross below them, then the ends where room is.

    A value that would touch another is left out; a legend has them all.
    """
    width = MARGIN + scale.columns
    ends = (scale.low, ".muted"), (scale.high, ".muted")
    wanted = [*((band.since, ".figure") for band in best[1:]), *ends]
    placed: list[tuple[int, str, str]] = []
    for value, style in wanted:
        text = dollars(round(value))
        at = MARGIN + scale.column(value) - len(text) // 2
        at = min(at, width - len(text))
        if all(at > b + len(t) or b > at + len(text) for b, t, _ in placed):
            placed.append((at, text, style))
    parts, end = [], 0
    for at, text, style in sorted(placed):
        parts += [Content(" " * (at - end)), Content.styled(text, style)]
        end = at + len(text)
    return Content("").join(parts)
