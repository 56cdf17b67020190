"""What usage is summed to, and which usage: the two halves of every question."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from tokentui.frozen import dataclass, field
from tokentui.ledger.schema import (
    BUCKET_MS,
    DAY_MS,
    HOUR_MS,
    SCOPE_LABELS,
    TOKEN_KINDS,
)

LABELS = (
    "source",
    "provider",
    "payer",
    "client",
    "project",
    "model",
    "label",
    "session",
)
"""What usage can be narrowed to, by globs."""

SESSION_KEY = "s.source || ' ' || s.session"
"""SQL: what tells a session from all others; no source has a space in its name."""

END_MS = DAY_MS << 36
"""Stands for no end of a span: a whole number of each unit, and SQLite can hold it."""

SUMMED = ("requests", *TOKEN_KINDS, "cost", "list", "unpriced", "partial")
SUM_COLUMNS = (
    "sum(u.requests), "
    + ", ".join(f"sum(u.{kind})" for kind in TOKEN_KINDS)
    + ", sum(u.cost), sum(u.list), sum(u.cost * s.is_plan),"
    " sum(u.unpriced), sum(u.partial)"
)


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over usage events.

    `cost_nanos` sums what is priced at list price less the payer's discount, `None` if
    nothing is; `list_nanos` the same without discount, `plan_nanos` the part of it that
    flat plans pay. `unpriced` counts events that are not in them, `partial` those whose
    output count is a lower bound. `requests` is `None` where it is not known for any.
    `tokens` is in the order of `TOKEN_KINDS`.
    """

    requests: int | None = 0
    tokens: tuple[int, ...] = (0,) * len(TOKEN_KINDS)
    cost_nanos: int | None = 0
    unpriced: int = 0
    partial: int = 0
    plan_nanos: int = 0
    list_nanos: int | None = 0
    fees: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)

    @property
    def payable_nanos(self) -> int:
        """What somebody pays beside flat plans; 0 if nothing is priced."""
        return (self.cost_nanos or 0) - self.plan_nanos

    @property
    def is_lower_bound(self) -> bool:
        """Claim that more was spent than is summed."""
        return bool(self.partial or self.unpriced)

    def plus(self, other: Sums) -> Sums:
        """Add two sums; what is unknown in both stays unknown."""
        return summed((self, other))


EMPTY = Sums()


def summed(many: Collection[Sums]) -> Sums:
    """Add many sums; what is unknown in all of them stays unknown."""
    if not many:
        return EMPTY
    fees: dict[str, tuple[int, int | None]] = {}
    for each in many:
        for kind, (units, nanos) in each.fees.items():
            had_units, had_nanos = fees.get(kind, (0, None))
            fees[kind] = (had_units + units, added((had_nanos, nanos)))
    return Sums(
        added(each.requests for each in many),
        tuple(map(sum, zip(*(each.tokens for each in many), strict=True))),
        added(each.cost_nanos for each in many),
        sum(each.unpriced for each in many),
        sum(each.partial for each in many),
        sum(each.plan_nanos for each in many),
        added(each.list_nanos for each in many),
        fees,
    )


