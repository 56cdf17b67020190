"""A ledger with something in every table, as the program itself writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any

import builders
import sqlite_utils
from builders import (
    SESSION,
    START_MS,
    claude_line,
    codex_line,
    codex_meta,
    codex_total,
    codex_turn,
    cost_state,
    refresh,
    rollout,
    transcript,
    write,
)

from tokentui import ingest
from tokentui.config import Config
from tokentui.events import Quota, Series, Tokens, UsageEvent
from tokentui.fx import PerEuro
from tokentui.ledger import (
    alerts,
    by_hand,
    fx,
    heard,
    imported,
    marks,
    schema,
    statements,
)
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.ledger.forget import rules_of
from tokentui.ledger.writer import Writer
from tokentui.statements import Balance, Cost, Limit, Reading, Used

FORK = "f0a40000-0000-4000-8000-000000000002"
PROJECT = "/nowhere/acme"
DAY_MS = 86_400_000
TOKENS = 110 + 100 + 101 + 15 + 60 + 50 + 1_300
"""Of all kinds: a response and its fork's copy, two without id, one of the third
session and what it left no record of, one of the fork, one of Codex."""

LISTED = 90 + 5
"""Tokens that an account lists and a file told of."""

ACCOUNTS = 3
"""The schema with which accounts came."""

DERIVED = {"rollup", "scope", "scope_hour", "series_day"}


def fill(ledger: Path, home: Path) -> Path:
    """Write logs and read them, then keep what only a ledger knows."""
    write_logs(home)
    refresh(ledger, home)
    with opened(ledger) as (connection, writer):
        state(connection, writer)
        import_a_day(connection, writer)
        enter(connection)
        hear(connection)
    return ledger


@contextmanager
def opened(ledger: Path) -> Iterator[tuple[sqlite3.Connection, Writer]]:
    """Open a ledger to write."""
    with closing(open_for_writing(ledger)) as connection, builders.toy_prices():
        yield connection, ingest.writer_for(connection, Config())


def write_logs(home: Path) -> None:
    """Write two sessions and a rollout: a fork, totals, a search, odd ids, windows."""
    searched = {"server_tool_use": {"web_search_requests": 2}}
    shared = claude_line("msg_01AAAAAAAAAAAA01", usage=searched)
    write(
        transcript(home),
        shared,
        *(claude_line(None, 60 + n, input=n, request=None) for n in range(2)),
        cost_state({"claude-opus-5-5": (30, 0, 0, 0, 400, 3)}),
    )
    third = "7417d000-0000-4000-8000-000000000003"
    write(
        transcript(home, third),
        claude_line("msg_01AAAAAAAAAAAA07", 90, session=third, output=5),
        cost_state({"claude-opus-5-5": (30, 0, 0, 0, 45, 0)}, third),
    )
    write(
        transcript(home, FORK),
        claude_line("msg_01AAAAAAAAAAAA01", 30, session=FORK, usage=searched),
        claude_line("msg_01AAAAAAAAAAAA02", 120, session=FORK, output=40),
    )
    window = {"used_percent": 12.5, "window_minutes": 300, "resets_at": 1_795_000_000}
    write(
        rollout(home),
        codex_meta(),
        codex_turn(),
        codex_total((1_000, 200, 300), (1_000, 200, 300), 60),
        codex_line(
            "token_count",
            61,
            info=None,
            rate_limits={"primary": window, "secondary": None, "plan_type": "plus"},
        ),
    )


def named(text: str) -> bytes:
    """Name a response."""
    return blake2b(text.encode(), digest_size=16).digest()


def state(connection: sqlite3.Connection, writer: Writer) -> None:
    """Let an account state all that accounts can state."""
    connection.execute(
        "INSERT INTO account (name, kind, provider, payer, failures, since)"
        " VALUES ('team', 'cursor', 'cursor', 'company', 0, 1)"
    )
    listed = Series("cursor", "c-1", "m", origin="account")
    since, until = START_MS - DAY_MS, START_MS
    reading = Reading(
        since,
        until,
        until,
        costs=(Cost(since, until, 2_500_000_000, model="m", what="tokens"),),
        used=(Used(since, until, Tokens(input=7), model="m"),),
        balances=(Balance("credits", 9_000_000_000),),
        limits=(Limit("month", 1, 100),),
        quotas=(Quota("week", 10_080, START_MS, 33.5, None),),
        events=((listed, UsageEvent(named("l"), 0, since, since, Tokens(output=90))),),
    )
    statements.keep(connection, writer, "team", "all", reading, "company", START_MS)


def import_a_day(connection: sqlite3.Connection, writer: Writer) -> None:
    """Import a day of long ago."""
    since = START_MS // DAY_MS * DAY_MS - 200 * DAY_MS
    unit = imported.Unit("codex", since, since + DAY_MS)
    series = Series("codex", "imported", "gpt-5.4", origin=imported.ORIGIN)
    event = UsageEvent(named("i"), 0, since, since, Tokens(input=5), requests=None)
    with writer.transaction():
        imported.bring(connection, writer, unit, [(series, event)], START_MS)


def enter(connection: sqlite3.Connection) -> None:
    """Keep all that a person can enter."""
    connection.execute(
        "INSERT INTO cap_raise (cap, amount, made_at, until, because)"
        " VALUES ('month', 5, 1, 2, 'release')"
    )
    by_hand.keep_reading(connection, "by hand:me", 10, 20, 30, "USD")
    day = date(2026, 11, 3)
    by_hand.keep_charge(
        connection, 1, day, 20, "USD", "seat", "company", None, True, None
    )
    mark = marks.Mark("claude-code", SESSION, marks.ACCEPTED, 1, value_nanos=6)
    marks.keep_mark(connection, mark)
    fx.keep_rates(connection, [PerEuro("USD", day, Decimal("1.08"), "by hand")])
    connection.execute(
        "INSERT INTO claim (made_at, asked, number, document, sha256)"
        " VALUES (1, x'7b7d', '2026-001', x'7b7d', 'ab')"
    )
    connection.execute(
        "INSERT INTO receipt VALUES (1, 'l-1', 'ab', 'max.pdf', 'INV-7', '0.4', '2')"
    )
    alerts.snooze(connection, alerts.ALL, 5)
    with by_hand.transaction(connection):
        connection.executemany(
            "INSERT INTO forgotten VALUES (?, ?)", rules_of(START_MS, session="gone")
        )


def hear(connection: sqlite3.Connection) -> None:
    """Keep what status lines, git and the rules for alerts tell."""
    heard.keep_cost(connection, SESSION, 77, START_MS)
    number = alerts.keep(connection, alerts.Alert("burn", "h", "1", 5.0, "!"), 1)
    alerts.put_out(connection, number or 0, ["desktop"], 1)
    connection.execute(
        "INSERT INTO repository (project, tried_at) VALUES (?, 1)", (PROJECT,)
    )
    connection.execute(
        "INSERT INTO git_commit (project, twin, hash, made_at)"
        " VALUES (?, x'01', 'c0ffee', 2)",
        (PROJECT,),
    )


def contents(ledger: Path, *without: str) -> dict[str, list[tuple[Any, ...]]]:
    """Give the rows of all tables, in order, but for the numbers of events and labels.

    What is made anew is left out, and what `without` names.
    """
    with closing(open_for_reading(ledger)) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )
            if not name.startswith(("_", "sqlite")) and name not in without
        ]
        return {
            name: rows_of(connection, name) for name in names if name not in DERIVED
        }


def as_of_version(filled: Path, old: Path, version: int) -> None:
    """Make a ledger as an earlier release left it, with what another ledger holds.

    Before there were accounts nothing was listed or imported.
    """
    connection = sqlite3.connect(old)
    steps, database = schema.migrations(), sqlite_utils.Database(connection)
    names = [step.name for step in steps.pending(database)]
    steps.apply(database, stop_before=names[version:])
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("ATTACH ? AS filled", (str(filled),))
    for name in database.table_names():
        if not name.startswith("_"):
            columns = ", ".join(database[name].columns_dict)
            connection.execute(
                f"INSERT INTO main.{name} ({columns})"
                f" SELECT {columns} FROM filled.{name}"
            )
    if version < ACCOUNTS:
        for table in ("event", "rollup"):
            connection.execute(
                f"DELETE FROM {table} WHERE series IN (SELECT id FROM series"
                " WHERE origin IN ('account', 'import'))"
            )
        connection.execute("DELETE FROM series WHERE origin IN ('account', 'import')")
        if version > 1:
            make_hours(connection)
    connection.commit()
    connection.close()


def make_hours(connection: sqlite3.Connection) -> None:
    """Sum the hours anew, as the second schema did it when it came."""
    connection.execute("DELETE FROM scope_hour")
    connection.execute(schema.M002[schema.M002.rindex("INSERT INTO") :])


def rows_of(connection: sqlite3.Connection, name: str) -> list[tuple[Any, ...]]:
    """Give the rows of a table; numbers that point elsewhere as what they point to."""
    queries = {
        "event": "SELECT s.key, e.* FROM event e JOIN series s ON s.id = e.series",
        "fee": "SELECT e.key, f.* FROM fee f JOIN event e ON e.id = f.event",
    }
    found = connection.execute(queries.get(name, f"SELECT * FROM {name}"))
    numbers = {
        "event": {"id", "series", "rate"},
        "fee": {"event"},
        "series": {"id", "scope"},
        "rate": {"id"},
        "cost": {"id"},
        "used": {"id"},
    }
    kept = [
        place
        for place, (column, *_) in enumerate(found.description)
        if column not in numbers.get(name, ())
    ]
    return sorted((tuple(row[i] for i in kept) for row in found), key=repr)
