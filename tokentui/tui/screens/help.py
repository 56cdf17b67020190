"""The card of a screen: what its words and signs mean, and what each key does there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen

from tokentui.keys import EVERYWHERE, MOVES
from tokentui.tui.keys import bound, shown
from tokentui.tui.lines import heading, muted
from tokentui.tui.screens.card import Card, framed

KEY_WIDTH = 9


@dataclass(slots=True)
class Deed:
    """What keys do, and which keys."""

    words: str
    about: str
    keys: list[str] = field(default_factory=list)


class HelpCard(Card):
    """Words, signs and keys of the screen that it is shown over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("help", "leave", "Leave", show=False),
    ]

    def __init__(self, screen: Screen[object]) -> None:
        title, _, self._text = (screen.HELP or "").strip().partition("\n")
        super().__init__(f"Help: {title.removeprefix('## ')}")
        self._deeds = deeds_of(screen)

    def on_mount(self) -> None:
        """Show them."""
        super().on_mount()
        self.say(framed(self._lines))

    def _lines(self, width: int) -> list[Content]:
        return [
            *words_and_signs(self._text, width),
            Content(),
            heading("Keys", width),
            *key_lines(self._deeds, width),
        ]


def deeds_of(screen: Screen[object]) -> list[Deed]:
    """List what keys do on a screen: only there, then everywhere, moves last."""
    found: dict[str, Deed] = {}
    for _, binding, is_enabled, _ in screen.active_bindings.values():
        if binding.id is None or not is_enabled:
            continue
        deed = Deed(binding.description, binding.tooltip)
        deed = found.setdefault(binding.id, deed)
        deed.keys.append(shown(screen, binding.key))
    return [found[name] for name in sorted(found, key=place)]


def place(name: str) -> int:
    """Return 0 for what is done only here, 1 if everywhere, 2 for moves."""
    if name in MOVES.split():
        return 2
    return 1 if name.partition(".")[0] in EVERYWHERE.split() else 0


def key_lines(deeds: Iterable[Deed], width: int) -> list[Content]:
    """Return a line for each deed."""
    return [
        Content.assemble(
            (" ".join(deed.keys).rjust(KEY_WIDTH), ".accent"),
            ("  ", ""),
            deed.words,
            (f"  {deed.about}", ".muted"),
        ).truncate(width, ellipsis=True)
        for deed in deeds
    ]


def words_and_signs(text: str, width: int) -> list[Content]:
    """Return the points of a help text in lines, its `**bold**` words as such."""
    lines: list[Content] = []
    for part in re.split(r"\n(?=- )", joined(text)):
        if part.strip():
            words = part.removeprefix("- ").split("**")
            told = Content.assemble(
                *((word, ".figure" if i % 2 else "") for i, word in enumerate(words))
            )
            first, *rest = told.wrap(max(1, width - 2))
            lines += [Content.assemble(muted("- "), first.rstrip())]
            lines += [line.rstrip().pad_left(2) for line in rest]
    return lines


def joined(text: str) -> str:
    """Return text whose points are on one line each."""
    return re.sub(r"\n  (?=\S)", " ", text.strip())
