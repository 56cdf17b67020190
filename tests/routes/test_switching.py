"""Lines to copy: what an agent logged is never more in them than a name."""

from __future__ import annotations

import tomllib

import pytest

from tokentui.routes.gateways import to_vendor
from tokentui.routes.pricing import Route
from tokentui.routes.switching import Lines, to_model

SOL = Route("openai", "gpt-6.1-sol", "gpt-6-1-sol", None)
OPUS = Route("anthropic", "claude-opus-5-5", "claude-opus-5-5", None)

HOSTILE = [
    'gpt-5.6-sol["\nnotify = ["rm"]',
    'gpt-5.6-sol" # ',
    "gpt-5.6-sol[$(rm -r ~)]",
    "gpt-5.6-sol\\",
    "g" * 1_000,
]


@pytest.mark.parametrize("logged", HOSTILE)
@pytest.mark.parametrize("source", ["codex", "claude-code", "cursor"])
def test_hostile_name(source: str, logged: str) -> None:
    """A name that is none is left out of the lines that lead back to it."""
    lines = to_model(source, logged, SOL if source == "codex" else OPUS)
    assert lines is not None
    assert logged not in "\n".join(lines.undo)
    assert "<the model before>" in "\n".join(lines.undo)


def test_usual_name() -> None:
    """A name with a variant in brackets stays as it was logged."""
    lines = to_model("claude-code", "claude-opus-4-8[1m]", OPUS)
    assert lines is not None
    assert lines.undo[0] == "/model claude-opus-4-8[1m]"


@pytest.mark.parametrize("provider", ["moonshot", "deepseek", "zai"])
def test_codex_config(provider: str) -> None:
    """What is to be copied into the config of Codex is TOML that names a provider."""
    route = Route(provider, "some-model", "some-model", None)
    lines = to_vendor("codex", "gpt-6.1-sol", route, "max")
    assert lines is not None
    config = tomllib.loads("\n".join(lines.how))
    name = config["model_provider"]
    assert (config["model"], config["model_reasoning_effort"]) == ("some-model", "max")
    made = config["model_providers"][name]
    assert made["wire_api"] == "responses"
    assert made["base_url"].startswith("http")


def test_other_servers_of_claude() -> None:
    """On Bedrock and Vertex models have other ids, which are to be filled in."""
    found = to_model("claude-code", "claude-opus-4-8", OPUS._replace(provider="aws"))
    assert isinstance(found, Lines)
    assert found.how[0] == "/model <aws's id of claude-opus-5-5>"


def test_quoted_for_the_shell() -> None:
    """The name of a model of one's own is quoted where a shell would read it."""
    route = Route("", "my model; ls", "my model; ls", None)
    lines = to_vendor("claude-code", "claude-opus-4-8", route)
    assert lines is not None
    assert "export ANTHROPIC_DEFAULT_OPUS_MODEL='my model; ls'" in lines.how
