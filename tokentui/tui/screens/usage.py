"""The screen for usage: a pivot of the ledger, from months down to one response."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tokentui.tui.pivot import Level
from tokentui.tui.pivot_table import trail
from tokentui.tui.questions import Questions
from tokentui.tui.screens.pivot import PivotScreen
from tokentui.tui.view import View
from tokentui.tui.widgets.choices import Choice, Choices
from tokentui.tui.widgets.tabs import Tab

ROW_KEYS = {
    "d": "day",
    "w": "week",
    "m": "month",
    "p": "project",
    "s": "session",
    "o": "model",
    "c": "source",
    "b": "branch",
    "t": "tier",
    "y": "payer",
}
ROW_CHOICES = [Choice(by, by, key) for key, by in ROW_KEYS.items()]


class UsageScreen(PivotScreen):
    """Usage by any key over any period."""

    TAB = Tab("usage", "Usage", "By day, project, model and more")
    HELP = """
## Usage

- **Underlined letters** choose the rows: d day, w week, m month, p project, s session,
  o model, c source, b branch, t tier, y payer.
- **[ and ]** step through periods, **< >** choose the column that sorts, **,** turns
  the order; a click on a title does both.
- **enter** opens a row: month, day, session, response, and how its cost came about.
  **esc** goes up again.
- **/** keeps the rows whose name holds what you type.
- **cost** is an estimate at list prices; **in plans** is the part of it that flat plans
  pay, so nobody pays it once more.
- **≥** at least; **unpriced**: no known price; **?**: the log does not tell.
- **e** writes a CSV file, **k** copies the rows as text.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"by('{by}')", f"By {by}", show=False, id=f"usage.by-{by}")
        for key, by in ROW_KEYS.items()
    ]

    def __init__(self, questions: Questions, *, demo: bool) -> None:
        super().__init__(questions, Level(), demo=demo)

    def content(self) -> Iterable[Widget]:
        """Return the choice of rows as well."""
        yield Choices("rows  ", ROW_CHOICES, id="rows")
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
