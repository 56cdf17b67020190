"""Markdown is read back by markdown-it, to the cent of the claim."""

from __future__ import annotations

from itertools import pairwise

import odd_claims
import sample_claims
from markdown_it import MarkdownIt

from tokentui.claims.claim import Claim
from tokentui.reports import format_of


def html(claim: Claim) -> str:
    """Render a claim's Markdown as a wiki does, with raw HTML and links found."""
    text = format_of("md").written(claim, "a4").decode()
    options = {"html": True, "linkify": True}
    return MarkdownIt("commonmark", options).enable(["table", "linkify"]).render(text)


def cells(claim: Claim) -> list[list[str]]:
    """Read the rows of all tables."""
    text = format_of("md").written(claim, "a4").decode()
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rows: list[list[str]] = []
    for before, token in pairwise(tokens):
        if token.type == "tr_open":
            rows.append([])
        if before.type in ("td_open", "th_open"):
            rows[-1].append("".join(c.content for c in token.children or ()))
    return rows


def test_amounts_are_the_claim() -> None:
    """Lines, totals and estimates stand there as in the claim."""
    found = cells(sample_claims.claim())
    assert ["Claimed", "112.36"] in found
    assert ["Not paid by allowance learning", "-112.37"] in found
    assert ["Total", "259.98", "224.73"] in found
    (line,) = [row for row in found if "Claude API, October 2026" in row]
    assert [line[6], line[10], line[12]] == ["157.50", "140.98", "105.73"]
    estimates = [row[-3:-1] for row in found if row[2:3] == ["claude-opus-5-5"]]
    assert estimates == [["160.25", "143.44"], ["410.00", "366.99"]]


def test_says_what_it_is() -> None:
    """A statement says that it is no invoice, a claim which number it has."""
    assert "supporting statement, not an invoice" in html(odd_claims.empty())
    assert "<h1>Expense claim 2026-001: October 2026</h1>" in html(
        sample_claims.claim()
    )


def test_names_stay_text() -> None:
    """Hostile names make no tag, no link, no emphasis, no list and no title."""
    hostile, usual = html(odd_claims.hostile()), html(sample_claims.claim())
    for tag in ("<script", "<a ", "<code", "<img", "<h3", "<ol", "<hr"):
        assert tag not in hostile
    for tag in ("<strong>", "<em>", "<h1>", "<h2>", "<ul>"):
        assert hostile.count(tag) == usual.count(tag)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in hostile
    widths = {len(row) for row in cells(odd_claims.hostile())}
    assert widths == {len(row) for row in cells(sample_claims.claim())}
