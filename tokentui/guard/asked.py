"""Read what an agent sends to its hook: which session is about to do what."""

from __future__ import annotations

import json
from typing import Any

from tokentui.tuples import NamedTuple

CLAUDE_CODE, CODEX, CURSOR = AGENTS = ("claude-code", "codex", "cursor")
PROMPTS = ("UserPromptSubmit", "beforeSubmitPrompt")
TOOLS = ("PreToolUse", "beforeShellExecution", "beforeMCPExecution")
LONGEST = 4_096
"""Characters of a name or path; a longer one is none."""

OWN_TURNS = "<task-notification>"
"""How a prompt begins that Claude Code sends itself, from 2.1.330 on."""


class Asked(NamedTuple):
    """Who asks, before what, in which session; `None` where it is not said.

    `is_own`: the agent's own prompt, which no person sits before.
    """

    agent: str
    event: str
    session: str | None = None
    transcript: str | None = None
    cwd: str | None = None
    model: str | None = None
    tool: str | None = None
    is_own: bool = False

    @property
    def is_prompt(self) -> bool:
        """A prompt is about to be sent."""
        return self.event in PROMPTS

    @property
    def is_tool(self) -> bool:
        """A tool is about to be run."""
        return self.event in TOOLS


def asked_by(text: bytes, agent: str | None = None) -> Asked:
    """Read a hook's input; `agent` says whose it is, else its own words do.

    Raises:
        ValueError: It is no JSON object.
        RecursionError: It is too deep.
    """
    given = json.loads(text)
    if not isinstance(given, dict):
        raise ValueError("the hook's input is no JSON object")
    agent = agent or agent_of(given)
    is_cursor = agent == CURSOR
    prompt = given.get("prompt")
    return Asked(
        agent,
        name_of(given.get("hook_event_name")) or "",
        name_of(given.get("conversation_id" if is_cursor else "session_id")),
        name_of(given.get("transcript_path")),
        name_of(given.get("cwd")) or first(given.get("workspace_roots")),
        name_of(given.get("model")),
        name_of(given.get("tool_name")) or ("shell" if is_cursor else None),
        isinstance(prompt, str) and prompt.lstrip().startswith(OWN_TURNS),
    )


def agent_of(given: dict[str, Any]) -> str:
    """Tell agents apart by what only one of them sends."""
    if "conversation_id" in given or "cursor_version" in given:
        return CURSOR
    return CODEX if "turn_id" in given else CLAUDE_CODE


def first(values: Any) -> str | None:
    """Give the first name of a list."""
    return name_of(values[0]) if isinstance(values, list) and values else None


def name_of(value: Any) -> str | None:
    """Give a name or path, or `None` for what is none."""
    is_name = isinstance(value, str) and value.isprintable() and len(value) <= LONGEST
    return value if is_name and value else None
