"""The screen for sessions: the latest first, each down to its responses, and marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work
from textual.binding import BindingType

from tokentui import periods
from tokentui.errors import TokentuiError
from tokentui.ledger.marks import Mark
from tokentui.queries.usage import UsageTable
from tokentui.tui.keys import bound
from tokentui.tui.pivot import Group, Level, Order
from tokentui.tui.pivot_table import PivotTable, trail
from tokentui.tui.questions import Answered, Questions, Refused
from tokentui.tui.screens.asking import Question
from tokentui.tui.screens.mark_form import MarkForm
from tokentui.tui.screens.pivot import PivotScreen, Place
from tokentui.tui.session_table import SessionTable
from tokentui.tui.text import clean
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import Grid
from tokentui.tui.widgets.tabs import Tab

if TYPE_CHECKING:
    from tokentui.queries.marks import Session
    from tokentui.routes.ended import Verdict


class Sessions(NamedTuple):
    """The sessions of a level, and how each ended."""

    table: UsageTable
    ends: Mapping[Session, Verdict]


class Marked(NamedTuple):
    """What a session was marked as; nothing if its mark was taken off."""

    session: str
    verdict: str | None


class SessionsScreen(PivotScreen):
    """All sessions with usage in a period."""

    TAB = Tab("sessions", "Sessions", "Each session, down to its responses")
    HELP = """
## Sessions

- **when** tells the first and the last hour with responses in the period.
- **running**: it had a response within the last 15 minutes; then its pace.
- **Open** a session: each response, how the context grew, cache misses.
- **accepted, rejected, abandoned** is what you marked; **merged, reverted** what git
  told of its commits on the default branch, **left** that after 30 days none is there,
  **open** that one may still come. The screen Outcomes asks git.
- **Mark** says more: why it was not accepted, its worth, how long you reviewed it.
- A click on a title sorts by its column, another turns the order.
- **Filter** keeps the sessions whose project, model or name holds what you type.
- **cost** is an estimate at list prices; **list** is list value inside flat plans,
  which nobody pays once more.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("mark", "mark", "Mark", "How the session ended, in full"),
        *(
            bound(
                f"mark_{verdict}",
                f"mark_as('{verdict}')",
                word,
                f"Mark the session as {verdict}",
                show=False,
            )
            for verdict, word in (
                ("accepted", "Accept"),
                ("rejected", "Reject"),
                ("abandoned", "Abandon"),
            )
        ),
        bound("unmark", "unmark", "Unmark", "Take the session's mark off", show=False),
    ]

    def __init__(self, questions: Questions, *, demo: bool) -> None:
        level = Level("session", ("7d",), is_timed=True)
        super().__init__(questions, level, demo=demo)
        self._ends: Mapping[Session, Verdict] = {}

    def order_of(self, level: Level) -> Order:
        """Show the latest first."""
        return Order("when")

    def question(self) -> Question | None:
        """Ask for the sessions of the level, and how they ended."""
        level, questions = self.place.level, self.questions
        usage = level.usage(self.tz, self.moment)
        return level, lambda: Sessions(
            questions.table(level.keys(), usage), questions.ends(usage)
        )

    def take_answer(self, answer: object) -> None:
        """Keep the sessions and their ends."""
        assert isinstance(answer, Sessions)
        self._ends = answer.ends
        super().take_answer(answer.table)

    def table_of(self, place: Place, answer: UsageTable, view: View) -> PivotTable:
        """Return the table of sessions."""
        return SessionTable(
            place.level, answer, place.order, place.wanted, view, self._ends
        )

    def title_of(self, level: Level, view: View) -> str:
        """Say whose sessions are shown."""
        return f"Sessions: {trail(level, view)}"

    @property
    def session(self) -> Group | None:
        """The session under the cursor, if it has a name."""
        at = self.query_one(Grid).row_at_cursor
        if self.place.answer is None or self._table is None or at is None:
            return None
        group = self._table.group(at)
        return group if group is not None and group.key and group.source else None

    def action_mark_as(self, verdict: str) -> None:
        """Mark the session under the cursor."""
        group = self.session
        if group is not None:
            now_ms = periods.millis(self.now or self.moment)
            mark = Mark(group.source or "", group.key or "", verdict, now_ms)
            self._change(mark.source, mark.session, mark)

    def action_unmark(self) -> None:
        """Take the mark off the session under the cursor."""
        group = self.session
        if group is not None:
            self._change(group.source or "", group.key or "", None)

    def action_mark(self) -> None:
        """Say in full how the session under the cursor ended."""
        group = self.session
        if group is not None:
            of = group.source or "", group.key or ""
            now_ms = periods.millis(self.now or self.moment)
            form = MarkForm(self.questions, of, self._ends.get(of), now_ms)
            self.app.push_screen(form, self._was_marked)

    def _was_marked(self, mark: Mark | None) -> None:
        if mark is not None:
            self._tell_marked(Marked(mark.session, mark.verdict))

    # A thread that Python waits for: what is written is written to its end.
    @work(thread=True, group="marks", exit_on_error=False)
    def _change(self, source: str, session: str, mark: Mark | None) -> None:
        try:
            if mark is None:
                self.questions.unmark(source, session)
            else:
                self.questions.mark(mark)
        except TokentuiError as error:
            self.post_message(Refused(Marked, str(error)))
        else:
            said = Marked(session, None if mark is None else mark.verdict)
            self.post_message(Answered(Marked, said))

    def on_answered(self, message: Answered) -> None:
        """Show the answer, or a new mark."""
        if isinstance(message.answer, Marked):
            self._tell_marked(message.answer)
        else:
            super().on_answered(message)

    def on_refused(self, message: Refused) -> None:
        """Say why there is no answer, or no mark."""
        if message.asked is Marked:
            self.tell(message.text)
        else:
            super().on_refused(message)

    def _tell_marked(self, said: Marked) -> None:
        self.tell()
        self.ask()
        verdict = said.verdict or "not marked"
        name = clean(said.session)[:8]
        self.notify(f"Session {name}: {verdict}", timeout=2, markup=False)
