"""`tokentui import cursor`: what Cursor's dashboard exports as a file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tokentui.cli.options import as_json, setting
from tokentui.cli.output import note, show, show_json
from tokentui.errors import UsageError
from tokentui.periods import millis
from tokentui.setting import Setting
from tokentui.text import clean, many

if TYPE_CHECKING:
    from tokentui.accounts.cursor_csv import Export
    from tokentui.ledger.export import Imported

PLANS = ("free", "pro", "pro+", "ultra", "team", "business", "enterprise")
FAULTS_SHOWN = 5


@click.command("cursor")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--plan", type=click.Choice(PLANS), help="The plan that paid what was included."
)
@click.option("--user", metavar="E-MAIL", help="Only this user of a team's export.")
@as_json
def verb(file: Path, plan: str | None, user: str | None, as_json: bool) -> None:
    """Take in the usage that Cursor's dashboard exports as CSV.

    What the ledger has already is not counted again, from whichever file or account.
    """
    from tokentui.accounts.cursor_csv import read_export
    from tokentui.accounts.cursor_requests import SOME_PLAN, plan_login

    here = setting()
    export = read_export(file, plan_login(plan) if plan else SOME_PLAN, user)
    check_users(file, export, user)
    kept = keep(here, export)
    rows = len(export.requests) + len(export.faults)
    if as_json:
        show_json(
            {
                "kind": "import",
                "file": str(file),
                "rows": rows,
                "events_new": kept.new,
                "events_known": kept.known,
                "events_forgotten": kept.forgotten,
                "rows_skipped": len(export.faults),
                "faults": [{"line": line, "why": why} for line, why in export.faults],
            }
        )
        return
    show(
        f"{clean(str(file))}: {many(rows, 'row')}, {many(kept.new, 'new request')},"
        f" {kept.known:,} known before"
        + (f", {kept.forgotten:,} left out as forgotten" if kept.forgotten else "")
    )
    for line, why in export.faults[:FAULTS_SHOWN]:
        note(f"tokentui: line {line} is left out: {why}")
    if len(export.faults) > FAULTS_SHOWN:
        note(f"tokentui: {len(export.faults):,} rows are left out in all")


def check_users(file: Path, export: Export, user: str | None) -> None:
    """Refuse to take others' usage for one's own.

    Raises:
        UsageError: The file has several users and none is named, or not the named one.
    """
    if user is None and len(export.users) > 1:
        raise UsageError(
            f"{file} lists {len(export.users)} users; say with --user whose usage to"
            " take in"
        )
    if user is not None and user.lower() not in {each.lower() for each in export.users}:
        raise UsageError(f"{file} lists no user {user!r}")


def keep(here: Setting, export: Export) -> Imported:
    """Put what a file lists into the ledger."""
    from tokentui.accounts.cursor_requests import events_of
    from tokentui.ingest import writer_for
    from tokentui.ledger.connection import explaining, open_for_writing
    from tokentui.ledger.export import Imported, keep_export
    from tokentui.statements import Reading

    times = [request.at for request in export.requests]
    if not times:
        return Imported(0, 0, 0)
    since, until = min(times), max(times) + 1
    events = events_of(export.requests, "import")
    reading = Reading(since, until, until, events=events)
    with explaining(here.ledger), closing(open_for_writing(here.ledger)) as connection:
        writer = writer_for(connection, here.config)
        return keep_export(connection, writer, reading, millis(here.now))
