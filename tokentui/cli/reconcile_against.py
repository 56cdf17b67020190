"""`tokentui reconcile --against`: where ccusage and the ledger differ, and why."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokentui import amounts
from tokentui.cli.freshen import opened
from tokentui.cli.options import setting
from tokentui.cli.output import Column, note, show, show_json, show_table, tell
from tokentui.cli.shapes import money
from tokentui.setting import Setting
from tokentui.text import clean, many

if TYPE_CHECKING:
    from tokentui.reconcile.against import Pair, Vector
    from tokentui.reconcile.explained import Difference

KINDS = ("input", "cache_read", "cache_write", "output")
NOT_EXPLAINED = "not explained"


def show_against(
    file: Path, source: str | None, timezone: str | None, given: dict[str, Any]
) -> int:
    """Compare, print, and give the exit code."""
    from tokentui.imports.file import read_ccusage
    from tokentui.ingest import book_for
    from tokentui.reconcile.explained import explained

    here = setting(timezone=timezone)
    found = read_ccusage(file, source)
    with opened(here, not given["no_refresh"]) as (connection, code):
        rows, notes = explained(connection, found, here.tz, book_for(here.config))
    if given["as_json"]:
        show_json(document(file, rows, notes, here))
    else:
        show_rows(rows)
        for text in notes:
            note(clean(text))
    return code


def document(
    file: Path, rows: list[Difference], notes: list[str], here: Setting
) -> dict[str, Any]:
    """Make the JSON document; it has all rows, those that agree without reasons."""
    return {
        "kind": "reconcile-against",
        "file": str(file),
        "timezone": str(here.tz),
        "rows": [
            {
                "day": row.pair.key.day.isoformat(),
                "source": row.pair.key.source,
                "model": row.pair.key.model,
                "tokens": by_kind(row.pair.ours),
                "file_tokens": by_kind(row.pair.theirs),
                "usd": money(row.pair.ours_nanos),
                "file_usd": money(row.pair.theirs_nanos),
                "agrees": row.agrees,
                "explained": row.is_explained,
                "reasons": [*row.tokens, *row.price],
            }
            for row in rows
        ],
        "warnings": notes,
    }


def by_kind(tokens: Vector) -> dict[str, int]:
    """Name tokens by kind; cache writes of both lifetimes are one."""
    return dict(zip(KINDS, tokens, strict=True))


def show_rows(rows: list[Difference]) -> None:
    """Print what differs, source by source, and how much agrees."""
    unpriced = [row for row in rows if row.has_tokens and is_unpriced_there(row)]
    differing = [row for row in rows if not row.agrees and row not in unpriced]
    numbers: dict[str, int] = {}
    for source, some in groupby(differing, lambda row: row.pair.key.source):
        show(clean(source))
        show_table(
            [
                Column("day"),
                Column("model", flexible=True),
                Column("tokens", right=True),
                Column("the file", right=True),
                Column("list", right=True),
                Column("the file", right=True),
                Column("why"),
            ],
            [cells(row, numbers) for row in some],
        )
    for reason, number in numbers.items():
        tell(f"{number:>2}  {reason}")
    agreeing = len(rows) - len(differing) - len(unpriced)
    show(f"{agreeing:,} of {many(len(rows), 'row')} agree in tokens and price")
    if unpriced:
        show(f"{len(unpriced):,} more agree in tokens; the file has no price for them")
    open_ = sum(not row.is_explained for row in differing)
    if open_:
        show(f"{open_:,} not explained in full")


def is_unpriced_there(row: Difference) -> bool:
    """Claim that the price differs only because the file has none."""
    return row.pair.theirs_nanos is None and row.pair.ours_nanos is not None


def cells(row: Difference, numbers: dict[str, int]) -> list[str]:
    """Give the cells of a row; the file's figures as what it has more or less."""
    pair = row.pair
    reasons = [*row.tokens, *row.price]
    if not row.is_explained:
        reasons.append(NOT_EXPLAINED)
    for reason in reasons:
        numbers.setdefault(clean(reason), len(numbers) + 1)
    return [
        pair.key.day.isoformat(),
        pair.key.model,
        amounts.tokens(sum(pair.ours)) if pair.events else "-",
        token_difference(pair) if pair.is_theirs else "-",
        amounts.dollars(pair.ours_nanos) if pair.events else "-",
        price_difference(pair) if pair.is_theirs else "-",
        " ".join(str(numbers[clean(reason)]) for reason in reasons),
    ]


def token_difference(pair: Pair) -> str:
    """Say what the file has more or less; kinds that cancel out still differ."""
    more = sum(pair.difference)
    if not more:
        return "same sum" if any(pair.difference) else "same"
    return f"+{amounts.tokens(more)}" if more > 0 else amounts.tokens(more)


def price_difference(pair: Pair) -> str:
    """Say by how much the file's price is more or less."""
    if pair.theirs_nanos is None:
        return "unpriced"
    more = pair.theirs_nanos - (pair.ours_nanos or 0)
    text = amounts.dollars(more)
    return f"+{text}" if more > 0 else text
