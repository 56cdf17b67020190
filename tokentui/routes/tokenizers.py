"""How many tokens the same text is elsewhere.

Measured on nine kinds of code, configuration and prose, 60,000 characters of each, on
2026-11-22; Claude by an unofficial reconstruction of its tokenizers, GLM by its own
published counts only. Kinds differ: 0.59 (code) to 0.85 (JSON) where it says 0.62-0.66.
"""

from __future__ import annotations

from tokentui.routes.family import version

SCALES = (
    ("gpt-", 0.62),
    ("o1", 0.62),
    ("o3", 0.62),
    ("o4", 0.62),
    ("codex-", 0.62),
    ("deepseek", 0.66),
    ("glm-", 0.65),
    ("kimi", 0.62),
    ("minimax", 0.62),
    ("qwen", 0.62),
)
"""Tokens for each token of Claude's newer tokenizer, by how bare names begin."""

NEWER_SINCE = {"opus": (4, 7), "sonnet": (5,), "haiku": (5,)}
"""The versions of Claude from which on the newer tokenizer counts; of others, all."""

OLDER = 1 / 1.29


def tokenizer_factor(base: str, model: str) -> float | None:
    """Give how many tokens of a model one token of another is, by bare names.

    `None` where either tokenizer was not measured.
    """
    if base == model:
        return 1.0
    before, after = scale(base), scale(model)
    if before is None or after is None:
        return None
    return after / before


def scale(model: str) -> float | None:
    """Give a model's tokens for each token of Claude's newer tokenizer."""
    if model.startswith("claude-"):
        name = model.split("-")[1]
        is_older = name.isdigit() or version(model) < NEWER_SINCE.get(name, ())
        return OLDER if is_older else 1.0
    for beginning, tokens in SCALES:
        if model.startswith(beginning):
            return tokens
    return None
