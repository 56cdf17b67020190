"""Which routes may be suggested, and what is said of those that may not."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from repriced import BOOK

from tokentui.routes.candidates import CANDIDATES
from tokentui.routes.compare import Names, newest_of_family
from tokentui.routes.constraints import ANY, Constraints, constraints_of
from tokentui.routes.stated import FILE
from tokentui.settings import Config, Routes

NAMES = Names(BOOK)


def limits(**wanted: object) -> Constraints:
    """Make the constraints of a config."""
    return constraints_of(Config(routes=Routes(**wanted)))  # type: ignore[arg-type]


def why(model: str, provider: str | None = None, **wanted: object) -> str | None:
    """Say why a model may not be suggested."""
    asked = limits(**wanted)
    return asked.why_denied(asked.placed(NAMES.route(model, provider)))


def test_nobody_wants_anything() -> None:
    """Without constraints every route may be suggested, in no special place."""
    routes = [NAMES.route(model) for model in CANDIDATES]
    assert ANY.choose(routes) == (routes, [])


@pytest.mark.parametrize(
    ("glob", "model", "provider", "denied"),
    [
        ("deepseek", "deepseek-v4-pro", None, True),
        ("DeepSeek", "deepseek-v4-pro", None, True),
        ("deep*", "deepseek-v4-pro", None, True),
        ("deepseek", "deepseek/deepseek-v4-pro", "openrouter", True),
        ("openrouter", "deepseek/deepseek-v4-pro", "openrouter", True),
        ("zai", "deepseek-v4-pro", None, False),
        ("deep", "deepseek-v4-pro", None, False),
    ],
)
def test_vendors(glob: str, model: str, provider: str | None, denied: bool) -> None:
    """A vendor is denied as who makes a model and as who sells it."""
    found = why(model, provider, deny_vendors=(glob,))
    assert found == (f"deny_vendors has {glob}" if denied else None)


@pytest.mark.parametrize(
    ("glob", "denied"),
    [
        ("gpt-6.1-sol", True),
        ("gpt-6-1-sol", True),
        ("GPT-6.1-*", True),
        ("openai/gpt-6.1-sol", True),
        ("openai/*", True),
        ("gpt-6", False),
        ("azure/gpt-6.1-sol", False),
    ],
)
def test_unavailable(glob: str, denied: bool) -> None:
    """A model is unavailable by any of its names, also as one provider sells it."""
    found = why("gpt-6.1-sol", unavailable=(glob,))
    assert found == (f"unavailable has {glob}" if denied else None)


@pytest.mark.parametrize(
    ("regions", "model", "said"),
    [
        (("china",), "deepseek-flash", None),
        (("China", "eu"), "deepseek-flash", None),
        (("eu",), "deepseek-flash", "deepseek processes prompts in china"),
        (("eu",), "glm-5.3", "zai processes prompts in singapore"),
        (("eu",), "grok-4.7", "xai does not state where it processes prompts"),
        (("eu",), "claude-opus-5-5", "anthropic may process prompts anywhere"),
        (("global",), "claude-opus-5-5", None),
        (("us",), "claude-opus-5-5", None),
        (("eu",), "gpt-6.1-sol", None),
        (("china",), "gpt-6.1-sol", "openai does not state where it processes prompts"),
    ],
)
def test_regions(regions: tuple[str, ...], model: str, said: str | None) -> None:
    """A route passes where its provider says that prompts stay; unknown is nowhere."""
    found = why(model, regions=regions)
    assert found == (said and f"{said}; regions has {', '.join(regions)}")


@pytest.mark.parametrize(
    ("regions", "geo"), [(("us",), "us"), (("global", "us"), None), (("eu",), None)]
)
def test_place(regions: tuple[str, ...], geo: str | None) -> None:
    """A region is asked for only where it has to be, and is to be had."""
    assert limits(regions=regions).placed(NAMES.route("claude-opus-5-5")).geo == geo


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("glm-5.2", None),
        ("deepseek-v4-pro", None),
        ("gpt-6-astra", "its weights are not open"),
        ("claude-opus-5-5", "it is not known whether its weights are open"),
    ],
)
def test_weights(model: str, said: str | None) -> None:
    """Only weights that are known to be open pass."""
    assert why(model, open_weights_only=True) == said


@pytest.mark.parametrize(
    ("model", "least", "said"),
    [
        ("glm-5.3", "68.96", None),  # percent that it solved
        (
            "glm-5.2",
            "50",
            "it solved 43.8 % of DeepSWE 1.1; min_quality is 50 %",
        ),
        (
            "claude-opus-5-5",
            "0.5",
            "no benchmark has a score of it; min_quality is 0.5 %",
        ),
    ],
)
def test_quality(model: str, least: str, said: str | None) -> None:
    """The best score that a model ever had decides; without one it does not pass."""
    assert why(model, min_quality=Decimal(least)) == said


@pytest.mark.parametrize(("least", "effort"), [("0", "low"), ("60", "medium")])
def test_effort_above_quality(least: str, effort: str) -> None:
    """A model is compared at the nearest of the efforts that solve enough.

    Opus 4.8 solves 51.77 percent, Opus 5 58.13 at low effort and 68.90 at medium.
    """
    quality = limits(min_quality=Decimal(least)).quality
    pair = quality.pair("claude-opus-4-8", "high", "claude-code", "claude-opus-5")
    assert pair is not None
    assert pair.other.effort == effort


def test_all_reasons() -> None:
    """Every reason is told, not just the first."""
    found = why("deepseek-v4-pro", deny_vendors=("deepseek",), regions=("us",))
    assert found == (
        "deny_vendors has deepseek; deepseek processes prompts in china; regions has us"
    )


def test_newest_of_family() -> None:
    """The newest model that may be suggested is found, none that is denied."""
    found = newest_of_family("claude-opus-4-8", NAMES)
    assert found is not None
    assert found.name == "claude-opus-5-5"
    denied = limits(unavailable=("claude-opus-5-5",))
    assert newest_of_family("claude-opus-4-8", NAMES, denied) is None


def test_risks() -> None:
    """Each risk says who states it; what nobody states is said to be unknown."""
    data, licence = ANY.risks(NAMES.route("deepseek-v4-pro"))
    assert (data.kind, data.text) == ("data", "deepseek processes prompts in china")
    assert data.source and "privacy policy of 2026-02-10" in data.source
    assert licence.kind == "licence"
    data, licence = ANY.risks(NAMES.route("grok-build-0.1"))
    assert data.text == "it is not known where xai processes prompts"
    assert licence.text == "it is not known whether its weights are open"
    assert (data.source, licence.source) == (None, None)
    *_, gone = ANY.risks(NAMES.route("claude-sonnet-4-5-20250929"))
    assert (gone.kind, gone.text) == (
        "availability",
        "deprecated from 2026-11-30 on",
    )
    us = limits(regions=("us",))
    data, *_ = us.risks(us.placed(NAMES.route("claude-opus-5-5")))
    assert data.text.startswith("prompts stay in us only if asked for: inference_geo")


def test_every_row_has_an_origin() -> None:
    """Each statement of the file names its source and the day it was read."""
    tables = json.loads(FILE.read_text("utf-8"))
    rows = [row for name in tables if name != "columns" for row in tables[name]]
    assert len(rows) == 4 + 11 + 6
    for row in rows:
        assert "https://" in row["source"]
        date.fromisoformat(row["read"])
