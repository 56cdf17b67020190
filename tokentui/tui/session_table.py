"""Sessions as a table: when each was, where, by whom, and whether it still runs."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from textual.content import Content

from tokentui.amounts import dollars, duration
from tokentui.queries.sessions import SessionState
from tokentui.tui.columns import Cell, GridColumn
from tokentui.tui.lines import muted
from tokentui.tui.pivot import Group
from tokentui.tui.pivot_cells import Names, cost_cell, parts, requests_cell
from tokentui.tui.pivot_table import PivotTable
from tokentui.tui.text import clean
from tokentui.tui.times import day, local
from tokentui.tui.view import View

COLUMNS = (
    GridColumn("when", id="when"),
    GridColumn("source", rank=5, least=6, id="source"),
    GridColumn("project", least=10, id="project"),
    GridColumn("model", least=14, rank=3, id="model"),
    GridColumn("requests", is_right=True, rank=2, id="requests"),
    GridColumn("cost", is_right=True, id="cost"),
    GridColumn("state", id="state", rank=1),
    GridColumn("", rank=6, is_extra=True, id="bar", is_bar=True),
    GridColumn("session", least=9, rank=7, is_extra=True, id="name"),
)


class SessionNames(Names):
    """What is said of sessions in words."""

    @cached_property
    def running(self) -> dict[tuple[str, str], SessionState]:
        """The sessions that run now."""
        sessions = self.view.snapshot.sessions
        return {(each.session, each.source): each for each in sessions}

    def state(self, group: Group) -> SessionState | None:
        """Return how a session runs, if it does."""
        return self.running.get((group.key or "", group.source or ""))

    def text(self, group: Group, column: str) -> str:
        """Return what a column of words shows."""
        if column == "when":
            return hours(group, self.view)
        if column == "source":
            return clean(group.source or "unknown")
        if column == "state":
            return self.pace(group)
        return super().text(group, column)

    def pace(self, group: Group) -> str:
        """Say that a session runs, how fast, and when it last spoke."""
        state = self.state(group)
        if state is None:
            return ""
        ago = duration(max(0, self.view.snapshot.now_ms - state.last_at_ms) / 1000)
        return f"running {dollars(state.nanos_per_hour)}/h, {ago} ago"

    def sorting(self, group: Group, column: str) -> str:
        """Return what a column of words is sorted by: time by its last hour."""
        if column != "when" or group.hours is None:
            return super().sorting(group, column)
        state = self.state(group)
        last = datetime.fromisoformat(group.hours[1]).timestamp()
        return f"{max(last, state.last_at_ms / 1000 if state else 0):020.3f}"


class SessionTable(PivotTable):
    """Sessions with the hours in which they had responses."""

    @cached_property
    def names(self) -> SessionNames:
        """What is said of sessions in words."""
        return SessionNames("session", self.all_groups, self.view)

    @cached_property
    def columns(self) -> list[GridColumn]:
        """The columns of the rows."""
        return list(COLUMNS)

    def cells(self, group: Group) -> list[Cell]:
        """Return the cells of a session."""
        text, sums = self.names.text, group.sums
        running = self.names.state(group) is not None
        return [
            Content(text(group, "when")),
            Content(text(group, "source")),
            Content(text(group, "project")),
            Content(text(group, "model")),
            requests_cell(sums),
            cost_cell(sums),
            Content.styled(text(group, "state"), ".accent" if running else ""),
            parts(sums, 1, self.highest)[1],
            muted(text(group, "name")),
        ]

    def total(self) -> list[Cell]:
        """Return the cells of the total."""
        sums, blank = self.sums, Content()
        return [
            Content(f"total {self.count}"),
            *[blank] * 3,
            requests_cell(sums),
            cost_cell(sums),
            *[blank] * 3,
        ]


def hours(group: Group, view: View) -> str:
    """Return `today 12–14 h`, `Tue 24 Nov 9–11 h`, or the days from first to last."""
    if group.hours is None:
        return ""
    first, last = map(datetime.fromisoformat, group.hours)
    today = local(view.snapshot.now_ms, view.snapshot.tz)
    if first.date() != last.date():
        return f"{day(first)} – {day(last)}"
    year = "" if first.year == today.year else f" {first.year}"
    on = "today" if first.date() == today.date() else f"{day(first)}{year}"
    end = "" if first.hour == last.hour else f"–{last.hour}"
    return f"{on} {first.hour}{end} h"
