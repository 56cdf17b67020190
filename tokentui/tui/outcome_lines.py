"""How work ended as rows of groups, and below them as lines: ends, stages, spread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual.content import Content

from tokentui.routes.outcome_rows import (
    BAND,
    GROUP,
    IN_PLANS,
    STAGE,
    band_row,
    group_row,
    kept,
    stage_row,
)
from tokentui.routes.outcome_words import (
    budget_words,
    problem_words,
    spread_words,
    total_words,
)
from tokentui.routes.outcomes import Key, Tally
from tokentui.routes.report import Report
from tokentui.tui.columns import GridColumn
from tokentui.tui.lines import figure, heading, indented, muted, wrapped
from tokentui.tui.names import UNKNOWN, key_name
from tokentui.tui.tables import Column, table
from tokentui.tui.text import clean
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import GridRow

GROUPS = (
    GridColumn("sessions", is_right=True, rank=4, id="sessions"),
    GridColumn("accepted", is_right=True, id="accepted"),
    GridColumn("cost", is_right=True, rank=3, id="cost"),
    GridColumn("in plans", is_right=True, rank=2, id="plans"),
    GridColumn("per accepted", is_right=True, id="each"),
    GridColumn("list each", is_right=True, rank=1, id="listed"),
    GridColumn("tokens each", is_right=True, rank=6, id="tokens"),
    GridColumn("requests each", is_right=True, rank=7, id="requests"),
    GridColumn("yield", is_right=True, rank=5, id="yield"),
)
STAGES = (
    Column("came to be", least=9),
    Column("sessions", is_right=True),
    Column("cost", is_right=True),
    Column("in plans", is_right=True, rank=1),
    Column("not told", is_right=True, rank=3),
    Column("too young", is_right=True, rank=2),
)
BANDS = (
    Column("list value", is_right=True),
    Column("sessions", is_right=True),
    Column("accepted", is_right=True),
    Column("share", is_right=True, rank=2),
    Column("together", is_right=True, rank=1),
)


def columns(by: Sequence[str], has_plans: bool) -> list[GridColumn]:
    """Return the columns of groups by some keys."""
    named = [GridColumn(key, least=10, id=key) for key in by]
    return [*named, *kept(GROUP, GROUPS, has_plans)]


def rows(found: Report, by: Sequence[str], view: View) -> list[GridRow]:
    """Return a row for each group."""
    has_plans = bool(found.total.sums.plan_nanos)
    return [
        GridRow(repr(key), cells(by, key, tally, has_plans, view))
        for key, tally in found.groups.items()
    ]


def cells(
    by: Sequence[str], key: Key, tally: Tally, has_plans: bool, view: View
) -> list[Content]:
    """Return the cells of a group."""
    names = [name(label, value, view) for label, value in zip(by, key, strict=True)]
    made = styled(group_row(tally), GROUP, "per accepted")
    return [*names, *kept(GROUP, made, has_plans)]


def styled(
    cells: Sequence[str], titles: Sequence[str], main: str, *minor: str
) -> list[Content]:
    """Return the cells of a row: the main one stands out, plans and others do not."""
    styles = {main: figure} | dict.fromkeys((*IN_PLANS, *minor), muted)
    pairs = zip(titles, cells, strict=True)
    return [styles.get(title, Content)(cell) for title, cell in pairs]


def name(label: str, value: str | None, view: View) -> Content:
    """Name a group; what tells a project is hidden if they are."""
    if value is None:
        return muted(UNKNOWN)
    if label == "project":
        return Content(key_name("project", value, view))
    return Content(clean(value))


def told(found: Report, view: View) -> Callable[[int], list[Content]]:
    """Return the maker of all lines below the groups."""

    def lines(width: int) -> list[Content]:
        return [
            heading("Ends", width),
            *text(total_words(found.total), width),
            heading("How far work came", width),
            *indented(stages(found, width - 2)),
            heading("What a session costs", width),
            *text(spread(found), width),
            *indented(bands(found, width - 2)),
            *text(problems(found, view), width),
        ]

    return lines


def text(said: Iterable[str], width: int) -> list[Content]:
    """Set sentences below each other."""
    return indented(
        [line for each in said for line in wrapped(Content(each), width - 2)]
    )


def stages(found: Report, width: int) -> list[Content]:
    """Return the table of the stages."""
    has_plans = bool(found.total.sums.plan_nanos)
    made = [
        styled(stage_row(each), STAGE, "sessions", "not told", "too young")
        for each in found.stages
    ]
    rows = [kept(STAGE, row, has_plans) for row in made]
    return table(kept(STAGE, STAGES, has_plans), rows, width)


def spread(found: Report) -> list[str]:
    """Say how the list value of sessions is spread, and which budget that proposes."""
    if not found.spread.tasks:
        return []
    return [spread_words(found.spread), budget_words(found.spread)]


def bands(found: Report, width: int) -> list[Content]:
    """Return the table of the bands of spend."""
    made = [
        styled(band_row(each), BAND, "accepted", "share", "together")
        for each in found.spread.bands
    ]
    return table(BANDS, made, width) if made else []


def problems(found: Report, view: View) -> list[str]:
    """Say of which projects git does not tell, and why."""
    return [
        f"{key_name('project', project, view)}: {problem_words(asked)}"
        for project, asked in found.asked.items()
        if asked.problem is not None
    ]
