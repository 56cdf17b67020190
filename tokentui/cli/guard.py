"""`tokentui guard`: the hook that agents ask before a prompt or a tool."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import ClassVar

import click

from tokentui import paths
from tokentui.cli.lazy import LazyVerbs
from tokentui.cli.options import Setting, setting
from tokentui.cli.output import note, show_json_line
from tokentui.errors import TokentuiError
from tokentui.guard import answers, state
from tokentui.guard.answers import BLOCKED, NOTHING, Answer
from tokentui.guard.asked import AGENTS, Asked, asked_by
from tokentui.guard.limits import GO, STOP, WRAP_UP, Verdict
from tokentui.periods import millis

MOST_BYTES = 1 << 26
"""How much of a hook's input is read: a tool may be about to write a large file."""


class GuardVerbs(LazyVerbs):
    """What can be done with the guard beside asking it."""

    verbs: ClassVar[dict[str, str]] = {
        "install": "put it into an agent's settings, after showing the change",
        "uninstall": "take it out again",
        "off": "let all agents go on for a while",
        "on": "brake again",
    }

    def module_of(self, name: str) -> str:
        """Name the module of a verb."""
        return f"guard_{name}"


@click.group("guard", cls=GuardVerbs, invoke_without_command=True)
@click.option("--agent", type=click.Choice(AGENTS), help="Who asks, if it is known.")
@click.pass_context
def verb(ctx: click.Context, agent: str | None) -> int:
    """Stop an agent at a hard cap or at the budget of a run.

    As a hook it reads the agent's JSON on stdin and answers by its protocol. It lets
    the agent go on if it fails itself, unless `[guard] fail` is "closed".
    """
    if ctx.invoked_subcommand is not None:
        return 0
    if sys.stdin is None or sys.stdin.isatty():
        click.echo(ctx.get_help())
        return 0
    answer = answered(agent)
    if answer.document is not None:
        show_json_line(answer.document)
    if answer.text is not None:
        note(answer.text)
    return answer.code


def answered(agent: str | None) -> Answer:
    """Answer what is asked on stdin; a fault of ours is noted."""
    here = asked = None
    try:
        text = sys.stdin.buffer.read(MOST_BYTES)
        here = setting()
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
        from tokentui.cli.guard_words import stopped

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
    from tokentui.cli.guard_words import near, question, wish

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
