"""An area whose lines the screen gives it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content

from tokentui.tui.widgets.area import Area

Made = Callable[[int], Sequence[Content]]


def nothing(_: int) -> Sequence[Content]:
    """Return no lines."""
    return ()


class Lines(Area):
    """Lines for a width, made by what was last said."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - as in Textual
        super().__init__()
        self.id = id
        self._made: Made = nothing

    def say(self, made: Made) -> None:
        """Show other lines; each has to fit into the width."""
        self._made = made
        self.look_again()

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return what was last said; a sign in place of what does not fit."""
        lines = list(self._made(width)) if width > 0 else []
        if height and len(lines) > height:
            lines[height - 1] = Content.styled("…", ".muted").pad_left(1)
        return lines
