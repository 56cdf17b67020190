"""What a run has spent: usage of one project's sessions since a moment."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from tokentui.ledger.schema import BUCKET_MS

ALREADY_RUNNING_MS = 15 * 60_000
"""A session with a response so shortly before a run began belongs to somebody else."""


@dataclass(frozen=True, slots=True)
class RunSpend:
    """Sessions of a run, nano-dollars of list value, requests, unpriced requests.

    `sources` are those of the sessions, in their order; `tokens` all but reasoning.
    """

    sessions: tuple[str, ...]
    nanos: int
    requests: int
    unpriced: int
    tokens: int = 0
    sources: tuple[str, ...] = ()


def run_spend(
    connection: sqlite3.Connection, project: str, started_ms: int
) -> RunSpend:
    """Sum the usage, since a moment, of a project's sessions that were not running."""
    rows = connection.execute(
        "SELECT s.session, sum(coalesce(e.list, e.cost)), sum(e.requests),"
        " sum(e.cost IS NULL), max(s.source), sum(e.input + e.cache_read"
        " + e.cache_write + e.cache_write_1h + e.output)"
        " FROM (SELECT DISTINCT series FROM rollup WHERE bucket >= ?) r"
        " JOIN series s ON s.id = r.series"
        " CROSS JOIN event e ON e.series = r.series AND e.at >= ?"
        " WHERE (s.project = ? OR s.project GLOB ?)"
        " AND NOT EXISTS (SELECT 1 FROM series o JOIN event b ON b.series = o.id"
        "   WHERE o.session = s.session AND b.at < ? AND b.at >= ?)"
        " GROUP BY s.session ORDER BY 1",
        (
            started_ms // BUCKET_MS,
            started_ms,
            project,
            project.rstrip("/\\") + "[/\\]*",
            started_ms,
            started_ms - ALREADY_RUNNING_MS,
        ),
    ).fetchall()
    return RunSpend(
        tuple(row[0] for row in rows),
        sum(row[1] or 0 for row in rows),
        sum(row[2] or 0 for row in rows),
        sum(row[3] or 0 for row in rows),
        sum(row[5] for row in rows),
        tuple(row[4] for row in rows),
    )
