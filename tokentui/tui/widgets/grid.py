"""A table of rows to choose from: its columns fit, its cells change in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.style import Style
from rich.text import Text
from textual.binding import BindingType
from textual.color import Color
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import DataTable
from textual.widgets.data_table import ColumnKey

from tokentui.tui.columns import Cell, Fit, GridColumn, Share, fit, laid
from tokentui.tui.keys import bound
from tokentui.tui.lines import bar


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row and what it is called."""

    key: str
    cells: Sequence[Cell]


@dataclass(slots=True, eq=False)
class Drawn:
    """A cell as it is drawn: fitted and styled only when it comes to be seen."""

    row: str
    content: Content
    width: int
    is_right: bool
    styled: Callable[[Content], Text]

    def __rich_console__(self, _: Console, __: ConsoleOptions) -> Iterator[Text]:
        yield self.styled(laid(self.content, self.width, self.is_right))

    def __rich_measure__(self, _: Console, __: ConsoleOptions) -> Measurement:
        return Measurement(self.width, self.width)


@dataclass(frozen=True, slots=True)
class Sorting:
    """The column whose title says that it sorts, and which way."""

    column: str = ""
    is_falling: bool = True

    def title(self, column: GridColumn) -> str:
        """Return a column's title with the sign of the order."""
        if column.id != self.column or not column.id:
            return column.title
        return f"{column.title} {'▼' if self.is_falling else '▲'}"


@dataclass(frozen=True, slots=True)
class Laid:
    """What a grid is laid out by: if it stays the same, cells change in place."""

    columns: tuple[GridColumn, ...] = ()
    sorting: Sorting = Sorting()
    fit: Fit = field(default_factory=lambda: Fit({}, False))


