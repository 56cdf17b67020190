"""A line of words of which one is chosen, by its key or with the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import var
from textual.style import Style

from tokentui.tui.lines import muted
from tokentui.tui.widgets.area import Area

REVERSED = Style(reverse=True)
"""Component styles know no such thing; without colours it tells what is chosen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A word to choose; its `key`, if it has one, is marked in it or behind it."""

    id: str
    word: str
    key: str = ""

    @property
    def text(self) -> str:
        """The word with its key."""
        return self.word if self.key in self.word else f"{self.word} {self.key}"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a choice stands."""

    line: int
    start: int
    end: int
    id: str


class Choices(Area):
    """Words to choose from behind a title; flows to further lines where it is narrow.

    What is chosen may be none of them: then the `other` word is shown as chosen.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice", "key", "chosen"}

    chosen: var[str] = var("")
    other: var[str] = var("")

    class Chosen(Message):
        """One of the words was clicked."""

        def __init__(self, choices: Choices, id: str) -> None:  # noqa: A002 - as its id
            self.choices = choices
            self.id = id
            super().__init__()

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        hint: str = "",
        *,
        id: str,  # noqa: A002 - as in Textual
    ) -> None:
        super().__init__()
        self.id = id
        self._title = title
        self._choices = choices
        self._hint = hint
        self._spots: list[Spot] = []

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return the words in as many lines as they take, then the hint if it fits."""
        indent = len(self._title) + 3
        lines, self._spots = [muted(f" {self._title} ")], []
        choices = list(self._choices)
        if self.other:
            choices.append(Choice(self.chosen, self.other))
        for choice in choices:
            word = Content(f" {choice.text} ")
            if lines[-1].cell_length + word.cell_length > width:
                lines.append(Content(" " * (indent - 1)))
            start = lines[-1].cell_length
            end = start + word.cell_length
            self._spots.append(Spot(len(lines) - 1, start, end, choice.id))
            lines[-1] = Content.assemble(lines[-1], self._styled(choice, word))
        hint = muted(f"  {self._hint}")
        if self._hint and lines[-1].cell_length + hint.cell_length < width:
            lines[-1] = Content.assemble(lines[-1], hint)
        return [line.truncate(width, ellipsis=True) for line in lines]

    def _styled(self, choice: Choice, word: Content) -> Content:
        if choice.id == self.chosen:
            return word.stylize(".chosen").stylize(REVERSED)
        word = word.stylize(".choice")
        at = word.plain.find(choice.key) if choice.key else -1
        return word.stylize(".key", at, at + len(choice.key)) if at >= 0 else word

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer other words."""
        self._choices = choices
        self.look_again()

    def watch_chosen(self) -> None:
        """Mark another word."""
        self.look_again()

    def watch_other(self) -> None:
        """Show what is chosen."""
        self.look_again()

    def on_click(self, event: Click) -> None:
        """Tell which word was clicked."""
        for spot in self._spots:
            if spot.line == event.y and spot.start <= event.x < spot.end:
                self.post_message(self.Chosen(self, spot.id))
