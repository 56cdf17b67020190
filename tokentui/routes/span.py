"""The span of a question, closed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from tokentui.ledger.schema import BUCKET_MS
from tokentui.queries.sums import Usage


def within_ledger(connection: sqlite3.Connection, usage: Usage) -> Usage:
    """Close a span where the ledger begins and ends; no empty year is gone through."""
    first, last = connection.execute(
        "SELECT min(bucket), max(bucket) + 1 FROM rollup"
    ).fetchone()
    since = max(usage.since_ms or 0, (first or 0) * BUCKET_MS)
    until = min(usage.until_ms or 1 << 53, (last or 0) * BUCKET_MS)
    return replace(usage, since_ms=since, until_ms=max(since, until))
