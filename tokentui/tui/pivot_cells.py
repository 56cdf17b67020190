"""The columns and cells of a pivot, and what of them goes into a file."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tokentui.amounts import dollars, share, tokens
from tokentui.queries.sums import Sums
from tokentui.queries.usage import Key
from tokentui.tui.columns import Cell, GridColumn, Share
from tokentui.tui.costs import cost_text
from tokentui.tui.lines import muted
from tokentui.tui.names import UNKNOWN, key_name, names_of, project_names
from tokentui.tui.pivot import Group
from tokentui.tui.view import View

LISTED = " list"


def columns_of(by: str, has_plans: bool) -> list[GridColumn]:
    """Return the columns of groups by a key."""
    names = [GridColumn(by, least=12, id="name")]
    if by == "session":
        names = [
            GridColumn("session", least=9, id="name"),
            GridColumn("project", least=10, id="project"),
            GridColumn("model", least=15, id="model"),
        ]
    plans = [GridColumn("in plans", is_right=True, rank=2, id="plans")] * has_plans
    return [
        *names,
        GridColumn("requests", is_right=True, rank=4, id="requests"),
        GridColumn("input", is_right=True, rank=5, id="input"),
        GridColumn("cache read", is_right=True, rank=7, id="read"),
        GridColumn("cache write", is_right=True, rank=8, id="written"),
        GridColumn("output", is_right=True, rank=3, id="output"),
        *plans,
        GridColumn("cost", is_right=True, id="cost"),
        GridColumn("share", is_right=True, rank=9, is_extra=True, id="share"),
        GridColumn("", rank=6, is_extra=True, id="bar", is_bar=True),
    ]


def figures(sums: Sums, has_plans: bool) -> list[Cell]:
    """Return requests, tokens by kind and cost."""
    least = "≥" if sums.partial else ""
    plans = [muted(dollars(sums.plan_nanos) if sums.plan_nanos else "-")] * has_plans
    return [
        requests_cell(sums),
        Content(tokens(sums.tokens[0])),
        Content(tokens(sums.tokens[1])),
        Content(tokens(sums.tokens[2] + sums.tokens[3])),
        Content(f"{least}{tokens(sums.tokens[4])}"),
        *plans,
        cost_cell(sums),
    ]


def requests_cell(sums: Sums) -> Content:
    """Return the number of requests, which logs may not tell."""
    return Content("?" if sums.requests is None else f"{sums.requests:,}")


def cost_cell(sums: Sums) -> Content:
    """Return the cost; what is unpriced stands back."""
    cost = cost_text(sums)
    return muted(cost) if sums.cost_nanos is None else Content.styled(cost, ".figure")


def paid_cell(sums: Sums, has_plans: bool) -> Content:
    """Return what is to be paid, and the list value that plans pay as such."""
    if sums.cost_nanos is None or not has_plans:
        return cost_cell(sums)
    found = []
    if sums.payable_nanos or not sums.plan_nanos:
        paid = dollars(sums.payable_nanos, sums.is_lower_bound)
        found.append(Content.styled(paid, ".figure"))
    if sums.plan_nanos:
        listed = dollars(sums.plan_nanos, sums.is_lower_bound)
        found.append(Content.assemble((listed, ".figure"), (LISTED, ".muted")))
    else:
        found.append(Content(" " * (len(LISTED) - 1)))  # figures below each other
    return Content(" + " if sums.plan_nanos else " ").join(found)


def parts(sums: Sums, whole: int | None, most: int) -> list[Cell]:
    """Return the share of the whole as text, and of the dearest row as bar."""
    if sums.cost_nanos is None or not whole or whole < 0 or most <= 0:
        return [Content(), Content()]
    part = max(sums.cost_nanos, 0)
    return [muted(share(part / whole)), Share(part / most)]


class Names:
    """The names of groups by a key, as they may be shown."""

    def __init__(self, by: str, groups: Sequence[Group], view: View) -> None:
        self._by = by
        self.view = view
        self._projects: dict[Key, str] = {}
        if by == "project":
            self._projects = project_names((group.key for group in groups), view)

    def text(self, group: Group, column: str) -> str:
        """Return what a column of words shows."""
        if column == "project":
            return names_of(group.projects, "project", self.view)
        if column == "model":
            return names_of(group.models, "model", self.view)
        if self._by == "project":
            return self._projects[group.key]
        return key_name(self._by, group.key, self.view)

    def sorting(self, group: Group, column: str) -> str:
        """Return what a column of words is sorted by: periods by their time."""
        if column == "name" and self._by in ("day", "week", "month"):
            return group.key or ""
        return self.text(group, column)

    def written(self, group: Group, column: str) -> str:
        """Return what a file holds: periods as ISO dates, else what is shown."""
        return self.sorting(group, column)

    def cells(self, group: Group) -> list[Cell]:
        """Return the cells of words."""
        columns = ["name", "project", "model"] if self._by == "session" else ["name"]
        return [
            muted(text) if text == UNKNOWN else Content(text)
            for text in (self.text(group, column) for column in columns)
        ]

    def holds(self, group: Group, wanted: str) -> bool:
        """Claim that a text is part of a group's names."""
        columns = ("name", "project", "model") if self._by == "session" else ("name",)
        told = [self.text(group, column) for column in columns]
        if self._by in ("day", "week", "month"):
            told.append(group.key or "")
        return any(wanted.lower() in text.lower() for text in told)