class Grid(DataTable[Drawn], inherit_bindings=False):
    """Rows under a heading, one of them under the cursor.

    What is shown last stays until the next; resizing lays it out anew.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("open", "select_cursor", "Open", "The row under the cursor"),
        bound("up", "cursor_up", "Row above", show=False),
        bound("down", "cursor_down", "Row below", show=False),
        bound("page_up", "page_up", "Page up", show=False),
        bound("page_down", "page_down", "Page down", show=False),
        bound("top", "scroll_top", "To the top", show=False),
        bound("bottom", "scroll_bottom", "To the end", show=False),
    ]

    class LaidOut(Message):
        """The columns have new widths."""

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False)
        self._grid_columns: tuple[GridColumn, ...] = ()
        self._grid_rows: tuple[GridRow, ...] = ()
        self._grid_total: Sequence[Cell] | None = None
        self._sorting = Sorting()
        self._wanted_row: str | None = None
        self._laid = Laid()
        self._drawn: dict[str, dict[int, Drawn]] = {}

    def show(
        self,
        columns: Sequence[GridColumn],
        rows: Sequence[GridRow],
        sorting: Sorting = Sorting(),
        cursor: str | None = None,
        total: Sequence[Cell] | None = None,
    ) -> None:
        """Show rows; the cursor stays on its row unless another is named.

        A `total` is no row, but columns are wide enough for it.
        """
        self._grid_columns, self._grid_rows = tuple(columns), tuple(rows)
        self._grid_total = total
        self._sorting = sorting
        self._wanted_row = cursor
        self._lay_out()

    @property
    def row_at_cursor(self) -> str | None:
        """The key of the row under the cursor."""
        if not self.is_valid_row_index(self.cursor_row):
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    def column_id(self, key: ColumnKey) -> str:
        """Return what a column is called."""
        at = key.value or ""
        return self._laid.columns[int(at)].id if at.isdigit() else ""

    def total_line(self) -> Content:
        """Return the total laid out as a row is."""
        cells = self._grid_total or [Content()] * len(self._laid.columns)
        return Content("").join(
            laid(
                self._content(cells[i], width),
                width,
                self._laid.columns[i].is_right,
            )
            .pad_left(1)
            .pad_right(1)
            for i, width in self._laid.fit.widths.items()
        )

    def on_resize(self, _: Resize) -> None:
        """Fit the columns anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        room = (
            self.outer_size.width
            - self.gutter.width
            - self.styles.scrollbar_size_vertical
        )
        if room <= 0 or not self._grid_columns:
            return
        new = Laid(self._grid_columns, self._sorting, self._fit(room))
        drawn = {row.key: self._draw(row, new) for row in self._grid_rows}
        with self.app.batch_update():
            if new == self._laid and drawn.keys() == self._drawn.keys():
                self._change(drawn)
            else:
                self._refill(new, drawn)
        if new != self._laid:
            self._laid = new
            self.post_message(self.LaidOut())
        self._drawn, self._wanted_row = drawn, None

    def _fit(self, room: int) -> Fit:
        widths = []
        for i, column in enumerate(self._grid_columns):
            cells = [row.cells[i] for row in self._grid_rows]
            cells += [] if self._grid_total is None else [self._grid_total[i]]
            lengths = [c.cell_length for c in cells if isinstance(c, Content)]
            title = len(self._sorting.title(column))
            widths.append(max(title, *lengths, 0))
        return fit(self._grid_columns, widths, room)

    def _draw(self, row: GridRow, by: Laid) -> dict[int, Drawn]:
        return {
            i: Drawn(
                row.key,
                self._content(row.cells[i], width),
                width,
                by.columns[i].is_right,
                self._styled,
            )
            for i, width in by.fit.widths.items()
        }

    @staticmethod
    def _content(cell: Cell, width: int) -> Content:
        return bar(cell.part, width, cell.style) if isinstance(cell, Share) else cell

    def _change(self, drawn: dict[str, dict[int, Drawn]]) -> None:
        """Set the cells that differ, and the rows in their order."""
        for key, cells in drawn.items():
            for i, cell in cells.items():
                if not cell.content.is_same(self._drawn[key][i].content):
                    self.update_cell(key, str(i), cell)
        at = self._wanted_row or self.row_at_cursor
        if list(drawn) == list(self._drawn):
            self._move_to(at, drawn)
            return
        places = {key: place for place, key in enumerate(drawn)}
        first = str(min(self._laid.fit.widths))
        self.sort(first, key=lambda cell: places[cell.row])
        self._move_to(at, drawn)

    def _refill(self, new: Laid, drawn: dict[str, dict[int, Drawn]]) -> None:
        """Begin anew with other rows or other columns."""
        at, was = self._wanted_row or self.row_at_cursor, self.cursor_row
        seen = None if self._wanted_row else self.scroll_offset.y
        self.clear(columns=True)
        for i, width in new.fit.widths.items():
            column = new.columns[i]
            title = Content(new.sorting.title(column))
            label = Text(laid(title, width, column.is_right).plain)
            self.add_column(label, key=str(i), width=width)
        if new.fit.is_cut:
            self.add_column(Text("…"), key="cut", width=1)
        sign = [Drawn("", Content(), 1, False, self._styled)] * new.fit.is_cut
        for key, cells in drawn.items():
            self.add_row(*cells.values(), *sign, key=key)
        self._move_to(at, drawn, was, scrolls=seen is None)
        if seen:
            # How high the rows are is only known after they were laid out.
            self.call_after_refresh(self.scroll_to, y=seen, animate=False)

    def _move_to(
        self,
        key: str | None,
        drawn: dict[str, dict[int, Drawn]],
        was: int = 0,
        *,
        scrolls: bool = True,
    ) -> None:
        """Set the cursor on a row, or where it was if the row is gone."""
        rows = list(drawn)
        row = rows.index(key) if key in drawn else min(was, len(rows) - 1)
        if row >= 0 and row != self.cursor_row:
            self.move_cursor(row=row, animate=False, scroll=scrolls)

    def _styled(self, content: Content) -> Text:
        """Return content in the colours of the screen's styles."""
        text = Text(content.plain, end="", no_wrap=True)
        for span in content.spans:
            text.stylize(self._style(str(span.style)), span.start, span.end)
        return text

    def _style(self, name: str) -> Style:
        styles = self.screen.get_component_styles(name.removeprefix("."))
        _, background = self.background_colors
        colour: Color = background + styles.color
        return Style(color=colour.rich_color) + styles.text_style


class Rows(Vertical):
    """A grid as high as its rows, with its total right below it."""

    def on_resize(self, event: Resize) -> None:
        """Leave a line for the total."""
        self.query_one(Grid).styles.max_height = max(1, event.size.height - 1)
