"""The first line: whose screen it is, which one, and what time it is."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive, var
from textual.widget import Widget
from textual.widgets import Static


class Clock(Widget):
    """The local time; the one thing that changes every second."""

    time: reactive[str] = reactive("")

    def render(self) -> str:
        """Return the time."""
        return self.time


class TopBar(Horizontal):
    """Name, screen, badge of demo data, and clock."""

    now: var[datetime | None] = var(None)

    def __init__(self, screen_name: str, *, demo: bool) -> None:
        super().__init__()
        self._screen_name = screen_name
        self._demo = demo

    def compose(self) -> ComposeResult:
        """Set the parts side by side."""
        yield Static("tokentui", id="app-name", markup=False)
        yield Static(self._screen_name, id="screen-name", markup=False)
        if self._demo:
            yield Static("demo data", id="demo", markup=False)
        yield Clock()

    def watch_now(self, now: datetime | None) -> None:
        """Hand the time on."""
        for clock in self.query(Clock):
            clock.time = f"{now:%H:%M:%S}" if now else ""
