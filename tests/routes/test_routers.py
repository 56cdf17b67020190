"""Configurations of routers: whose address and variable, and nothing of a key."""

from __future__ import annotations

import json

import pytest

from tokentui.routes.pricing import Route
from tokentui.routes.routers import ccr, litellm


def route(provider: str, model: str) -> Route:
    """Name a route."""
    return Route(provider, model, model, None)


@pytest.mark.parametrize(
    ("provider", "url", "variable", "is_anthropic"),
    [
        ("anthropic", "https://api.anthropic.com/v1/messages", "ANTHROPIC", True),
        ("zai", "https://api.z.ai/api/anthropic/v1/messages", "ZAI", True),
        (
            "deepseek",
            "https://api.deepseek.com/anthropic/v1/messages",
            "DEEPSEEK",
            True,
        ),
        ("openai", "https://api.openai.com/v1/chat/completions", "OPENAI", False),
        ("x-vendor", "<its URL>", "X_VENDOR", False),
    ],
)
def test_providers_of_ccr(
    provider: str, url: str, variable: str, is_anthropic: bool
) -> None:
    """Who speaks Anthropic's protocol is sent it as it is; keys are variables."""
    found = ccr(route(provider, "m"), {})
    (told,) = found["Providers"]
    assert told["api_base_url"] == url
    assert told["api_key"] == f"${variable}_API_KEY"
    assert ("transformer" in told) is is_anthropic
    assert found["Router"] == {"default": f"{provider},m"}


def test_each_provider_once() -> None:
    """Models of one provider are listed with it, each once."""
    places = {
        "simple": route("zai", "glm-5.3-flash"),
        "high-risk": route("anthropic", "claude-opus-5-5"),
        "long-context": route("zai", "glm-5.3"),
        "drafting": route("openai", "gpt-6.1-terra"),
    }
    found = ccr(route("zai", "glm-5.3"), places)
    assert [(each["name"], each["models"]) for each in found["Providers"]] == [
        ("zai", ["glm-5.3", "glm-5.3-flash"]),
        ("anthropic", ["claude-opus-5-5"]),
    ]
    assert found["Router"] == {
        "default": "zai,glm-5.3",
        "background": "zai,glm-5.3-flash",
        "think": "anthropic,claude-opus-5-5",
        "longContext": "zai,glm-5.3",
        "longContextThreshold": 150_000,
    }


def test_litellm_names_providers_its_own_way() -> None:
    """Clouds have logins in place of a key; hostile names stay in their quotes."""
    odd = 'x"\n  y: ${z}'
    places = {"simple": route("aws", "claude-haiku-5-5"), "other": route("google", odd)}
    lines = list(litellm(places, {"simple": "a", "bulk": "b", "other": "c"}, {}))
    assert lines == [
        "model_list:",
        "  # simple: a",
        '  - model_name: "simple"',
        "    litellm_params:",
        '      model: "bedrock/claude-haiku-5-5"',
        "  # bulk: b",
        "  # other: c",
        '  - model_name: "other"',
        "    litellm_params:",
        f"      model: {json.dumps('gemini/' + odd)}",
        "      api_key: os.environ/GOOGLE_API_KEY",
    ]
    assert not any("\n" in line for line in lines)
