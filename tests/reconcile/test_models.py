"""When a log and a bill name one model."""

from __future__ import annotations

import pytest

from tokentui.queries.reconcile import Charge
from tokentui.reconcile.models import billed_model
from tokentui.spelling import bare


@pytest.mark.parametrize(
    ("logged", "billed"),
    [
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-opus-4-8[1m]", "claude-opus-4-8"),
        ("claude-opus-4-8", "anthropic/claude-opus-4.8"),
        ("us.anthropic.claude-opus-4-8", "claude-opus-4-8"),
        ("gpt-5.4", "gpt-5.4-2026-03-05"),
        ("deepseek/deepseek-v4:free", "deepseek-v4"),
    ],
)
def test_one_model(logged: str, billed: str) -> None:
    """Dates, vendors, regions and variants do not make another model."""
    assert bare(logged) == bare(billed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gpt-5.4", "gpt-5.4-mini"),
        ("claude-opus-4-8", "claude-opus-4"),
        ("gpt-5", "gpt-5.1"),
    ],
)
def test_two_models(one: str, other: str) -> None:
    """Versions and sizes do."""
    assert bare(one) != bare(other)


@pytest.mark.parametrize(
    ("model", "what", "named"),
    [
        ("gpt-5.4", "whatever", "gpt-5.4"),
        (None, "gpt-5.6, input_tokens", "gpt-5.6"),
        (None, "web search, calls", None),
        (None, "assistants api, file search", None),
        (None, None, None),
    ],
)
def test_line_items(model: str | None, what: str | None, named: str | None) -> None:
    """A line item names the model before its comma, if that is one."""
    assert billed_model(Charge(0, 1, 1, model, what, None)) == named
