"""What providers say of plans' windows: now, and how it has gone."""

from __future__ import annotations

import sqlite3

from tokentui.tuples import NamedTuple

PACE_MS = 2 * 3_600_000
"""How far back the pace of a quota is taken."""

NAMES = {300: "5 h", 1440: "day", 10080: "week", 43200: "month"}
"""Windows by their length in minutes, which alone tells them apart."""

GENERAL = ("claude", "codex", "kimi", "minimax", "zai")
"""Limits that hold for all of a plan; others are named beside their window."""


class QuotaState(NamedTuple):
    """A window of a plan as last heard of; times in UTC milliseconds.

    `runs_out_at_ms`: when it is used up at the pace of the last hours, if before it
    resets. One whose reset has passed is stale, and not listed.
    """

    payer: str
    limit_id: str
    window_minutes: int
    used_percent: float
    resets_at_ms: int | None
    as_of_ms: int
    runs_out_at_ms: int | None

    @property
    def window(self) -> str:
        """Name the window as people do: `5 h`, `week`, `week opus`."""
        minutes, limit = self.window_minutes, self.limit_id
        name = NAMES.get(minutes, f"{minutes / 60:g} h")
        if limit in GENERAL:
            return name
        general, _, part = limit.partition(" ")
        return f"{name} {part if general in GENERAL else limit}"


def quota_states(connection: sqlite3.Connection, now_ms: int) -> tuple[QuotaState, ...]:
    """List the windows that are running, by payer and length."""
    rows = connection.execute(
        "SELECT payer, limit_id, window_minutes, used_percent, resets_at, max(as_of)"
        " FROM quota WHERE as_of <= ? GROUP BY payer, limit_id, window_minutes"
        " ORDER BY payer, window_minutes, limit_id",
        (now_ms,),
    ).fetchall()
    states = []
    for payer, limit_id, minutes, used, resets_at, as_of in rows:
        ends = resets_at if resets_at is not None else as_of + minutes * 60_000
        if ends > now_ms:
            began = ends - minutes * 60_000
            window = (payer, limit_id, minutes)
            pace = percent_an_hour(connection, window, began, as_of, used)
            out = runs_out(used, pace, as_of, ends)
            states.append(
                QuotaState(payer, limit_id, minutes, used, resets_at, as_of, out)
            )
    return tuple(states)


def percent_an_hour(
    connection: sqlite3.Connection,
    window: tuple[str, str, int],
    began: int,
    as_of: int,
    used: float,
) -> float:
    """Give the pace at which a window was used in the last hours, or since it began."""
    row = connection.execute(
        "SELECT used_percent, as_of FROM quota WHERE payer = ? AND limit_id = ?"
        " AND window_minutes = ? AND as_of >= ? AND as_of < ? AND used_percent <= ?"
        " ORDER BY as_of LIMIT 1",
        (*window, max(as_of - PACE_MS, began), as_of, used),
    ).fetchone()
    if row is None and as_of - began >= PACE_MS:
        return 0.0
    before, at = row or (0.0, began)
    return float((used - before) * 3_600_000 / (as_of - at)) if as_of > at else 0.0


def runs_out(used: float, pace: float, as_of: int, resets_at: int) -> int | None:
    """Say when a window is used up at a pace, if that is before it resets."""
    if used >= 100:
        return as_of
    if pace <= 0:
        return None
    at = as_of + int((100 - used) / pace * 3_600_000)
    return at if at < resets_at else None


WEEK_MINUTES = 10_080
SAME_RESET_MS = 3_600_000
"""Providers state a reset to the second, give or take; weeks lie further apart."""


class WeekUsed(NamedTuple):
    """How much of a plan's week was used from its begin to a moment (UTC ms)."""

    since_ms: int
    as_of_ms: int
    used_percent: float


def weeks_used(connection: sqlite3.Connection, payer: str) -> list[WeekUsed]:
    """List a plan's weeks, the newest first, each as last heard of."""
    general = ", ".join(f"'{each}'" for each in GENERAL)
    rows = connection.execute(
        "SELECT resets_at, max(as_of), used_percent FROM quota WHERE payer = ?"
        f" AND window_minutes = {WEEK_MINUTES} AND limit_id IN ({general})"
        " AND resets_at IS NOT NULL"
        f" GROUP BY (resets_at + {SAME_RESET_MS // 2}) / {SAME_RESET_MS}"
        " ORDER BY 2 DESC",
        (payer,),
    )
    return [
        WeekUsed(resets_at - WEEK_MINUTES * 60_000, as_of, used)
        for resets_at, as_of, used in rows
    ]
