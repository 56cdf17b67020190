"""The screen for one suggestion: all of it, and the sessions in which it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widget import Widget

from tokentui.routes.suggestion import Suggestion
from tokentui.text import clean as clean_line
from tokentui.text import many
from tokentui.tui.keys import bound
from tokentui.tui.lines import heading, indented
from tokentui.tui.pivot import Level
from tokentui.tui.questions import Questions
from tokentui.tui.screens.asking import AskingScreen
from tokentui.tui.screens.timeline import TimelineScreen
from tokentui.tui.suggestion_lines import (
    EVIDENCE_COLUMNS,
    KEYS,
    evidence_row,
    suggestion_lines,
)
from tokentui.tui.text import clean
from tokentui.tui.widgets.grid import Grid
from tokentui.tui.widgets.lines_area import Lines
from tokentui.tui.widgets.tabs import Tab

MOST_SESSIONS = 200
"""More rows than anybody opens."""


class EvidenceGrid(Grid):
    """Sessions; with so few of them, pages are those of the text above."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("open", "select_cursor", "Open", "A session, down to its responses"),
        bound("page_up", "screen.page(-1)", "Page up", show=False),
        bound("page_down", "screen.page(1)", "Page down", show=False),
    ]


class SuggestionScreen(AskingScreen):
    """One suggestion as it was when it was opened."""

    HELP = """
## A suggestion

- **saves** is money at list prices in 30 days; list value inside plans is told apart.
- **break-even** says from which value of a run the way it is done now is worth it.
- **cost** of a session is what it cost in all, **why** what of it is meant here.
- **Open** a session: each response, how the context grew, cache misses.
- Lines are copied, never applied.
"""
    AUTO_FOCUS = "Grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("copy_lines", "copy_lines", "Copy", "The lines to switch"),
        bound("copy_undo", "copy_undo", "Undo", "Copy the lines to go back"),
        bound("back", "leave", "Back", "To all suggestions"),
    ]

    def __init__(
        self,
        questions: Questions,
        suggestion: Suggestion,
        value_nanos: int | None,
        *,
        demo: bool,
        tab: Tab,
    ) -> None:
        super().__init__(questions, demo=demo)
        self._suggestion = suggestion
        self._value_nanos = value_nanos
        self._tab = tab

    @property
    def tab(self) -> Tab:
        """The tab of the screen from which it was opened."""
        return self._tab

    def content(self) -> Iterable[Widget]:
        """Return the words, and the sessions below them."""
        yield VerticalScroll(Lines(id="words"), id="suggestion-body")
        yield Lines(id="evidence")
        yield EvidenceGrid()

    def repaint(self) -> None:
        """Show all of it."""
        view, found = self.view, self._suggestion
        if view is None:
            return
        keys = {each: self.key_of(each) for each in KEYS}
        count = len(found.evidence)
        note = many(count, "session") if count else "no session to show"
        title = clean(found.title)
        self.query_one("#title", Lines).say(lambda width: [heading(title, width)])
        self.query_one("#words", Lines).say(
            lambda width: indented(
                suggestion_lines(found, self._value_nanos, keys, width - 2)
            )
        )
        self.query_one("#evidence", Lines).say(
            lambda width: [heading("Where it shows", width, note)]
        )
        some = found.evidence[:MOST_SESSIONS]
        rows = [evidence_row(str(i), each, view) for i, each in enumerate(some)]
        self.query_one(Grid).show(EVIDENCE_COLUMNS, rows)

    def on_data_table_row_selected(self) -> None:
        """Open a session."""
        place = self.query_one(Grid).row_at_cursor
        if place is None:
            return
        found = self._suggestion.evidence[int(place)]
        labels = (("session", found.session), ("source", found.source))
        level = Level("session", ("all",), only=labels)
        made = TimelineScreen(self.questions, level, demo=self.is_demo, tab=self.tab)
        self.app.push_screen(made)

    def action_page(self, step: int) -> None:
        """Scroll the words."""
        body = self.query_one("#suggestion-body", VerticalScroll)
        if step > 0:
            body.scroll_page_down()
        else:
            body.scroll_page_up()

    def action_copy_lines(self) -> None:
        """Copy the lines to switch."""
        copy_lines(self, self._suggestion.how)

    def action_copy_undo(self) -> None:
        """Copy the lines to go back."""
        copy_lines(self, self._suggestion.undo)

    def action_leave(self) -> None:
        """Go back to all suggestions."""
        self.dismiss()


def copy_lines(screen: Screen[None], lines: Sequence[str]) -> None:
    """Copy lines for a shell or a settings file; nothing is done with them."""
    if not lines:
        screen.notify("There is nothing to copy", timeout=2)
        return
    # They may hold names from logs, and are going to be pasted into a shell.
    screen.app.copy_to_clipboard("".join(f"{clean_line(line)}\n" for line in lines))
    said = f"Copied {many(len(lines), 'line')}; nothing was changed"
    screen.notify(said, timeout=3)
