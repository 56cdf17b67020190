"""The routes that are worth a look: what vendors sell now, by their own lists.

Looked through on 2026-11-22; older models are compared where they are named.
"""

from __future__ import annotations

CANDIDATES = (
    "claude-fable-5-2",
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "gpt-6-astra",
    "gpt-6.1-sol",
    "gpt-6.1-terra",
    "gpt-6-luna",
    "gemini-4-argon",
    "gemini-3.8-flash",
    "glm-5.3",
    "glm-5.3-flash",
    "deepseek-v4-pro",
    "deepseek-flash",
    "kimi-k3.1-pro",
    "grok-4.7",
    "composer-2.5",
)

SMALL = {
    "anthropic": "claude-haiku-5-5",
    "aws": "claude-haiku-5-5",
    "vertex": "claude-haiku-5-5",
    "openai": "gpt-6-luna",
    "azure": "gpt-6-luna",
    "zai": "glm-5.3-flash",
    "deepseek": "deepseek-flash",
}
"""The small model of who sells them, for sub-agents and what runs in the background."""
