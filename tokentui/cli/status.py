"""`tokentui status`: spend, caps, burn rate and freshness, now."""

from __future__ import annotations

import click

from tokentui.cli.options import as_json, no_refresh, setting, timezone
from tokentui.cli.status_answer import answer


@click.command("status")
@as_json
@no_refresh
@timezone
@click.option("--check", is_flag=True, help="Exit 5 if a cap is exceeded.")
@click.option(
    "--line",
    metavar="FORMAT",
    help="One line for tmux or a prompt: {today} {month} {burn} {cap} {left} {share}"
    " {state} {quotas}.",
)
def verb(
    as_json: bool, no_refresh: bool, timezone: str | None, check: bool, line: str | None
) -> int:
    """Show what is spent, how fast, and how the caps stand."""
    return answer(setting(timezone=timezone), as_json, no_refresh, check, line)
