"""How the cost of one response is explained, where its provider states the whole."""

from __future__ import annotations

from typing import Any

import pytest

from tokentui.queries.responses import Arithmetic, PriceLine, Response
from tokentui.tui.arithmetic import lines_of
from tokentui.tui.view import View

NO_PRODUCTS = (
    PriceLine("input", 2_000, None, None),
    PriceLine("output", 1_000, None, None),
)


def explained(build: Any, found: dict[str, Any], **response: Any) -> list[str]:
    """Explain a cost in lines of words, spaces left out."""
    given = {
        "key": b"k",
        "at_ms": build.now_ms,
        "source": "cursor",
        "session": "s",
        "model": "m",
        "agent": None,
        "tokens": (2_000, 0, 0, 0, 1_000, 0),
        "cost_nanos": None,
        "is_partial": False,
        "stop_reason": None,
        "origin": "account",
    }
    facts = {
        "lines": NO_PRODUCTS,
        "over": None,
        "cost_nanos": 1_656_823_950,
        "list_nanos": 1_656_823_950,
        "source": "the provider",
        "as_of": None,
        "version": None,
        "provider": "cursor",
        "provider_evidence": "base URL",
        "payer": "cursor",
        "payer_evidence": "provider",
    }
    lines = lines_of(
        Arithmetic(**(facts | found)),
        Response(**(given | response)),
        View(build.snapshot()),
        100,
    )
    return [" ".join(line.plain.split()) for line in lines]


def test_price_that_is_stated_whole(build: Any) -> None:
    """A price without products shows the counts and the sum, and no made-up rest."""
    lines = explained(build, {})
    assert "input 2,000" in lines
    assert "output 1,000" in lines
    assert "cost $1.65682395" in lines
    assert "rate the provider" in lines
    assert not any("rounding" in line or "unpriced" in line for line in lines)


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("account", "as the provider lists it"),
        ("import", "imported from a file"),
        ("unlogged", "known only from a total"),
    ],
)
def test_who_tells_of_it(build: Any, origin: str, words: str) -> None:
    """What is no record of the agent says where it comes from."""
    assert words in explained(build, {}, origin=origin)[0]


def test_nobody_counted(build: Any) -> None:
    """A response without counts has no price, and was not broken off."""
    blank = {"lines": (), "cost_nanos": None, "list_nanos": None, "source": None}
    lines = explained(build, blank, tokens=(0,) * 6, is_partial=True, origin="response")
    assert "nobody counted its tokens" in lines[0]
    assert "cost unpriced" in lines
