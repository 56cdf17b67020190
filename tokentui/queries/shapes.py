"""What sessions look like from outside: how much, how long, what kind of deeds."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tokentui.events import EDITED_CODE, EDITED_TEXT, PLANNED
from tokentui.ledger.schema import BUCKET_MS
from tokentui.queries.slices import PROMPT
from tokentui.queries.sums import Usage


class Place(NamedTuple):
    """Where a part of a session was; `None` is unknown."""

    project: str | None
    branch: str | None
    label: str | None
    entrypoint: str | None


class Shape(NamedTuple):
    """A session within a span, its sub-agents included.

    `output` and `peak`, its longest prompt, are tokens of recorded `responses`. `deeds`
    are those of any response, as bits; `untold` counts responses of which they are not
    known, `partial` those whose output was never counted to its end. `tokens` are all,
    read and written. `nanos` is what somebody pays, `plan_nanos` the list value inside
    flat plans; what has no price is in neither.
    """

    source: str
    session: str
    places: tuple[Place, ...]
    responses: int
    output: int
    peak: int
    deeds: int
    untold: int
    partial: int
    tokens: int
    nanos: int
    plan_nanos: int


def is_one(value: str) -> str:
    """Give SQL for a value of what is one recorded response, and of nothing else."""
    return f"CASE WHEN e.requests = 1 THEN {value} END"


SHAPES = f"""
SELECT s.source, s.session, s.project, s.branch, s.label, s.entrypoint,
  coalesce(sum({is_one("1")}), 0), coalesce(sum({is_one("e.output")}), 0),
  coalesce(max({is_one(PROMPT)}), 0),
  coalesce(max(e.deeds & {EDITED_CODE}), 0), coalesce(max(e.deeds & {EDITED_TEXT}), 0),
  coalesce(max(e.deeds & {PLANNED}), 0),
  coalesce(sum({is_one("e.deeds IS NULL")}), 0),
  coalesce(sum({is_one("e.partial")}), 0),
  sum({PROMPT} + e.output),
  coalesce(sum(CASE WHEN NOT s.is_plan THEN e.cost END), 0),
  coalesce(sum(CASE WHEN s.is_plan THEN e.cost END), 0)
FROM series s CROSS JOIN event e ON e.series = s.id AND e.at >= ? AND e.at < ?
WHERE s.session <> '' AND s.origin <> 'import' AND {{condition}}
  AND s.id IN (SELECT series FROM rollup WHERE bucket >= ? AND bucket < ?)
GROUP BY 1, 2, 3, 4, 5, 6
"""


def shapes(connection: sqlite3.Connection, usage: Usage) -> list[Shape]:
    """List the sessions of some usage; what lies outside of its span is left out.

    What was imported is of no session.
    """
    since, until = usage.since_ms or 0, usage.until_ms or 1 << 53
    condition, globs = usage.condition()
    rows = connection.execute(
        SHAPES.format(condition=condition),
        [since, until, *globs, since // BUCKET_MS, -(-until // BUCKET_MS)],
    )
    sessions: dict[tuple[str, str], list[Sequence[int]]] = defaultdict(list)
    places: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for source, session, *rest in rows:
        places[source, session].append(Place(*rest[:4]))
        sessions[source, session].append(rest[4:])
    return [
        Shape(*key, tuple(places[key]), *together(parts))
        for key, parts in sessions.items()
    ]


def together(parts: Sequence[Sequence[int]]) -> Iterator[int]:
    """Put the parts of a session together, in the order of a shape's fields."""
    responses, output, peak, *bits, untold, partial, tokens, nanos, in_plans = zip(
        *parts, strict=True
    )
    yield sum(responses)
    yield sum(output)
    yield max(peak)
    yield sum(max(bit) for bit in bits)
    yield from map(sum, (untold, partial, tokens, nanos, in_plans))
