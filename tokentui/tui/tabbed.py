"""The screens that number keys and tabs lead to, if the feed answers questions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tokentui.tui.keys import screen_bound
from tokentui.tui.questions import Questions
from tokentui.tui.screens.accounts import AccountsScreen
from tokentui.tui.screens.asking import AskingScreen
from tokentui.tui.screens.caps import CapsScreen
from tokentui.tui.screens.now import NowScreen
from tokentui.tui.screens.outcomes import OutcomesScreen
from tokentui.tui.screens.prices import PricesScreen
from tokentui.tui.screens.reports import ReportsScreen
from tokentui.tui.screens.routes import RoutesScreen
from tokentui.tui.screens.session import SessionsScreen
from tokentui.tui.screens.usage import UsageScreen
from tokentui.tui.widgets.figures import Figures
from tokentui.tui.widgets.route_hint import RouteHint
from tokentui.tui.widgets.tabs import Tab, TabbedBar, Tabs
from tokentui.tui.widgets.top_bar import TopBar

SCREENS: tuple[type[AskingScreen], ...] = (
    UsageScreen,
    SessionsScreen,
    AccountsScreen,
    CapsScreen,
    PricesScreen,
    RoutesScreen,
    OutcomesScreen,
    ReportsScreen,
)
"""The screens beside the first, in the order of their tabs."""

FIRST = "now"
TABS = (
    Tab(FIRST, "Now", "Everything at a glance"),
    *(screen.TAB for screen in SCREENS),
)


class TabbedNowScreen(NowScreen):
    """The first screen, with tabs in its first line and a hint at cheaper routes."""

    def __init__(self, questions: Questions, **rest: Any) -> None:
        super().__init__(**rest)
        self._questions = questions

    def compose(self) -> ComposeResult:
        """Set the areas below another first line."""
        for widget in super().compose():
            if isinstance(widget, TopBar):
                yield TabbedBar(FIRST, demo=self._demo).data_bind(NowScreen.now)
            else:
                yield widget
            if isinstance(widget, Figures):
                yield RouteHint(self._questions).data_bind(NowScreen.view)


class TabbedApp(App[None]):
    """An app of several screens, each with a mode of its own and made when needed."""

    DEFAULT_MODE = FIRST
    BINDINGS: ClassVar[list[BindingType]] = [
        screen_bound(number, f"show('{tab.name}')", f"Screen {tab.title}", tab.about)
        for number, tab in enumerate(TABS, 1)
    ]

    tabs: ClassVar[tuple[Tab, ...]] = TABS

    _shown: tuple[str, ...] = (FIRST,)

    def add_screens(
        self, feed: object, first: Callable[[], Screen[None]], *, demo: bool
    ) -> None:
        """Add the first screen, and if the feed answers questions those that ask."""
        self.add_mode(FIRST, first)
        if isinstance(feed, Questions):
            for screen in SCREENS:
                self.add_mode(screen.TAB.name, partial(self._made, screen, feed, demo))
            self._shown = tuple(tab.name for tab in TABS)

    def _made(
        self, screen: type[AskingScreen], feed: Questions, demo: bool
    ) -> AskingScreen:
        made = screen(feed, demo=demo)
        # Else Textual parses all styles anew, twice, which a new screen does not need.
        made._css_update_count = self._css_update_count
        return made

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Know only the tabs that there are."""
        return action != "show" or parameters[0] in self._shown

    def delay_update(self, delay: float = 0) -> None:
        """Let another screen be painted as soon as it is laid out.

        Textual waits, and a paint in that time is lost: the next is the one with rows.
        """

    def action_show(self, name: str) -> None:
        """Show the screen of a tab."""
        if name in self._shown:
            self.switch_mode(name)

    def on_tabs_chosen(self, event: Tabs.Chosen) -> None:
        """Show the screen of the tab that was clicked."""
        self.action_show(event.name)
