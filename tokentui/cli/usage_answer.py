"""What `tokentui usage` prints: tokens and money by any keys, over any time."""

from __future__ import annotations

import sqlite3
from typing import Any

from tokentui import amounts, periods
from tokentui.cli.asked import period_of, usage_of
from tokentui.cli.freshen import opened
from tokentui.cli.output import Column, note, show_json, show_table
from tokentui.cli.shapes import cost_text, period_shape, sums_shape
from tokentui.errors import UsageError
from tokentui.periods import Period
from tokentui.queries.sums import LABELS, Sums, Usage
from tokentui.queries.usage import KEYS, TIME_KEYS, UsageRow, UsageTable, usage_by
from tokentui.setting import Setting
from tokentui.text import many, project_name

DEFAULT_LAST = "14d"
ESTIMATE = "estimate"
BASES = (ESTIMATE, "billed", "cap")
"""What costs are stated on; `budget.by_basis` makes the others of the estimates."""


def answer(
    here: Setting,
    by: tuple[str, ...] = (),
    basis: str = ESTIMATE,
    as_json: bool = False,
    no_refresh: bool = False,
    **asked: Any,
) -> int:
    """Ask and print; give the exit code. `asked` are options of period and filters."""
    for key in by:
        if key not in KEYS:
            raise UsageError(unknown_key(key))
    if basis != ESTIMATE:
        refuse_keys(by, basis, asked)
    period = period_of(asked, here)
    if not by:
        by = ("day",)
        if period == Period():
            period = periods.last_period(DEFAULT_LAST, here.tz, here.now)
    with opened(here, not no_refresh) as (connection, code):
        usage = usage_of(connection, asked, period)
        config = here.config
        if basis == ESTIMATE:
            table = usage_by(
                connection, by, usage, here.tz, config.display.ticket, config.plans
            )
        else:
            from tokentui.budget.bills import Bills
            from tokentui.budget.by_basis import usage_on_basis

            now_ms = periods.millis(here.now)
            bills = Bills(connection, now_ms, config.accounts)
            table = usage_on_basis(connection, by, usage, here.tz, bills, basis)
        warnings = warnings_of(connection, table, usage)
        if basis != ESTIMATE:
            warnings += unadded(connection, usage, here)
    if as_json:
        show_json(document(table, period, warnings, here, basis))
    else:
        show_rows(table)
        for warning in warnings:
            note(warning)
    return code


def refuse_keys(by: tuple[str, ...], basis: str, asked: dict[str, Any]) -> None:
    """Refuse to tell bills apart by what no bill tells.

    Raises:
        UsageError: By such a key or filter.
    """
    from tokentui.budget.by_basis import FILTERS, KEYS

    others = [key for key in by if key not in KEYS]
    others += [f for f in LABELS if f not in FILTERS and asked.get(f)]
    if others:
        raise UsageError(
            f"--basis {basis} cannot be told apart by {others[0]};"
            f" it can by {', '.join(KEYS)}"
        )


def unknown_key(key: str) -> str:
    """Say what cannot be grouped by, and what can."""
    from difflib import get_close_matches

    near = get_close_matches(key, KEYS, 1)
    hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(KEYS)}"
    return f"cannot group by {key!r}: {hint}"


def document(
    table: UsageTable,
    period: Period,
    warnings: list[str],
    here: Setting,
    basis: str = ESTIMATE,
) -> dict[str, Any]:
    """Make the JSON document of a table."""
    return {
        "kind": "usage",
        **period_shape(period, here.tz),
        "basis": basis,
        "by": list(table.by),
        "rows": [
            dict(zip(table.by, row.keys, strict=True)) | sums_shape(row.sums)
            for row in table.rows
        ],
        "total": sums_shape(table.total),
        "warnings": warnings,
    }


def warnings_of(
    connection: sqlite3.Connection, table: UsageTable, usage: Usage
) -> list[str]:
    """Say what the sums leave out."""
    warnings = []
    if table.total.unpriced:
        condition, globs = usage.condition()
        models = connection.execute(
            "SELECT DISTINCT s.model FROM series s JOIN rollup r ON r.series = s.id"
            f" WHERE r.unpriced > 0 AND {condition} ORDER BY 1 LIMIT 5",
            globs,
        ).fetchall()
        names = ", ".join(project_name(model) for (model,) in models)
        unpriced = many(table.total.unpriced, "unpriced response")
        warnings.append(f"{unpriced} not in the sums ({names})")
    if table.total.partial:
        warnings.append(
            f"{many(table.total.partial, 'response')} with an output count that the"
            " client never completed: the sums are lower bounds"
        )
    return warnings


def unadded(connection: sqlite3.Connection, usage: Usage, here: Setting) -> list[str]:
    """Say what was billed in other money."""
    from tokentui.budget.bills import not_added
    from tokentui.queries.billed import in_other_money

    until = periods.millis(here.now) + 1
    found = in_other_money(connection, usage.since_ms or 0, until)
    return [not_added(bill) for bill in found]


def show_rows(table: UsageTable) -> None:
    """Print a table for people; time ascends, all else is dearest first."""
    rows = list(table.rows)
    if table.by[0] not in TIME_KEYS:
        rows.sort(key=lambda row: -(row.sums.cost_nanos or 0))
    columns = [Column(key, flexible=key not in TIME_KEYS) for key in table.by]
    columns += [
        Column(title, right=True) for title in ("req", "in", "cached", "out", "cost")
    ]
    blank = [""] * (len(table.by) - 1)
    show_table(
        columns,
        [[*shown_keys(table.by, row), *figures(row.sums)] for row in rows],
        ["total", *blank, *figures(table.total)],
    )


def shown_keys(by: tuple[str, ...], row: UsageRow) -> list[str]:
    """Name a row's keys for people."""
    return [
        project_name(value) if key == "project" else value or "unknown"
        for key, value in zip(by, row.keys, strict=True)
    ]


def figures(sums: Sums) -> list[str]:
    """Give requests, new input, cache reads, output and cost."""
    fresh, read, written, written_1h, output, _ = sums.tokens
    return [
        "?" if sums.requests is None else f"{sums.requests:,}",
        amounts.tokens(fresh + written + written_1h),
        amounts.tokens(read),
        amounts.tokens(output),
        cost_text(sums),
    ]
