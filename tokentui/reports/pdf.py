"""PDF: a claim on its first page, why it changed on the second, then all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from tokentui.claims.claim import STATEMENT, Claim
from tokentui.reports import charts, figures, tables, words
from tokentui.reports.charts import Chart
from tokentui.reports.format import Format
from tokentui.reports.pdf_sheet import BOLD, MAIN, MARGIN, PALE, SOFT, Sheet
from tokentui.reports.pdf_table import Place, set_table
from tokentui.reports.tables import MONEY, Cell, Table
from tokentui.text import clean, many

GAP = 8.0
"""Room between two columns of tables."""

LABELS = 34.0
"""How wide the names of facts are, and those of a chart's bars."""

AMOUNTS = 22.0
"""How wide the amounts beside a chart are."""

MOST_IN_SUMMARY = 7
MOST_ALLOCATED = 500
"""Rows of the allocation up to which it is printed; the other formats have all."""


def written(claim: Claim, paper: str) -> bytes:
    """Write a claim as PDF."""
    who = claim.claimant.name
    footer = " · ".join(filter(None, (words.title(claim), who, words.period(claim))))
    title = f"{words.title(claim)}: {words.period(claim)}"
    sheet = Sheet(paper, clean(title), clean(footer), claim.made_at)
    front(sheet, claim)
    explanation(sheet, claim)
    rest = list(printed(claim))
    if rest:
        sheet.page(is_wide=True)
    for table in rest:
        set_table(sheet, table, Place(MARGIN, sheet.width, 7, 6, is_banded=True))
    return sheet.finished()


def front(sheet: Sheet, claim: Claim) -> None:
    """Set the first page: who claims how much, and how it comes about."""
    sheet.page()
    heading(sheet, claim)
    for name, value in words.facts(claim):
        sheet.use(8.5, colour=SOFT)
        sheet.text(MARGIN, name)
        sheet.use(8.5)
        sheet.paragraph(value, MARGIN + LABELS, sheet.width - LABELS)
        sheet.y += 0.6
    sheet.y += 5
    beside(sheet, [shortened(each) for each in tables.summary(claim)])
    sheet.use(8.5)
    for each in claim.allowances:
        sheet.paragraph(words.allowance_words(each, claim.currency))
        sheet.y += 1
    if claim.status != STATEMENT:
        signature(sheet)


def heading(sheet: Sheet, claim: Claim) -> None:
    """Set the title and, across from it, the total."""
    end = MARGIN + sheet.width
    sheet.use(9, colour=SOFT)
    sheet.text(MARGIN, words.period(claim))
    sheet.text(end, words.asked(claim), ends=True)
    sheet.y += 5
    sheet.use(20, BOLD)
    sheet.text(MARGIN, clean(words.title(claim)))
    sheet.text(end, figures.money(claim.claimed, claim.currency), ends=True)
    sheet.y += 10
    sheet.use(9, colour=SOFT)
    sheet.text(MARGIN, clean(words.subtitle(claim)))
    sheet.y += 7
    sheet.rule(sheet.y)
    sheet.y += 5


def beside(sheet: Sheet, some: Iterable[Table]) -> None:
    """Set tables in two columns, each where more room is left."""
    width = (sheet.width - GAP) / 2
    ends = [sheet.y, sheet.y]
    for table in some:
        column = ends.index(min(ends))
        sheet.y = ends[column]
        set_table(sheet, table, Place(MARGIN + column * (width + GAP), width, 8))
        ends[column] = sheet.y
    sheet.y = max(ends)


def shortened(table: Table) -> Table:
    """Give a table whose last rows are one, if there are too many for a page."""
    if len(table.rows) <= MOST_IN_SUMMARY:
        return table
    kept, rest = table.rows[: MOST_IN_SUMMARY - 1], table.rows[MOST_IN_SUMMARY - 1 :]
    sums = [
        added(row[n] for row in rest) if column.kind == MONEY else None
        for n, column in enumerate(table.columns)
    ]
    return table._replace(rows=(*kept, (many(len(rest), "other"), *sums[1:])))


def added(cells: Iterable[Cell]) -> Decimal:
    """Add up amounts."""
    return sum((cell for cell in cells if isinstance(cell, Decimal)), Decimal(0))