def added(counts: Iterable[int | None]) -> int | None:
    """Add counts of which some may be unknown; `None` if all of them are."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def sums_of(row: Iterable[Any]) -> Sums:
    """Read the columns of `SUM_COLUMNS`; a sum over no rows is zero."""
    requests, *tokens, cost, list_price, plan, unpriced, partial = row
    if tokens[0] is None:
        return EMPTY
    counts = tuple(tokens)
    return Sums(requests, counts, cost, unpriced, partial, plan or 0, list_price)


@dataclass(frozen=True, slots=True)
class Usage:
    """Which usage: half-open UTC milliseconds, and globs for each label.

    `without` excludes. A project matches by its path or its last part. `exactly` names
    the one value of a label of the series, case and all; `None` is the unknown.
    `sessions` are sources and sessions, beside which nothing is meant.
    """

    since_ms: int | None = None
    until_ms: int | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exactly: Mapping[str, str | None] = field(default_factory=dict)
    sessions: frozenset[tuple[str, str]] | None = None

    def asks_only(self, labels: Iterable[str]) -> bool:
        """Claim that nothing but these labels narrows the usage."""
        asked = [each for part in (self.only, self.without) for each in part.items()]
        narrowed = {label for label, globs in asked if globs} | set(self.exactly)
        if self.sessions is not None:
            narrowed.add("session")
        return narrowed <= set(labels)

    def condition(self, table: str = "series") -> tuple[str, list[str | None]]:
        """Give an SQL condition on a row `s` of a table, and its parameters."""
        parts = [f"s.{label} IS ?" for label in self.exactly]
        parameters: list[str | None] = [*self.exactly.values()]
        if self.sessions is not None:
            import json  # 3 ms, which most questions need not pay

            parts.append(f"{SESSION_KEY} IN (SELECT value FROM json_each(?))")
            parameters.append(json.dumps([" ".join(each) for each in self.sessions]))
        for labels, sign in ((self.only, ""), (self.without, "NOT ")):
            for label, globs in labels.items():
                if globs:
                    matches = [one_match(label, glob) for glob in globs]
                    parts.append(f"{sign}({' OR '.join(text for text, _ in matches)})")
                    parameters += [p for _, some in matches for p in some]
        if not parts:
            return "1", []
        # Asked once of each series, not of each row that has it.
        which = " AND ".join(parts)
        return f"s.id IN (SELECT s.id FROM {table} s WHERE {which})", parameters


def one_match(label: str, glob: str) -> tuple[str, list[str]]:
    """Give the SQL for one glob of one label, which is compared without case."""
    # SQLite's own is many times faster, and enough for patterns of A to Z.
    column = f"lower(coalesce(s.{label}, ''))" if glob.isascii() else f"fold(s.{label})"
    glob = glob.casefold()
    if label == "project":
        return f"({column} GLOB ? OR {column} GLOB ?)", [glob, "*/" + glob]
    if label == "session":
        return f"{column} GLOB ?", [glob + "*"]
    return f"{column} GLOB ?", [glob]


def whole_and_cut(usage: Usage, unit_ms: int) -> tuple[int, int, list[tuple[int, int]]]:
    """Give the first whole unit of a time span, that after the last, and the rest.

    The rest is what is cut at either end: half-open spans of UTC milliseconds.
    """
    since_ms = usage.since_ms or 0
    until_ms = END_MS if usage.until_ms is None else usage.until_ms
    first, last = -(-since_ms // unit_ms), until_ms // unit_ms
    if last < first:
        return first, first, [(since_ms, until_ms)]
    ends = [(since_ms, first * unit_ms), (last * unit_ms, until_ms)]
    return first, last, [(since, until) for since, until in ends if since < until]


def usage_rows(usage: Usage) -> tuple[str, list[Any]]:
    """Give SQL for the usage of a time span, as rows like those of `rollup`.

    Whole quarter-hours come from the rollup; what is cut at either end is read from
    the events. To group by `place` is to group by time as finely as the rows are.
    """
    first, last, cut = whole_and_cut(usage, BUCKET_MS)
    text = (
        "SELECT bucket, bucket / 4 hour, bucket place, series,"
        f" {', '.join(SUMMED)} FROM rollup WHERE bucket >= ? AND bucket < ?"
    )
    parameters: list[Any] = [first, last]
    for since, until in cut:
        text += (
            " UNION ALL SELECT r.bucket, r.bucket / 4, r.bucket, r.series, e.requests,"
            " e.input, e.cache_read, e.cache_write, e.cache_write_1h, e.output,"
            " e.reasoning, e.cost, coalesce(e.list, e.cost), e.cost IS NULL, e.partial"
            " FROM rollup r CROSS JOIN event e ON e.series = r.series"
            " AND e.at >= ? AND e.at < ? WHERE r.bucket = ?"
        )
        parameters += [since, until, since // BUCKET_MS]
    return text, parameters


def scope_rows(usage: Usage, without: str = "") -> tuple[str, list[Any]]:
    """Give SQL for the usage of a time span, as rows like those of `scope_hour`.

    Whole hours come from there, but for those in the list `without`, which is JSON;
    what is cut at either end comes from finer rows. `bucket` is the first quarter of a
    whole hour.
    """
    first, last, cut = whole_and_cut(usage, HOUR_MS)
    text = (
        f"SELECT hour * 4 bucket, hour, hour place, scope, {', '.join(SUMMED)}"
        " FROM scope_hour WHERE hour >= ? AND hour < ?"
    )
    parameters: list[Any] = [first, last]
    if without:
        text += " AND hour NOT IN (SELECT value FROM json_each(?))"
        parameters.append(without)
    for span in cut:
        rows, more = usage_rows(Usage(*span))
        text += (
            " UNION ALL SELECT e.bucket, e.hour, -e.bucket, p.scope,"  # is no hour
            f" e.{', e.'.join(SUMMED)}"
            f" FROM ({rows}) e CROSS JOIN series p ON p.id = e.series"
        )
        parameters += more
    return text, parameters


def day_rows(usage: Usage) -> tuple[str, list[Any]]:
    """Give SQL for the usage of a time span, as rows like those of `series_day`.

    Whole UTC days come from there; what is cut at either end from finer rows.
    """
    first, last, cut = whole_and_cut(usage, DAY_MS)
    columns = f"series, {', '.join(SUMMED)}"
    text = f"SELECT {columns} FROM series_day WHERE day >= ? AND day < ?"
    parameters: list[Any] = [first, last]
    for span in cut:
        rows, more = usage_rows(Usage(*span))
        text += f" UNION ALL SELECT {columns} FROM ({rows})"
        parameters += more
    return text, parameters


def selected(
    usage: Usage, labels: Iterable[str] = (), *, needs_time: bool = True
) -> tuple[str, list[Any]]:
    """Give SQL for rows `u` with their labels `s`: what stands between FROM and GROUP.

    They are as coarse as the usage and the labels that are wanted allow; without
    `needs_time` they need not have a `bucket`.
    """
    if are_of_scopes(usage, labels):
        return joined(usage, "scope", *scope_rows(usage))
    rows_of = usage_rows if needs_time else day_rows
    return joined(usage, "series", *rows_of(usage))


def selected_apart(
    usage: Usage,
    labels: Collection[str],
    hours: Collection[int],
    *,
    needs_time: bool = True,
) -> list[tuple[str, list[Any]]]:
    """Give the same in parts: some hours since 1970, in UTC, are wanted by quarters."""
    if not hours or not are_of_scopes(usage, labels):
        return [selected(usage, labels, needs_time=needs_time)]
    first, last, _ = whole_and_cut(usage, HOUR_MS)
    apart = str([hour for hour in hours if first <= hour < last])
    quarters = (
        "SELECT r.*, value hour, bucket place FROM json_each(?) CROSS JOIN rollup r"
        " ON bucket >= value * 4 AND bucket < value * 4 + 4"
    )
    return [
        joined(usage, "scope", *scope_rows(usage, apart)),
        joined(usage, "series", quarters, [apart]),
    ]


def are_of_scopes(usage: Usage, labels: Iterable[str]) -> bool:
    """Claim that the sums of scopes will do."""
    return usage.asks_only(SCOPE_LABELS) and set(labels) <= set(SCOPE_LABELS)


def joined(
    usage: Usage, table: str, rows: str, parameters: list[Any]
) -> tuple[str, list[Any]]:
    """Join rows with their labels, which narrow the usage."""
    condition, globs = usage.condition(table)
    return (
        f"({rows}) u CROSS JOIN {table} s ON s.id = u.{table} WHERE {condition}",
        [*parameters, *globs],
    )


def total(connection: sqlite3.Connection, usage: Usage) -> Sums:
    """Sum all of the usage asked for."""
    rows, parameters = selected(usage, needs_time=False)
    row = connection.execute(f"SELECT {SUM_COLUMNS} FROM {rows}", parameters).fetchone()
    return sums_of(row)
