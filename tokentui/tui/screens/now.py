"""The screen for now: spend, caps, burn, the day, models, and the latest responses."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Footer, Static

from tokentui.tui.view import Reading, View
from tokentui.tui.widgets.area import STYLES
from tokentui.tui.widgets.breakdown import Breakdown
from tokentui.tui.widgets.burn_rates import BurnRates
from tokentui.tui.widgets.day_spend import DaySpend
from tokentui.tui.widgets.latest import Latest
from tokentui.tui.widgets.notes import Notes
from tokentui.tui.widgets.other_caps import OtherCaps, other_caps
from tokentui.tui.widgets.quotas import Quotas
from tokentui.tui.widgets.spending import Spending
from tokentui.tui.widgets.status_line import StatusLine, Trouble
from tokentui.tui.widgets.top_bar import TopBar
from tokentui.tui.widgets.welcome import Welcome

DROPPED = "… latest responses: make the window taller to see them"
DROPPED_MORE = "… chart, latest responses: make the window taller"


class Body(VerticalScroll, inherit_bindings=False):
    """All areas; scrolled where the window is too low for them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Scroll up", show=False, id="body.up"),
        Binding("down", "scroll_down", "Scroll down", show=False, id="body.down"),
        Binding("pageup", "page_up", "Page up", show=False, id="body.page-up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="body.page-down"),
        Binding("home", "scroll_home", "To the top", show=False, id="body.home"),
        Binding("end", "scroll_end", "To the end", show=False, id="body.end"),
    ]


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
- **safe per day**: what is left, spread over the days that remain.
- **met … at this rate**: if the burn of the last hour went on without a pause.
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
        with Body(id="body"):
            with Container(id="main"):
                with Container(id="spending"):
                    yield Spending("day").data_bind(view)
                    yield Spending("month").data_bind(view)
                with Container(id="limits"):
                    yield OtherCaps().data_bind(view)
                    yield Quotas().data_bind(view)
                with Container(id="pace"):
                    yield BurnRates().data_bind(view)
                    yield DaySpend().data_bind(view)
                yield Breakdown().data_bind(view)
            yield Latest().data_bind(view)
        yield Static(DROPPED, id="dropped", markup=False)
        yield Trouble().data_bind(reading)
        yield StatusLine().data_bind(view, reading)
        yield Footer()

    def on_mount(self) -> None:
        """Begin without figures."""
        self._look_again()

    def watch_view(self) -> None:
        """Show figures if there are any, else the words that stand for them."""
        self._look_again()

    def watch_reading(self) -> None:
        """Make room for trouble."""
        self._look_again()

    def _look_again(self) -> None:
        view = self.view
        has_caps = view is not None and bool(other_caps(view))
        has_quotas = view is not None and bool(view.snapshot.quotas)
        extra = [has_caps, has_quotas, bool(self.reading.trouble), bool(self._notes)]
        self.set_class(view is None or view.snapshot.is_ledger_empty, "-no-figures")
        self.set_class(has_caps, "-has-caps")
        self.set_class(has_quotas, "-has-quotas")
        self.set_class(sum(extra) == 1, "-crowded")
        self.set_class(sum(extra) > 1, "-packed")
        for dropped in self.query("#dropped").results(Static):
            words = DROPPED_MORE if self.has_class("-packed") else DROPPED
            if dropped.content != words:
                dropped.update(words)

    def dismiss_note(self) -> None:
        """Take the note away that is shown."""
        self._notes = self._notes[1:]
        self.query_one(Notes).notes = self._notes
        self._look_again()
