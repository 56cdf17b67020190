"""A level's answer as a table: the rows that are shown, their total, CSV and text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from textual.content import Content

from tokentui.queries.usage import UsageTable
from tokentui.tui import export
from tokentui.tui.columns import Cell, GridColumn
from tokentui.tui.lines import muted
from tokentui.tui.names import key_name, span_name
from tokentui.tui.pivot import (
    MOST_ROWS,
    Group,
    Level,
    Order,
    added,
    groups_of,
    in_order,
    span_period,
)
from tokentui.tui.pivot_cells import Names, columns_of, figures, parts
from tokentui.tui.tables import table as text_table
from tokentui.tui.times import local
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import GridRow

WIDEST_TEXT = 400


@dataclass(frozen=True)
class PivotTable:
    """The groups of a level whose names hold a text, in an order, as they may be seen."""

    level: Level
    answer: UsageTable
    order: Order
    wanted: str
    view: View

    @cached_property
    def all_groups(self) -> tuple[Group, ...]:
        """Every group of the level."""
        return groups_of(self.level.by, self.answer)

    @cached_property
    def names(self) -> Names:
        """What the groups are called."""
        return Names(self.level.by, self.all_groups, self.view)

    @cached_property
    def groups(self) -> list[Group]:
        """The groups that were not filtered out."""
        groups = self.all_groups
        if self.wanted:
            groups = tuple(g for g in groups if self.names.holds(g, self.wanted))
        return in_order(groups, self.order, self.names.sorting)

    @cached_property
    def has_plans(self) -> bool:
        """Claim that flat plans pay a part."""
        return bool(self.answer.total.plan_nanos)

    @cached_property
    def columns(self) -> list[GridColumn]:
        """The columns of the rows."""
        return columns_of(self.level.by, self.has_plans)

    @cached_property
    def sums(self) -> tuple[Cell, ...]:
        """The cells of the total of the groups that were not filtered out."""
        total = added(group.sums for group in self.groups)
        count = f"of {len(self.groups):,}"
        if self.wanted:
            count += f" of {len(self.all_groups):,}"
        words = [Content(f"total {count}")]
        if self.level.by == "session":
            words = [Content("total"), muted(count), Content()]
        return (*words, *figures(total, self.has_plans), Content(), Content())

    @cached_property
    def rows(self) -> list[GridRow]:
        """The rows that are shown, at most `MOST_ROWS`."""
        whole = self.answer.total.cost_nanos
        most = max((group.sums.cost_nanos or 0 for group in self.groups), default=0)
        return [
            GridRow(
                group.row_key,
                (
                    *self.names.cells(group),
                    *figures(group.sums, self.has_plans),
                    *parts(group.sums, whole, most),
                ),
            )
            for group in self.groups[:MOST_ROWS]
        ]

    @property
    def notes(self) -> tuple[str, ...]:
        """Say that rows are missing, if some are."""
        if len(self.groups) <= MOST_ROWS:
            return ()
        counts = f"{MOST_ROWS} of {len(self.groups):,} rows"
        return (f"first {counts}, / filters", counts)

    def group(self, row_key: str) -> Group | None:
        """Return the group of a row."""
        return next((g for g in self.groups if g.row_key == row_key), None)

    def csv(self) -> str:
        """Return the rows as CSV with exact figures, those beyond `MOST_ROWS` too."""
        titles = [column.title for column in self.columns if column.id in WORDS]
        rows = [
            [*self._words(group), *export.figures(group.sums)] for group in self.groups
        ]
        return export.csv_text([*titles, *export.FIGURES], rows)

    def text(self) -> str:
        """Return what is shown as text."""
        columns = [c for c in self.columns if not c.is_bar]
        rows = [[c for c in row.cells if isinstance(c, Content)] for row in self.rows]
        rows = [row[: len(columns)] for row in rows]
        total = [c for c in self.sums if isinstance(c, Content)][: len(columns)]
        lines = text_table(columns, [*rows, total], WIDEST_TEXT)
        return "\n".join(line.plain.rstrip() for line in lines) + "\n"

    def _words(self, group: Group) -> list[str]:
        """Return a row's names for a file: periods as ISO dates."""
        ids = [column.id for column in self.columns if column.id in WORDS]
        return [self.names.sorting(group, each) for each in ids]


WORDS = ("name", "project", "model")


def trail(level: Level, view: View) -> str:
    """Say which usage a level shows: `this month › acme › Wed 25 Nov`."""
    start, *below = level.spans
    tz = view.snapshot.tz
    now = local(view.snapshot.now_ms, tz)
    if below and span_period(start, tz, now) == span_period(below[0], tz, now):
        start, *below = below
    labels = dict(level.only)
    if "session" in labels:
        labels.pop("source", None)
    steps = [span_name(start, view)]
    steps += [key_name(label, key, view) for label, key in labels.items()]
    steps += [span_name(span, view) for span in below]
    return " › ".join(" ".join(step.split()) for step in steps)
