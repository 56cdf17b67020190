"""The tabs of the first line: which screens there are, and which one this is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, cast

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from tokentui.tui.keys import screen_key
from tokentui.tui.widgets.area import Area
from tokentui.tui.widgets.choices import REVERSED
from tokentui.tui.widgets.top_bar import Clock, TopBar


@dataclass(frozen=True, slots=True)
class Tab:
    """A screen that a key leads to: the first of `screens` to that of the first tab."""

    name: str
    title: str
    about: str


class HasTabs(Protocol):
    """An app whose screens have tabs."""

    tabs: ClassVar[tuple[Tab, ...]]


class Tabs(Area):
    """All tabs in one line; the names of the others go where it is too narrow."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab", "key", "active"}

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    def __init__(self, active: str) -> None:
        super().__init__()
        self._active = active
        self._ends: list[int] = []

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return the tabs; where it is narrow closer, then with this name alone."""
        keyed = [(screen_key(self, i), tab) for i, tab in enumerate(self._tabs, 1)]
        for indent in (" ", ""):
            parts = [self._part(*each, indent=indent) for each in keyed]
            if sum(part.cell_length for part in parts) <= width:
                break
        else:
            parts = [self._part(*e, with_name=self._is_active(e[1])) for e in keyed]
        lengths = [part.cell_length for part in parts]
        self._ends = [sum(lengths[: i + 1]) for i in range(len(lengths))]
        return [Content("").join(parts).truncate(width, ellipsis=True)]

    @property
    def _tabs(self) -> tuple[Tab, ...]:
        return cast("HasTabs", self.app).tabs

    def _is_active(self, tab: Tab) -> bool:
        return tab.name == self._active

    def _part(
        self, key: str, tab: Tab, *, with_name: bool = True, indent: str = " "
    ) -> Content:
        text = Content(f"{indent}{key} {tab.title} " if with_name else f" {key} ")
        if self._is_active(tab):
            return text.stylize(".active").stylize(REVERSED)
        start = len(indent)
        return text.stylize(".tab").stylize(".key", start, start + len(key))

    def on_click(self, event: Click) -> None:
        """Tell which tab was clicked."""
        for tab, end in zip(self._tabs, self._ends, strict=True):
            if event.x < end:
                self.post_message(self.Chosen(tab.name))
                return


class TabbedBar(TopBar):
    """The first line with tabs in place of the screen's name."""

    def compose(self) -> ComposeResult:
        """Set the parts side by side."""
        self.add_class("-tabbed")
        yield Static("tokentui", id="app-name", markup=False)
        yield Tabs(self._screen_name)
        if self._demo:
            yield Static("demo data", id="demo", markup=False)
        yield Clock()
