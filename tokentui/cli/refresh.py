"""`tokentui refresh`: read what is new and say what was read."""

from __future__ import annotations

import click

from tokentui.cli.options import as_json, setting
from tokentui.cli.refresh_answer import answer


@click.command("refresh")
@click.option(
    "--accounts", is_flag=True, help="Ask the provider accounts, too, that may be."
)
@as_json
def verb(accounts: bool, as_json: bool) -> int:
    """Read what is new in the agents' logs into the ledger."""
    return answer(setting(), accounts, as_json)
