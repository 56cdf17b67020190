"""The card of one report, and the dialog that saves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.widget import Widget
from textual.widgets import Input

from tokentui.errors import UsageError
from tokentui.files import write
from tokentui.reports import A4, MODULES, format_by_ending, format_of
from tokentui.tui.screens.card import AnswerCard, framed
from tokentui.tui.screens.dialog import Dialog, said
from tokentui.tui.widgets.lines_area import Lines, Made

if TYPE_CHECKING:
    from tokentui.claims.claim import Claim


class ReportCard(AnswerCard):
    """All that a report says."""

    def made(self, answer: object) -> Made:
        """Return its lines."""
        from tokentui.tui.report_lines import report_lines

        claim = cast("Claim", answer)
        return framed(lambda width: report_lines(claim, width))


class SaveDialog(Dialog[Path]):
    """A name for a new file; one that is there already is not written over."""

    KEYS = "⏎ writes · esc leaves"

    def __init__(self, name: str, question: Callable[[], Claim]) -> None:
        super().__init__("Save the report")
        self._name = name
        self._question = question

    def content(self) -> list[Widget]:
        """Return the formats, and the line for the name."""
        line = Input(self._name, compact=True, select_on_focus=False, id="file")
        return [Lines(id="endings"), line]

    def on_mount(self) -> None:
        """Say which formats there are."""
        super().on_mount()
        self.query_one("#endings", Lines).say(said(endings()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Make the report and write the file."""
        name, question = event.value.strip(), self._question
        self.do(lambda: saved(name, question))

    def done(self, answer: object) -> None:
        """Leave with the file."""
        assert isinstance(answer, Path)
        self.dismiss(answer)


def endings() -> str:
    """Say which endings of a name there are."""
    known = ", ".join(f".{format_of(name).suffix}" for name in MODULES)
    return f"The ending of the name says the format: {known}"


def saved(name: str, question: Callable[[], Claim]) -> Path:
    """Write a report to a new file, in the format that the file's name ends like.

    Raises:
        UsageError: The ending is of no format, or the file cannot be written.
    """
    form = format_by_ending(name)
    if form is None:
        raise UsageError(endings())
    try:
        path = Path(name).expanduser()
    except RuntimeError as error:
        raise UsageError(f"{name} cannot be written: {error}") from None
    if path.exists():
        raise UsageError(f"{path} exists already: give another name")
    return write(path, [form.written(question(), A4)])
