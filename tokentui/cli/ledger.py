"""`tokentui ledger`: care of the file that keeps it all."""

from __future__ import annotations

import click

from tokentui import amounts
from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, setting
from tokentui.cli.output import show, show_json
from tokentui.errors import LedgerError, NoLedgerError


@click.group("ledger", cls=Group)
def verb() -> None:
    """Look after the ledger file."""


@verb.command("path")
def show_path() -> None:
    """Print where the ledger is."""
    show(str(setting().ledger))


@verb.command("check")
@as_json
def check(as_json: bool) -> None:
    """Check the file's integrity, and every sum against the events."""
    from tokentui.ledger.care import check_ledger

    here = setting()
    problems = check_ledger(here.ledger)
    if as_json:
        show_json({"kind": "ledger-check", "rows": problems})
    elif not problems:
        show(f"{here.ledger}: no fault found")
    if problems:
        raise LedgerError(f"{here.ledger}: " + "; ".join(problems))


@verb.command("backup")
@click.argument("file", type=click.Path(dir_okay=False))
def backup(file: str) -> None:
    """Copy the ledger to FILE, safely, while it is in use."""
    from tokentui.ledger.care import back_up

    here = setting()
    back_up(here.ledger, file)
    show(f"{here.ledger} copied to {file}")


@verb.command("reprice")
@as_json
def reprice(as_json: bool) -> None:
    """Price all usage anew with the book of today; say what changed."""
    from tokentui.ingest import reprice

    here = setting()
    if not here.ledger.exists():
        raise NoLedgerError(f"no ledger at {here.ledger}; run `tokentui refresh` first")
    change = reprice(here.ledger, here.config)
    if as_json:
        show_json(
            {
                "kind": "reprice",
                "events_changed": change.events,
                "newly_priced": change.newly_priced,
                "change_usd": amounts.usd(change.nanos),
            }
        )
    else:
        show(
            f"{change.events:,} events changed, {change.newly_priced:,} of them priced"
            f" for the first time; the sum changed by {amounts.dollars(change.nanos)}"
        )
