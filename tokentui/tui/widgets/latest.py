"""The latest responses, as they arrive."""

from __future__ import annotations

from textual.content import Content

from tokentui.amounts import dollars, tokens
from tokentui.queries.recent import LatestEvent
from tokentui.tui.lines import heading, indented, muted
from tokentui.tui.names import ORIGIN_WORDS
from tokentui.tui.tables import Column, table
from tokentui.tui.text import clean
from tokentui.tui.times import arrival
from tokentui.tui.view import View
from tokentui.tui.widgets.area import Area

FRESH_MS = 10_000
"""How long a response is marked as new."""

COLUMNS = (
    Column("time"),
    Column("source", rank=4),
    Column("model", least=16),
    Column("project", least=12),
    Column("input", is_right=True, rank=3),
    Column("cache read", is_right=True, rank=2),
    Column("out", is_right=True, rank=1),
    Column("cost", is_right=True),
)


class Latest(Area):
    """A line for each response, newest first."""

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return heading, titles and as many responses as fit."""
        if self.view is None:
            return []
        snapshot = self.view.snapshot
        events = snapshot.latest
        if not events:
            head = heading("Latest responses", width)
            return [head, *indented([muted("none in the last 31 days")])]
        shown = events if height is None else events[: max(0, height - 2)]
        rows = [cells(self.view, event) for event in shown]
        lines = table(COLUMNS, rows, width - 2, 3 if width >= 110 else 2)
        note = f"newest {len(shown)}"
        if snapshot.today.requests:
            note += f", {snapshot.today.requests:,} today"
        notes = [f"{note}; inside plans at list value", note]
        if not any(payer.is_plan for payer in snapshot.payers):
            del notes[0]
        return [heading("Latest responses", width, *notes), *indented(lines)]


def cells(view: View, event: LatestEvent) -> list[Content]:
    """Return the cells of a response."""
    snapshot = view.snapshot
    least = "≥" if event.is_partial else ""
    origin = ORIGIN_WORDS.get(event.origin)
    beside = f" ({origin})" if origin else ""
    cost = dollars(event.cost_nanos, event.is_partial)
    is_fresh = snapshot.now_ms - event.at_ms < FRESH_MS
    at = arrival(event.at_ms, snapshot.tz, snapshot.now_ms)
    return [
        Content.styled(f"{at} •", ".accent") if is_fresh else muted(at),
        Content(clean(event.source)),
        Content(f"{clean(event.model)}{beside}"),
        Content(view.project(event.project)),
        Content(tokens(event.tokens[0])),
        Content(tokens(event.tokens[1])),
        Content(f"{least}{tokens(event.tokens[4])}"),
        muted(cost) if event.cost_nanos is None else Content.styled(cost, ".figure"),
    ]
