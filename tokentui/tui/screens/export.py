"""The ways out for what is on a table: a new file, or the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tokentui.tui.export import write_new
from tokentui.tui.screens.dialog import Dialog


class ExportDialog(Dialog[Path]):
    """A name for a new file; one that is there already is not written over."""

    KEYS = "⏎ writes · esc leaves"

    def __init__(self, name: str, text: Callable[[], str]) -> None:
        super().__init__("Export as CSV")
        self._name = name
        self._text = text

    def content(self) -> list[Widget]:
        """Return the line for the name."""
        return [Input(self._name, compact=True, select_on_focus=False, id="file")]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write the file."""
        name, text = event.value, self._text
        self.do(lambda: write_new(name, text()))

    def done(self, answer: object) -> None:
        """Leave with the file."""
        assert isinstance(answer, Path)
        self.dismiss(answer)


def export(screen: Screen[None], name: str, text: Callable[[], str]) -> None:
    """Ask for the name of a file for a text, which is made in another thread."""

    def tell(path: Path | None) -> None:
        if path is not None:
            screen.notify(f"Written: {path}", markup=False)

    screen.app.push_screen(ExportDialog(name, text), tell)


def copy(screen: Screen[None], text: str, rows: int) -> None:
    """Copy the text of some rows."""
    screen.app.copy_to_clipboard(text)
    screen.notify(f"Copied {rows:,} rows", timeout=2)
