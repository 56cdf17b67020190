"""Provider accounts: one file each, which the registry names.

An account file has a `KIND`; adding one touches nothing else but the line here.
"""

from __future__ import annotations

from importlib import import_module

from tokentui.accounts.kind import Kind

MODULES = {
    "openrouter": "openrouter",
    "anthropic": "anthropic",
    "openai": "openai",
    "cursor": "cursor",
    "cursor-team": "cursor_team",
    "claude-plan": "claude_plan",
    "codex-plan": "codex_plan",
    "copilot": "copilot",
    "deepseek": "deepseek",
    "moonshot": "moonshot",
    "vercel": "vercel",
    "litellm": "litellm",
    "xai": "xai",
    "fireworks": "fireworks",
    "zai": "zai",
    "kimi": "kimi",
    "minimax": "minimax",
}
"""The kinds of account, best first, each with its module here."""


def kind_of(name: str) -> Kind:
    """Give a kind of account by its name, which must be known."""
    kind = import_module(f"tokentui.accounts.{MODULES[name]}").KIND
    assert isinstance(kind, Kind)
    return kind
