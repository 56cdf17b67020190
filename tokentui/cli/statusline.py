"""`tokentui statusline`: one line for Claude Code, whose plan's windows it hears of."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing, suppress
from dataclasses import replace

import click

from tokentui.cli.options import Setting, setting
from tokentui.cli.output import show
from tokentui.cli.status import filled
from tokentui.errors import TokentuiError
from tokentui.ingest import is_behind
from tokentui.ledger import heard
from tokentui.ledger.connection import explaining, open_for_reading, open_for_writing
from tokentui.periods import millis
from tokentui.snapshot import take
from tokentui.sources import claude_status
from tokentui.text import clean

MOST_BYTES = 1 << 20
BUSY_MS = 300
"""How long a line waits for another writer; the next line brings the news again."""

LINE = "{today} today · {month} this month"


@click.command("statusline")
@click.option(
    "--line", metavar="FORMAT", help="The line, with the fields of `status --line`."
)
def verb(line: str | None) -> int:
    """Print one line for Claude Code's status line, which sends JSON on stdin.

    What it says of the plan's windows is kept. No log is read: `tokentui watch` does
    that, and `≥` marks what is not read yet. It never fails: an error is the line.
    """
    try:
        show(clean(drawn(line)))
    except TokentuiError as problem:
        show(clean(f"tokentui: {problem}"))
    except Exception as problem:  # noqa: BLE001 (the edge: an agent draws what it gets)
        show(f"tokentui: {type(problem).__name__}")
    return 0


def drawn(line: str | None) -> str:
    """Keep what was told, and fill the line."""
    told = claude_status.told_by(given())
    here = setting()
    with (
        explaining(here.ledger),
        closing(open_for_reading(here.ledger)) as connection,
    ):
        payer = heard_of(connection, told, here)
        snapshot = take(connection, here.config, here.tz, here.now)
        behind = is_behind(connection, here.config)
    own = tuple(each for each in snapshot.quotas if each.payer == payer)
    template = line or (LINE + " · {quotas}" if own else LINE)
    return filled(template, replace(snapshot, quotas=own), behind)


def given() -> bytes:
    """Read stdin; a person at a terminal sends nothing."""
    if sys.stdin is None or sys.stdin.isatty():
        return b""
    return sys.stdin.buffer.read(MOST_BYTES)


def heard_of(
    connection: sqlite3.Connection, told: claude_status.Told, here: Setting
) -> str | None:
    """Keep what is new of the plan's windows; give the plan that pays, if known."""
    root = claude_status.root_of(told.transcript)
    payer = heard.plan_of(connection, told.session, root)
    if payer is None or not told.windows:
        return payer
    as_of = claude_status.as_of_ms(told.transcript, millis(here.now))
    rows = heard.news(connection, payer, told.windows, as_of)
    if rows:
        with (
            suppress(TokentuiError, sqlite3.Error),
            closing(open_for_writing(here.ledger)) as writing,
        ):
            writing.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            heard.keep(writing, rows)
    return payer
