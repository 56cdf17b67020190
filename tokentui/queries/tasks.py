"""Sessions as pieces of work: what each used, on which route, and what was wasted."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import reduce
from typing import NamedTuple, TypeVar

from tokentui.queries.slices import IS_SIDE, PROMPT, SMALLEST_CACHE, WAITS_MINUTES
from tokentui.queries.sums import SUM_COLUMNS, Sums, Usage, selected, sums_of

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
    `peak` is the longest prompt in tokens, 0 if none is known. `retried` tokens were of
    responses whose prompt was sent once more as it was, `lapsed` ones had to be read or
    written anew after a wait. `edited`: it changed files, `None` where the log does not
    tell. `waited_ms`: how long the main thread worked on its turns, likewise.
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
    retried: int
    lapsed: int
    edited: bool | None
    waited_ms: int | None

    @property
    def tokens(self) -> int:
        """All tokens, read and written."""
        return sum(self.sums.tokens[:5])

    @property
    def wasted(self) -> int:
        """The tokens that brought nothing; never more than there are."""
        return min(self.retried + self.lapsed, self.tokens)


class Facts(NamedTuple):
    """What is known of the responses of one series, as in `Task`.

    Of the main thread's the log tells when the turn of `told` began, of `untold` not.
    """

    first_ms: int
    last_ms: int
    peak: int
    retried: int
    lapsed: int
    edited: int | None
    waited_ms: int
    told: int
    untold: int


FACTS = f"""
WITH label AS (
  SELECT id, origin = 'response' AS is_response, NOT ({IS_SIDE}) AS is_main,
    dense_rank() OVER (ORDER BY source, session, agent, model, origin) AS thread
  FROM series s WHERE {{condition}} AND {IS_TASK}
), told AS (
  SELECT e.series, e.at, e.id, e.cache_read, e.output, e.requests,
    e.started_before, l.is_response, l.is_main, l.thread, {PROMPT} AS prompt
  FROM label l CROSS JOIN event e ON e.series = l.id AND e.at >= ? AND e.at < ?
), response AS (
  SELECT *, lag(prompt) OVER thread AS before, lag(output) OVER thread AS wrote,
    lag(at) OVER thread AS was
  FROM told WINDOW thread AS (PARTITION BY thread ORDER BY at, id)
)
SELECT series, min(at), max(at),
  coalesce(max(CASE WHEN requests = 1 THEN prompt END), 0),
  sum(CASE WHEN is_response AND prompt = before AND prompt > 0
    THEN before + wrote ELSE 0 END),
  sum(CASE WHEN is_response AND at - was > {WAITS_MINUTES[0] * 60_000}
      AND prompt >= before AND before >= {SMALLEST_CACHE} AND cache_read * 2 < before
    THEN before - cache_read ELSE 0 END),
  NULL,
  sum(CASE WHEN is_main AND started_before IS NOT NULL
    THEN at - max(at - started_before, coalesce(was, 0)) ELSE 0 END),
  sum(is_main AND started_before IS NOT NULL),
  sum(is_response AND is_main AND started_before IS NULL)
FROM response GROUP BY series
"""
TIMES = f"""
SELECT e.series, min(e.at), max(e.at), 0, 0, 0, NULL, 0, 0, 0
FROM series s CROSS JOIN event e ON e.series = s.id
WHERE {{condition}} AND {IS_TASK} AND e.at >= ? AND e.at < ? GROUP BY e.series
"""
"""What is known without a look at each response beside the one before it."""


class Part(NamedTuple):
    """The usage of a session on one set of labels."""

    project: str | None
    branch: str | None
    route: Route
    is_side: bool
    sums: Sums
    facts: Facts


def tasks(
    connection: sqlite3.Connection, usage: Usage, *, in_full: bool = True
) -> list[Task]:
    """List the sessions of some usage; what lies outside of its span is left out.

    Unless it is told `in_full`, peak, waste and waiting are not known.
    """
    facts = facts_of(connection, usage, FACTS if in_full else TIMES)
    rows, parameters = selected(usage, ("session",))
    found = connection.execute(
        f"SELECT s.id, s.source, s.session, s.project, s.branch, {IS_SIDE},"
        f" s.provider, s.model, s.tier, s.effort, {SUM_COLUMNS}"
        f" FROM {rows} AND {IS_TASK} GROUP BY s.id",
        parameters,
    )
    sessions: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for number, source, session, project, branch, is_side, *rest in found:
        if number in facts:
            route, sums = Route(*rest[:4]), sums_of(rest[4:])
            part = Part(project, branch, route, bool(is_side), sums, facts[number])
            sessions[source, session].append(part)
    return [task_of(*key, parts) for key, parts in sessions.items()]


def facts_of(
    connection: sqlite3.Connection, usage: Usage, question: str
) -> dict[int, Facts]:
    """Tell what is known of the responses of each series."""
    condition, globs = usage.condition()
    span = usage.since_ms or 0, usage.until_ms or 1 << 53
    rows = connection.execute(question.format(condition=condition), [*globs, *span])
    return {number: Facts(*rest) for number, *rest in rows}


def task_of(source: str, session: str, parts: list[Part]) -> Task:
    """Put the parts of a session together."""
    main = [part for part in parts if not part.is_side] or parts
    facts = [part.facts for part in parts]
    edits = [each.edited for each in facts if each.edited is not None]
    is_told = any(each.told for each in facts) and not any(
        each.untold for each in facts
    )
    return Task(
        source,
        session,
        dearest(main, lambda part: part.project),
        dearest(main, lambda part: part.branch),
        dearest(main, lambda part: part.route),
        reduce(Sums.plus, (part.sums for part in parts)),
        min(each.first_ms for each in facts),
        max(each.last_ms for each in facts),
        max(each.peak for each in facts),
        sum(each.retried for each in facts),
        sum(each.lapsed for each in facts),
        any(edits) if edits else None,
        sum(each.waited_ms for each in facts) if is_told else None,
    )


def dearest(parts: Iterable[Part], label: Callable[[Part], Label]) -> Label:
    """Give the label on which most was spent, or else most tokens."""
    spent: dict[Label, tuple[int, int]] = {}
    for part in parts:
        nanos, tokens = spent.get(label(part), (0, 0))
        nanos += part.sums.list_nanos or 0
        spent[label(part)] = nanos, tokens + sum(part.sums.tokens[:5])
    return max(spent, key=lambda each: spent[each])
