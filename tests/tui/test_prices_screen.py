"""The screen for prices: the book, what is searched in it, and all of one model."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from threading import Event

import pytest
from shown import SIZES, is_whole, running
from textual.widgets import Input

from tokentui.prices.explain import Explanation, PricedBand, PricedTier
from tokentui.tui.price_lines import price_lines
from tokentui.tui.widgets.grid import Grid


async def test_models_in_use_come_first(live):
    """With what they cost this month; then the book, and a sign of what is left."""
    async with running(live, "prices") as shown:
        first = shown.line("claude-opus-5-5").split()
        assert first[:2] == ["anthropic", "claude-opus-5-5"]
        assert first[2].startswith("$")
        assert shown.lines[4].strip().startswith(" ".join(first[:1]))
        count = len(live.models(""))
        assert f"first 200 of {count:,} models, / searches" in shown.text


async def test_typing_searches_the_whole_book(live):
    """Words in any order, in provider and name."""
    async with running(live, "prices") as shown:
        await shown.press("/")
        await shown.type("opus anthropic 4-8")
        await shown.press("enter")
        grid = shown.app.screen.query_one(Grid)
        assert grid.row_at_cursor == "anthropic\0claude-opus-4-8"
        assert "models ──" in shown.text
        shown.app.screen.query_one(Input).value = "no such model"
        await shown.settle()
        assert f"0 of {len(live.models('')):,} models" in shown.text
        await shown.press("enter")
        assert "esc leaves" not in shown.text
        await shown.press("/", "escape")
        assert "first 200 of" in shown.text


async def test_enter_tells_everything_of_a_model(live):
    """Every tier and band as the book has it, with the source and its date."""
    async with running(live, "prices") as shown:
        shown.app.screen.query_one(Input).value = "openai gpt-6.1-sol"
        await shown.press("home", "enter")
        found = live.price("openai", "gpt-6.1-sol")
        assert found is not None
        text = " ".join(shown.text.replace("│", " ").split())
        assert "openai gpt-6.1-sol" in text
        for tier in found.tiers[:2]:
            assert f"{tier.tier} short {tier.bands[0].input:.2f}" in text
        assert "over 272k" in text
        assert "standard short 2.00 0.10 2.50 4.00 10.00" in text
        await shown.press("end")
        await shown.until(found.tiers[0].url)
        await shown.press("escape")
        assert "esc leaves" not in shown.text


async def test_a_wide_window_tells_of_the_model_under_the_cursor(live):
    """As soon as the cursor rests."""
    async with running(live, "prices", (120, 40)) as shown:
        await shown.until("── anthropic claude-opus-5-5 ──")
        await shown.press("down", "down", "down", "down")
        await shown.until("── openai gpt-6.1-terra ──")


async def test_the_book_is_opened_aside(live, monkeypatch):
    """Meanwhile the screen says so, and other keys work."""
    may_answer = Event()
    models = live.models

    def slow(text: str) -> list[tuple[str, str]]:
        may_answer.wait(10)
        return models(text)

    monkeypatch.setattr(live, "models", slow)
    async with running(live, "caps") as shown:
        shown.send("6")
        await shown.soon("opening the book …")
        shown.send("?")
        await shown.soon("Prices of your own")
        shown.send("escape")
        may_answer.set()
        await shown.settle()
        assert "opening the book" not in shown.text


async def test_every_size_makes_sense(live):
    """Models are whole enough to tell, and the card has its last line."""
    async with running(live, "prices") as shown:
        for words in ("claude-opus-5-5", "esc leaves"):
            for size in SIZES:
                await shown.resize(size)
                assert is_whole(shown.lines, size)
                assert words in shown.text
            await shown.press("enter")


def explanation() -> Explanation:
    """Make up a model with everything that one may have."""
    band = PricedBand(-1, *map(Decimal, ("5", "0.50", "6.25", "10", "25")))
    tiers = (
        PricedTier(
            "standard", (band,), "a list\x1b[31m", "https://x/\u202ea", "2026-11-01"
        ),
        PricedTier(
            "batch", (band,), "a list\x1b[31m", "https://x/\u202ea", "2026-10-01"
        ),
    )
    return Explanation(
        "anthropic",
        "claude-x",
        200_000,
        True,
        tiers,
        (("web_search", Decimal("0.01")),),
        ((date(2026, 12, 1), "input 5 → 4"),),
    )


@pytest.mark.parametrize("width", [40, 66, 120])
def test_all_that_is_known_of_a_model_is_told(width):
    """Deprecation, fees, changes to come, and each source once; lines fit."""
    lines = price_lines(explanation(), width)
    text = " ".join(" ".join(line.plain for line in lines).split())
    assert "deprecated" in text
    assert "web search $0.01 each" in text
    assert "from 2026-12-01: input 5 → 4" in text
    assert text.count("a list�[31m") == 1
    assert "(standard, 2026-11-01; batch, 2026-10-01)" in text
    assert all(line.cell_length <= width for line in lines)


def test_a_model_without_a_price_is_called_unpriced():
    """Not free."""
    (line,) = price_lines(None, 80)
    assert "unpriced" in line.plain
