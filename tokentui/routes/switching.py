"""The lines with which a developer switches an agent to another route, and back.

They are shown to be copied; nothing here applies them. Sources, read 2026-11-22: Claude
Code's pages on settings, model configuration and gateways, the config reference of
Codex, the vendors' own pages on Claude Code, docs.litellm.ai.
"""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from tokentui.routes.pricing import Route
from tokentui.vendors import SERVERS

AGENTS = {"claude-code": "Claude Code", "codex": "Codex", "cursor": "Cursor"}

CODEX_CONFIG = "# in ~/.codex/config.toml"
SHELL = "# in the shell, or as `env` in ~/.claude/settings.json"

CLAUDE_KEY = ("/logout", "export ANTHROPIC_API_KEY=<your key>")
CODEX_KEY = ("codex logout", "printenv OPENAI_API_KEY | codex login --with-api-key")


PLAIN = re.compile(r"[\w.:@/<>' \[\]-]{1,100}")
"""What can stand in a line to copy; also what is to be replaced there."""


class Lines(NamedTuple):
    """Lines to copy to switch, and to switch back."""

    how: tuple[str, ...]
    undo: tuple[str, ...]


def to_model(source: str, base: str, route: Route) -> Lines | None:
    """Switch to another model of the same provider; `None` where none can be told."""
    if source == "codex":
        return Lines(codex_model(route.model), codex_model(base))
    if source == "cursor":
        picker = "# in Cursor's model picker"
        return Lines((picker, route.model), (picker, plain(base)))
    if source != "claude-code":
        return None
    model = route.model
    if route.provider in SERVERS.values() and route.provider != "anthropic":
        model = f"<{route.provider}'s id of {model}>"
    if "haiku" in route.name:
        return exported({"ANTHROPIC_DEFAULT_HAIKU_MODEL": model})
    return Lines(claude_model(model), claude_model(base))


def codex_model(model: str) -> tuple[str, ...]:
    """Set the model of Codex."""
    return CODEX_CONFIG, f'model = "{plain(model)}"'


def claude_model(model: str) -> tuple[str, ...]:
    """Set the model of Claude Code, now and for good."""
    return (
        f"/model {plain(model)}",
        "# for good, in ~/.claude/settings.json",
        f'"model": "{plain(model)}"',
    )


def exported(variables: dict[str, str]) -> Lines:
    """Set variables that Claude Code reads."""
    return Lines(
        (SHELL, *(f"export {name}={quoted(it)}" for name, it in variables.items())),
        tuple(f"unset {name}" for name in variables),
    )


def quoted(value: str) -> str:
    """Quote a value for a shell, but for what is to be replaced."""
    return value if value.startswith("<") else shlex.quote(value)


def plain(model: str) -> str:
    """Give a model as it was logged, unless nobody would name a model so."""
    return model if PLAIN.fullmatch(model) else "<the model before>"


def to_effort(source: str, effort: str, lower: str) -> Lines | None:
    """Let a model work less hard."""
    if source == "claude-code":
        return Lines((f"/effort {lower}",), (f"/effort {effort}",))
    if source == "codex":
        key = "model_reasoning_effort"
        return Lines(
            (CODEX_CONFIG, f'{key} = "{lower}"'), (CODEX_CONFIG, f'{key} = "{effort}"')
        )
    return None


def to_side_model(source: str, model: str) -> Lines | None:
    """Let sub-agents use another model.

    Codex has a default for them since 0.154.0
    (https://github.com/openai/codex/issues/45790).
    """
    if source == "claude-code":
        return exported({"CLAUDE_CODE_SUBAGENT_MODEL": model})
    if source == "codex":
        line = f'default_subagent_model = "{model}"'
        return Lines(
            (f"{CODEX_CONFIG}, below [agents]", line),
            (f"{CODEX_CONFIG}, take out", line),
        )
    return None


def by_login(source: str) -> Lines:
    """Let a plan's login pay for an agent, instead of a key."""
    if source == "codex":
        return Lines(("codex logout", "codex login"), CODEX_KEY)
    return Lines(("unset ANTHROPIC_API_KEY", "/login"), CLAUDE_KEY)


def by_use(source: str) -> Lines:
    """Let a key pay for an agent, instead of a plan's login."""
    if source not in ("claude-code", "codex"):
        return Lines((), ())
    back = by_login(source)
    return Lines(back.undo, back.how)
