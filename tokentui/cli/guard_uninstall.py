"""`tokentui guard uninstall`: take the guard out of an agent's settings."""

from __future__ import annotations

import click

from tokentui.cli.change_settings import change
from tokentui.guard.asked import AGENTS
from tokentui.guard.places import place_of


@click.command("uninstall")
@click.option("--agent", type=click.Choice(AGENTS), required=True)
@click.option("--yes", is_flag=True, help="Write without asking.")
def verb(agent: str, yes: bool) -> None:
    """Take the guard out of an agent's settings; other hooks stay."""
    place = place_of(agent)
    change(place.file, place.take, is_sure=yes)
