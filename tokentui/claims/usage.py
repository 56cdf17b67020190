"""The usage behind a claim: by day, payer, provider, model and whose project it is."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from tokentui.claims.asked import Books
from tokentui.claims.claim import CLIENT, OTHER, UNTAGGED
from tokentui.ledger.schema import BUCKET_MS
from tokentui.queries.projects import tagged_usage
from tokentui.queries.sums import Sums, Usage
from tokentui.settings import Project
from tokentui.tagging import Tags

KEYS = ("day", "payer", "provider", "model")


class Whose(NamedTuple):
    """Whose usage it is, as a claim tells it: the kind, and names if they are shown."""

    kind: str
    project: str | None = None
    client: str | None = None
    cost_centre: str | None = None


class Used(NamedTuple):
    """The usage of one day, payer, provider, model and project under one rule."""

    day: date
    payer: str
    provider: str | None
    model: str
    whose: Whose
    sums: Sums

    @property
    def value(self) -> int:
        """Its list value in nano-dollars, as far as it is priced."""
        return self.sums.list_nanos or 0

    @property
    def is_plan(self) -> bool:
        """Claim that a flat plan pays for it."""
        return self.sums.plan_nanos > 0


def used(books: Books, since_ms: int, until_ms: int, client: str | None) -> list[Used]:
    """List all usage of a span; a claim for a client sees no other by name."""
    rows = tagged_usage(
        books.connection,
        Usage(since_ms, until_ms),
        books.tz,
        Tags(books.config.projects),
        KEYS,
    )
    return [
        Used(
            date.fromisoformat(row.keys[0] or ""),
            row.keys[1] or "",
            row.keys[2],
            row.keys[3] or "unknown",
            whose(row.project, row.rule, client),
            row.sums,
        )
        for row in rows
    ]


def whose(project: str | None, rule: Project | None, client: str | None) -> Whose:
    """Say whose a project is, to a reader who may be a client."""
    if rule is None:
        return Whose(UNTAGGED, None if client else project)
    if client is None:
        return Whose(rule.kind, project, rule.client, rule.cost_centre)
    if rule.client == client:
        return Whose(CLIENT, project, client, rule.cost_centre)
    return Whose(OTHER)


class Weights:
    """What each payer's money went for, by whose it is; ready to be asked often."""

    def __init__(self, rows: Iterable[Used]) -> None:
        self._rows: dict[tuple[str, bool], list[Used]] = {}
        for row in sorted(rows, key=lambda row: row.day):
            if row.value > 0:
                self._rows.setdefault((row.payer, row.is_plan), []).append(row)

    def of(
        self, payer: str, provider: str | None, is_plan: bool, first: date, last: date
    ) -> dict[Whose, int]:
        """Sum list value over some days, the last included; over all if they have none.

        No `provider` means all of the payer's.
        """
        rows = self._rows.get((payer, is_plan), [])
        start = bisect_left(rows, first, key=lambda row: row.day)
        end = bisect_right(rows, last, key=lambda row: row.day)
        return by_whose(rows[start:end], provider) or by_whose(rows, provider)


def by_whose(rows: Iterable[Used], provider: str | None) -> dict[Whose, int]:
    """Sum the list value of rows of a provider by whose they are."""
    sums: dict[Whose, int] = {}
    for row in rows:
        if provider is None or row.provider == provider:
            sums[row.whose] = sums.get(row.whose, 0) + row.value
    return sums


QUARTER_HOUR_SECONDS = BUCKET_MS // 1000


def active_seconds(
    books: Books,
    since_ms: int,
    until_ms: int,
    client: str | None,
    is_claimed: Callable[[str], bool],
) -> int:
    """Count the quarter-hours with usage of a kind that is claimed, in seconds."""
    tags = Tags(books.config.projects)
    rows = books.connection.execute(
        "SELECT s.project, s.branch, s.payer, json_group_array(DISTINCT u.bucket)"
        " FROM rollup u JOIN series s ON s.id = u.series"
        " WHERE u.bucket >= ? AND u.bucket < ? GROUP BY 1, 2, 3",
        (since_ms // BUCKET_MS, -(-until_ms // BUCKET_MS)),
    )
    buckets: set[int] = set()
    for project, branch, payer, found in rows:
        kind = whose(project, tags.rule(project, branch), client).kind
        if books.is_claimed(payer) and is_claimed(kind):
            buckets.update(json.loads(found))
    return len(buckets) * QUARTER_HOUR_SECONDS
