"""`tokentui guard on`: brake again."""

from __future__ import annotations

import click

from tokentui.cli.options import setting
from tokentui.cli.output import show
from tokentui.guard.state import turn_on


@click.command("on")
def verb() -> None:
    """Brake again, after `guard off`."""
    was_off = turn_on(setting().state)
    show("the guard brakes again" if was_off else "the guard was not off")
