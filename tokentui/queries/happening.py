"""What running sessions do that somebody may want to know of, and what is in use."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from typing import NamedTuple

from tokentui.ledger.schema import BUCKET_MS
from tokentui.queries.sessions import RUNNING_MS

LOOK_BACK_MS = 4 * RUNNING_MS

RECENT = (
    "FROM (SELECT DISTINCT series FROM rollup WHERE bucket >= ?) r"
    " CROSS JOIN event e ON e.series = r.series AND e.at >= ? AND e.at <= ?"
    " JOIN series s ON s.id = e.series WHERE s.origin = 'response'"
)
"""Responses from a quarter-hour and a time until a time."""


class Repeated(NamedTuple):
    """The same call of a session, again and again in the last quarter of an hour."""

    session: str
    source: str
    project: str | None
    times: int


def repeated_calls(
    connection: sqlite3.Connection, now_ms: int, least: int
) -> tuple[Repeated, ...]:
    """List the sessions of which one thread made the same call `least` times."""
    since = now_ms - RUNNING_MS
    rows = connection.execute(
        f"SELECT session, source, project, max(times) FROM (SELECT s.session, s.source,"
        f" max(s.project) AS project, count(*) AS times {RECENT}"
        " AND e.call_mark IS NOT NULL"
        " GROUP BY s.session, s.source, s.agent, e.call_mark HAVING count(*) >= ?)"
        " GROUP BY session, source ORDER BY 4 DESC, 1",
        (since // BUCKET_MS, since, now_ms, least),
    )
    return tuple(Repeated(*row) for row in rows)


class PayerChange(NamedTuple):
    """A running session that somebody else pays from a response on; `at_ms` is UTC."""

    session: str
    source: str
    before: str
    after: str
    was_plan: bool
    is_plan: bool
    at_ms: int


def payer_changes(
    connection: sqlite3.Connection, now_ms: int
) -> tuple[PayerChange, ...]:
    """List the changes of payer of the last hour, within a thread and a model."""
    since = now_ms - LOOK_BACK_MS
    rows = connection.execute(
        f"SELECT s.session, s.source, s.agent, s.model, s.payer, s.is_plan, e.at"
        f" {RECENT} ORDER BY 1, 2, 3, 4, e.at, e.id",
        (since // BUCKET_MS, since, now_ms),
    )
    return tuple(
        PayerChange(
            session, source, before[4], payer, bool(before[5]), bool(is_plan), at
        )
        for before, (session, source, *thread, payer, is_plan, at) in pairwise(rows)
        if before[:4] == (session, source, *thread) and before[4] != payer
    )


MOST_MODELS = 20
"""A log that names thousands of models is broken; `doctor` lists all of them."""


def unpriced_models(connection: sqlite3.Connection, since_ms: int) -> tuple[str, ...]:
    """Name the first models without a price that were used since a time."""
    rows = connection.execute(
        "SELECT DISTINCT s.model FROM scope_hour h JOIN scope s ON s.id = h.scope"
        " WHERE h.hour >= ? AND h.unpriced > 0 AND h.last_at >= ? ORDER BY 1"
        " LIMIT ?",
        (since_ms // 3_600_000, since_ms, MOST_MODELS),
    )
    return tuple(model for (model,) in rows)


def models_in_use(
    connection: sqlite3.Connection, since_ms: int
) -> tuple[tuple[str, str], ...]:
    """Name provider and model of what was used since a time."""
    rows = connection.execute(
        "SELECT DISTINCT s.provider, s.model FROM scope_hour h"
        " JOIN scope s ON s.id = h.scope WHERE h.hour >= ?"
        " AND s.provider IS NOT NULL ORDER BY 1, 2",
        (since_ms // 3_600_000,),
    )
    return tuple((provider, model) for provider, model in rows)
