"""Ledgers as earlier releases left them, with usage in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

import sqlite_utils

from tests.soak.agents import CLAUDE, CODEX, Row
from tokentui.ledger import schema

SERIES = {
    CLAUDE: (1, "claude-code", "anthropic", "anthropic-api"),
    CODEX: (2, "codex", "openai", "openai-api"),
}
KEPT_WHOLE = 27
"""Standing of a response of the main thread that ended and is no copy."""


def old_ledger(path: Path, version: int, rows: Iterable[Row]) -> Path:
    """Write a ledger of an old schema that holds these responses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        steps = schema.migrations()
        names = [
            step.name for step in steps.pending(sqlite_utils.Database(memory=True))
        ]
        database = sqlite_utils.Database(connection)
        steps.apply(database, stop_before=names[1])
        fill(connection, rows)
        if version > 1:
            following = names[version] if version < len(names) else None
            steps.apply(database, stop_before=following)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
        connection.execute("PRAGMA journal_mode = WAL")
    return path


def fill(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Put responses into a ledger of the first schema, as its release did."""
    connection.executemany(
        "INSERT INTO series (id, key, source, session, model, origin, provider, payer,"
        " payer_evidence, is_plan, discount_ppm)"
        " VALUES (?1, ?5, ?2, 's', ?6, 'response', ?3, ?4, 'assumed', 0, 0)",
        [(*found, b"%d" % found[0], model) for model, found in SERIES.items()],
    )
    connection.executemany(
        "INSERT INTO event (key, series, at, lag, input, cache_read, cache_write,"
        " cache_write_1h, output, reasoning, requests, standing, partial, cost)"
        f" VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, 0, 1, {KEPT_WHOLE}, 0, ?)",
        [
            (
                blake2b(repr(row).encode(), digest_size=16).digest(),
                SERIES[row.model][0],
                *row[1:],
                row.nanos,
            )
            for row in rows
        ],
    )
    connection.execute(
        "INSERT INTO rollup SELECT at / 900000, series, sum(requests), sum(input),"
        " sum(cache_read), sum(cache_write), sum(cache_write_1h), sum(output),"
        " sum(reasoning), sum(cost), sum(coalesce(list, cost)), sum(cost IS NULL),"
        " sum(partial), max(at) FROM event GROUP BY 1, 2"
    )
