"""`tokentui statusline uninstall`: take the line out of Claude Code's settings."""

from __future__ import annotations

import click

from tokentui.cli.change_settings import change
from tokentui.guard.places import claude_settings
from tokentui.guard.status_place import take_line


@click.command("uninstall")
@click.option("--yes", is_flag=True, help="Write without asking.")
def verb(yes: bool) -> None:
    """Take the line out of Claude Code's settings; another tool's stays."""
    change(claude_settings(), take_line, is_sure=yes)
