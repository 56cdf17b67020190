"""What accounts have stated, put into a ledger without asking anybody."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import builders

from tokentui.events import Tokens
from tokentui.ingest import writer_for
from tokentui.ledger import statements
from tokentui.ledger.connection import open_for_writing
from tokentui.settings import Config
from tokentui.statements import Cost, Reading, Used

CENT = 10_000_000
DAY_MS = 86_400_000


def day(text: str) -> int:
    """Give the first millisecond of a UTC day."""
    return builders.ms(f"{text}T00:00")


def cost(
    since: str, cents: float, model: str | None = None, *, until: str = "", **more: str
) -> Cost:
    """State what a UTC day, or the time until another, cost."""
    start = day(since)
    end = day(until) if until else start + DAY_MS
    return Cost(start, end, round(cents * CENT), model=model, **more)


def used(since: str, requests: int, model: str) -> Used:
    """State how many requests a UTC day had."""
    start = day(since)
    return Used(start, start + DAY_MS, Tokens(output=1), requests, model)


def state(
    ledger: Path,
    since: str,
    until: str,
    *costs: Cost,
    counted: tuple[Used, ...] = (),
    settled: str = "",
    account: str = "it",
    payer: str = "api",
    provider: str = "anthropic",
    kind: str = "toy",
) -> None:
    """Keep what one account states of a span of UTC days."""
    reading = Reading(
        day(since), day(until), day(settled or until), costs=costs, used=counted
    )
    with closing(open_for_writing(ledger)) as connection:
        name_account(connection, account, payer, provider, kind)
        writer = writer_for(connection, Config())
        statements.keep(
            connection, writer, account, "costs", reading, payer, day(until)
        )


def name_account(
    connection: sqlite3.Connection,
    account: str,
    payer: str,
    provider: str,
    kind: str = "toy",
) -> None:
    """Say whose account it is; one that stands for a page has no row."""
    if not account.startswith("payer:"):
        connection.execute(
            "REPLACE INTO account (name, kind, provider, payer, failures, since)"
            " VALUES (?, ?, ?, ?, 0, 0)",
            (account, kind, provider, payer),
        )
