"""Prices that are known to rise, and those that only seem to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from repriced import BOOK

from tokentui.periods import millis
from tokentui.prices.remembered import Rates
from tokentui.routes.ahead import rises
from tokentui.routes.compare import Names

RATES, NAMES = Rates(BOOK), Names(BOOK)


def said(model: str, *now: int) -> list[str]:
    """Say what is known, at a moment of UTC, of how a model's price will rise."""
    at_ms = millis(datetime(*now, tzinfo=UTC))  # type: ignore[misc]
    return [risk.text for risk in rises(RATES, NAMES.route(model), at_ms)]


@pytest.mark.parametrize(
    ("model", "now", "text"),
    [
        ("gemini-4-argon", (2026, 11, 20, 12), "2 times as much from 2026-12-01"),
        ("gemini-3.8-flash", (2026, 11, 20, 12), "2 times as much from 2027-01-01"),
        # Cache reads from 0.003625 to 0.022, and twice that in hours of the peak.
        ("deepseek-v4-pro", (2026, 7, 20, 12), "6.1 times as much from 2026-08-17"),
        ("deepseek-v4-pro", (2026, 7, 20, 3), "12 times as much from 2026-08-17"),
    ],
)
def test_rises(model: str, now: tuple[int, ...], text: str) -> None:
    """A price that rises within thirteen weeks is told with its day."""
    assert said(model, *now) == [f"it costs up to {text} on (UTC)"]


@pytest.mark.parametrize(
    ("model", "now"),
    [
        ("claude-opus-5-5", (2026, 11, 20, 12)),
        ("gemini-4-argon", (2026, 8, 1, 12)),
        ("gemini-4-argon", (2026, 12, 1, 12)),
        # Monday before the peak of its day, and before the week of a holiday.
        ("deepseek-v4-pro", (2026, 11, 23, 0)),
        ("deepseek-flash", (2027, 2, 4, 3)),
        # Sonnet 5.5 cache reads fell on 7 October.
        ("claude-sonnet-5-5", (2026, 9, 20, 12)),
        ("nobody-knows", (2026, 11, 20, 12)),
    ],
)
def test_stays(model: str, now: tuple[int, ...]) -> None:
    """Nothing is said of prices that stay, fall, or come and go by the hour."""
    assert said(model, *now) == []
