"""Asks for the name of a file, and writes what was on the table into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.widget import Widget
from textual.widgets import Input

from tokentui.tui.export import DEFAULT_FILE, write_new
from tokentui.tui.screens.dialog import Dialog


class ExportDialog(Dialog[Path]):
    """A name for a new file; one that is there already is not written over."""

    KEYS = "⏎ writes · esc leaves"

    def __init__(self, text: Callable[[], str]) -> None:
        super().__init__("Export as CSV")
        self._text = text

    def content(self) -> list[Widget]:
        """Return the line for the name."""
        return [Input(DEFAULT_FILE, compact=True, select_on_focus=False, id="file")]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write the file."""
        name, text = event.value, self._text
        self.do(lambda: write_new(name, text()))

    def done(self, answer: object) -> None:
        """Leave with the file."""
        assert isinstance(answer, Path)
        self.dismiss(answer)
