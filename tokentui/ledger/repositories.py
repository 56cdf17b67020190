"""Keep what git told of the user's commits, so that it is known when git is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from tokentui.git.look import Told, Work
from tokentui.ledger.by_hand import transaction
from tokentui.ledger.schema import HOUR_MS

MARGIN_MS = 24 * HOUR_MS
"""So long before a project's first response its commits are asked for."""

WORK = ", ".join(name.removesuffix("_ms") for name in Work._fields)


class Place(NamedTuple):
    """A project in which there was usage, and how git was last asked about it.

    `since_ms`: from when on its commits matter (UTC). `mark`: what was so when they
    were told, `None` if they are to be told anew. `problem`: why git last gave no
    answer, when it was `tried_at_ms`.
    """

    project: str
    since_ms: int
    mark: bytes | None
    tried_at_ms: int | None
    problem: str | None


def places(connection: sqlite3.Connection) -> list[Place]:
    """List the projects with usage, the latest first."""
    rows = connection.execute(
        f"SELECT c.project, min(h.hour) * {HOUR_MS} - {MARGIN_MS}, r.refs, r.tried_at,"
        " r.problem FROM scope_hour h JOIN scope c ON c.id = h.scope"
        " LEFT JOIN repository r ON r.project = c.project"
        " WHERE c.project IS NOT NULL GROUP BY c.project"
        " ORDER BY max(h.last_at) DESC, c.project"
    )
    return [Place._make(row) for row in rows]


def works(connection: sqlite3.Connection, project: str) -> list[Work]:
    """List what git told of a project's commits."""
    rows = connection.execute(
        f"SELECT {WORK} FROM git_commit WHERE project = ?", (project,)
    )
    return [Work._make(row) for row in rows]


def keep_told(
    connection: sqlite3.Connection, place: Place, told: Told | None, asked_at_ms: int
) -> None:
    """Keep what git told of a project in place of what it told before.

    `None`: it told that nothing has changed.
    """
    if told is None:
        connection.execute(
            "UPDATE repository SET tried_at = ?1, asked_at = ?1, problem = NULL"
            " WHERE project = ?2",
            (asked_at_ms, place.project),
        )
        return
    with transaction(connection):
        connection.execute(
            "REPLACE INTO repository (project, tried_at, asked_at, since, refs, branch)"
            " VALUES (?1, ?2, ?2, ?3, ?4, ?5)",
            (place.project, asked_at_ms, place.since_ms, told.mark, told.branch),
        )
        connection.execute("DELETE FROM git_commit WHERE project = ?", (place.project,))
        keep_works(connection, place.project, told.works)


def keep_works(
    connection: sqlite3.Connection, project: str, told: Iterable[Work]
) -> None:
    """Add commits of a project."""
    values = ", ".join("?" * len(Work._fields))
    connection.executemany(
        f"INSERT INTO git_commit (project, {WORK}) VALUES (?, {values})",
        ((project, *work) for work in told),
    )


def keep_problem(
    connection: sqlite3.Connection, place: Place, problem: str, tried_at_ms: int
) -> None:
    """Keep why git gave no answer; what it told before stays."""
    connection.execute(
        "INSERT INTO repository (project, tried_at, problem) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET tried_at = excluded.tried_at,"
        " problem = excluded.problem",
        (place.project, tried_at_ms, problem),
    )
