"""Sample outcomes: what became of made-up work; no repository was asked for it."""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from tokentui.git.look import Told, Work
from tokentui.hashes import blake2b
from tokentui.ledger.marks import (
    ABANDONED,
    ACCEPTED,
    REASONS,
    REJECTED,
    Mark,
    keep_mark,
)
from tokentui.ledger.repositories import Place, keep_told
from tokentui.periods import millis

MINUTE_MS = 60_000
DAY_MS = 1_440 * MINUTE_MS
ASKED_AGO_MS = 3 * MINUTE_MS
DEAR = 5 * 10**9
"""Nano-dollars from which on the made-up sessions have mostly lost their way."""

SHARES = {False: (80, 3, 7, 10), True: (8, 14, 40, 38)}
"""How often work was merged, reverted, left on a branch or never committed; if dear."""

MARKED = 0.15
"""The share of sessions that the made-up developer marked."""


class Session(NamedTuple):
    """A made-up session: when it was, what it cost, and whether it edited files."""

    source: str
    session: str
    project: str
    first_ms: int
    last_ms: int
    nanos: int
    edited: int


def add_outcomes(connection: sqlite3.Connection, now: datetime) -> None:
    """Say what became of the sessions there are; the same every time."""
    chance, now_ms = random.Random(1), millis(now)
    works: dict[str, list[Work]] = defaultdict(list)
    for session in sessions(connection):
        is_dear = session.nanos > DEAR
        (fate,) = chance.choices(("merged", "reverted", "left", ""), SHARES[is_dear])
        fate = fate if session.edited else ""
        is_past = session.last_ms < now_ms - DAY_MS
        if fate and is_past:
            works[session.project] += commits(chance, session, fate, now_ms)
        if chance.random() < MARKED and is_past:
            keep_mark(connection, mark(chance, session, fate, now_ms))
    for project, made in sorted(works.items()):
        since = min(work.made_at_ms for work in made) - DAY_MS
        told = Told("main", b"demo", tuple(made))
        place = Place(project, since - DAY_MS, None, None, None)
        keep_told(connection, place, told, now_ms - ASKED_AGO_MS)


def sessions(connection: sqlite3.Connection) -> list[Session]:
    """List the sessions of the sample, the oldest first."""
    rows = connection.execute(
        "SELECT s.source, s.session, s.project, min(e.at), max(e.at),"
        " coalesce(sum(coalesce(e.list, e.cost)), 0), max(e.deeds)"
        " FROM series s JOIN event e ON e.series = s.id GROUP BY s.source, s.session"
        " ORDER BY 4, 2"
    )
    return [Session._make(row) for row in rows]


def commits(
    chance: random.Random, session: Session, fate: str, now_ms: int
) -> list[Work]:
    """Make one to three commits of a session, all of one fate so far."""
    count = chance.randint(1, 3)
    landed = session.last_ms + chance.randint(30, 2_000) * MINUTE_MS
    reverted = landed + chance.randint(1, 6) * DAY_MS
    has_landed = fate != "left" and landed < now_ms - ASKED_AGO_MS
    is_reverted = fate == "reverted" and reverted < now_ms - ASKED_AGO_MS
    made = []
    for number in range(count):
        span = session.last_ms - session.first_ms
        at = session.first_ms + span * (number + 1) // count + MINUTE_MS
        name = blake2b(f"{session.session} {number}".encode(), digest_size=20)
        made.append(
            Work(
                twin=name.digest()[:12],
                hash=name.hexdigest(),
                made_at_ms=at // 1000 * 1000,
                signed=session.source,
                landed_as=name.hexdigest() if has_landed else None,
                landed_at_ms=landed if has_landed else None,
                reverted_at_ms=reverted if is_reverted else None,
                pull_request=None,
            )
        )
    return made


def mark(chance: random.Random, session: Session, fate: str, now_ms: int) -> Mark:
    """Mark a session by its fate, with what the developer had to say."""
    verdict = {"merged": ACCEPTED, "reverted": REJECTED}.get(fate, ABANDONED)
    return Mark(
        session.source,
        session.session,
        verdict,
        min(session.last_ms + chance.randint(5, 90) * MINUTE_MS, now_ms),
        None if verdict == ACCEPTED else chance.choice(REASONS),
        None,
        chance.randint(2, 20) * 60,
    )
