"""What benchmarks and tokenizers tell, and what they leave open."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tokentui.routes.family import is_newer
from tokentui.routes.quality import FILE, Quality
from tokentui.routes.tokenizers import tokenizer_factor

WHOSE = {"benchmark", "version", "harness", "effort", "reporter", "source", "date"}


def test_every_row_says_whose_it_is() -> None:
    """Each row names benchmark, version, harness, effort, reporter, source and date."""
    file = json.loads(FILE.read_text("utf-8"))
    assert "Apache License 2.0" in file["notice"]
    assert len(file["rows"]) == 70
    for row in file["rows"]:
        assert row.keys() >= WHOSE
        assert all(row[field] for field in WHOSE)
        assert row["source"].startswith("https://")
        date.fromisoformat(row["date"])
        assert 0 < row["score"] < 100
        assert 0.5 < row["cache_share"] < 1
        assert row["input"] > row["output"] > 0
    keys = {(row["model"], row["effort"], row["benchmark"]) for row in file["rows"]}
    assert len(keys) == 70


@pytest.mark.parametrize(
    ("base", "effort", "model", "near"),
    [
        # 51.77 percent solved: GLM-5.2 has 43.78 and 36.28, Opus 5 from 58.13 to 73.65.
        ("claude-opus-4-8", "high", "glm-5-2", "max"),
        ("claude-opus-4-8", "high", "claude-opus-5", "low"),
        # 68.90: GPT-6 Astra has 67.04, 72.79, 73.23, 73.23 and 74.12.
        ("claude-opus-5", "medium", "gpt-6-astra", "low"),
        # 73.65: the thriftier of two with 73.23 is not as near as 74.12.
        ("claude-opus-5", "max", "gpt-6-astra", "high"),
    ],
)
def test_nearest_score(base: str, effort: str, model: str, near: str) -> None:
    """Two models are compared at the efforts whose scores are nearest."""
    pair = Quality().pair(base, effort, "claude-code", model)
    assert pair is not None
    assert pair.other.effort == near


@pytest.mark.parametrize(
    ("base", "effort", "model"),
    [
        ("claude-opus-5-5", "high", "glm-5-2"),
        ("claude-opus-4-8", "high", "gpt-6-1-sol"),
        ("claude-opus-4-8", "extreme", "glm-5-2"),
        ("claude-opus-4-7", "high", "glm-5-2"),
    ],
)
def test_no_neighbour_speaks(base: str, effort: str, model: str) -> None:
    """A model or effort that is on no benchmark has no figures of another one."""
    assert Quality().pair(base, effort, "claude-code", model) is None


@pytest.mark.parametrize(
    ("base", "model", "factor"),
    [
        ("claude-opus-4-8", "glm-5-2", 0.65),
        ("claude-sonnet-5", "gpt-5-6-sol", 0.62),
        ("claude-fable-5", "deepseek-v4-pro", 0.66),
        ("claude-haiku-5-5", "kimi-k3", 0.62),
        ("claude-opus-4-8", "claude-opus-5-5", 1),
        ("claude-opus-4-5", "claude-opus-5-5", 1.29),
        ("claude-opus-4-6", "claude-opus-4-7", 1.29),
        ("claude-haiku-4-5", "gpt-6-luna", 0.80),
        ("claude-3-5-sonnet", "gpt-6-luna", 0.80),
        ("gpt-5-4", "claude-opus-4-8", 1.61),
        ("gpt-5-4", "gpt-6-1-sol", 1),
        ("claude-opus-4-8", "grok-4-7", None),
        ("gemini-4-argon", "glm-5-2", None),
        ("grok-4-7", "grok-4-7", 1),
    ],
)
def test_tokenizers(base: str, model: str, factor: float | None) -> None:
    """The same text is so many tokens elsewhere, as far as that was measured."""
    found = tokenizer_factor(base, model)
    assert found == (None if factor is None else pytest.approx(factor, abs=0.005))


@pytest.mark.parametrize(
    ("model", "base", "newer"),
    [
        ("claude-opus-5-5", "claude-opus-4-8", True),
        ("claude-opus-4-8", "claude-opus-5", False),
        ("claude-sonnet-5-5", "claude-opus-4-8", False),
        ("glm-5-3", "glm-5-2", True),
        ("glm-5-3-flash", "glm-5-2", False),
        ("gpt-6-1-sol", "gpt-5-6-sol", True),
        ("gpt-5-4-mini", "gpt-5", False),
        ("claude-opus-5-5", "claude-opus-5-5", False),
    ],
)
def test_family(model: str, base: str, newer: bool) -> None:
    """Only a higher version of the same name is the newer model."""
    assert is_newer(model, base) == newer
