"""One line on the first screen, where a suggestion is worth it next to the cap."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, cast

from textual import work
from textual.content import Content

from tokentui import periods
from tokentui.queries.sums import Usage
from tokentui.routes.suggestion import BENCHMARK
from tokentui.snapshot import Snapshot
from tokentui.tui.cap_words import main_cap
from tokentui.tui.keys import screen_key
from tokentui.tui.lines import indented, muted
from tokentui.tui.questions import Answered, Questions, Refused
from tokentui.tui.screens.asking import answer_to
from tokentui.tui.suggestion_lines import money_range
from tokentui.tui.text import clean
from tokentui.tui.times import local
from tokentui.tui.widgets.area import Area
from tokentui.tui.widgets.tabs import HasTabs

if TYPE_CHECKING:
    from tokentui.routes.advice import Advice
    from tokentui.routes.suggestion import Suggestion

FIRST_SECONDS = 3.0
"""After the first figures, so that they need not wait for what takes a second."""

AGAIN_MS = 3_600_000
LEAST_SHARE = 0.05
"""Of a month's cap, below which a suggestion is not worth a line."""

ROUTES, SPAN = "routes", "30d"
"""The screen that tells all of it, and the time that is looked at."""

DAYS_OF_MONTH = 30


class RouteHint(Area):
    """The suggestion that saves most, as of the last hour; none if none is worth it.

    Without a cap there is nothing that it could be worth, so nothing is computed.
    """

    def __init__(self, questions: Questions) -> None:
        super().__init__()
        self._questions = questions
        self._found: tuple[Suggestion, ...] = ()
        self._asked_at_ms: int | None = None
        self._unwanted = Event()

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return the line, or none."""
        limit = None if self.view is None else monthly_limit(self.view.snapshot)
        if not limit or width <= 2:
            return []
        worth_it = [s for s in self._found if s.saves.mid > limit * LEAST_SHARE]
        # The largest, but what only a benchmark speaks for after all others.
        best = max(
            worth_it,
            key=lambda each: (each.confidence != BENCHMARK, each.saves.mid),
            default=None,
        )
        return indented([hint(best, f"{self._key} tells", width - 2)]) if best else []

    @property
    def _key(self) -> str:
        """The key of the screen that tells all of it."""
        names = [tab.name for tab in cast("HasTabs", self.app).tabs]
        return screen_key(self, names.index(ROUTES) + 1)

    def watch_view(self) -> None:
        """Look for a suggestion after the first figures, and every hour."""
        super().watch_view()
        view = self.view
        if view is None or monthly_limit(view.snapshot) is None:
            return
        now_ms, last_ms = view.snapshot.now_ms, self._asked_at_ms
        if last_ms is None:
            self._asked_at_ms = now_ms
            self.set_timer(FIRST_SECONDS, self._ask)
        elif not 0 <= now_ms - last_ms < AGAIN_MS:
            self._asked_at_ms = now_ms
            self._ask()

    @work(exclusive=True, group="hint", exit_on_error=False)
    async def _ask(self) -> None:
        if self.view is None:
            return
        snapshot, questions = self.view.snapshot, self._questions
        period = periods.last_period(
            SPAN, snapshot.tz, local(snapshot.now_ms, snapshot.tz)
        )
        usage, unwanted = Usage(period.since_ms, period.until_ms), self._unwanted.is_set
        await answer_to(self, SPAN, lambda: questions.advice(usage, None, unwanted))

    def on_answered(self, message: Answered) -> None:
        """Keep what was found for an hour."""
        self._found = cast("Advice", message.answer).suggestions
        self.look_again()

    def on_refused(self, message: Refused) -> None:
        """Leave it to the screen for routes to say why nothing is known."""
        message.stop()

    def on_unmount(self) -> None:
        """Let no thread compute for a dashboard that is gone."""
        self._unwanted.set()


def monthly_limit(snapshot: Snapshot) -> int | None:
    """Give what the cap on everything allows in a month, in nano-dollars."""
    month, day = main_cap(snapshot, "month"), main_cap(snapshot, "day")
    if month is not None:
        return month.limit
    return None if day is None else day.limit * DAYS_OF_MONTH


def hint(found: Suggestion, where: str, width: int) -> Content:
    """Say what is saved in a month and how, cut so that the key is still seen."""
    start = Content.assemble(
        ("CHEAPER ", ".good"),
        (money_range(found.saves), ".figure"),
        f" a month less: {clean(found.title)}",
    )
    end = muted(f"  {where}")
    return Content.assemble(start.truncate(width - end.cell_length, ellipsis=True), end)
