"""The screen for one session: its responses, its context, and what it cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable

from tokentui.amounts import dollars, tokens
from tokentui.queries.responses import Response
from tokentui.queries.sums import Sums
from tokentui.tui.costs import cost_text
from tokentui.tui.export import SESSION_FILE, text_of
from tokentui.tui.keys import bound
from tokentui.tui.lines import flow, heading, indented, muted
from tokentui.tui.names import names_of
from tokentui.tui.pivot import SESSION_KEYS, Group, Level, groups_of
from tokentui.tui.pivot_table import trail
from tokentui.tui.questions import Questions
from tokentui.tui.screens.asking import AskingScreen, Question
from tokentui.tui.screens.export import copy, export
from tokentui.tui.screens.response import ResponseDialog
from tokentui.tui.text import clean
from tokentui.tui.timeline import Timeline, context_lines
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import Grid
from tokentui.tui.widgets.lines_area import Lines
from tokentui.tui.widgets.tabs import Tab

MOST_RESPONSES = 20_000
"""More than any session has, and as many as nobody has to wait for."""


class TimelineScreen(AskingScreen):
    """One session, within a level that is narrowed to it."""

    HELP = """
## A session

- **cache miss**: the prompt was written to the cache again, or read in full, though
  the response before it had left it there.
- **retry**: a prompt of the same size as the one before it, so the same one again.
- **broken off**: the output count was never completed, so the cost is a lower bound.
- **The blocks** show how large the prompt of each response was, first to last.
- **Open** tells how the cost of a response came about.
"""
    AUTO_FOCUS = "Grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("before", "turn_to(1)", "Page", "Older responses", show=False),
        bound("after", "turn_to(-1)", "Page", "Newer responses", show=False),
        bound("export", "export", "Export", "All responses, into a CSV file"),
        bound("copy", "copy", "Copy", "The rows, as text"),
        bound("back", "leave", "Up", "To the list of sessions"),
    ]

    def __init__(
        self, questions: Questions, level: Level, *, demo: bool, tab: Tab
    ) -> None:
        super().__init__(questions, demo=demo)
        self._level = level
        self._tab = tab
        self._timeline: Timeline | None = None
        self._page = 0

    @property
    def tab(self) -> Tab:
        """The tab of the screen from which it was opened."""
        return self._tab

    def content(self) -> Iterable[Widget]:
        """Return facts, context and responses."""
        yield Lines(id="facts")
        yield Lines(id="context")
        yield Grid()

    def question(self) -> Question | None:
        """Ask for the responses and their sums."""
        level, questions = self._level, self.questions
        usage = level.usage(self.tz, self.moment)
        narrowed = dict(level.only)

        def answer() -> Timeline:
            groups = groups_of("session", questions.table(SESSION_KEYS, usage))
            nothing = Group(narrowed["session"], Sums(), narrowed["source"])
            responses = questions.responses(usage, MOST_RESPONSES)
            return Timeline(groups[0] if groups else nothing, responses)

        return level, answer

    def take_answer(self, answer: object) -> None:
        """Keep the responses."""
        assert isinstance(answer, Timeline)
        self._timeline = answer
        self._page = min(self._page, answer.pages - 1)
        self.meet(set(answer.session.projects))

    def repaint(self) -> None:
        """Show the responses, or that they are being read."""
        view, timeline = self.view, self._timeline
        if view is None:
            return
        title = f"Session: {trail(self._level, view)}"
        notes: tuple[str, ...] = ("reading the ledger …", "…")
        if timeline is not None:
            notes = self._notes(timeline)
        self.query_one("#title", Lines).say(
            lambda width: [heading(title, width, *notes)]
        )
        if timeline is None:
            return
        responses = timeline.responses
        self.query_one("#facts", Lines).say(
            lambda width: indented(flow(facts(timeline, view), width - 2, 3))
        )
        context = self.query_one("#context", Lines)
        context.say(lambda width: self._context_lines(responses, view, width))
        self.query_one(Grid).show(timeline.columns, timeline.rows(self._page, view))

    def _notes(self, timeline: Timeline) -> tuple[str, ...]:
        """Say which responses are shown, if not all, and how to see the others."""
        if timeline.pages == 1:
            return ("estimate at list prices", "estimate")
        page, count = timeline.page(self._page), len(timeline.responses)
        shown = f"{page.start + 1:,} to {page.stop:,}"
        keys = f"{self.key_of('before')} older, {self.key_of('after')} newer"
        return f"{shown} of {count:,} responses, {keys}", f"{shown}, {keys}", shown, "…"

    def _context_lines(
        self, responses: Sequence[Response], view: View, width: int
    ) -> list[Content]:
        is_low = self.has_class("-flat") or self.has_class("-low")
        return context_lines(responses, view, width, 2 if is_low else 6)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Tell how the cost of a response came about."""
        if self._timeline is None or self.view is None:
            return
        responses = self._timeline.responses
        for response in responses:
            if response.key.hex() == event.row_key.value:
                self.app.push_screen(
                    ResponseDialog(self.questions, response, self.view)
                )

    def action_turn_to(self, step: int) -> None:
        """Show older or newer responses."""
        if self._timeline is not None:
            page = min(max(self._page + step, 0), self._timeline.pages - 1)
            if page != self._page:
                self._page = page
                self.repaint()
                self.query_one(Grid).action_scroll_top()

    def action_export(self) -> None:
        """Write all responses into a file."""
        if self._timeline is not None:
            export(self, SESSION_FILE, partial(self._timeline.csv, self.tz))

    def action_copy(self) -> None:
        """Copy the rows as text."""
        if self._timeline is not None and self.view is not None:
            rows = self._timeline.rows(self._page, self.view)
            found = text_of(self._timeline.columns, [row.cells for row in rows])
            copy(self, "\n".join(found) + "\n", len(rows))

    def action_leave(self) -> None:
        """Go back to the list of sessions."""
        self.dismiss()


def facts(timeline: Timeline, view: View) -> list[Content]:
    """Say what the session used and cost, and what was out of the ordinary."""
    session, told = timeline.session, timeline.marks
    sums = session.sums
    fresh, read, written, written_1h, output, _ = sums.tokens
    requests = "?" if sums.requests is None else f"{sums.requests:,}"
    least = "≥" if sums.partial else ""
    found = [
        Content.assemble(
            (cost_text(sums), ".figure"), (f" for {requests} requests", "")
        ),
        Content(names_of(session.projects, "project", view)),
        Content(names_of(session.models, "model", view)),
        muted(clean(session.source or "unknown")),
        muted(f"input {tokens(fresh)}"),
        muted(f"cache read {tokens(read)}"),
        muted(f"cache write {tokens(written + written_1h)}"),
        muted(f"output {least}{tokens(output)}"),
    ]
    if sums.plan_nanos:
        found.append(muted(f"of it {dollars(sums.plan_nanos)} list value inside plans"))
    if sums.unpriced:
        found.append(Content.styled(f"{sums.unpriced:,} unpriced", ".near"))
    for word, several in (("cache miss", "cache misses"), ("retry", "retries")):
        count = sum(word in each for each in told)
        if count:
            words = f"{count} {word if count == 1 else several}"
            found.append(Content.styled(words, ".near"))
    if len(timeline.responses) == MOST_RESPONSES:
        found.append(muted(f"only the last {MOST_RESPONSES:,} can be looked at"))
    return found
