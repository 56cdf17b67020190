"""`tokentui guard install`: put the guard into an agent's settings."""

from __future__ import annotations

import click

from tokentui.cli.change_settings import change
from tokentui.cli.output import note
from tokentui.guard.asked import AGENTS
from tokentui.guard.places import own_command, place_of


@click.command("install")
@click.option("--agent", type=click.Choice(AGENTS), required=True)
@click.option("--yes", is_flag=True, help="Write without asking.")
def verb(agent: str, yes: bool) -> None:
    """Put the guard into an agent's settings, for all your projects.

    The change is shown first, other hooks stay, and the file as it was is kept beside.
    """
    place = place_of(agent)
    command = own_command("guard", "--agent", agent)
    change(place.file, lambda text: place.put(text, command), is_sure=yes)
    if place.note is not None:
        note(place.note)
