"""The dashboard: polls a feed once a second and hands its snapshots to the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from os import environ
from pathlib import Path

from textual import work
from textual.app import SystemCommand
from textual.reactive import var
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker, WorkerState

from tokentui.errors import TokentuiError
from tokentui.keys import MOVES, USUAL, Keys
from tokentui.snapshot import Snapshot
from tokentui.tui.aside import aside
from tokentui.tui.feed import Feed, Tap
from tokentui.tui.kept import Choices, Kept
from tokentui.tui.keys import bound, keymap, shown, textual_keys
from tokentui.tui.messages import Polled, PollFailed
from tokentui.tui.names import with_projects
from tokentui.tui.questions import AccountsAsked, CapsChanged, ProjectsMet, Questions
from tokentui.tui.screens.help import HelpCard
from tokentui.tui.screens.now import NowScreen
from tokentui.tui.tabbed import TabbedApp, TabbedNowScreen
from tokentui.tui.themes import DARK, LIGHT, following
from tokentui.tui.view import Reading, View, with_aliases

POLL_SECONDS = 1.0
FEED_GROUP = "feed"


def system_clock() -> datetime:
    """Give the time now, aware, on the clock of this machine."""
    return datetime.now(UTC).astimezone()


class Dashboard(TabbedApp):
    """The live dashboard.

    `notes` are shown once each until dismissed, `places` are the folders that were
    looked at; `demo` marks the figures as sample data. `hides_projects` and `theme` are
    how it begins; keys change them. What is chosen on screen goes to `kept`, if
    anywhere.
    """

    TITLE = "tokentui"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it so
        (0, "-small"),
        (80, "-normal"),
        (120, "-wide"),
        (160, "-huge"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it so
        (0, "-flat"),
        (24, "-low"),
        (36, "-tall"),
        (50, "-high"),
    ]
    BINDINGS = [  # noqa: RUF012 - Textual declares it so
        bound("quit", "quit", "Quit", "Leave the dashboard"),
        bound("help", "help", "Help", "Keys, and what the signs mean"),
        bound("refresh", "read_now", "Refresh", "Read the logs now"),
        bound("privacy", "privacy", "Privacy", "Hide or show names of projects"),
        bound("theme", "next_theme", "Theme", "Take the next one"),
        bound("dismiss", "dismiss_note", "Dismiss", "The note", show=False),
        bound("palette", "command_palette", "Palette", "Find an action", show=False),
    ]

    view: var[View | None] = var(None)
    reading: var[Reading] = var(Reading())
    now: var[datetime | None] = var(None)
    hides_projects: var[bool] = var(False)

    def __init__(
        self,
        feed: Feed,
        *,
        demo: bool = False,
        notes: tuple[str, ...] = (),
        places: tuple[str, ...] = (),
        hides_projects: bool = False,
        theme: str | None = None,
        keys: Keys = USUAL,
        clock: Callable[[], datetime] = system_clock,
        kept: Kept | None = None,
    ) -> None:
        self.keys = keys
        palette = textual_keys(keys.palette[:1])
        self.COMMAND_PALETTE_BINDING = palette  # type: ignore[misc]  # asked of it
        super().__init__()
        self._begins_with = theme
        self._kept = kept
        self._choices = kept.read() if kept else Choices()
        self._first_theme = ""
        notes = tuple(n for n in notes if not self._choices.has_dismissed(n))
        # What the config hides is hidden at every start, whatever was chosen once.
        hides_projects = hides_projects or self._choices.hides_projects
        self.set_reactive(Dashboard.hides_projects, hides_projects)
        self._tap = Tap(feed)
        self._clock = clock
        self._snapshot: Snapshot | None = None
        self._aliases: dict[str, str] = {}
        self._poll_began: datetime | None = None
        first: Callable[..., NowScreen] = NowScreen
        if isinstance(feed, Questions):
            first = partial(TabbedNowScreen, feed)
        self._now_screen = first(demo=demo, notes=notes, places=places)
        self.add_screens(feed, self.get_default_screen, demo=demo)

    def get_default_screen(self) -> Screen[None]:
        """Begin with the screen for now."""
        return self._now_screen

    def on_mount(self) -> None:
        """Poll at once, then whenever the clock shows a new second."""
        self.set_keymap(keymap(self.keys))
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        if "TEXTUAL_THEME" not in environ:
            wanted = (self._choices.theme, self._begins_with)
            known = (each for each in wanted if each in self.available_themes)
            self.theme = next(known, DARK.name)
        self._first_theme = self.theme
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        self._tick()
        to_next_second = 1 - self._clock().microsecond / 1_000_000
        self.set_timer(to_next_second, self._tick_every_second)

    async def on_unmount(self) -> None:
        """Let go of the feed."""
        self._tap.close()

    def _tick_every_second(self) -> None:
        self._tick()
        self.set_interval(POLL_SECONDS, self._tick)

    def _tick(self) -> None:
        now = self._clock()
        self.now = now.astimezone(self._snapshot.tz) if self._snapshot else now
        if self._poll_began is None:
            self._start_poll()
        else:
            seconds = int((now - self._poll_began).total_seconds())
            self.reading = Reading(self.reading.trouble, max(0, seconds))

    def _start_poll(self, was_asked_for: bool = False) -> None:
        self._poll_began = self._clock()
        self._poll(was_asked_for)

    @work(exclusive=True, group=FEED_GROUP, exit_on_error=False)
    async def _poll(self, was_asked_for: bool) -> None:
        try:
            snapshot = await aside(self._tap.poll)
        except TokentuiError as error:
            self.post_message(PollFailed(str(error)))
        else:
            self.post_message(Polled(snapshot, was_asked_for))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Be ready for the next poll; tell what no one foresaw."""
        if event.worker.group != FEED_GROUP:
            return
        if event.state in (WorkerState.PENDING, WorkerState.RUNNING):
            return
        self._poll_began = None
        if event.state == WorkerState.ERROR:
            error = event.worker.error
            text = f"{type(error).__name__}: {error}; see tokentui doctor"
            self.post_message(PollFailed(text))

    def on_polled(self, message: Polled) -> None:
        """Take a new snapshot to the screen."""
        self.reading = Reading()
        if message.snapshot is not None:
            self._snapshot = message.snapshot
            self._aliases = with_aliases(self._aliases, message.snapshot)
            self._show()
        if message.was_asked_for:
            news = "no news" if message.snapshot is None else "up to date"
            self.notify(f"Logs read: {news}", timeout=2)

    def on_poll_failed(self, message: PollFailed) -> None:
        """Say what is wrong; the next tick tries again."""
        self.reading = Reading(message.text)

    def on_caps_changed(self, message: CapsChanged) -> None:
        """Look again at once."""
        self._look_again()

    def on_accounts_asked(self, message: AccountsAsked) -> None:
        """Look at once at what they said."""
        self._look_again()

    def _look_again(self) -> None:
        if self._poll_began is None:
            self._start_poll()

    def on_projects_met(self, message: ProjectsMet) -> None:
        """Number the projects that other screens show, as those of the first are."""
        aliases = with_projects(self._aliases, message.projects)
        if aliases != self._aliases:
            self._aliases = aliases
            self._show()

    def _show(self) -> None:
        if self._snapshot is not None:
            aliases = self._aliases if self.hides_projects else None
            self.view = View(self._snapshot, aliases)

    def watch_hides_projects(self) -> None:
        """Show or hide the names of projects in what is on the screen."""
        self._show()

    def watch_view(self, view: View | None) -> None:
        """Hand the view on."""
        self._now_screen.view = view

    def watch_reading(self, reading: Reading) -> None:
        """Hand on how the reading goes."""
        self._now_screen.reading = reading

    def watch_now(self, now: datetime | None) -> None:
        """Hand the time on."""
        self._now_screen.now = now

    def action_read_now(self) -> None:
        """Read the logs at once, unless that is going on."""
        if self._poll_began is None:
            self._start_poll(was_asked_for=True)

    def action_privacy(self) -> None:
        """Hide or show the names of projects."""
        self.hides_projects = not self.hides_projects
        self._keep(replace(self._choices, hides_projects=self.hides_projects))

    def _keep_theme(self, theme: Theme) -> None:
        # The one to begin with is told too, and nobody chose it.
        if theme.name != self._first_theme:
            self._first_theme = ""
            self._keep(replace(self._choices, theme=theme.name))

    def _keep(self, choices: Choices) -> None:
        """Keep what was chosen for the next time."""
        if self._kept is None or choices == self._choices:
            return
        self._choices = choices
        try:
            self._kept.write(choices)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self.notify(f"This is not kept: {reason}", severity="warning", markup=False)

    def action_next_theme(self) -> None:
        """Take the next theme."""
        self.theme = following(self.theme)

    def action_help(self) -> None:
        """Tell what the screen's words, signs and keys mean."""
        self.push_screen(HelpCard(self.screen))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dismiss a note only where one is seen."""
        if action == "dismiss_note":
            return self.screen is self._now_screen and self._now_screen.has_notes
        return super().check_action(action, parameters)

    def action_dismiss_note(self) -> None:
        """Take away the note on the screen, for good."""
        note = self._now_screen.dismiss_note()
        if note is not None:
            self._keep(self._choices.without(note))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer in the palette what keys do on the screen, and choices of Textual."""
        offered = set(MOVES.split()) | {"palette"}
        for node, binding, is_enabled, _ in screen.active_bindings.values():
            if binding.id is None or binding.id in offered or not is_enabled:
                continue
            offered.add(binding.id)
            yield SystemCommand(
                f"{binding.description}: {binding.tooltip}",
                f"key {shown(screen, binding.key)}",
                partial(self.run_action, binding.action, node),
            )
        yield SystemCommand("Themes: Choose one", "All", self.action_change_theme)
        yield SystemCommand(
            "Screenshot: Save as SVG",
            "Of this screen",
            lambda: self.set_timer(0.1, self.deliver_screenshot),
        )
