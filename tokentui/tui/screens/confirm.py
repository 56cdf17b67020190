"""Asks whether something shall be done that cannot be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from tokentui.tui.keys import bound, key_of
from tokentui.tui.screens.dialog import Dialog, said
from tokentui.tui.widgets.lines_area import Lines


class ConfirmDialog(Dialog[object]):
    """Does it on `y`; leaves on `n` and escape. Closes with what was done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("yes", "agree", "Yes", "Do it"),
        bound("no", "leave", "No", "Change nothing"),
    ]

    def __init__(self, title: str, text: str, deed: Callable[[], object]) -> None:
        super().__init__(title)
        self._text = text
        self._deed = deed

    def keys(self) -> str:
        """Return the keys that answer."""
        return f"{key_of(self, 'yes')} yes · {key_of(self, 'no')} no"

    def content(self) -> list[Widget]:
        """Return the words."""
        words = Lines(id="words")
        words.say(said(self._text))
        return [words]

    def action_agree(self) -> None:
        """Do it."""
        self.do(self._deed)

    def done(self, answer: object) -> None:
        """Leave with what was done."""
        self.dismiss(answer)
