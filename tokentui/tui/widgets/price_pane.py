"""What a model costs, beside the list of models; asked for when the cursor rests."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer

from tokentui.tui.lines import heading, indented
from tokentui.tui.price_lines import price_lines
from tokentui.tui.questions import Answered, Questions, Refused
from tokentui.tui.screens.asking import answer_to, trouble_lines
from tokentui.tui.text import clean
from tokentui.tui.widgets.lines_area import Lines, nothing

if TYPE_CHECKING:
    from tokentui.prices.explain import Explanation

REST_SECONDS = 0.15
"""A cursor that moves on sooner asks nothing."""

Model = tuple[str, str]


class PricePane(VerticalScroll, can_focus=False):
    """The rates of the model that was asked for last."""

    def __init__(self, questions: Questions) -> None:
        super().__init__()
        self._questions = questions
        self._model: Model | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Set the lines."""
        yield Lines(id="price")

    def tell_of(self, model: Model | None) -> None:
        """Tell of another model, or of none."""
        if model == self._model:
            return
        self._model = model
        if self._timer is not None:
            self._timer.stop()
        if model is None:
            self.query_one(Lines).say(nothing)
        else:
            self._timer = self.set_timer(REST_SECONDS, self._ask)

    def _ask(self) -> None:
        if self._model is not None:
            self._look_up(self._model)

    @work(exclusive=True, group="price", exit_on_error=False)
    async def _look_up(self, model: Model) -> None:
        await answer_to(self, model, lambda: self._questions.price(*model))

    def on_answered(self, message: Answered) -> None:
        """Show the rates, unless the cursor has moved on."""
        if message.asked != self._model or self._model is None:
            return
        found = cast("Explanation | None", message.answer)
        title = clean(" ".join(self._model))

        def lines(width: int) -> list[Content]:
            rates = price_lines(found, max(1, width - 2))
            return [heading(title, width), *indented(rates)]

        self.query_one(Lines).say(lines)
        self.scroll_home(animate=False)

    def on_refused(self, message: Refused) -> None:
        """Say why there are no rates."""
        self.query_one(Lines).say(trouble_lines(message.text))
