"""`tokentui claim`: what is to be paid back, drafted, checked, numbered and kept."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import click

from tokentui.cli import deliver
from tokentui.cli.claim_asked import asked_of, claim_options
from tokentui.cli.claim_attach import attach
from tokentui.cli.claim_words import row_of, show_claim
from tokentui.cli.freshen import freshened, opened
from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, no_refresh, setting, timezone
from tokentui.cli.output import Column, note, show, show_json, show_table, tell
from tokentui.cli.reading import changing
from tokentui.errors import SOURCE_FAILED, UsageError
from tokentui.setting import Setting
from tokentui.text import clean, many

STOPPED = 1
"""Exit code of a claim that is not fit to be handed in."""


@click.group("claim", cls=Group)
def verb() -> None:
    """Reimbursement claims: draft, check, save, export, attach receipts."""


verb.add_command(attach)


@verb.command("new")
@claim_options
@click.option("--supersedes", metavar="NUMBER", help="Stands in place of that claim.")
@as_json
@no_refresh
@timezone
def new(**given: Any) -> int:
    """Draft a claim of a period, by default the last month.

    A draft is made anew from the ledger whenever it is looked at, until it is saved.
    """
    from tokentui.claims.kept import keep_draft

    here = setting(timezone=given["timezone"])
    asked = asked_of(given, here)
    code = up_to_date(here, given)
    with changing(here) as connection:
        kept = keep_draft(connection, asked, here.now)
        print_claim(connection, here, kept, given["as_json"])
    return code


def up_to_date(here: Setting, given: dict[str, Any]) -> int:
    """Read new logs unless told not to; give the exit code so far."""
    if given["no_refresh"] and here.ledger.exists():
        return 0
    return SOURCE_FAILED if freshened(here).has_failed else 0


@verb.command("show")
@click.argument("name", required=False, metavar="[NUMBER]")
@as_json
def show_one(name: str | None, as_json: bool) -> None:
    """Show a claim: a saved one as it was saved, a draft (by default) as it is now."""
    from tokentui.claims.kept import find

    here = setting()
    with opened(here, is_fresh=False) as (connection, _):
        print_claim(connection, here, find(connection, name), as_json)


def print_claim(
    connection: sqlite3.Connection, here: Setting, kept: Any, as_json: bool
) -> None:
    """Print a claim, and what stops it if it is a draft."""
    from tokentui.claims import document
    from tokentui.claims.kept import claim_now
    from tokentui.reports.names import redacted

    claim = claim_now(connection, here.config, kept, here.tz, here.now)
    stops, notes = judged(connection, kept, claim)
    claim = redacted(claim, here.config.privacy.projects)
    if as_json:
        show_json(
            {
                "kind": "claim",
                "id": kept.name,
                "claim": json.loads(document.written(claim)),
                "problems": stops,
                "warnings": notes,
            }
        )
        return
    show_claim(kept.name, claim)
    for text in notes:
        note(clean(text))
    if stops:
        note(f"{many(len(stops), 'thing')} to do: `tokentui claim check {kept.name}`")


def judged(
    connection: sqlite3.Connection, kept: Any, claim: Any
) -> tuple[list[str], list[str]]:
    """Say what stops a draft and what to look at; nothing of what is saved."""
    from tokentui.claims.check import problems, warnings
    from tokentui.claims.kept import saved

    if kept.number is not None:
        return [], []
    standing = saved(connection, but=kept.supersedes)
    return problems(claim, standing), warnings(claim)


@verb.command("check")
@click.argument("name", required=False, metavar="[DRAFT]")
@as_json
def check(name: str | None, as_json: bool) -> int:
    """List what stops a draft from being handed in; exit 1 if anything does."""
    from tokentui.claims.kept import claim_now, find

    here = setting()
    with opened(here, is_fresh=False) as (connection, _):
        kept = find(connection, name)
        claim = claim_now(connection, here.config, kept, here.tz, here.now)
        stops, notes = judged(connection, kept, claim)
    if as_json:
        show_json(
            {
                "kind": "claim-check",
                "id": kept.name,
                "problems": stops,
                "warnings": notes,
            }
        )
    else:
        for text in stops:
            tell(f"stops it: {clean(text)}")
        for text in notes:
            tell(f"note: {clean(text)}")
        if not stops:
            show(f"{kept.name}: nothing stops it; `tokentui claim save` numbers it")
    return STOPPED if stops else 0


@verb.command("save")
@click.argument("name", required=False, metavar="[DRAFT]")
@click.option("--anyway", is_flag=True, help="Though something stops it.")
@as_json
def save(name: str | None, anyway: bool, as_json: bool) -> int:
    """Number a draft and keep it as it is, for good."""
    from tokentui.claims import kept as claims

    here = setting()
    with changing(here) as connection:
        kept = claims.find(connection, name)
        if kept.number is not None:
            raise UsageError(f"{kept.number} is saved already")
        claim = claims.claim_now(connection, here.config, kept, here.tz, here.now)
        stops, notes = judged(connection, kept, claim)
        if stops and not anyway:
            for text in stops:
                note(f"stops it: {clean(text)}")
            note("`--anyway` saves it as it is, with its marks")
            return STOPPED
        made = claims.save(connection, kept, claim)
    if as_json:
        show_json(
            {
                "kind": "claim-saved",
                "id": made.number,
                "claimed": str(made.claimed),
                "currency": made.currency,
                "lines_sha256": made.lines_sha256,
                "problems": stops,
                "warnings": notes,
            }
        )
    else:
        show(f"{made.number}: {made.claimed} {made.currency}, saved for good")
    return 0


@verb.command("list")
@as_json
def list_claims(as_json: bool) -> None:
    """List drafts and saved claims."""
    from tokentui.claims.kept import all_kept, claim_now

    here = setting()
    with opened(here, is_fresh=False) as (connection, _):
        found = [
            (kept.name, claim_now(connection, here.config, kept, here.tz, here.now))
            for kept in all_kept(connection)
        ]
    if as_json:
        rows = [
            {
                "id": name,
                "status": claim.status,
                "since": claim.first.isoformat(),
                "last": claim.last.isoformat(),
                "client": claim.client,
                "claimed": str(claim.claimed),
                "currency": claim.currency,
                "supersedes": claim.supersedes,
                "superseded_by": claim.superseded_by,
            }
            for name, claim in found
        ]
        show_json({"kind": "claims", "rows": rows})
    elif not found:
        show("no claims; `tokentui claim new` drafts one")
    else:
        show_table(
            [
                Column("claim"),
                Column("status"),
                Column("from"),
                Column("to"),
                Column("for", flexible=True),
                Column("claimed", right=True),
            ],
            [row_of(name, claim) for name, claim in found],
        )


@verb.command("export")
@click.argument("name", required=False, metavar="[NUMBER]")
@deliver.claim_format
@deliver.where
@deliver.paper
@timezone
def export(name: str | None, **given: Any) -> None:
    """Write a claim as a file: a saved one as it was saved, a draft as it is now."""
    from tokentui.claims.kept import claim_now, find

    here = setting()
    with opened(here, is_fresh=False) as (connection, _):
        kept = find(connection, name)
        claim = claim_now(connection, here.config, kept, here.tz, here.now)
    deliver.deliver(claim, here, given)


@verb.command("drop")
@click.argument("name", metavar="DRAFT")
def drop(name: str) -> None:
    """Forget a draft; what is saved stays."""
    from tokentui.claims.kept import drop_draft, find

    with changing(setting()) as connection:
        drop_draft(connection, find(connection, name))
    show(f"{name}: dropped")
