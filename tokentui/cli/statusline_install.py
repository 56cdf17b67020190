"""`tokentui statusline install`: put the line into Claude Code's settings."""

from __future__ import annotations

import click

from tokentui.cli.change_settings import change
from tokentui.guard.places import claude_settings, own_command
from tokentui.guard.status_place import put_line


@click.command("install")
@click.option("--line", metavar="FORMAT", help="The line, if not the usual one.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def verb(line: str | None, yes: bool) -> None:
    """Put the line into Claude Code's settings.

    The change is shown first, and the file as it was is kept beside. Claude Code has
    one status line: another tool's is called by ours, and shown above it.
    """
    words = ["statusline", *(["--line", line] if line is not None else [])]
    command = own_command(*words)
    change(claude_settings(), lambda text: put_line(text, command), is_sure=yes)
