"""A level's answer as a table: the rows that are shown, their total, CSV and text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from textual.content import Content

from tokentui.queries.sums import Sums, summed
from tokentui.queries.usage import UsageTable
from tokentui.tui import export
from tokentui.tui.columns import Cell, GridColumn
from tokentui.tui.lines import flow, muted
from tokentui.tui.names import key_name, span_name
from tokentui.tui.pivot import (
    MOST_ROWS,
    Group,
    Level,
    Order,
    groups_of,
    in_order,
    span_period,
)
from tokentui.tui.pivot_cells import Names, columns_of, figures, parts
from tokentui.tui.times import local
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import GridRow


@dataclass(frozen=True)
class PivotTable:
    """The groups of a level whose names hold a text, in an order."""

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

    @property
    def count(self) -> str:
        """Say how many groups there are."""
        count = f"of {len(self.groups):,}"
        return f"{count} of {len(self.all_groups):,}" if self.wanted else count

    @cached_property
    def sums(self) -> Sums:
        """The total of the groups that were not filtered out."""
        return summed([group.sums for group in self.groups])

    @cached_property
    def highest(self) -> int:
        """What the dearest group costs."""
        return max((group.sums.cost_nanos or 0 for group in self.groups), default=0)

    def total(self) -> list[Cell] | None:
        """Return the cells of the total, unless it is told in words."""
        words = [Content(f"total {self.count}")]
        if self.level.by == "session":
            words = [Content("total"), muted(self.count), Content()]
        return [*words, *figures(self.sums, self.has_plans), Content(), Content()]

    def total_words(self) -> list[Content]:
        """Return the total in words."""
        return []

    def cells(self, group: Group) -> list[Cell]:
        """Return the cells of a group."""
        whole = self.answer.total.cost_nanos
        return [
            *self.names.cells(group),
            *figures(group.sums, self.has_plans),
            *parts(group.sums, whole, self.highest),
        ]

    @cached_property
    def rows(self) -> list[GridRow]:
        """The rows that are shown, at most `MOST_ROWS`."""
        shown = self.groups[:MOST_ROWS]
        return [GridRow(group.row_key, self.cells(group)) for group in shown]

    @property
    def notes(self) -> tuple[str, ...]:
        """Say that rows are missing, and what makes sums lower bounds."""
        found, sums = [], self.sums
        if len(self.groups) > MOST_ROWS:
            found.append(f"first {MOST_ROWS} of {len(self.groups):,} rows")
        if sums.unpriced:
            found.append(f"{sums.unpriced:,} unpriced")
        if sums.partial:
            found.append(f"{sums.partial:,} lower bounds")
        return (", ".join(found), found[0]) if found else ()

    def group(self, row_key: str) -> Group | None:
        """Return the group of a row."""
        return next((g for g in self.groups if g.row_key == row_key), None)

    def csv(self) -> str:
        """Return the rows as CSV with exact figures, those beyond `MOST_ROWS` too."""
        ids = [column.id for column in self.columns if column.id in WORDS]
        titles = [self.level.by if each == "name" else each for each in ids]
        rows = [
            [
                *(self.names.written(group, each) for each in ids),
                *export.figures(group.sums),
            ]
            for group in self.groups
        ]
        return export.csv_text([*titles, *export.FIGURES], rows)

    def text(self) -> str:
        """Return what is shown as text."""
        total = self.total()
        lines = [row.cells for row in self.rows] + ([total] if total else [])
        words = flow(self.total_words(), export.WIDEST_TEXT, 1)
        found = export.text_of(self.columns, lines) + [line.plain for line in words]
        return "\n".join(found) + "\n"


STEP = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
WORDS = ("name", "when", "source", "project", "model", "state")


def trail(level: Level, view: View) -> str:
    """Say which usage a level shows: this month, acme, Wed 25 Nov."""
    start, *below = level.spans
    tz = view.snapshot.tz
    now = local(view.snapshot.now_ms, tz)
    if below and span_period(start, tz, now) == span_period(below[0], tz, now):
        start, *below = below
    labels = dict(level.only)
    session = labels.pop("session", None)
    if session is not None:
        labels.pop("source", None)
    steps = [span_name(start, view)]
    steps += [key_name(label, key, view) for label, key in labels.items()]
    steps += [span_name(span, view) for span in below]
    steps += [] if session is None else [key_name("session", session, view)]
    return STEP.join(" ".join(step.split()) for step in steps)
