"""A session's responses: what marks them, how their context grew, and their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from textual.content import Content

from tokentui.amounts import dollars, tokens
from tokentui.queries.responses import Response
from tokentui.tui import export
from tokentui.tui.chart import BLOCKS, level
from tokentui.tui.columns import Cell, GridColumn, Share
from tokentui.tui.lines import heading, indented, muted
from tokentui.tui.names import ORIGIN_WORDS
from tokentui.tui.pivot import MOST_ROWS, Group
from tokentui.tui.text import clean
from tokentui.tui.times import local
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import GridRow

MAIN = (None, "main")
USUAL_ENDS = (None, "end_turn", "tool_use", "stop_sequence")
END_WORDS = {
    "max_tokens": "cut at limit",
    "model_context_window_exceeded": "context full",
    "pause_turn": "paused",
}

COLUMNS = (
    GridColumn("time", id="time"),
    GridColumn("agent", rank=4, least=6, id="agent"),
    GridColumn("model", least=10, rank=2, id="model"),
    GridColumn("input", is_right=True, rank=3, id="input"),
    GridColumn("cache read", is_right=True, id="read"),
    GridColumn("cache write", is_right=True, rank=1, id="written"),
    GridColumn("output", is_right=True, id="output"),
    GridColumn("cost", is_right=True, id="cost"),
    GridColumn("marks", least=6, id="marks"),
    GridColumn("", rank=5, is_extra=True, id="bar", is_bar=True),
)


def marks(responses: Sequence[Response]) -> list[list[str]]:
    """Say of each response what is out of the ordinary.

    A retry is a response to a prompt of the very size that the one before it in the
    thread had: with a response in between it would have grown.
    """
    before: dict[tuple[str | None, str], int] = {}
    told = []
    for response in responses:
        thread = (response.agent, response.model)
        is_response = response.origin == "response"
        is_retry = is_response and response.prompt == before.get(thread, 0) > 0
        if is_response:
            before[thread] = response.prompt
        told.append([word for word in words(response, is_retry) if word])
    return told


def words(response: Response, is_retry: bool) -> Iterator[str]:
    """Give the words for one response."""
    yield "cache miss" if response.is_miss else ""
    yield "retry" if is_retry else ""
    if response.is_partial:
        yield "broken off" if any(response.tokens) else "not counted"
    if response.stop_reason not in USUAL_ENDS:
        yield END_WORDS.get(response.stop_reason or "", response.stop_reason or "")
    yield ORIGIN_WORDS.get(response.origin, "")


@dataclass(frozen=True)
class Timeline:
    """A session, its sums, and its responses in order of time."""

    session: Group
    responses: tuple[Response, ...]

    @cached_property
    def marks(self) -> list[list[str]]:
        """What is out of the ordinary of each response."""
        return marks(self.responses)

    @cached_property
    def columns(self) -> tuple[GridColumn, ...]:
        """The columns; nobody needs to read the one agent or model all over."""
        alike = {
            "agent": len({each.agent for each in self.responses}) <= 1,
            "model": len({each.model for each in self.responses}) <= 1,
            "marks": not any(self.marks),
        }
        return tuple(c for c in COLUMNS if not alike.get(c.id))

    @cached_property
    def dearest(self) -> int:
        """What the dearest response costs."""
        return max((each.cost_nanos or 0 for each in self.responses), default=0)

    @property
    def pages(self) -> int:
        """How many pages the rows take."""
        return max(1, -(-len(self.responses) // MOST_ROWS))

    def page(self, number: int) -> range:
        """Return the places of a page's responses; page 0 is the newest."""
        last = len(self.responses) - number * MOST_ROWS
        return range(max(0, last - MOST_ROWS), max(0, last))

    def rows(self, number: int, view: View) -> list[GridRow]:
        """Return a row for each response of a page, the last one first."""
        found = []
        for i in reversed(self.page(number)):
            response = self.responses[i]
            made = cells(response, self.marks[i], self.dearest, view)
            row = [made[column.id] for column in self.columns]
            found.append(GridRow(response.key.hex(), row))
        return found

    def csv(self, tz: ZoneInfo) -> str:
        """Return all responses as CSV, exact, first to last."""
        pairs = zip(self.responses, self.marks, strict=True)
        rows = [export.response_row(each, tz, told) for each, told in pairs]
        return export.csv_text(export.RESPONSE_TITLES, rows)


def cells(
    response: Response, told: Sequence[str], dearest: int, view: View
) -> dict[str, Cell]:
    """Return the cells of one response by column."""
    fresh, read, written, written_1h, output, _ = response.tokens
    cost = dollars(response.cost_nanos, response.is_partial)
    least = "≥" if response.is_partial else ""
    return {
        "time": muted(seconds(response.at_ms, view)),
        "agent": Content(clean(response.agent or "main")),
        "model": Content(clean(response.model)),
        "input": Content(tokens(fresh)),
        "read": Content(tokens(read)),
        "written": Content(tokens(written + written_1h)),
        "output": Content(f"{least}{tokens(output)}"),
        "cost": muted(cost)
        if response.cost_nanos is None
        else Content.styled(cost, ".figure"),
        "bar": Share(max(0, response.cost_nanos or 0) / max(1, dearest)),
        "marks": Content.styled(", ".join(told), ".near"),
    }


def seconds(at_ms: int, view: View) -> str:
    """Return `14:03:27` if that is today, else `24 Nov 18:02:11`."""
    snapshot = view.snapshot
    at = local(at_ms, snapshot.tz)
    clock = f"{at:%H:%M:%S}"
    if at.date() == local(snapshot.now_ms, snapshot.tz).date():
        return clock
    return f"{at.day:2} {at:%b} {clock}"


def context_lines(
    responses: Sequence[Response], view: View, width: int, rows: int
) -> list[Content]:
    """Return the sizes of the main thread's prompts as blocks, first to last."""
    known = [r for r in responses if r.origin == "response" and r.prompt]
    main = [r for r in known if r.agent in MAIN]
    what = "Context of the main thread" if main else "Context"
    main = main or known
    if not main or rows < 1:
        return []
    highest = max(main, key=lambda response: response.prompt)
    at = seconds(highest.at_ms, view)
    notes = (
        f"now {tokens(main[-1].prompt)}, peak {tokens(highest.prompt)} at {at}",
        f"peak {tokens(highest.prompt)}",
    )
    sizes = columns([response.prompt for response in main], width - 2)
    levels = [level(size, highest.prompt, rows * 8) for size in sizes]
    blocks = [
        Content.styled(
            "".join(BLOCKS[min(max(each - base, 0), 8)] for each in levels), ".accent"
        )
        for base in range(rows * 8 - 8, -1, -8)
    ]
    return [heading(what, width, *notes), *indented(blocks)]


def columns(sizes: Sequence[int], width: int) -> list[int]:
    """Spread sizes over so many columns: the highest of those that share one."""
    count = len(sizes)
    if count >= width:
        edges = [i * count // width for i in range(width + 1)]
        return [max(sizes[a:b]) for a, b in pairwise(edges)]
    scale = min(width // count, 4)
    return [size for size in sizes for _ in range(scale)]
