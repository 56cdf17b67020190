"""`tokentui prices`: the rates of a model, and where they come from."""

from __future__ import annotations

import contract
import pytest
from asking import Ask


def rates(ask: Ask, *words: str) -> dict[str, dict]:
    """Give the rates of a model by tier, for prompts of any length."""
    rows = ask("prices", "show", *words, "--json").document["rows"]
    return {
        row["tier"]: row["usd_per_million"]
        for row in rows
        if row["over_tokens"] is None
    }


OPUS = {
    "input": 4,
    "cache_read": 0.2,
    "cache_write": 5,
    "cache_write_1h": 8,
    "output": 20,
}


@pytest.mark.parametrize("model", ["claude-opus-5-5", "gpt-5.4", "glm-5.2"])
def test_json(ask: Ask, model: str) -> None:
    """A document has the same keys for every model."""
    document = ask("prices", "show", model, "--json").document
    assert contract.faults(document, contract.PRICE) == []
    assert (document["asked"], document["model"].lower()) == (model, model)


def test_json_of_a_coming_change(ask: Ask) -> None:
    """What is known to change is in the document, with its day."""
    words = ("claude-opus-4-8", "--at", "2026-11-25", "--json")
    document = ask("prices", "show", *words).document
    assert contract.faults(document, contract.PRICE) == []
    assert document["changes"][0]["on"] == "2026-11-30"


def test_coming_change(ask: Ask) -> None:
    """People are told what is known to change, and when."""
    answer = ask("prices", "show", "claude-opus-4-8", "--at", "2026-11-25")
    assert "2026-11-30" in answer.out


def test_known_model(ask: Ask) -> None:
    """A known model has its list prices, batch at half and fast at double."""
    found = rates(ask, "claude-opus-5-5")
    assert found["standard"] == OPUS
    assert found["batch"] == {kind: usd / 2 for kind, usd in OPUS.items()}
    assert found["fast"] == {kind: usd * 2 for kind, usd in OPUS.items()}


@pytest.mark.parametrize(
    "alias",
    ["anthropic/claude-opus-5-5", "us.anthropic.claude-opus-5-5", "CLAUDE-OPUS-5-5"],
)
def test_alias(ask: Ask, alias: str) -> None:
    """Prefixes and case do not matter; the document says what was asked and found."""
    document = ask("prices", "show", alias, "--json").document
    assert (document["asked"], document["model"]) == (alias, "claude-opus-5-5")
    assert document["rows"][0]["usd_per_million"] == OPUS


def test_long_prompts(ask: Ask) -> None:
    """A price for long prompts stands beside the usual one."""
    rows = ask("prices", "show", "gpt-5.4", "--json").document["rows"]
    long = {
        row["over_tokens"]: row["usd_per_million"]["input"]
        for row in rows
        if row["tier"] == "standard"
    }
    assert long == {None: 2.5, 272_000: 5}


def test_every_figure_has_an_origin(ask: Ask) -> None:
    """Each tier says where its figures come from and of which day they are."""
    for row in ask("prices", "show", "claude-opus-5-5", "--json").document["rows"]:
        assert row["source"]
        assert row["url"].startswith("https://")
        assert row["as_of"].startswith("20")
    text = ask("prices", "show", "claude-opus-5-5").out
    assert "https://" in text
    assert "web_search: $0.01" in text


def test_own_price(ask: Ask, config) -> None:
    """A price of the user's own is shown as any other, with an origin."""
    config('[prices."my-finetune"]\ninput = 3\noutput = 15\nfrom = 2026-10-01\n')
    document = ask("prices", "show", "my-finetune", "--json").document
    assert contract.faults(document, contract.PRICE) == []
    (row,) = document["rows"]
    assert (row["usd_per_million"]["input"], row["usd_per_million"]["output"]) == (
        3,
        15,
    )
    assert row["source"]
    assert ask("prices", "show", "my-finetune").code == 0


@pytest.mark.parametrize(
    "model", ["no-such-model", "claude-opus-99", "", " ", "x\x1b[1m"]
)
def test_unknown_model(ask: Ask, model: str) -> None:
    """An unknown model is exit 2 and says so without any traceback."""
    answer = ask("prices", "show", model)
    assert (answer.code, answer.out) == (2, "")
    assert "is not in" in answer.err
    assert "\x1b" not in answer.err


def test_unknown_model_names_what_is_near(ask: Ask) -> None:
    """A wrong version is answered with models of that family."""
    assert "claude-" in ask("prices", "show", "claude-opus-99").err.split("near it")[1]


def test_near_is_near(ask: Ask) -> None:
    """What is offered is what the word comes nearest to."""
    assert "claude-opus-5-5" in ask("prices", "show", "claude-opsu-5-5").err


def test_bad_day(ask: Ask) -> None:
    """A day that is none is exit 2."""
    assert ask("prices", "show", "gpt-5.4", "--at", "someday").code == 2


def test_list(ask: Ask) -> None:
    """The list holds what was asked for and nothing else, as data on stdout."""
    answer = ask("prices", "list", "Opus-5", "--json")
    assert contract.faults(answer.document, contract.PRICES) == []
    models = {row["model"] for row in answer.document["rows"]}
    assert "claude-opus-5-5" in models
    assert all("opus-5" in model for model in models)
    table = ask("prices", "list", "opus-5")
    assert "models in" in table.err
    assert "models in" not in table.out


def test_list_of_nothing(ask: Ask) -> None:
    """Nothing found is an empty list, not an error."""
    answer = ask("prices", "list", "no-such-model", "--json")
    assert (answer.code, answer.document["rows"]) == (0, [])
