"""Markdown with tables: the whole claim as text for a ticket, a wiki or a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tokentui.claims.claim import Claim
from tokentui.reports import figures, tables, words
from tokentui.reports.format import Format
from tokentui.reports.tables import DAY, TEXT, Table

MEANT = re.compile(r"[\\`*_{}\[\]<>#|~&@$^]|://|\bwww(?=\.)")
"""What Markdown may take for more than text: a backslash before it says it is not."""

AT_START = re.compile(r"^([-+](?=\s|$)|[-=](?=[-=])|[0-9]+(?=[.)](?:\s|$)))")
"""What would begin a list, a line or a title; digits keep theirs behind them."""


def written(claim: Claim, paper: str) -> bytes:
    """Write a claim as Markdown; the paper does not matter."""
    return "\n".join(document(claim)).encode()


def document(claim: Claim) -> Iterator[str]:
    """Give the lines of the document."""
    yield f"# {plain(words.title(claim))}: {plain(words.period(claim))}\n"
    yield f"*{plain(words.subtitle(claim))}*\n"
    yield from bullets(f"{name}: {value}" for name, value in words.facts(claim))
    yield f"**{words.asked(claim)}: {figures.money(claim.claimed, claim.currency)}**\n"
    for table in tables.summary(claim):
        yield from section(table)
    yield from bullets(
        words.allowance_words(each, claim.currency) for each in claim.allowances
    )
    if claim.explanation is not None:
        yield "## Change to the period before\n"
        yield f"{plain(words.change(claim.explanation, claim.currency))}\n"
    for table in (*tables.changes(claim), *tables.details(claim)):
        yield from section(table)
    yield "## What is known\n"
    yield from bullets([*words.completeness(claim), *words.origin(claim)])


def section(table: Table) -> Iterator[str]:
    """Give a table with its title and note."""
    yield f"## {plain(table.title)}\n"
    if table.note:
        yield f"{plain(table.note)}\n"
    columns = table.columns
    yield row(plain(column.title) for column in columns)
    yield row("---" if c.kind in (TEXT, DAY) else "--:" for c in columns)
    for cells in table.rows:
        yield row(map(plain, tables.shown(table, cells)))
    if table.total is not None:
        yield row(bold(tables.shown(table, table.total)))
    yield ""


def row(cells: Iterable[str]) -> str:
    """Give one line of a table."""
    return f"| {' | '.join(cells)} |"


def bold(cells: Sequence[str]) -> Iterator[str]:
    """Set the cells of a total apart."""
    return (f"**{plain(cell)}**" if cell else "" for cell in cells)


def bullets(lines: Iterable[str]) -> Iterator[str]:
    """Give a list, if there is anything to list."""
    listed = [f"- {plain(line)}" for line in lines]
    return iter([*listed, ""] if listed else [])


def plain(text: str) -> str:
    """Give text that reads as it is, on one line."""
    safe = MEANT.sub(r"\\\g<0>", " ".join(text.split()))
    start = AT_START.match(safe)
    if start is None:
        return safe
    place = start.end() if start[0].isdigit() else 0
    return f"{safe[:place]}\\{safe[place:]}"


FORMAT = Format("md", True, written)
