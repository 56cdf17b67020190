"""A policy as the configuration of a router, to be copied; keys are never in it.

Sources, read 2026-11-26: README and documentation of musistudio/claude-code-router,
docs.litellm.ai/docs/proxy/configs, the vendors' pages on Claude Code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tokentui.routes.gateways import CLAUDE_CODE
from tokentui.routes.pricing import Route
from tokentui.routes.workloads import LONG_PROMPT

ANTHROPIC_URL = "https://api.anthropic.com"
OPENAI_URL = "https://api.openai.com/v1/chat/completions"

CCR_KEYS = {
    "background": "simple",
    "think": "high-risk",
    "longContext": "long-context",
}
"""What claude-code-router tells apart, and which kind of work that is.

Plan mode is what it calls `think`; all else is its default.
"""

OWN = "own-endpoint"
"""The provider that is the user's own hardware."""

PREFIXES = {"vertex": "vertex_ai", "aws": "bedrock", "google": "gemini", OWN: "openai"}
"""What LiteLLM calls providers, where that is not their name here."""


WITHOUT_KEY = ("aws", "vertex")
"""Providers that LiteLLM finds its way to by their own tools' logins."""


def variable(provider: str) -> str:
    """Name the environment variable that holds a provider's key."""
    return f"{provider.upper().replace('-', '_')}_API_KEY"


def ccr(usual: Route, places: Mapping[str, Route]) -> dict[str, Any]:
    """Write claude-code-router's `config.json`; `usual` is for all other work."""
    routes = {"default": usual}
    routes |= {
        key: places[workload]
        for key, workload in CCR_KEYS.items()
        if workload in places
    }
    models: dict[str, list[str]] = {}
    for route in routes.values():
        known = models.setdefault(route.provider, [])
        if route.model not in known:
            known.append(route.model)
    router: dict[str, Any] = {
        key: f"{route.provider},{route.model}" for key, route in routes.items()
    }
    if "longContext" in router:
        router["longContextThreshold"] = LONG_PROMPT
    providers = [ccr_provider(name, some) for name, some in models.items()]
    return {"Providers": providers, "Router": router}


def ccr_provider(name: str, models: list[str]) -> dict[str, Any]:
    """Write a provider: by Anthropic's protocol where it speaks that."""
    url = ANTHROPIC_URL if name == "anthropic" else None
    if name in CLAUDE_CODE:
        url = CLAUDE_CODE[name].url
    provider: dict[str, Any] = {"name": name}
    if url is not None:
        provider["api_base_url"] = f"{url}/v1/messages"
    else:
        provider["api_base_url"] = OPENAI_URL if name == "openai" else "<its URL>"
    provider |= {"api_key": f"${variable(name)}", "models": models}
    if url is not None:
        provider["transformer"] = {"use": ["Anthropic"]}
    return provider


def litellm(
    places: Mapping[str, Route],
    notes: Mapping[str, str],
    tiers: Mapping[str, str],
) -> Iterator[str]:
    """Write LiteLLM's `model_list`, in which each kind of work is a model.

    `notes` are put before each kind, `tiers` the service tiers to ask for.
    """
    yield "model_list:"
    for workload, note in notes.items():
        yield f"  # {workload}: {note}"
        route = places.get(workload)
        if route is None:
            continue
        prefix = PREFIXES.get(route.provider, route.provider)
        yield f"  - model_name: {json.dumps(workload)}"
        yield "    litellm_params:"
        yield f"      model: {json.dumps(f'{prefix}/{route.model}')}"
        if route.provider not in WITHOUT_KEY:
            yield f"      api_key: os.environ/{variable(route.provider)}"
        if route.provider == OWN:
            yield "      api_base: os.environ/OWN_ENDPOINT_URL"
        if workload in tiers:
            yield f"      service_tier: {json.dumps(tiers[workload])}"
