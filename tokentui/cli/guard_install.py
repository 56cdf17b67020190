"""`tokentui guard install`: put the guard into an agent's settings."""

from __future__ import annotations

import click

from tokentui.cli.change_settings import change
from tokentui.cli.options import setting
from tokentui.cli.output import note
from tokentui.guard.asked import AGENTS
from tokentui.guard.places import own_command, place_of
from tokentui.setting import Setting
from tokentui.settings import RunBudget


@click.command("install")
@click.option("--agent", type=click.Choice(AGENTS), required=True)
@click.option("--yes", is_flag=True, help="Write without asking.")
def verb(agent: str, yes: bool) -> None:
    """Put the guard into an agent's settings, for all your projects.

    The change is shown first, other hooks stay, and the file as it was is kept beside.
    """
    here, place = setting(), place_of(agent)
    command = own_command("guard", "--agent", agent)
    change(place.file, lambda text: place.put(text, command), is_sure=yes)
    for text in (place.note, idle(here)):
        if text is not None:
            note(text)


def idle(here: Setting) -> str | None:
    """Say why the guard would stop nobody yet, and what is to be done."""
    config = here.config
    if not here.ledger.exists():
        return "it needs a ledger: run `tokentui refresh` once"
    if not any(cap.hard for cap in config.caps) and config.guard.run == RunBudget():
        return (
            "it stops nobody yet: set a hard cap, as `tokentui cap set 20 --per day"
            " --hard`, or limits of a session in [guard.run] of the config"
        )
    return None
