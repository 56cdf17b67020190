"""What the screens that ask have in common: the app's state, questions, and trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Resize
from textual.message_pump import MessagePump
from textual.reactive import var
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer
from textual.worker import Worker, WorkerState

from tokentui.errors import TokentuiError
from tokentui.snapshot import Snapshot
from tokentui.tui.aside import aside
from tokentui.tui.keys import bound, key_of
from tokentui.tui.lines import indented
from tokentui.tui.questions import Answered, ProjectsMet, Questions, Refused
from tokentui.tui.text import clean
from tokentui.tui.times import local
from tokentui.tui.view import Reading, View
from tokentui.tui.widgets.area import STYLES
from tokentui.tui.widgets.lines_area import Lines, nothing
from tokentui.tui.widgets.status_line import Trouble
from tokentui.tui.widgets.tabs import Tab, TabbedBar, Tabs

ASK_AGAIN_MS, ASK_AT_REST_MS = 5_000, 60_000
"""How long an answer is good enough for what is looked at: while responses arrive, and
while only the time passes."""

Question = tuple[object, Callable[[], object]]
"""What is asked is called, and how it is answered."""


class AskingScreen(Screen[None]):
    """A screen that asks the ledger or the book, never waiting for the answer.

    It follows the app's `view`, `reading` and `now`. A new snapshot has it ask again
    while it is seen.
    """

    TAB: ClassVar[Tab]
    COMPONENT_CLASSES: ClassVar[set[str]] = set(STYLES)
    BINDINGS: ClassVar[list[BindingType]] = [
        # In the footer there is only room for what the screen does.
        bound("refresh", "app.read_now", "Refresh", "Read the logs now", show=False),
        bound(
            "privacy",
            "app.privacy",
            "Privacy",
            "Hide or show names of projects",
            show=False,
        ),
        bound("theme", "app.next_theme", "Theme", "Take the next one", show=False),
    ]

    view: var[View | None] = var(None)
    reading: var[Reading] = var(Reading())
    now: var[datetime | None] = var(None)

    def __init__(self, questions: Questions, *, demo: bool) -> None:
        super().__init__()
        self.questions = questions
        self.is_demo = demo
        self.is_composed = False
        self._asked: object = None
        self._asked_at_ms = 0
        self._asked_of: object = None
        self._is_hidden = False

    def compose(self) -> ComposeResult:
        """Set bar, title, what the screen is about, trouble and keys."""
        yield TabbedBar(self.tab.name, demo=self.is_demo).data_bind(AskingScreen.now)
        yield Lines(id="title")
        yield from self.content()
        yield Lines(id="notice")
        yield Trouble().data_bind(AskingScreen.reading)
        yield Footer()

    @property
    def tab(self) -> Tab:
        """The tab that is marked while the screen is seen."""
        return self.TAB

    def content(self) -> Iterable[Widget]:
        """Return what the screen is about."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Follow the app."""
        self.is_composed = True
        self.watch(self.app, "reading", self._take_reading)
        self.watch(self.app, "now", self._take_now)
        self.watch(self.app, "view", self._take_view)

    def _take_view(self, view: View | None) -> None:
        self.view = view

    def _take_reading(self, reading: Reading) -> None:
        self.reading = reading

    def _take_now(self, now: datetime | None) -> None:
        self.now = now

    @property
    def tz(self) -> ZoneInfo:
        """The zone of days."""
        return ZoneInfo("UTC") if self.view is None else self.view.snapshot.tz

    @property
    def moment(self) -> datetime:
        """When the snapshot was taken."""
        return local(0 if self.view is None else self.view.snapshot.now_ms, self.tz)

    def key_of(self, action: str) -> str:
        """Return the key of an action as it is written on the screen."""
        return key_of(self, action)

    def action_leave(self) -> None:
        """Go back to the first screen."""
        self.post_message(Tabs.Chosen("now"))

    def on_resize(self, event: Resize) -> None:
        """Keep the footer whole."""
        for footer in self.query(Footer):
            footer.compact = event.size.width < 80

    def watch_view(self) -> None:
        """Look at the new view."""
        self.ask_if_due()
        self.repaint_if_seen()

    def on_screen_resume(self) -> None:
        """Be up to date when seen."""
        self.ask_if_due()
        self.repaint_if_seen()

    def repaint_if_seen(self) -> None:
        """Show what is known; unseen, only hide what may not be seen."""
        if not self.is_composed or self.view is None:
            return
        is_hidden = self.view.aliases is not None
        if self.is_current or is_hidden != self._is_hidden:
            self._is_hidden = is_hidden
            self.repaint()

    def question(self) -> Question | None:
        """Return what to ask now: what it is called, and the question."""
        return None

    def repaint(self) -> None:
        """Show what is known; names may have been hidden."""

    def take_answer(self, answer: object) -> None:
        """Keep the answer to the last question."""

    def ask_if_due(self) -> None:
        """Ask if the screen is seen and the answer is not of now."""
        if self.view is None or not self.is_current:
            return
        snapshot = self.view.snapshot
        is_same = figures_of(snapshot) == self._asked_of
        age_ms = snapshot.now_ms - self._asked_at_ms
        if not 0 <= age_ms < (ASK_AT_REST_MS if is_same else ASK_AGAIN_MS):
            self.ask()

    def ask(self) -> None:
        """Ask at once."""
        question = self.question()
        if question is not None and self.view is not None:
            self._asked_at_ms = self.view.snapshot.now_ms
            self._asked_of = figures_of(self.view.snapshot)
            self._asked = question[0]
            self._ask(*question)

    @work(exclusive=True, group="questions", exit_on_error=False)
    async def _ask(self, asked: object, question: Callable[[], object]) -> None:
        await answer_to(self, asked, question)

    def on_answered(self, message: Answered) -> None:
        """Show the answer, unless something else was asked since."""
        if message.asked == self._asked:
            self.tell()
            self.take_answer(message.answer)
            self.repaint()

    def on_refused(self, message: Refused) -> None:
        """Say why there is no answer."""
        if message.asked == self._asked:
            self.tell(message.text)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell what no one foresaw."""
        if event.state == WorkerState.ERROR:
            error = event.worker.error
            self.tell(f"{type(error).__name__}: {error}; see tokentui doctor")

    def tell(self, text: str = "", word: str = "ERROR") -> None:
        """Say what is wrong, or that nothing is any more."""
        for notice in self.query("#notice").results(Lines):
            notice.say(trouble_lines(text, word) if text else nothing)

    def meet(self, projects: set[str | None]) -> None:
        """Have aliases made for projects, should their names be hidden."""
        met = tuple(sorted(each for each in projects if each is not None))
        if met:
            self.post_message(ProjectsMet(met))


def figures_of(snapshot: Snapshot) -> tuple[object, ...]:
    """Return what changes with every response, and not with the time."""
    return snapshot.month, snapshot.today, snapshot.latest, snapshot.sources


async def answer_to(
    asker: MessagePump, asked: object, question: Callable[[], object]
) -> None:
    """Put a question in another thread; who asks hears the answer as a message."""
    try:
        answer = await aside(question)
    except TokentuiError as error:
        asker.post_message(Refused(asked, str(error)))
    else:
        asker.post_message(Answered(asked, answer))


def trouble_lines(text: str, word: str = "ERROR") -> Callable[[int], list[Content]]:
    """Return the maker of the lines that tell trouble, or what else there is to say."""
    style = ".over" if word == "ERROR" else ".accent"
    said = Content.assemble((f"{word} ", style), clean(text))

    def lines(width: int) -> list[Content]:
        return indented([line.rstrip() for line in said.wrap(max(1, width - 2))])

    return lines
