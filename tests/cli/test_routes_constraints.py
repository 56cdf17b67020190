"""`tokentui routes` where the user wants, or can have, some routes only."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import contract
import pytest
import weeks
from asking import Ask

Config = Callable[[str], Path]

FROM_OPUS = ("routes", "what-if", "--from", "claude-opus-4-8", "--to")


@pytest.fixture
def week(home: Path) -> Path:
    """Write the worked week, whose Friday is today, into the ledger of the verbs."""
    return weeks.worked_week(Path(os.environ["TOKENTUI_LEDGER"]))


def test_left_out(ask: Ask, week: Path, config: Config) -> None:
    """A denied route is no alternative; how many are left out is said, and why."""
    config("[routes]\ndeny_vendors = ['deepseek', 'z*']\nmin_quality = 40")
    found = ask("routes", "--json").document
    assert contract.faults(found, contract.ROUTES) == []
    assert [row["model"] for row in found["alternatives"]] == [
        "gemini-3.8-flash",
        "gpt-6-astra",
    ]
    left = {row["model"]: row["why"] for row in found["left_out"]}
    assert len(left) == 15
    assert left["glm-5.3"] == "deny_vendors has z*"
    assert left["claude-opus-5-5"] == (
        "no benchmark has a score of it; min_quality is 40 %"
    )
    lines = ask("routes").lines
    assert "deepseek-v4-pro is left out: deny_vendors has deepseek" in lines
    assert not any(line.startswith("glm-5.3 ") for line in lines[3:6])


def test_asked_for_by_name(ask: Ask, week: Path, config: Config) -> None:
    """A denied route that is asked for is priced, and says why it is not suggested."""
    config("[routes]\ndeny_vendors = 'zai'\nunavailable = 'claude-opus-5*'")
    found = ask(*FROM_OPUS, "glm-5.2", "--json").document
    assert contract.faults(found, contract.WHAT_IF) == []
    assert found["to"]["same_tokens_usd"] == 56.88
    assert found["to"]["denied"] == "deny_vendors has zai"
    assert found["newer"] is None
    lines = ask(*FROM_OPUS, "glm-5.2").lines
    assert "Your config does not want glm-5.2: deny_vendors has zai." in lines
    assert not any("newer model" in line for line in lines)


def test_region(ask: Ask, week: Path, config: Config) -> None:
    """A region that has to be asked for is asked for, at its price.

    $96 of Opus 5.5 at 1.1 times: $105.60; GPT-6.1 Sol likewise, $48 at 1.1 times.
    """
    config("[routes]\nregions = ['us']")
    found = ask("routes", "--json").document
    rows = {row["model"]: row for row in found["alternatives"]}
    assert rows.keys() == {
        "claude-fable-5-2",
        "claude-opus-5-5",
        "claude-sonnet-5-5",
        "claude-haiku-5-5",
        "gpt-6-astra",
        "gpt-6.1-sol",
        "gpt-6.1-terra",
        "gpt-6-luna",
    }
    assert rows["claude-opus-5-5"]["region"] == "us"
    assert rows["claude-opus-5-5"]["same_tokens_usd"] == pytest.approx(105.6)
    assert rows["gpt-6.1-sol"]["same_tokens_usd"] == pytest.approx(52.8)
    left = {row["model"]: row["why"] for row in found["left_out"]}
    assert left["grok-4.7"] == (
        "xai does not state where it processes prompts; regions has us"
    )
    assert left["deepseek-flash"] == (
        "deepseek processes prompts in china; regions has us"
    )


def test_misspelt_vendor(ask: Ask, week: Path, config: Config) -> None:
    """A vendor that nobody is called by is said, since nothing is denied by it."""
    config("[routes]\ndeny_vendors = ['z.ai', 'zai', 'deep*']")
    found = ask("routes", "--json").document
    assert found["warnings"] == [
        "deny_vendors has z.ai, which is no vendor that is known here"
    ]


def test_one_route_asked_for(ask: Ask, week: Path, config: Config) -> None:
    """A list of the one route that was asked for says why it is not suggested."""
    config("[routes]\nregions = 'us'\ndeny_vendors = 'anthropic'")
    found = ask("routes", "--to", "claude-opus-5-5", "--json").document
    (row,) = found["alternatives"]
    assert (row["region"], row["same_tokens_usd"]) == ("us", pytest.approx(105.6))
    assert row["denied"] == "deny_vendors has anthropic"
    assert (
        "Your config does not want claude-opus-5-5: deny_vendors has anthropic."
    ) in ask("routes", "--to", "claude-opus-5-5").lines


def test_never_suggested(ask: Ask, week: Path, config: Config) -> None:
    """No suggestion names a model of a denied vendor, nor one that is not to be had."""

    def suggested() -> str:
        found = ask("routes", "--json").document["suggestions"]
        return " ".join(f"{each['title']} {each['how']}" for each in found)

    assert "claude-opus-5-5" in suggested()
    config("[routes]\nunavailable = 'claude-opus-5*'\ndeny_vendors = ['zai']")
    assert "claude-opus-5" not in suggested()
    assert "glm" not in suggested()
