"""The screen for usage: a pivot of the ledger, from months down to one response."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from tokentui.tui.keys import bound
from tokentui.tui.pivot import ROWS, Level
from tokentui.tui.pivot_table import trail
from tokentui.tui.questions import Questions
from tokentui.tui.screens.pivot import PivotScreen
from tokentui.tui.view import View
from tokentui.tui.widgets.choices import Choice, Choices
from tokentui.tui.widgets.tabs import Tab


class UsageScreen(PivotScreen):
    """Usage by any key over any period."""

    TAB = Tab("usage", "Usage", "By day, project, model and more")
    HELP = """
## Usage

- **Underlined letters** choose the rows.
- **Open** a row: month, day, session, response, and how its cost came about.
  **Up** leads up again.
- A click on a title sorts by its column, another turns the order.
- **Filter** keeps the rows whose name holds what you type.
- **cost** is an estimate at list prices; **in plans** is the part of it that flat plans
  pay, so nobody pays it once more.
- **≥** at least; **unpriced**: no known price; **?**: the log does not tell.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        bound(f"by_{by}", f"by('{by}')", f"By {by}", f"A row for each {by}", show=False)
        for by in ROWS
    ]

    def __init__(self, questions: Questions, *, demo: bool) -> None:
        super().__init__(questions, Level(), demo=demo)

    def content(self) -> Iterable[Widget]:
        """Return the choice of rows as well."""
        choices = [Choice(by, by, self.key_of(f"by_{by}")) for by in ROWS]
        yield Choices("rows  ", choices, id="rows")
        yield from super().content()

    def title_of(self, level: Level, view: View) -> str:
        """Say what a level shows."""
        return f"Usage by {level.by}: {trail(level, view)}"

    def mark_choices(self, level: Level, view: View) -> None:
        """Mark what is chosen."""
        super().mark_choices(level, view)
        self.query_one("#rows", Choices).chosen = level.by

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Do what the key of the word does."""
        if event.choices.id == "rows":
            event.prevent_default()
            self.action_by(event.id)

    def action_by(self, by: str) -> None:
        """Group by another key."""
        self.change(replace(self.place.level, by=by))
