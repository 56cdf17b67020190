"""`tokentui statusline`: one line for Claude Code, which tells its news meanwhile."""

from __future__ import annotations

import sys
from typing import ClassVar

import click

from tokentui.cli.lazy import LazyVerbs
from tokentui.cli.options import setting
from tokentui.cli.output import show_bytes
from tokentui.statusline import MOST_BYTES, drawn_after


class StatuslineVerbs(LazyVerbs):
    """What can be done with the line beside drawing it."""

    verbs: ClassVar[dict[str, str]] = {
        "install": "put it into Claude Code's settings, after showing the change",
        "uninstall": "take it out again",
    }
    prefix = "statusline_"


@click.group("statusline", cls=StatuslineVerbs, invoke_without_command=True)
@click.option(
    "--line",
    metavar="FORMAT",
    help="The line: {session} {today} {month} {burn} {cap} {left} {share} {state}"
    " {context} {cold} {quotas}.",
)
@click.option("--then", metavar="CMD", help="Another tool, whose lines come first.")
@click.pass_context
def verb(ctx: click.Context, line: str | None, then: str | None) -> None:
    """Print one line for Claude Code's status line, which sends JSON on stdin.

    What it says of the plan's windows and of the session's cost is kept. No log is
    read: `tokentui watch` does that, and `≥` marks what is not read yet. It never
    fails: an error is the line.
    """
    if ctx.invoked_subcommand is None:
        lines = drawn_after(given(), line, then, setting)
        show_bytes([lines.encode("utf-8", "backslashreplace")])


def given() -> bytes:
    """Read stdin; a person at a terminal sends nothing."""
    if sys.stdin is None or sys.stdin.isatty():
        return b""
    return sys.stdin.buffer.read(MOST_BYTES)
