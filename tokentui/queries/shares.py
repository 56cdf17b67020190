"""Which sessions some usage is in: the ground of every claim about it."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from tokentui.ledger.schema import BUCKET_MS
from tokentui.queries.slices import IS_SIDE
from tokentui.queries.sums import Usage, selected


class Share(NamedTuple):
    """What one session used of one model at one effort.

    `at_ms` is the quarter-hour (UTC) of its last response. `is_side`: by a sub-agent,
    `is_plan`: inside a flat plan. `nanos` is the cost of what has a price.
    """

    source: str
    session: str
    provider: str | None
    model: str
    effort: str | None
    payer: str
    payer_evidence: str
    is_side: bool
    is_plan: bool
    at_ms: int
    responses: int
    nanos: int


LABELS = Share._fields.index("at_ms")


def shares(connection: sqlite3.Connection, usage: Usage) -> list[Share]:
    """List what sessions used, dearest first."""
    labels = ", ".join(
        IS_SIDE if each == "is_side" else f"s.{each}" for each in Share._fields[:LABELS]
    )
    rows, parameters = selected(usage, Share._fields[:LABELS])
    places = ", ".join(str(place + 1) for place in range(LABELS))
    found = connection.execute(
        f"SELECT {labels}, max(u.bucket) * {BUCKET_MS},"
        f" coalesce(sum(u.requests), 0), coalesce(sum(u.cost), 0) AS nanos FROM {rows}"
        f" GROUP BY {places} ORDER BY nanos DESC, 1, 2, 4",
        parameters,
    )
    return [Share._make(row) for row in found]
