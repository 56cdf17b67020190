"""Say to an agent, by its own protocol, to stop, to ask, to wrap up, or a word.

Claude Code: exit 2 and stderr hold back a prompt, in all versions tried from 1.0.128 to
2.1.330; `continue: false` ends the turn before a tool. Codex takes the same of prompts
(0.169), but of tools only a denial: `continue: false` and `ask` make its hook fail.
Cursor: `continue` for prompts, `permission` for tools, and no way to say a word beside;
`allow` would spare it a question to the person, so it is never said.
Read: github.com/openai/codex hooks/src/engine/output_parser.rs;
cupcake.eqtylab.io/reference/harnesses/cursor (2026-11-26).
"""

from __future__ import annotations

from typing import Any

from tokentui.guard.asked import CLAUDE_CODE, CURSOR, Asked
from tokentui.tuples import NamedTuple

BLOCKED = 2


class Answer(NamedTuple):
    """What a hook prints and how it ends: JSON on stdout, or text on stderr."""

    document: dict[str, Any] | None = None
    text: str | None = None
    code: int = 0


NOTHING = Answer()


def stop(asked: Asked, text: str) -> Answer:
    """Hold back a prompt, or a tool and with it the turn."""
    if asked.agent == CURSOR:
        if asked.is_prompt:
            return Answer({"continue": False, "user_message": text})
        return Answer(permission("deny", text))
    if asked.is_prompt:
        return Answer(text=text, code=BLOCKED)
    denial = specific(asked, permissionDecision="deny", permissionDecisionReason=text)
    if asked.agent == CLAUDE_CODE:
        return Answer({"continue": False, "stopReason": text} | denial)
    return Answer(denial)


def can_ask(asked: Asked) -> bool:
    """Claim that the person can be asked: where nobody sits before it, nobody can."""
    if asked.is_prompt:
        return not asked.is_own
    return asked.agent in (CLAUDE_CODE, CURSOR)


def ask(asked: Asked, text: str) -> Answer:
    """Let the person decide; of a prompt, by sending it once more."""
    if asked.is_prompt:
        return stop(asked, text)
    if asked.agent == CURSOR:
        return Answer(permission("ask", text))
    wish = specific(asked, permissionDecision="ask", permissionDecisionReason=text)
    return Answer(wish)


def can_tell(asked: Asked) -> bool:
    """Claim that something can be said without holding anything back."""
    return asked.agent != CURSOR


def tell(text: str) -> Answer:
    """Tell the person."""
    return Answer({"systemMessage": text})


def wrap_up(asked: Asked, text: str, wish: str) -> Answer:
    """Tell the person, and ask the agent to wrap up."""
    return Answer({"systemMessage": text} | specific(asked, additionalContext=wish))


def specific(asked: Asked, **said: str) -> dict[str, Any]:
    """Make what only one event's output has."""
    return {"hookSpecificOutput": {"hookEventName": asked.event} | said}


def permission(word: str, text: str) -> dict[str, Any]:
    """Make Cursor's word on a tool."""
    return {"permission": word, "user_message": text, "agent_message": text}
