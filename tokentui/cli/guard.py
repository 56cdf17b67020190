"""`tokentui guard`: the hook that agents ask before a prompt or a tool."""

from __future__ import annotations

import sys
from typing import ClassVar

import click

from tokentui.cli.lazy import LazyVerbs
from tokentui.cli.options import setting
from tokentui.cli.output import note, show, show_json_line
from tokentui.guard.asked import AGENTS
from tokentui.guard.hook import MOST_BYTES, answered


class GuardVerbs(LazyVerbs):
    """What can be done with the guard beside asking it."""

    verbs: ClassVar[dict[str, str]] = {
        "install": "put it into an agent's settings, after showing the change",
        "uninstall": "take it out again",
        "off": "let all agents go on for a while",
        "on": "brake again",
    }
    prefix = "guard_"


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
        show(ctx.get_help())
        return 0
    answer = answered(sys.stdin.buffer.read(MOST_BYTES), agent, setting)
    if answer.document is not None:
        show_json_line(answer.document)
    if answer.text is not None:
        note(answer.text)
    return answer.code
