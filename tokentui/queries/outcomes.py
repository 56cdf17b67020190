"""What is known of how work ended: what the user says of it, and what git told.

A commit is a session's if it was made in the session's project while it went on or at
most half an hour after one of its responses; of several sessions it is that one's whose
response came last before it. Amended and rebased commits count when they were first
made. One that an agent signed is of a session of that agent only. What is committed in
another repository than the one the session ran in, or later by hand, is not seen.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections import defaultdict
from typing import NamedTuple

from tokentui.git.look import Work
from tokentui.ledger.marks import Mark
from tokentui.ledger.repositories import WORK
from tokentui.ledger.schema import BUCKET_MS, HOUR_MS
from tokentui.queries.marks import Session, marks
from tokentui.queries.sums import Usage
from tokentui.queries.tasks import IS_TASK, Task, tasks

AFTER_MS = HOUR_MS // 2
"""So long after a response a commit may be of its session's work."""

LATER_MS = 24 * HOUR_MS
"""So long after a session a commit by hand may still hold its work."""

A_SECOND_MS = 999
"""Git tells whole seconds: a commit may have been made at the end of its own."""


class Asked(NamedTuple):
    """When git last told of a project, and of commits since when; UTC milliseconds.

    `problem`: why it gave no answer since then, or ever. `made_ms` are the times of the
    user's commits, in order.
    """

    asked_at_ms: int | None
    since_ms: int | None
    problem: str | None
    made_ms: tuple[int, ...] = ()

    def tells_of(self, task: Task) -> bool:
        """Claim that every commit of a session is known."""
        return (
            self.asked_at_ms is not None
            and self.since_ms is not None
            and self.since_ms <= task.first_ms
            and self.asked_at_ms >= task.last_ms
        )

    def may_hold(self, task: Task) -> bool:
        """Claim that a commit was made while a session went on, or on the day after."""
        place = bisect_left(self.made_ms, task.first_ms)
        end = task.last_ms + LATER_MS
        return place < len(self.made_ms) and self.made_ms[place] <= end


class Ended(NamedTuple):
    """A session and what is known of how it ended.

    `works` are its commits, first to last. `asked_at_ms`: when git last told of all of
    them, `None` if it never did. `may_be_in_others`: commits that are not its own may
    hold its work.
    """

    task: Task
    mark: Mark | None
    works: tuple[Work, ...]
    asked_at_ms: int | None
    may_be_in_others: bool


def ended(connection: sqlite3.Connection, usage: Usage) -> list[Ended]:
    """List the sessions of some usage, with what is known of how they ended."""
    known, marked = asked(connection), marks(connection)
    made = linked(connection, usage)
    found = []
    for task in tasks(connection, usage):
        git = known.get(task.project or "", Asked(None, None, None))
        tells = git.tells_of(task)
        works = tuple(made.get(task.key, ()))
        found.append(
            Ended(
                task,
                marked.get(task.key),
                works,
                git.asked_at_ms if tells or works else None,
                not tells or git.may_hold(task),
            )
        )
    return found


def asked(connection: sqlite3.Connection) -> dict[str, Asked]:
    """Give how git was asked about each project."""
    made: dict[str, list[int]] = defaultdict(list)
    for project, at in connection.execute(
        "SELECT project, made_at FROM git_commit ORDER BY made_at"
    ):
        made[project].append(at)
    rows = connection.execute(
        "SELECT project, asked_at, since, problem FROM repository"
    )
    return {
        project: Asked(asked_at, since, problem, tuple(made.get(project, ())))
        for project, asked_at, since, problem in rows
    }


LINKS = f"""
SELECT c.project, c.twin, s.source, s.session, max((
    SELECT max(e.at) FROM event e WHERE e.series = s.id
      AND e.at <= c.made_at + {A_SECOND_MS} AND e.at >= c.made_at - {AFTER_MS}
  )) AS nearest
FROM git_commit c
CROSS JOIN rollup r ON r.bucket >= (c.made_at - {AFTER_MS}) / {BUCKET_MS}
  AND r.bucket <= (c.made_at + {A_SECOND_MS}) / {BUCKET_MS}
CROSS JOIN series s ON s.id = r.series AND s.project = c.project AND {IS_TASK}
  AND (c.signed IS NULL OR c.signed = s.source)
WHERE c.made_at >= ? AND c.made_at < ?
GROUP BY c.project, c.twin, s.source, s.session
"""


def linked(connection: sqlite3.Connection, usage: Usage) -> dict[Session, list[Work]]:
    """Give the commits of each session, of those made in a span, first to last."""
    since = usage.since_ms or 0
    until = (usage.until_ms or 1 << 53) + AFTER_MS
    nearest: dict[tuple[str, bytes], tuple[int, str, str]] = {}
    for project, twin, source, session, at in connection.execute(LINKS, (since, until)):
        if at is not None:
            claim = at, source, session
            known = nearest.get((project, twin))
            nearest[project, twin] = claim if known is None else max(known, claim)
    found: dict[Session, list[Work]] = defaultdict(list)
    for project, *work in connection.execute(
        f"SELECT project, {WORK} FROM git_commit WHERE made_at >= ? AND made_at < ?"
        " ORDER BY made_at, twin",
        (since, until),
    ):
        made = Work._make(work)
        if (project, made.twin) in nearest:
            _, source, session = nearest[project, made.twin]
            found[source, session].append(made)
    return found
