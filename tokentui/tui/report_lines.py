"""What a report says, as lines: the words and tables that its files have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tokentui.reports import figures, tables, words
from tokentui.reports.tables import DAY, TEXT
from tokentui.tui.lines import figure, muted, wrapped
from tokentui.tui.tables import Column, table
from tokentui.tui.text import clean

if TYPE_CHECKING:
    from tokentui.claims.claim import Claim
    from tokentui.reports.tables import Table

MOST_ROWS = 12
"""Rows of a table; a file has all."""

SHORT_LINES = ("No.", "Vendor", "Description", "Receipt, remarks")
"""The columns of lines that a preview has, beside those of the claim's money."""


def report_lines(claim: Claim, width: int) -> list[Content]:
    """Return the lines of a preview."""
    return list(preview(claim, max(1, width)))


def preview(claim: Claim, width: int) -> Iterator[Content]:
    """Give the lines: what it is, what it comes to, why it changed, what it lacks."""
    asked = figures.money(claim.claimed, claim.currency)
    yield Content.assemble(figure(asked), f" {words.asked(claim).lower()}")
    yield from said(words.subtitle(claim), width)
    for name, value in words.facts(claim):
        yield from said(f"{name}: {value}", width)
    for each in (*tables.summary(claim), short(tables.lines(claim), claim)):
        yield from laid(each, width)
    for allowance in claim.allowances:
        yield from said(words.allowance_words(allowance, claim.currency), width)
    if claim.explanation is not None:
        yield Content()
        yield from said(words.change(claim.explanation, claim.currency), width)
    if claim.lines:
        yield from laid(tables.evidence(claim), width)
    yield Content()
    for text in (*words.completeness(claim), *words.origin(claim)):
        yield from said(text, width)


def short(found: Table, claim: Claim) -> Table:
    """Leave the columns out that there is no room for."""
    titles = {*SHORT_LINES, f"Paid {claim.currency}", f"Claimed {claim.currency}"}
    return tables.without(
        found,
        {n for n, column in enumerate(found.columns) if column.title not in titles},
    )


def laid(found: Table, width: int) -> Iterator[Content]:
    """Give a table below its title, if it has rows."""
    if not found.rows:
        return
    yield Content()
    yield Content.styled(clean(found.title), ".title").truncate(width, ellipsis=True)
    if found.note:
        yield from (Content.styled(t.plain, ".muted") for t in said(found.note, width))
    columns = [
        Column(each.title, each.kind not in (TEXT, DAY), least=6 * (each.kind == TEXT))
        for each in found.columns
    ]
    rows = [cells(tables.shown(found, row)) for row in found.rows[:MOST_ROWS]]
    if found.total is not None:
        rows.append([Content.styled(t, ".figure") for t in texts(found)])
    yield from table(columns, rows, width)
    if len(found.rows) > MOST_ROWS:
        yield muted(f"{len(found.rows) - MOST_ROWS:,} more rows in the file")


def texts(found: Table) -> list[str]:
    """Give the cells of the total."""
    return [] if found.total is None else tables.shown(found, found.total)


def cells(row: Sequence[str]) -> list[Content]:
    """Give the cells of a row."""
    return [Content(clean(text)) for text in row]


def said(text: str, width: int) -> list[Content]:
    """Give a text on as many lines as it takes."""
    return wrapped(Content(clean(text)), width)
