"""What is looked at on the screen for routes: which part, span, model and worth."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tokentui.amounts import NANOS

SUGGESTIONS, ALTERNATIVES, BREAK_EVEN = "suggestions", "alternatives", "break-even"
PARTS = {
    SUGGESTIONS: ("suggestions", "Ways to pay less for the same work"),
    ALTERNATIVES: ("alternatives", "The same work on other models"),
    BREAK_EVEN: ("break_even", "Which brings most, by what a run is worth"),
}
"""The parts of the screen, with the actions that show them."""

SPANS = {"7d": "7 d", "30d": "30 d", "90d": "90 d"}
WORTH = (None, 5, 10, 20, 50, 100, 200, 500, 1_000)
"""Dollars that an accepted run may be worth to who looks on."""


class Asked(NamedTuple):
    """What is asked: for advice on a span, or what a model would cost elsewhere.

    Where the part is the break-even and no model is named, that of the dearest one of a
    known rate of success.
    """

    part: str
    span: str
    value_nanos: int | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked at; `worth` is the place of an amount, of all models if `None`."""

    part: str = SUGGESTIONS
    span: str = "30d"
    model: str | None = None
    worth: int = 0

    @property
    def value_nanos(self) -> int | None:
        """What an accepted run is worth to who looks on, if he said."""
        usd = WORTH[self.worth]
        return None if usd is None else usd * NANOS

    @property
    def asked(self) -> Asked:
        """What there has to be an answer to; the worth only matters to advice."""
        if self.part == SUGGESTIONS:
            return Asked(SUGGESTIONS, self.span, self.value_nanos)
        if self.model is None:
            return Asked(self.part, self.span)
        return Asked(ALTERNATIVES, self.span, model=self.model)

    def with_span(self, step: int) -> Wish:
        """Look at a longer or a shorter time."""
        spans = list(SPANS)
        place = within(spans, spans.index(self.span) + step)
        return replace(self, span=spans[place])

    def with_worth(self, step: int) -> Wish:
        """Take an accepted run to be worth more, or less, or not to be known."""
        return replace(self, worth=within(WORTH, self.worth + step))

    def with_model(
        self, step: int, shown: str | None, models: Sequence[str | None]
    ) -> Wish:
        """Ask about the model that follows the one that is shown."""
        if not models:
            return self
        at = models.index(shown) if shown in models else -min(step, 0)
        return replace(self, model=models[(at + step) % len(models)])


def within(some: Collection[object], place: int) -> int:
    """Give a place, or the first or last one if there is none such."""
    return min(max(place, 0), len(some) - 1)


def worth_text(usd: int | None) -> str:
    """Return what a run is worth as a word to choose."""
    return "unknown" if usd is None else f"${usd:,}"
