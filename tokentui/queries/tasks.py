"""Sessions as pieces of work: what each used, on which route, and what was wasted."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from tokentui.events import EDITED_CODE, EDITED_TEXT
from tokentui.queries.marks import Session
from tokentui.queries.slices import IS_SIDE, PROMPT, SMALLEST_CACHE, WAITS_MINUTES
from tokentui.queries.sums import SUM_COLUMNS, Sums, Usage, selected, summed, sums_of

Label = TypeVar("Label")

IS_TASK = "s.session <> '' AND s.origin <> 'import'"
"""SQL: a series is of a session that an agent's records tell of."""


class Route(NamedTuple):
    """On what work was done; `None` is unknown."""

    provider: str | None
    model: str
    tier: str | None
    effort: str | None


class Task(NamedTuple):
    """What a session did in a span; times in UTC milliseconds.

    `project`, `branch` and `route` are those on which its main thread spent most.
    `peak` is the longest prompt in tokens, 0 if none is known. `edited`: it changed
    files, `None` where the log does not tell. `waited_ms`: how long the main thread
    worked on its turns, likewise.
    """

    source: str
    session: str
    project: str | None
    branch: str | None
    route: Route
    sums: Sums
    first_ms: int
    last_ms: int
    peak: int
    edited: bool | None
    waited_ms: int | None

    @property
    def key(self) -> Session:
        """What no other session is called."""
        return self.source, self.session

    @property
    def tokens(self) -> int:
        """All tokens, read and written."""
        return sum(self.sums.tokens[:5])


class Facts(NamedTuple):
    """What is known of the responses of one series, as in `Task`.

    Of these `responses` the log tells of `told` when their turn began.
    """

    first_ms: int
    last_ms: int
    peak: int
    edited: int | None
    told: int
    responses: int


FACTS = f"""
SELECT e.series, min(e.at), max(e.at),
  coalesce(max(CASE WHEN e.requests = 1 THEN {PROMPT} END), 0),
  max(e.deeds & {EDITED_CODE | EDITED_TEXT} > 0),
  count(e.started_before), count(*)
FROM series s CROSS JOIN event e ON e.series = s.id AND e.at >= ? AND e.at < ?
WHERE {{condition}} AND {IS_TASK} GROUP BY e.series
"""
TURNS = f"""
SELECT source, session, sum(took) FROM (
  SELECT s.source, s.session, max(e.at) - min(e.at - e.started_before) AS took
  FROM series s CROSS JOIN event e ON e.series = s.id AND e.at >= ? AND e.at < ?
  WHERE e.started_before IS NOT NULL AND {{condition}} AND {IS_TASK}
    AND NOT ({IS_SIDE})
  GROUP BY s.source, s.session, e.at - e.started_before
) GROUP BY source, session
"""
"""A turn is known by when it began; no two of a main thread overlap."""

WASTE = f"""
WITH label AS (
  SELECT id, dense_rank() OVER (ORDER BY source, session) AS task,
    dense_rank() OVER (ORDER BY source, session, agent, model) AS thread
  FROM series s WHERE origin = 'response' AND {{condition}}
), response AS (
  SELECT e.at, e.id, l.task, l.thread, e.series, e.cache_read, e.output,
    {PROMPT} AS prompt
  FROM label l CROSS JOIN event e ON e.series = l.id AND e.at >= ? AND e.at < ?
), pair AS (
  SELECT series, task, at, cache_read, prompt, lag(prompt) OVER thread AS before,
    lag(output) OVER thread AS wrote, lag(at) OVER thread AS was
  FROM response WINDOW thread AS (PARTITION BY thread ORDER BY at, id)
)
SELECT s.source, s.session, w.retried, w.lapsed FROM (
  SELECT min(series) AS series,
    sum(CASE WHEN prompt = before AND prompt > 0 THEN before + wrote ELSE 0 END)
      AS retried,
    sum(CASE WHEN at - was > {WAITS_MINUTES[0] * 60_000} AND prompt >= before
        AND before >= {SMALLEST_CACHE} AND cache_read * 2 < before
      THEN before - cache_read ELSE 0 END) AS lapsed
  FROM pair GROUP BY task
) w JOIN series s ON s.id = w.series
"""


