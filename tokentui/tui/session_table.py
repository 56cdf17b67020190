"""Sessions as a table: when each was, where, by whom, and whether it still runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from textual.content import Content

from tokentui.amounts import dollars, duration
from tokentui.queries.sessions import SessionState
from tokentui.queries.sums import Sums
from tokentui.routes.ended import MARKED
from tokentui.tui.columns import Cell, GridColumn
from tokentui.tui.end_words import end_cell
from tokentui.tui.lines import muted
from tokentui.tui.pivot import Group
from tokentui.tui.pivot_cells import Names, cost_cell, paid_cell, parts, requests_cell
from tokentui.tui.pivot_table import PivotTable
from tokentui.tui.text import clean
from tokentui.tui.times import day, local
from tokentui.tui.view import View

if TYPE_CHECKING:
    from tokentui.queries.marks import Session
    from tokentui.routes.ended import Verdict

COLUMNS = (
    GridColumn("when", id="when"),
    GridColumn("source", rank=5, least=11, id="source"),
    GridColumn("project", least=8, id="project"),
    GridColumn("model", least=17, rank=3, id="model"),
    GridColumn("requests", is_right=True, rank=4, id="requests"),
    GridColumn("cost", is_right=True, id="cost"),
    GridColumn("state", id="state"),
    GridColumn("pace", is_right=True, rank=6, id="pace"),
    GridColumn("last", is_right=True, rank=7, id="last"),
    GridColumn("session", least=9, rank=8, id="name"),
    GridColumn("", rank=9, is_extra=True, id="bar", is_bar=True),
)


class SessionNames(Names):
    """What is said of sessions in words; `ends` is how they ended."""

    def __init__(
        self, groups: Sequence[Group], view: View, ends: Mapping[Session, Verdict]
    ) -> None:
        super().__init__("session", groups, view)
        self._ends = ends

    def end(self, group: Group) -> Verdict | None:
        """Return how a session ended, if anything is known of it."""
        return self._ends.get((group.source or "", group.key or ""))

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
            return self.state_cell(group).plain
        if column in ("pace", "last"):
            state = self.state(group)
            return "" if state is None else self.running_words(state)[column]
        return super().text(group, column)

    def state_cell(self, group: Group) -> Content:
        """Return what it was marked as, else that it runs, else what git told of it."""
        end = self.end(group)
        if self.state(group) is None or (end and end.evidence == MARKED):
            return end_cell(end)
        return Content.styled("running", ".accent")

    def running_words(self, state: SessionState) -> dict[str, str]:
        """Say how fast a session runs, and when it last spoke."""
        age_ms = max(0, self.view.snapshot.now_ms - state.last_at_ms)
        unpriced = dollars(state.nanos)
        pace = f"{dollars(state.nanos_per_hour)}/h"
        return {
            "pace": unpriced if state.nanos is None else pace,
            "last": f"{duration(age_ms / 1000)} ago",
        }

    def sorting(self, group: Group, column: str) -> str:
        """Return what a column of words is sorted by: time by its last hour."""
        if column != "when" or group.hours is None:
            return super().sorting(group, column)
        state = self.state(group)
        last = datetime.fromisoformat(group.hours[1]).timestamp()
        return f"{max(last, state.last_at_ms / 1000 if state else 0):020.3f}"

    def written(self, group: Group, column: str) -> str:
        """Return what a file holds: of time the first hour, as ISO."""
        if column == "when" and group.hours is not None:
            return group.hours[0]
        return super().written(group, column)


@dataclass(frozen=True)
class SessionTable(PivotTable):
    """Sessions with the hours in which they had responses, and how they ended."""

    ends: Mapping[Session, Verdict] = field(default_factory=dict)

    @cached_property
    def names(self) -> SessionNames:
        """What is said of sessions in words."""
        return SessionNames(self.all_groups, self.view, self.ends)

    @cached_property
    def columns(self) -> list[GridColumn]:
        """The columns of the rows."""
        return list(COLUMNS)

    def cells(self, group: Group) -> list[Cell]:
        """Return the cells of a session."""
        sums = group.sums
        words = {column.id: self.names.text(group, column.id) for column in COLUMNS}
        made: dict[str, Cell] = {
            "requests": requests_cell(sums),
            "cost": paid_cell(sums, self.has_plans),
            "state": self.names.state_cell(group),
            "bar": parts(sums, 1, self.highest)[1],
            "name": muted(words["name"]),
        }
        return [made.get(each.id) or Content(words[each.id]) for each in COLUMNS]

    def total(self) -> None:
        """Money to pay and list value have no column in which they add up."""

    def total_words(self) -> list[Content]:
        """Return how many sessions there are, and what they come to."""
        sums = self.sums
        requests = "?" if sums.requests is None else f"{sums.requests:,}"
        found = [
            muted(f"total {self.count}"),
            muted(f"{requests} requests"),
            cost_cell(sums) if not sums.plan_nanos else paid(sums),
        ]
        if sums.plan_nanos:
            listed = dollars(sums.plan_nanos, sums.is_lower_bound)
            found.append(muted(f"{listed} list value inside plans"))
        if sums.unpriced:
            found.append(Content.styled(f"{sums.unpriced:,} unpriced", ".near"))
        return found


def paid(sums: Sums) -> Content:
    """Return what is to be paid beside plans."""
    amount = dollars(sums.payable_nanos, sums.is_lower_bound)
    return Content.assemble((amount, ".figure"), " to pay")


def hours(group: Group, view: View) -> str:
    """Return `today 12-14 h`, `Tue 24 Nov 9-11 h`, or the first and the last day."""
    if group.hours is None:
        return ""
    first, last = map(datetime.fromisoformat, group.hours)
    today = local(view.snapshot.now_ms, view.snapshot.tz)
    if first.date() != last.date():
        return f"{day(first)} to {day(last)}"
    year = "" if first.year == today.year else f" {first.year}"
    on = "today" if first.date() == today.date() else f"{day(first)}{year}"
    end = "" if first.hour == last.hour else f"-{last.hour}"
    return f"{on} {first.hour}{end} h"
