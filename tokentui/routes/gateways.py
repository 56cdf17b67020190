"""The lines with which an agent is sent to another vendor, and back.

They are shown to be copied; nothing here applies them. Keys are never in them. Sources,
read 2026-11-22: docs.z.ai/devpack, api-docs.deepseek.com, platform.kimi.ai,
platform.minimax.io, docs.litellm.ai, Claude Code's page on gateways, the config
reference of Codex.
"""

from __future__ import annotations

from typing import NamedTuple

from tokentui.routes.pricing import Route
from tokentui.routes.switching import Lines, codex_model, exported


class Gate(NamedTuple):
    """Where a vendor takes an agent's requests, and its small model, if it has one."""

    url: str
    small: str | None = None


CLAUDE_CODE = {
    "zai": Gate("https://api.z.ai/api/anthropic", "glm-5.3-flash"),
    "deepseek": Gate("https://api.deepseek.com/anthropic", "deepseek-flash"),
    "moonshot": Gate("https://api.moonshot.ai/anthropic"),
    "minimax": Gate("https://api.minimax.io/anthropic"),
}
"""Vendors that speak Anthropic's protocol."""

CODEX = {
    "moonshot": Gate("https://api.moonshot.ai/v1"),
    "deepseek": Gate("https://api.deepseek.com"),
}
"""Vendors beside OpenAI that speak Responses, without which Codex takes none."""

PROXY = "http://localhost:4000"
"""Where a LiteLLM proxy listens, which passes requests on to all others."""

SENDABLE = ("claude-code", "codex")
"""Agents that can be sent elsewhere by lines."""

ALIASES = ("OPUS", "SONNET", "HAIKU")


def to_vendor(
    source: str, base: str, route: Route, effort: str | None = None
) -> Lines | None:
    """Send an agent to another vendor, to work as hard as `effort` says, if it does.

    `None` where none can be told. Claude Code is sent for as long as a shell lives, so
    that other work stays.
    """
    if source == "claude-code":
        return claude_code(route, effort)
    return codex(base, route, effort) if source == "codex" else None


def claude_code(route: Route, effort: str | None) -> Lines:
    """Send Claude Code to a vendor, or to a proxy that reaches it."""
    gate = CLAUDE_CODE.get(route.provider, Gate(PROXY))
    models = dict.fromkeys(ALIASES, route.model)
    if gate.small is not None:
        models["HAIKU"] = gate.small
    is_proxy = gate.url == PROXY
    whose = "LiteLLM" if is_proxy else route.provider
    variables = {
        "ANTHROPIC_BASE_URL": gate.url,
        "ANTHROPIC_AUTH_TOKEN": f"<your {whose} key>",
        **{f"ANTHROPIC_DEFAULT_{alias}_MODEL": it for alias, it in models.items()},
        **({} if effort is None else {"CLAUDE_CODE_EFFORT_LEVEL": effort}),
        "API_TIMEOUT_MS": "3000000",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    }
    lines = exported(variables)
    proxy = (f"# with a LiteLLM proxy that has {route.model}",) if is_proxy else ()
    return Lines(
        (*proxy, "unset ANTHROPIC_API_KEY", *lines.how, "# /status tells the endpoint"),
        (*lines.undo, "export ANTHROPIC_API_KEY=<your key>  # if you had set it"),
    )


def codex(base: str, route: Route, effort: str | None) -> Lines:
    """Send Codex to a vendor, or to a proxy that reaches it."""
    name = route.provider if route.provider in CODEX else "litellm"
    gate = CODEX.get(route.provider, Gate(f"{PROXY}/v1"))
    how = (
        *codex_model(route.model),
        *(() if effort is None else (f'model_reasoning_effort = "{effort}"',)),
        f'model_provider = "{name}"',
        f"[model_providers.{name}]",
        f'name = "{name}"',
        f'base_url = "{gate.url}"',
        f'env_key = "{name.upper()}_API_KEY"',
        'wire_api = "responses"',
    )
    back = "# and take model_provider out again"
    if effort is not None:
        back += ", and set model_reasoning_effort back"
    return Lines(how, (*codex_model(base), back))