class Part(NamedTuple):
    """The usage of a session on one set of labels."""

    project: str | None
    branch: str | None
    route: Route
    is_main: bool
    is_response: bool
    sums: Sums
    facts: Facts


def tasks(connection: sqlite3.Connection, usage: Usage) -> list[Task]:
    """List the sessions of some usage; what lies outside of its span is left out."""
    condition, globs = usage.condition()
    asked = [*span_of(usage), *globs]
    facts = {
        number: Facts(*rest)
        for number, *rest in connection.execute(
            FACTS.format(condition=condition), asked
        )
    }
    turns: dict[Session, int] = {
        (source, session): took
        for source, session, took in connection.execute(
            TURNS.format(condition=condition), asked
        )
    }
    return [
        task_of(*session, parts, turns.get(session))
        for session, parts in parts_of(connection, usage, facts).items()
    ]


def span_of(usage: Usage) -> tuple[int, int]:
    """Give the span of some usage; an open end is as far as times go."""
    return usage.since_ms or 0, usage.until_ms or 1 << 53


def parts_of(
    connection: sqlite3.Connection, usage: Usage, facts: dict[int, Facts]
) -> dict[Session, list[Part]]:
    """Give what each session used, by the labels of its series."""
    rows, parameters = selected(usage, ("session",), needs_time=False)
    found = connection.execute(
        f"SELECT s.id, s.source, s.session, s.project, s.branch, NOT ({IS_SIDE}),"
        f" s.origin, s.provider, s.model, s.tier, s.effort, {SUM_COLUMNS}"
        f" FROM {rows} AND {IS_TASK} GROUP BY s.id",
        parameters,
    )
    sessions: dict[Session, list[Part]] = defaultdict(list)
    for number, source, session, project, branch, is_main, origin, *rest in found:
        if number in facts:
            part = Part(
                project,
                branch,
                Route(*rest[:4]),
                bool(is_main),
                origin == "response",
                sums_of(rest[4:]),
                facts[number],
            )
            sessions[source, session].append(part)
    return sessions


def task_of(source: str, session: str, parts: list[Part], took_ms: int | None) -> Task:
    """Put the parts of a session together; `took_ms`: what is told of its turns."""
    main = [part for part in parts if part.is_main] or parts
    facts = [part.facts for part in parts]
    edits = [each.edited for each in facts if each.edited is not None]
    is_told = all(
        part.facts.told == part.facts.responses
        for part in parts
        if part.is_main and part.is_response
    )
    return Task(
        source,
        session,
        dearest(main, lambda part: part.project),
        dearest(main, lambda part: part.branch),
        dearest(main, lambda part: part.route),
        summed([part.sums for part in parts]),
        min(each.first_ms for each in facts),
        max(each.last_ms for each in facts),
        max(each.peak for each in facts),
        any(edits) if edits else None,
        took_ms if is_told else None,
    )


def dearest(parts: Iterable[Part], label: Callable[[Part], Label]) -> Label:
    """Give the label on which most was spent, or else most tokens."""
    spent: dict[Label, tuple[int, int]] = {}
    for part in parts:
        nanos, tokens = spent.get(label(part), (0, 0))
        nanos += part.sums.list_nanos or 0
        spent[label(part)] = nanos, tokens + sum(part.sums.tokens[:5])
    return max(spent, key=lambda each: spent[each])


class Waste(NamedTuple):
    """Tokens of a session that brought nothing.

    `retried`: of responses whose prompt was sent once more as it was; `lapsed`: those
    that had to be read or written anew after a wait.
    """

    retried: int
    lapsed: int


NO_WASTE = Waste(0, 0)


def waste(
    connection: sqlite3.Connection, usage: Usage, sessions: Iterable[Session]
) -> dict[Session, Waste]:
    """Say what was wasted in some sessions, within a span."""
    condition, named = Usage(sessions=frozenset(sessions)).condition()
    rows = connection.execute(
        WASTE.format(condition=condition), [*named, *span_of(usage)]
    )
    return {
        (source, session): Waste(retried, lapsed)
        for source, session, retried, lapsed in rows
    }
