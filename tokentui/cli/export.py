"""`tokentui export`: a period as a statement in any format, or response by response."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import click

from tokentui import periods
from tokentui.cli import deliver
from tokentui.cli.claim_asked import asked_of, claim_options
from tokentui.cli.freshen import opened
from tokentui.cli.options import no_refresh, setting, timezone
from tokentui.cli.output import note
from tokentui.errors import UsageError
from tokentui.reports import EVENTS, MODULES
from tokentui.setting import Setting
from tokentui.settings import Claims

if TYPE_CHECKING:
    from tokentui.claims.asked import Asked
    from tokentui.claims.claim import Claim

OF_CLAIMS = ("recipient", "currency", "rate", "markup", "purpose")


@click.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice([*MODULES, *EVENTS]),
    required=True,
    help="A statement in one of these, or every response (events-...).",
)
@claim_options
@deliver.where
@deliver.paper
@no_refresh
@timezone
def verb(**given: Any) -> int:
    """Write a period, by default the last month, as a statement without a number.

    Only what was billed or paid can be claimed; usage at list prices stands beside it
    as evidence. `claim export` writes a claim.
    """
    here = setting(timezone=given["timezone"])
    asked = asked_of(given, here)
    with opened(here, is_fresh=not given["no_refresh"]) as (connection, code):
        if given["form"] in EVENTS:
            export_events(connection, asked, here, given)
        else:
            export_statement(connection, asked, here, given)
    return code


def export_statement(
    connection: sqlite3.Connection, asked: Asked, here: Setting, given: dict[str, Any]
) -> None:
    """Write a statement, and note what it lacks."""
    from tokentui.claims.kept import statement

    claim = statement(connection, here.config, asked, here.tz, here.now)
    deliver.deliver(claim, here, given)
    for text in remarks(claim, here):
        note(text)


def remarks(claim: Claim, here: Setting) -> list[str]:
    """Say why there may be less in a statement than was expected."""
    texts = list(claim.completeness.notes)
    if here.config.claims == Claims():
        texts.insert(0, "no [claims] in the config: nobody is named as claimant")
    if not claim.lines:
        texts.insert(0, "nothing was billed or paid: estimates alone, as evidence")
    elif not claim.claimed:
        texts.insert(0, "nothing of what was paid can be claimed, by whose use it was")
    return texts


def export_events(
    connection: sqlite3.Connection, asked: Asked, here: Setting, given: dict[str, Any]
) -> None:
    """Write every response, as it is read.

    Raises:
        UsageError: An option was given that means nothing here.
    """
    from tokentui.queries.events import events
    from tokentui.reports.events import FORMATS

    needless = [name for name in OF_CLAIMS if given[name] is not None]
    if needless:
        raise UsageError(f"--format {given['form']} is of all responses, in dollars")
    found = events(connection, asked.since_ms, asked.until_ms)
    pieces = FORMATS[given["form"]](found, here.tz, deliver.privacy(here, given))
    first = periods.iso(asked.since_ms, here.tz)[:10]
    suffix = given["form"].removeprefix("events-")
    deliver.send(pieces, f"events-{first}.{suffix}", given, is_text=True)
