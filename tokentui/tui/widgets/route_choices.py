"""What can be chosen on the screen for routes: part, span, worth of a run, model."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalGroup

from tokentui.tui.keys import key_of
from tokentui.tui.route_wish import PARTS, SPANS, WORTH, Wish, worth_text
from tokentui.tui.text import clean
from tokentui.tui.widgets.choices import Choice, Choices

ALL_MODELS = "all models"


class RouteChoices(VerticalGroup):
    """Words to choose by key or with the mouse; the screen hears which was clicked."""

    def compose(self) -> ComposeResult:
        """Set the lines; parts and spans share one where it is wide enough."""
        parts = [
            Choice(part, part, key_of(self, action))
            for part, (action, _) in PARTS.items()
        ]
        spans = [Choice(span, word) for span, word in SPANS.items()]
        worth = [Choice(str(i), worth_text(usd)) for i, usd in enumerate(WORTH)]
        yield Horizontal(
            Choices("show ", parts, id="part"),
            Choices("span", spans, self._steps("before", "after"), id="span"),
        )
        hint = self._steps("worth_less", "worth_more")
        yield Choices("worth", worth, hint, id="worth")
        hint = self._steps("model_before", "model_after")
        yield Choices("model", (), hint, id="model")

    def _steps(self, back: str, on: str) -> str:
        return f"{key_of(self, back)} {key_of(self, on)} steps"

    def mark(self, wish: Wish, shown: str | None, models: Sequence[str | None]) -> None:
        """Mark what is looked at, the model that is shown among those to choose."""
        self.query_one("#part", Choices).chosen = wish.part
        self.query_one("#span", Choices).chosen = wish.span
        self.query_one("#worth", Choices).chosen = str(wish.worth)
        model = self.query_one("#model", Choices)
        model.offer([Choice(each or "", clean(each or ALL_MODELS)) for each in models])
        model.chosen = shown or ""