def signature(sheet: Sheet) -> None:
    """Set what is declared, and room to sign it, at the end of the page."""
    sheet.reserve(40)
    sheet.y = max(sheet.y, sheet.pdf.h - 62)
    sheet.use(8.5, colour=SOFT)
    sheet.paragraph(words.DECLARATION)
    sheet.y += 20
    width = (sheet.width - GAP) / 2
    for x, text in (
        (MARGIN, "Date, signature"),
        (MARGIN + width + GAP, "Approved by, date"),
    ):
        sheet.rule(sheet.y, x, width)
        sheet.y += 1
        sheet.text(x, text)
        sheet.y -= 1


def explanation(sheet: Sheet, claim: Claim) -> None:
    """Set the second page: the change to the period before, and what is not known."""
    sheet.page()
    told = claim.explanation
    title(sheet, "Change to the period before")
    sheet.use(9)
    sheet.paragraph(words.change(told, claim.currency) if told else words.NO_CHANGE)
    sheet.y += 3
    if told is not None:
        vendors(sheet, charts.before_and_now(told, claim.currency))
    for table in tables.changes(claim):
        set_table(sheet, shortened(table), Place(MARGIN, sheet.width, 8))
    for chart in charts.by_day(claim):
        days(sheet, chart)
    title(sheet, "What is known")
    sheet.use(8.5)
    for text in (*words.completeness(claim), *words.origin(claim)):
        sheet.paragraph(text)
        sheet.y += 0.8


def title(sheet: Sheet, text: str) -> None:
    """Set the title of a section, not at the very end of a page."""
    sheet.reserve(30)
    sheet.use(13, BOLD)
    sheet.text(MARGIN, text)
    sheet.y += sheet.line + 2


def vendors(sheet: Sheet, chart: Chart) -> None:
    """Draw bars from left to right, with their names and amounts."""
    height = 4.6 * len(chart.bars)
    area = sheet.width - LABELS - AMOUNTS
    top = sheet.y
    sheet.use(7.5, colour=SOFT)
    for number, bar in enumerate(chart.bars):
        sheet.y = top + bar.place * height
        x = MARGIN + LABELS + bar.start * area
        thick = bar.width * height
        sheet.box(x, sheet.y, bar.length * area, thick, MAIN if number % 2 else PALE)
        sheet.y += (thick - sheet.line) / 2
        label = sheet.cut(bar.label, LABELS - 2)
        sheet.text(MARGIN + LABELS - 2, label, ends=True)
        sheet.text(x + bar.length * area + 1.5, figures.money(bar.value))
    sheet.y = top + height + 5


def days(sheet: Sheet, chart: Chart) -> None:
    """Draw a bar for each day, its largest value and both ends of the period."""
    sheet.reserve(46)
    sheet.use(10, BOLD)
    sheet.text(MARGIN, f"{chart.title}, {chart.currency}")
    sheet.y += sheet.line + 2.5
    left, top, height = MARGIN + AMOUNTS, sheet.y, 26.0
    width = sheet.width - AMOUNTS
    for y in (top, top + height):
        sheet.rule(y, left, width)
    for bar in filter(lambda bar: bar.value, chart.bars):
        sheet.box(
            left + bar.place * width,
            top + (1 - bar.start - bar.length) * height,
            bar.width * width,
            bar.length * height,
            MAIN,
        )
    sheet.use(7, colour=SOFT)
    sheet.y = top - sheet.line / 2
    sheet.text(left - 1.5, figures.money(chart.most), ends=True)
    sheet.y = top + height + 1
    sheet.text(left, chart.ends[0])
    sheet.text(left + width, chart.ends[1], ends=True)
    sheet.y += 7


def printed(claim: Claim) -> Iterator[Table]:
    """Give the tables of the pages behind the explanation."""
    for table in (tables.vendors(claim), tables.projects(claim)):
        if len(table.rows) > MOST_IN_SUMMARY:
            yield table
    for table in tables.details(claim):
        if table.title == tables.ALLOCATION and len(table.rows) > MOST_ALLOCATED:
            note = f"{len(table.rows):,} rows: see the CSV, JSON, XLSX or HTML."
            yield table._replace(rows=(), note=note)
        else:
            yield table


FORMAT = Format("pdf", False, written)
