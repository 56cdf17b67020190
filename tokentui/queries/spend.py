"""What each session of some usage cost."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from tokentui.ledger.schema import BUCKET_MS
from tokentui.queries.sums import Usage, selected


class SessionSpend(NamedTuple):
    """A session and what it cost, in nano-dollars; of that inside plans `plan_nanos`.

    `at_ms` is when it began in the span, to the quarter-hour. `project`, `entrypoint`
    and `label` are one of those it had.
    """

    source: str
    session: str
    project: str | None
    entrypoint: str | None
    label: str | None
    at_ms: int
    nanos: int
    plan_nanos: int


def session_spend(connection: sqlite3.Connection, usage: Usage) -> list[SessionSpend]:
    """List the sessions of some usage, dearest first; what has no price is left out.

    Imported totals are no sessions.
    """
    rows, parameters = selected(usage, ("session",))
    found = connection.execute(
        "SELECT s.source, s.session, max(s.project), max(s.entrypoint), max(s.label),"
        f" min(u.bucket) * {BUCKET_MS}, sum(u.cost), sum(u.cost * s.is_plan)"
        f" FROM {rows} AND s.origin <> 'import'"
        " GROUP BY 1, 2 HAVING sum(u.cost) > 0 ORDER BY 7 DESC, 1, 2",
        parameters,
    )
    return [SessionSpend._make(row) for row in found]
