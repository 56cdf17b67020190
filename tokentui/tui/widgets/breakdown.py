"""Today's usage by source and by model."""

from __future__ import annotations

from textual.content import Content

from tokentui.amounts import dollars, share, tokens
from tokentui.queries.sums import Sums
from tokentui.queries.usage import UsageRow
from tokentui.snapshot import Snapshot
from tokentui.tui.costs import cost_text
from tokentui.tui.lines import bar, heading, indented, muted
from tokentui.tui.tables import Column, table
from tokentui.tui.text import clean
from tokentui.tui.widgets.area import Area

COLUMNS = (
    Column("source", least=11),
    Column("model", least=16),
    Column("requests", is_right=True, rank=3),
    Column("tokens in", is_right=True, rank=2),
    Column("out", is_right=True, rank=1),
    Column("cost", is_right=True),
    Column("share", is_right=True, rank=4, is_extra=True),
    Column("", rank=5, is_extra=True),
)
BAR = 16
"""Cells of the bar that shows a row's share."""


class Breakdown(Area):
    """A table of sources and models, dearest first; sources summed if there is room."""

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return heading, titles and rows; the heading says if rows are missing."""
        if self.view is None:
            return []
        snapshot, inner = self.view.snapshot, width - 2
        if not snapshot.by_model:
            head = heading("By source and model", width)
            return [head, *indented([muted("no usage yet today")])]
        rows = by_source(snapshot)
        room = None if height is None else max(0, height - 2)
        note = "today"
        if room is not None and len(rows) > room:
            rows = by_model(snapshot)
            if len(rows) > room:
                note = f"dearest {room} of {len(rows)} today"
                rows = rows[:room]
        lines = table(COLUMNS, rows, inner, 3 if width >= 100 else 2)
        return [heading("By source and model", width, note), *indented(lines)]


def by_model(snapshot: Snapshot) -> list[list[Content]]:
    """Return a row for each model of each source."""
    return [cells(snapshot, *names(row), row.sums) for row in snapshot.by_model]


def by_source(snapshot: Snapshot) -> list[list[Content]]:
    """Return a row for each source that has several models, its models below it."""
    rows = []
    for source in snapshot.by_source:
        models = [row for row in snapshot.by_model if row.keys[0] == source.keys[0]]
        if len(models) == 1:
            rows.append(cells(snapshot, *names(models[0]), models[0].sums))
            continue
        title = Content(name(source.keys[0]))
        count = muted(f"{len(models)} models")
        rows.append(cells(snapshot, title, count, source.sums))
        rows += [
            cells(snapshot, Content(), names(row)[1].pad_left(1), row.sums)
            for row in models
        ]
    return rows


def names(row: UsageRow) -> tuple[Content, Content]:
    """Return source and model."""
    return Content(name(row.keys[0])), Content(name(row.keys[1]))


def name(key: str | None) -> str:
    """Return a label as it may be shown."""
    return "unknown" if key is None else clean(key)


def cells(
    snapshot: Snapshot, source: Content, model: Content, sums: Sums
) -> list[Content]:
    """Return the cells of a row."""
    least = "≥" if sums.partial else ""
    return [
        source,
        model,
        Content("unknown" if sums.requests is None else f"{sums.requests:,}"),
        Content(tokens(sum(sums.tokens[:4]))),
        Content(f"{least}{tokens(sums.tokens[4])}"),
        cost_cell(snapshot, sums),
        *part_of_day(snapshot, sums),
    ]


def cost_cell(snapshot: Snapshot, sums: Sums) -> Content:
    """Return what is to be paid, and beside it the list value that plans pay."""
    if sums.cost_nanos is None:
        return muted(cost_text(sums))
    parts = []
    if sums.payable_nanos or not sums.plan_nanos:
        paid = dollars(sums.payable_nanos, sums.is_lower_bound)
        parts = [Content.styled(paid, ".figure")]
    if sums.plan_nanos:
        listed = dollars(sums.plan_nanos, sums.is_lower_bound)
        parts.append(Content.assemble((listed, ".figure"), (" list", ".muted")))
    elif snapshot.today.plan_nanos:
        parts.append(Content(" " * 4))  # figures stand below each other
    return Content(" + " if sums.plan_nanos else " ").join(parts)


def part_of_day(snapshot: Snapshot, sums: Sums) -> tuple[Content, Content]:
    """Return a row's share of what is priced today, as figure and bar."""
    whole = snapshot.today.cost_nanos
    if sums.cost_nanos is None or not whole or whole < 0:
        return Content(), Content()
    part = sums.cost_nanos / whole
    return Content(share(part)), bar(part, BAR, ".accent")
