"""Dialogs that only tell: lines to scroll, left with escape."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget

from tokentui.tui.lines import indented, muted
from tokentui.tui.screens.dialog import Dialog
from tokentui.tui.widgets.lines_area import Lines, Made

AROUND = 5
"""Lines of a card that are not its body."""


class Card(Dialog[None]):
    """Shows lines, which scroll if they are too many."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q", "leave", "Leave", show=False),
    ]
    KEYS = "esc leaves · ↑ ↓ scroll"

    def content(self) -> list[Widget]:
        """Return the lines."""
        return [VerticalScroll(Lines(id="card"), id="card-body")]

    def on_resize(self, event: Resize) -> None:
        """Leave room for the heading, the keys and the border."""
        body = self.query_one("#card-body")
        body.styles.max_height = max(3, event.size.height * 9 // 10 - AROUND)

    def say(self, made: Made) -> None:
        """Show lines."""
        self.query_one("#card", Lines).say(made)


class AnswerCard(Card):
    """Asks one question and shows the answer."""

    def __init__(self, title: str, question: Callable[[], object]) -> None:
        super().__init__(title)
        self._question = question

    def on_mount(self) -> None:
        """Ask."""
        super().on_mount()
        self.say(lambda _: indented([muted("reading …")]))
        self.do(self._question)

    def done(self, answer: object) -> None:
        """Show the answer."""
        self.say(self.made(answer))

    def made(self, answer: object) -> Made:
        """Return the maker of the lines."""
        raise NotImplementedError


def framed(lines: Callable[[int], list[Content]]) -> Made:
    """Set lines in by one cell on both sides."""
    return lambda width: indented(lines(max(1, width - 2)))
