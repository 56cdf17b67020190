"""HTML: one page that needs nothing else: charts, light and dark, ready to print."""

from __future__ import annotations

from typing import Any

from tokentui.claims.claim import STATEMENT, Claim
from tokentui.reports import charts, figures, tables, words
from tokentui.reports.format import Format
from tokentui.reports.tables import DAY, TEXT, Column, Table
from tokentui.text import clean

SHORT, LONG = 7, 24


def written(claim: Claim, paper: str) -> bytes:
    """Write a claim as a page; all that is not ours is escaped by the template."""
    import jinja2  # 40 ms, for those who want a page

    places = jinja2.Environment(
        loader=jinja2.PackageLoader("tokentui.reports", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = places.get_template("claim.html.jinja")
    return page.render(content(claim), paper=paper).encode()


def content(claim: Claim) -> dict[str, Any]:
    """Give what the template sets on the page."""
    told = claim.explanation
    currency = claim.currency
    return {
        "title": clean(words.title(claim)),
        "subtitle": clean(words.subtitle(claim)),
        "period": words.period(claim),
        "facts": words.facts(claim),
        "asked": words.asked(claim),
        "claimed": figures.money(claim.claimed, currency),
        "summary": [laid_out(each) for each in tables.summary(claim)],
        "allowances": [words.allowance_words(a, currency) for a in claim.allowances],
        "change": words.change(told, currency) if told else None,
        "vendors": charts.before_and_now(told, currency) if told else None,
        "changes": [laid_out(each) for each in tables.changes(claim)],
        "days": charts.by_day(claim),
        "details": [laid_out(each) for each in tables.details(claim)],
        "notes": [*words.completeness(claim), *words.origin(claim)],
        "declaration": None if claim.status == STATEMENT else words.DECLARATION,
        "bar_text": charts.bar_text,
        "money": figures.money,
    }


def laid_out(table: Table) -> dict[str, Any]:
    """Give a table as text, and where its columns are set."""
    return {
        "title": clean(table.title),
        "note": table.note,
        "columns": [(column.title, side(column)) for column in table.columns],
        "rows": [tables.shown(table, row) for row in table.rows],
        "total": tables.shown(table, table.total) if table.total else None,
        "is_wide": len(table.columns) > 7,
    }


def side(column: Column) -> str:
    """Say how a column is set; short texts and days stay on one line."""
    if column.kind not in (TEXT, DAY):
        return "number"
    if column.kind == DAY or column.width <= SHORT:
        return "short"
    return "long" if column.width >= LONG else "text"


FORMAT = Format("html", True, written)
