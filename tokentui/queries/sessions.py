"""Sessions that are running now: what each costs, how fast, how warm its cache is."""

from __future__ import annotations

import sqlite3

from tokentui.frozen import dataclass
from tokentui.ledger.schema import BUCKET_MS
from tokentui.queries.rereading import reread

RUNNING_MS = 15 * 60_000
"""A session is running if it had a response so lately."""

MOST = 12
FIVE_MINUTES_MS, HOUR_MS = 300_000, 3_600_000
CACHE_LIFETIMES = {"anthropic": FIVE_MINUTES_MS, "openai": 30 * 60_000}
"""How long a prompt cache lives unless it is written for an hour (2026-11-22)."""


@dataclass(frozen=True, slots=True)
class SessionState:
    """A running session; money in nano-dollars, list value where a plan pays.

    `nanos_per_hour` over the last quarter of an hour; `prompt_tokens` of the last
    response of the main thread; `cache_hit` the share of the prompt tokens read from
    the cache in that quarter; `cold_at_ms` when the cache lapses, `None` if not known.
    The next prompt repeats that of the last response, which costs `warm_nanos` until
    then and `cold_nanos` after. `told_nanos`: what the agent itself says the session
    has cost, with calls that no log shows.
    """

    session: str
    source: str
    project: str | None
    model: str
    payer: str
    nanos: int | None
    nanos_per_hour: int
    prompt_tokens: int
    cache_hit: float | None
    cold_at_ms: int | None
    last_at_ms: int
    warm_nanos: int | None = None
    cold_nanos: int | None = None
    told_nanos: int | None = None


def running_sessions(
    connection: sqlite3.Connection, now_ms: int, session: str | None = None
) -> tuple[SessionState, ...]:
    """List the sessions with a response in the last quarter-hour, dearest first.

    `session`: only this one.
    """
    since = now_ms - RUNNING_MS
    recent = connection.execute(
        "SELECT s.session, s.source, sum(e.cost), sum(e.cache_read),"
        " sum(e.input + e.cache_read + e.cache_write + e.cache_write_1h),"
        " max(e.cache_write_1h > 0), max(e.cache_write > 0), max(e.at)"
        " FROM (SELECT DISTINCT series FROM rollup WHERE bucket >= ?) r"
        " CROSS JOIN event e ON e.series = r.series AND e.at >= ? AND e.at <= ?"
        " JOIN series s ON s.id = e.series WHERE s.origin = 'response'"
        " AND s.session = coalesce(?, s.session)"
        " GROUP BY s.session, s.source ORDER BY 3 DESC, 1 LIMIT ?",
        (since // BUCKET_MS, since, now_ms, session, MOST),
    ).fetchall()
    return tuple(session_state(connection, *row) for row in recent)


def session_state(
    connection: sqlite3.Connection,
    session: str,
    source: str,
    spent: int | None,
    read: int,
    prompt: int,
    is_for_an_hour: int,
    is_written: int,
    last_at: int,
) -> SessionState:
    """Complete what is known of a running session."""
    project, model, payer, provider, discount, rate, last_prompt = connection.execute(
        "SELECT s.project, s.model, s.payer, s.provider, s.discount_ppm, e.rate,"
        " e.input + e.cache_read + e.cache_write + e.cache_write_1h"
        " FROM series s JOIN event e ON e.series = s.id AND e.at > ?"
        " WHERE s.session = ? AND s.source = ?"
        " ORDER BY s.agent = 'main' DESC, e.at DESC LIMIT 1",
        (last_at - RUNNING_MS, session, source),
    ).fetchone()
    (whole,) = connection.execute(
        "SELECT sum(r.cost) FROM series s JOIN event r ON r.series = s.id"
        " WHERE s.session = ? AND s.source = ?",
        (session, source),
    ).fetchone()
    written = "cache_write" if is_written else "input"
    lapsed = "cache_write_1h" if is_for_an_hour else written
    told = connection.execute(
        "SELECT nanos FROM told_cost WHERE source = ? AND session = ?",
        (source, session),
    ).fetchone()
    lifetime = HOUR_MS if is_for_an_hour else CACHE_LIFETIMES.get(provider or "")
    return SessionState(
        session,
        source,
        project,
        model,
        payer,
        whole,
        (spent or 0) * HOUR_MS // RUNNING_MS,
        last_prompt,
        read / prompt if prompt else None,
        None if lifetime is None else last_at + lifetime,
        last_at,
        *reread(connection, rate, discount, last_prompt, lapsed),
        told[0] if told else None,
    )


def last_session(connection: sqlite3.Connection) -> str:
    """Name the session that spoke last; nothing if there is none."""
    row = connection.execute(
        "SELECT s.session FROM rollup r CROSS JOIN series s ON s.id = r.series"
        " WHERE s.origin <> 'import' ORDER BY r.bucket DESC, r.last_at DESC LIMIT 1"
    ).fetchone()
    return row[0] if row else ""
