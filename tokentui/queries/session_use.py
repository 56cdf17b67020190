"""What one session is, and what it has used: asked before its every prompt and tool."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tokentui.tuples import NamedTuple

PAUSE_MS = 3_600_000
"""A session that rests for so long has ended its work; what follows begins anew."""

LABELS = ("source", "provider", "payer", "client", "project", "model", "label")


class SessionUse(NamedTuple):
    """What a session has used: list value in nano-dollars, tokens, and the rest.

    `tool_calls` are those that logs tell of, which not all do. `worked_ms`: since it
    last began after a pause; `is_lower_bound`: some of it has no price, or its output
    was never completed.
    """

    nanos: int = 0
    tokens: int = 0
    retries: int = 0
    tool_calls: int = 0
    worked_ms: int = 0
    is_lower_bound: bool = False


def session_labels(
    connection: sqlite3.Connection, source: str, session: str, project: str | None
) -> dict[str, str | None]:
    """Say whose a session is: as its last response; before that as its project's last.

    `plan` is the plan that pays it, if one does.
    """
    known = connection.execute(
        f"SELECT {', '.join(f's.{label}' for label in LABELS)}, s.is_plan"
        " FROM series s JOIN event e ON e.series = s.id"
        " WHERE s.session = ? AND s.source = ?"
        " ORDER BY s.agent = 'main' DESC, e.at DESC LIMIT 1",
        (session, source),
    ).fetchone()
    if known is None:
        known = connection.execute(
            f"SELECT {', '.join(LABELS)}, is_plan FROM series WHERE source = ?"
            " AND origin = 'response' ORDER BY project IS ? DESC, id DESC LIMIT 1",
            (source, project),
        ).fetchone()
        if known is None:
            return {"source": source, "project": project}
        found = dict(zip(LABELS, known, strict=False)) | {"model": None, "label": None}
        if found["project"] != project:
            found |= {"project": project, "client": None}
    else:
        found = dict(zip(LABELS, known, strict=False))
    return found | {"plan": found["payer"] if known[-1] else None}


def session_use(
    connection: sqlite3.Connection, source: str, session: str, now_ms: int
) -> SessionUse:
    """Sum what a session has used until now."""
    rows = connection.execute(
        "SELECT e.at, s.agent IS 'main', coalesce(e.list, e.cost),"
        " e.input + e.cache_read + e.cache_write + e.cache_write_1h, e.output,"
        " coalesce(e.tool_calls, 0), e.partial, s.agent"
        " FROM series s JOIN event e ON e.series = s.id"
        " WHERE s.session = ? AND s.source = ? ORDER BY e.at, e.id",
        (session, source),
    ).fetchall()
    return SessionUse(
        sum(row[2] or 0 for row in rows),
        sum(row[3] + row[4] for row in rows),
        retries(rows),
        sum(row[5].bit_count() for row in rows),
        worked_ms([row[0] for row in rows], now_ms),
        any(row[2] is None or row[6] for row in rows),
    )


def retries(rows: Iterable[tuple[int, ...]]) -> int:
    """Count requests that were made again: equal prompts, one after another.

    Sub-agents of a kind may begin alike, so of theirs only what was cut off counts.
    """
    from tokentui.queries.slices import SMALLEST_CACHE  # 1 ms, for who counts them

    last: dict[int, tuple[int, int]] = {}
    count = 0
    for _, is_main, _, prompt, _, _, is_partial, agent in rows:
        before, was_cut = last.get(agent, (0, 0))
        is_again = prompt == before and prompt >= SMALLEST_CACHE
        count += is_again and bool(is_main or was_cut)
        last[agent] = prompt, is_partial
    return count


def worked_ms(times: list[int], now_ms: int) -> int:
    """Say for how long a session has been at work, without a pause."""
    began = now_ms
    for at in reversed(times):
        if began - at > PAUSE_MS:
            break
        began = min(began, at)
    return now_ms - began
