"""The screen for now: spend, caps, what runs, burn, the day, models, what is latest."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Footer

from tokentui.tui.view import Reading, View
from tokentui.tui.widgets.area import STYLES
from tokentui.tui.widgets.figures import Figures
from tokentui.tui.widgets.notes import Notes
from tokentui.tui.widgets.status_line import StatusLine, Trouble
from tokentui.tui.widgets.top_bar import TopBar
from tokentui.tui.widgets.welcome import Welcome


class NowScreen(Screen[None]):
    """Everything at a glance; the app sets `view`, `reading` and `now`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(STYLES)
    HELP = """
## Reading the screen

- **Costs are estimates** at list prices, computed from the tokens in the logs.
- **≥** at least: some responses have no price yet, or the log broke off.
- **≤** at most: what is left if nothing else turns up.
- **unpriced**: no known price. It is never counted as $0.
- **on course / NEAR / OVER**: below the share of the cap that warns, above it, met.
- **meets it**: below that share, but met in its period at this rate or as forecast.
- **safe per day**: what is left, spread over the days that remain.
- **met … at this rate**: if the burn of the last hour went on without a pause.
- **meets cap** of a session: the nearest cap, if only it went on at its rate.
- **ctx**: tokens of the last prompt of its main thread. Which share of the window that
  is, no log tells for every agent.
- **cached / cold in**: prompt tokens read from the cache, and when it lapses unused.
- **assumed**: nothing in the logs tells who pays.
- **list value, plan**: what a plan's usage costs elsewhere; never added to money.
- **A dot after a time**: the response has just arrived.
- **Dots in the chart**: nothing was spent.
"""

    view: var[View | None] = var(None)
    reading: var[Reading] = var(Reading())
    now: var[datetime | None] = var(None)

    def __init__(
        self, *, demo: bool, notes: tuple[str, ...], places: tuple[str, ...]
    ) -> None:
        super().__init__()
        self._demo = demo
        self._notes = notes
        self._places = places

    def compose(self) -> ComposeResult:
        """Set the areas; what is side by side is up to the styles."""
        view, reading = NowScreen.view, NowScreen.reading
        yield TopBar("now", demo=self._demo).data_bind(NowScreen.now)
        yield Notes(self._notes)
        yield Welcome(self._places).data_bind(view, reading)
        yield Figures().data_bind(view, NowScreen.now)
        yield Trouble().data_bind(reading)
        yield StatusLine().data_bind(view, reading)
        yield Footer()

    def on_mount(self) -> None:
        """Begin without figures."""
        self.watch_view(self.view)

    def watch_view(self, view: View | None) -> None:
        """Show figures if there are any, else the words that stand for them."""
        self.set_class(view is None or view.snapshot.is_ledger_empty, "-no-figures")

    @property
    def has_notes(self) -> bool:
        """Claim that a note is shown."""
        return bool(self._notes)

    def dismiss_note(self) -> str | None:
        """Take the note away that is shown, and return it."""
        if not self._notes:
            return None
        note, *others = self._notes
        self._notes = tuple(others)
        self.query_one(Notes).notes = self._notes
        return note
