"""The card of one model: every rate, where it is from, and what will change."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tokentui.tui.price_lines import price_lines
from tokentui.tui.questions import Questions
from tokentui.tui.screens.card import AnswerCard, framed
from tokentui.tui.text import clean
from tokentui.tui.widgets.lines_area import Made

if TYPE_CHECKING:
    from tokentui.prices.explain import Explanation


class PriceDialog(AnswerCard):
    """What the price book knows of a model."""

    def __init__(self, questions: Questions, provider: str, model: str) -> None:
        super().__init__(
            clean(f"{provider} {model}"), lambda: questions.price(provider, model)
        )

    def made(self, answer: object) -> Made:
        """Return the rates."""
        found = cast("Explanation | None", answer)
        return framed(lambda width: price_lines(found, width))
