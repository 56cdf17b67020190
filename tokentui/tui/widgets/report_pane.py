"""What a report says, beside the list of reports; asked for when the cursor rests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer

from tokentui.tui.lines import heading, indented, muted
from tokentui.tui.questions import Answered, Refused
from tokentui.tui.screens.asking import answer_to, trouble_lines
from tokentui.tui.text import clean
from tokentui.tui.widgets.lines_area import Lines, nothing

if TYPE_CHECKING:
    from tokentui.claims.claim import Claim

REST_SECONDS = 0.15
"""A cursor that moves on sooner asks nothing."""


class ReportPane(VerticalScroll, can_focus=False):
    """The report that was asked for last."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: object = None
        self._title = ""
        self._question: Callable[[], Claim] | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Set the lines."""
        yield Lines(id="report")

    def tell_of(
        self, asked: object, title: str, question: Callable[[], Claim] | None
    ) -> None:
        """Tell of another report, or of none; `asked` is what it is called."""
        if asked == self._asked:
            return
        self._asked, self._title, self._question = asked, title, question
        if self._timer is not None:
            self._timer.stop()
        if question is None:
            self.query_one(Lines).say(nothing)
        else:
            self._timer = self.set_timer(REST_SECONDS, self._ask)

    def _ask(self) -> None:
        if self._question is not None:
            self.query_one(Lines).say(
                lambda width: [heading(self._title, width), *indented([muted("…")])]
            )
            self._look_up(self._asked, self._question)

    @work(exclusive=True, group="report", exit_on_error=False)
    async def _look_up(self, asked: object, question: Callable[[], Claim]) -> None:
        await answer_to(self, asked, question)

    def on_answered(self, message: Answered) -> None:
        """Show the report, unless the cursor has moved on."""
        if message.asked != self._asked:
            return
        from tokentui.tui.report_lines import report_lines

        claim, title = cast("Claim", message.answer), clean(self._title)

        def lines(width: int) -> list[Content]:
            found = report_lines(claim, width - 2)
            return [heading(title, width), *indented(found)]

        self.query_one(Lines).say(lines)
        self.scroll_home(animate=False)

    def on_refused(self, message: Refused) -> None:
        """Say why there is none."""
        if message.asked == self._asked:
            self.query_one(Lines).say(trouble_lines(message.text))
