"""Screens of groups of the ledger: periods, order, filter, ways down and out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Input

from tokentui.queries.usage import UsageTable
from tokentui.tui.export import USAGE_FILE
from tokentui.tui.lines import flow, heading, indented, muted
from tokentui.tui.names import SPAN_WORDS, span_name
from tokentui.tui.pivot import (
    SPANS,
    VALUES,
    Level,
    Order,
    default_order,
    descended,
    stepped,
)
from tokentui.tui.pivot_table import PivotTable
from tokentui.tui.questions import Questions
from tokentui.tui.screens.asking import AskingScreen, Question
from tokentui.tui.screens.export import copy, export
from tokentui.tui.screens.pivot_keys import OWN_ACTIONS, PIVOT_KEYS
from tokentui.tui.screens.timeline import TimelineScreen
from tokentui.tui.view import View
from tokentui.tui.widgets.choices import Choice, Choices
from tokentui.tui.widgets.filter import Filter
from tokentui.tui.widgets.grid import Grid, Rows, Sorting
from tokentui.tui.widgets.lines_area import Lines

SPAN_CHOICES = [Choice(span, SPAN_WORDS[span]) for span in SPANS]
DIM_AFTER_SECONDS = 0.2
"""An answer that comes sooner needs no notice."""

BASIS = ("estimate at list prices", "estimate")
READING = ("reading the ledger …", "…")


@dataclass(frozen=True, slots=True)
class Place:
    """A level, how it is looked at, and what is known of it."""

    level: Level
    order: Order
    wanted: str = ""
    cursor: str | None = None
    answer: UsageTable | None = None


class PivotScreen(AskingScreen):
    """Groups of the ledger; enter goes down, escape up again."""

    AUTO_FOCUS = "Grid"
    BINDINGS: ClassVar[list[BindingType]] = PIVOT_KEYS

    def __init__(self, questions: Questions, level: Level, *, demo: bool) -> None:
        super().__init__(questions, demo=demo)
        self._places = [Place(level, self.order_of(level))]
        self._table: PivotTable | None = None

    def content(self) -> Iterable[Widget]:
        """Return periods, filter, groups and their total."""
        steps = f"{self.key_of('before')} {self.key_of('after')} steps"
        yield Choices("period", SPAN_CHOICES, steps, id="period")
        yield Filter()
        yield Rows(Grid(), Lines(id="total"))

    def order_of(self, level: Level) -> Order:
        """Return the order in which a level is first shown."""
        return default_order(level.by)

    def table_of(self, place: Place, answer: UsageTable, view: View) -> PivotTable:
        """Return the table of a level."""
        return PivotTable(place.level, answer, place.order, place.wanted, view)

    def title_of(self, level: Level, view: View) -> str:
        """Say what a level shows."""
        raise NotImplementedError

    @property
    def place(self) -> Place:
        """Where the screen is."""
        return self._places[-1]

    def question(self) -> Question | None:
        """Ask for the groups of the level."""
        level = self.place.level
        usage = level.usage(self.tz, self.moment)
        return level, lambda: self.questions.table(level.keys(), usage)

    def take_answer(self, answer: object) -> None:
        """Keep the groups."""
        assert isinstance(answer, UsageTable)
        self._places[-1] = replace(self.place, answer=answer)
        if "project" in answer.by:
            at = answer.by.index("project")
            self.meet({row.keys[at] for row in answer.rows})

    def repaint(self) -> None:
        """Show the level at once, and its groups as soon as they are known."""
        if self.view is None:
            return
        place, view = self.place, self.view
        self.mark_choices(place.level, view)
        if place.answer is None:
            self.set_timer(DIM_AFTER_SECONDS, self._dim)
        notes: tuple[str, ...] = READING
        if place.answer is not None:
            table = self.table_of(place, place.answer, view)
            notes = table.notes or BASIS
            self._show(table, place)
        title = self.title_of(place.level, view)
        self.query_one("#title", Lines).say(
            lambda width: [heading(title, width, *notes)]
        )

    def _dim(self) -> None:
        """Let the rows of another level stand back while they are still there."""
        self.query_one(Rows).set_class(self.place.answer is None, "-asking")

    def mark_choices(self, level: Level, view: View) -> None:
        """Mark what is chosen."""
        period = self.query_one("#period", Choices)
        period.chosen = level.span
        is_named = level.span in SPANS
        words = span_name(level.span, view).split()
        period.other = "" if is_named else " ".join(words)

    def _show(self, table: PivotTable, place: Place) -> None:
        grid = self.query_one(Grid)
        sorting = Sorting(place.order.column, place.order.is_falling)
        cursor = place.cursor
        if cursor is None and (self._table is None or self._table.level != place.level):
            cursor = table.rows[0].key if table.rows else None
        self._table = table
        self._dim()
        grid.show(table.columns, table.rows, sorting, cursor, table.total())
        self._places[-1] = replace(place, cursor=None)
        self.query_one("#total", Lines).say(partial(total_lines, table, grid))

    def on_grid_laid_out(self) -> None:
        """Lay the total out as the rows are."""
        self.query_one("#total", Lines).look_again()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open a row."""
        table = self._table
        if self.place.answer is None or table is None:
            return  # the rows are still those of another level
        group = table.group(event.row_key.value or "")
        if group is None:
            return
        level = descended(self.place.level, group, self.tz, self.moment)
        if self.place.level.by == "session":
            made = TimelineScreen(
                self.questions, level, demo=self.is_demo, tab=self.tab
            )
            self.app.push_screen(made)
            return
        self._places[-1] = replace(self.place, cursor=group.row_key)
        self._places.append(Place(level, self.order_of(level)))
        self._go()

    def action_climb(self) -> None:
        """Go back to the level above, from the highest to the first screen."""
        if len(self._places) == 1:
            self.action_leave()
            return
        self._places.pop()
        self._go()

    def _go(self) -> None:
        self.query_one(Filter).want(self.place.wanted)
        grid = self.query_one(Grid)
        if not grid.has_focus:  # else all of its cells would be painted once more
            grid.focus()
        self.ask()
        self.repaint()

    def change(self, level: Level) -> None:
        """Show another level in place of this one."""
        if level != self.place.level:
            is_alike = level.by == self.place.level.by
            order = self.place.order if is_alike else self.order_of(level)
            wanted = self.place.wanted if is_alike else ""
            self._places[-1] = Place(level, order, wanted)
            self._go()

    def action_step(self, step: int) -> None:
        """Show another period."""
        if self.view is not None:
            self.change(stepped(self.place.level, step, self.tz, self.moment))

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Show the period that was clicked."""
        level = self.place.level
        if event.id in SPANS:
            self.change(replace(level, spans=(*level.spans[:-1], event.id)))

    def _sort(self, order: Order) -> None:
        self._places[-1] = replace(self.place, order=order)
        self.repaint()

    def action_sort_by(self, step: int) -> None:
        """Sort by the next column."""
        if self._table is not None:
            ids = [c.id for c in self._table.columns if c.id not in ("share", "bar")]
            at = ids.index(self.place.order.column) + step
            self._sort(falling(ids[at % len(ids)]))

    def action_turn(self) -> None:
        """Turn the order round."""
        order = self.place.order
        self._sort(replace(order, is_falling=not order.is_falling))

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        """Sort by the column of the title, or turn its order."""
        column = self.query_one(Grid).column_id(event.column_key)
        column = "cost" if column in ("share", "bar") else column
        if column == self.place.order.column:
            self.action_turn()
        elif column:
            self._sort(falling(column))

    def action_filter(self) -> None:
        """Type what the names shall hold."""
        self.query_one(Filter).call()

    def on_filter_changed(self, event: Filter.Changed) -> None:
        """Show only the rows whose names hold it."""
        self._places[-1] = replace(self.place, wanted=event.wanted)
        self.repaint()

    def on_filter_left(self) -> None:
        """Go back to the rows."""
        self.query_one(Grid).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave letters to the filter while something is typed into it."""
        return not (isinstance(self.focused, Input) and action in OWN_ACTIONS)

    def action_export(self) -> None:
        """Write the rows into a file."""
        if self._table is not None:
            export(self, USAGE_FILE, self._table.csv)

    def action_copy(self) -> None:
        """Copy the rows as text."""
        if self._table is not None:
            copy(self, self._table.text(), len(self._table.rows))


def falling(column: str) -> Order:
    """Return the order of a column that was not sorted by: words rise, figures fall."""
    return Order(column, column in VALUES)


def total_lines(table: PivotTable, grid: Grid, width: int) -> list[Content]:
    """Return the total below its columns, or why there is none."""
    if table.rows:
        found = flow(table.total_words(), width - 2, 2)
        return indented(found) if found else [grid.total_line()]
    words = f"no name holds {table.wanted}" if table.wanted else "no usage"
    return indented([muted(words).truncate(width - 1, ellipsis=True)])
