"""Answer a hook: read what is asked, judge, and say it in the agent's own protocol."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import NoReturn

from tokentui import paths
from tokentui.errors import TokentuiError
from tokentui.guard import answers, state
from tokentui.guard.answers import BLOCKED, NOTHING, Answer
from tokentui.guard.asked import AGENTS, Asked, asked_by
from tokentui.guard.limits import GO, STOP, WRAP_UP, Verdict
from tokentui.periods import millis
from tokentui.setting import Setting, setting_now
from tokentui.text import clean, escaped

MOST_BYTES = 1 << 26
"""How much of a hook's input is read: a tool may be about to write a large file."""


def answer_stdin(agent: str | None) -> NoReturn:
    """Answer what stands on stdin, and leave."""
    known = agent if agent in AGENTS else None
    given = sys.stdin.buffer.read(MOST_BYTES)
    answer = answered(given, known, setting_now)
    if answer.document is not None:
        line = escaped(json.dumps(answer.document, ensure_ascii=False))
        write(1, line)
    if answer.text is not None:
        write(2, clean(answer.text))
    os._exit(answer.code)


def write(number: int, line: str) -> None:
    """Write a line to an open file, whole."""
    rest = memoryview(line.encode("utf-8", "backslashreplace") + b"\n")
    with suppress(OSError):  # who has asked is gone
        while rest:
            rest = rest[os.write(number, rest) :]


def answered(text: bytes, agent: str | None, look_up: Callable[[], Setting]) -> Answer:
    """Answer what an agent asks; a fault of ours is noted.

    `agent` says who asks, if it is known; `look_up` reads the config.
    """
    here = asked = None
    try:
        here = look_up()
        asked = asked_by(text, agent)
        state.note_call(here.state, asked.agent, millis(here.now))
        if is_off(here) or not (asked.is_prompt or asked.is_tool):
            return NOTHING
        return looked(here, asked)
    except TokentuiError as problem:
        return failed(str(problem), here, asked)
    except Exception as problem:  # noqa: BLE001 (the edge: an agent must not be disturbed)
        return failed(f"{type(problem).__name__}: {problem}", here, asked)


def is_off(here: Setting) -> bool:
    """Claim that the person lets all agents go on for now."""
    return (state.off_until_ms(here.state) or 0) > millis(here.now)


def failed(why: str, here: Setting | None, asked: Asked | None) -> Answer:
    """Note a fault of ours; let the agent go on, unless the person wants it stopped."""
    now_ms = millis(datetime.now(UTC) if here is None else here.now)
    with suppress(TokentuiError):
        state.note_fault(paths.state_dir() if here is None else here.state, why, now_ms)
    if here is None or here.config.guard.fail != "closed" or is_off(here):
        return NOTHING
    text = (
        f"tokentui: the guard failed ({why}) and is set to stop agents then. To go on:"
        " tokentui doctor, or tokentui guard off --for 1h"
    )
    # Exit 2 holds back whatever the agent asked about.
    return answers.stop(asked, text) if asked else Answer(text=text, code=BLOCKED)


def looked(here: Setting, asked: Asked) -> Answer:
    """Judge, and put it in the agent's words."""
    from tokentui.guard.look import look

    who = asked.agent, asked.session or ""
    counts_tools = here.config.guard.run.tool_calls is not None
    called = state.tools_noted(here.state, *who) if counts_tools else 0
    seen = look(here.ledger, here.config, here.tz, here.now, asked, called)
    if seen.verdict.kind == STOP:
        from tokentui.guard.words import stopped

        return answers.stop(asked, stopped(asked, seen.verdict, here.tz))
    if counts_tools and asked.is_tool:
        state.note_tool(here.state, *who)
    if seen.problem is not None:
        refusal = failed(seen.problem, here, asked)
        if refusal != NOTHING:
            return refusal
    return NOTHING if seen.verdict.kind == GO else warned(here, asked, seen.verdict)


def warned(here: Setting, asked: Asked, verdict: Verdict) -> Answer:
    """Ask, ask to wrap up or tell, each once for a session and limit."""
    from tokentui.guard.words import near, question, wish

    def is_new(kind: str) -> bool:
        who = asked.agent, asked.session or ""
        marks = [
            state.first_time(here.state, millis(here.now), kind, *who, each.mark)
            for each in verdict.limits
        ]
        return any(marks)

    wants_asking = here.config.guard.at_warn == "ask" and answers.can_ask(asked)
    if wants_asking and is_new("ask"):
        return answers.ask(asked, question(asked, verdict))
    if not answers.can_tell(asked):
        return NOTHING
    if verdict.kind == WRAP_UP:
        if is_new(WRAP_UP):
            return answers.wrap_up(asked, near(verdict), wish(verdict))
    elif is_new("tell"):
        return answers.tell(near(verdict))
    return NOTHING
