"""An area: a part of the screen that turns a view into lines."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.reactive import var
from textual.widget import Widget

from tokentui.tui.view import Reading, View

STYLES = frozenset(
    ("rule", "title", "muted", "track", "figure", "accent", "good", "near", "over")
)
"""What lines are styled by, as component classes of the screen.

Were they the areas' own, each area would work all of them out anew.
"""


class Area(Widget):
    """Lines made from a view; painted again only if one of them changed."""

    view: var[View | None] = var(None)
    reading: var[Reading] = var(Reading())

    def __init__(self) -> None:
        super().__init__()
        self._width = 0
        self._height: int | None = None
        self._painted: list[Content] = []

    def lines(self, width: int, height: int | None) -> Sequence[Content]:
        """Return the lines for a width: as many as are worth it if `height` is None.

        Each line must fit into the width, and say so if something is missing.
        """
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Be as high as there are lines."""
        self._width = width
        self._height = len(self.lines(width, None)) if width > 0 else 0
        return self._height

    def render(self) -> Content:
        """Return the lines that fit."""
        self._painted = self._fitting()
        return Content("\n").join(self._painted)

    def watch_view(self) -> None:
        """Look at the new view."""
        self.look_again()

    def watch_reading(self) -> None:
        """Look at how the reading goes."""
        self.look_again()

    def look_again(self) -> None:
        """Paint if what is to be seen has changed, lay out if its height has."""
        width = self.content_size.width or self._width
        if not self.is_attached or width <= 0:
            return  # nothing was painted yet that could be out of date
        # Areas whose height the styles set were never asked for theirs.
        if self._height not in (None, len(self.lines(width, None))):
            self.refresh(layout=True)
        elif not are_same(self._fitting(), self._painted):
            self.refresh()

    def _fitting(self) -> list[Content]:
        width, height = self.content_size
        return list(self.lines(width, height))[:height] if width > 0 else []


def are_same(one: Sequence[Content], other: Sequence[Content]) -> bool:
    """Claim that two lists of lines look the same."""
    return len(one) == len(other) and all(
        a.is_same(b) for a, b in zip(one, other, strict=True)
    )
