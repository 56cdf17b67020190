"""Make a ledger whole again that was put together: only sound rows, sums made anew."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from tokentui.ledger.rollups import sum_touched
from tokentui.ledger.schema import BUCKET_MS, TOKEN_KINDS

MOST_TOKENS, MOST_NANOS, MOST_MS = 1 << 50, 1 << 56, 1 << 43
"""What no event has more of, unless it is damaged: tokens, nano-dollars, UTC ms."""

SANE = " AND ".join(
    [
        "length(key) = 16",
        f"at BETWEEN 0 AND {MOST_MS}",
        *(f"{kind} BETWEEN 0 AND {MOST_TOKENS}" for kind in TOKEN_KINDS),
        *(f"coalesce({c}, 0) BETWEEN 0 AND {MOST_NANOS}" for c in ("cost", "list")),
        f"coalesce(requests, 0) BETWEEN 0 AND {MOST_TOKENS}",
        "partial IN (0, 1)",
    ]
)
MORE_THAN_SUMS = f"""
SELECT DISTINCT r.bucket FROM (
    SELECT at / {BUCKET_MS} bucket, series, sum(cost) cost,
           {", ".join(f"sum({kind}) {kind}" for kind in TOKEN_KINDS)}
    FROM event GROUP BY 1, 2
) e JOIN rollup r USING (bucket, series)
WHERE e.cost > r.cost OR {" OR ".join(f"e.{k} > r.{k}" for k in TOKEN_KINDS)}
ORDER BY 1
"""
SUM_ANEW = (
    "DELETE FROM fee WHERE event NOT IN (SELECT id FROM event)",
    "UPDATE event SET rate = NULL"
    " WHERE rate >= 0 AND rate NOT IN (SELECT id FROM rate)",
    "DELETE FROM cursor",
    "DELETE FROM rollup",
    "DELETE FROM scope_hour",
    "DELETE FROM series_day",
    "DELETE FROM scope",
    "UPDATE series SET scope = NULL",
    "DELETE FROM meta WHERE name = 'rules'",
    "DELETE FROM touched",
    f"INSERT INTO touched SELECT DISTINCT at / {BUCKET_MS}, series FROM event",
)


class Sum(NamedTuple):
    """Requests, tokens and nano-dollars of all usage; what is unknown is left out."""

    requests: int = 0
    tokens: int = 0
    nanos: int = 0


Sums = dict[int, Sum]
"""Sums by quarter-hour."""


class Taken(NamedTuple):
    """What was in a ledger by its own sums, and quarter-hours whose events say more."""

    sums: Sums
    odd: tuple[int, ...]


def take_sums(connection: sqlite3.Connection) -> Taken:
    """Take sums, and events that make no sense, out of a ledger that was salvaged."""
    execute = connection.execute
    execute(f"DELETE FROM event WHERE NOT ({SANE})")
    odd = execute(MORE_THAN_SUMS).fetchall()
    taken = Taken(sums_of(connection), tuple(bucket for (bucket,) in odd))
    execute("DELETE FROM rollup")
    return taken


def sums_of(connection: sqlite3.Connection) -> Sums:
    """Give the sums of all usage by quarter-hour."""
    rows = connection.execute(
        f"SELECT bucket, sum(requests), sum({' + '.join(TOKEN_KINDS[:5])}), sum(cost)"
        " FROM rollup GROUP BY bucket"
    )
    return {bucket: Sum(*(each or 0 for each in sums)) for bucket, *sums in rows}


def sum_anew(connection: sqlite3.Connection, is_shared_known: bool) -> None:
    """Make all that is derived anew, and let all logs be read from their start.

    `is_shared_known`: which sessions overlap, so that what their agents say in total
    can be compared with the events that are left.
    """
    for statement in SUM_ANEW:
        connection.execute(statement)
    sum_touched(connection)
    if is_shared_known:
        connection.execute("UPDATE session_total SET settled = 0")
