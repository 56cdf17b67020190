"""The page is read back by html5lib, as browsers read it, to the cent of the claim."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import html5lib
import odd_claims
import pytest
import sample_claims

from tokentui.claims.claim import Claim
from tokentui.reports import format_of

CLAIMS = [
    sample_claims.claim(),
    odd_claims.empty(),
    odd_claims.hostile(),
    odd_claims.of_client(),
]


SVG = "{http://www.w3.org/2000/svg}"


def page(claim: Claim, paper: str = "a4") -> Any:
    """Read a claim's page; what is not valid HTML is an error."""
    text = format_of("html").written(claim, paper).decode()
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(text)


def text_of(node: Any) -> str:
    """Give the text of a node."""
    return " ".join("".join(node.itertext()).split())


def rows(document: Any) -> list[list[str]]:
    """Give the rows of all tables."""
    return [[text_of(cell) for cell in row] for row in document.iter("tr")]


def test_amounts_are_the_claim() -> None:
    """Lines, totals and estimates stand there as in the claim."""
    document = page(sample_claims.claim())
    found = rows(document)
    assert ["Claimed", "112.36"] in found
    assert ["Total", "259.98", "224.73"] in found
    (line,) = [row for row in found if "Claude API, October 2026" in row]
    assert [line[6], line[10], line[12]] == ["157.50", "140.98", "105.73"]
    estimates = [row[-3:-1] for row in found if row[2:3] == ["claude-opus-5-5"]]
    assert estimates == [["160.25", "143.44"], ["410.00", "366.99"]]
    (total,) = document.iter("strong")
    assert text_of(total) == "112.36 EUR"


def test_bars_are_as_long_as_their_amounts() -> None:
    """The bars of 200.00 and 259.98 are drawn to scale, and say what they show."""
    bars = list(page(sample_claims.claim()).iter(f"{SVG}rect"))
    before, now = bars[:2]
    assert text_of(before) == "Anthropic, before: 200.00 EUR"
    ratio = float(before.get("width")) / float(now.get("width"))
    assert ratio == pytest.approx(200 / 259.98, abs=0.001)
    days = [text_of(bar) for bar in bars[2:]]
    assert days == [
        "2026-10-01: 140.98 EUR",
        "2026-10-12: 119.00 EUR",
        "2026-10-01: 510.43 EUR",
    ]


@pytest.mark.parametrize("claim", CLAIMS)
def test_page_needs_nothing_else(claim: Claim) -> None:
    """A page asks nobody, runs nothing, and forbids itself to."""
    document = page(claim)
    names = Counter(str(node.tag) for node in document.iter())
    assert not names.keys() & {"script", "link", "img", "iframe", "a", "form", "base"}
    for node in document.iter():
        assert not {"src", "href", "onclick", "onload", "srcset"} & set(node.keys())
    style = text_of(next(document.iter("style")))
    assert "url(" not in style and "@import" not in style
    policies = [m.get("content") for m in document.iter("meta") if m.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_names_stay_text() -> None:
    """Hostile names make no element: the page has the elements of the usual one."""
    hostile, usual = (
        Counter(str(node.tag) for node in page(claim).iter())
        for claim in (odd_claims.hostile(), sample_claims.claim())
    )
    assert hostile.keys() == usual.keys()
    text = text_of(page(odd_claims.hostile()))
    assert odd_claims.TAG in text and odd_claims.FORMULA in text
    assert "\u202e" not in text and "\x1b" not in text


def test_says_what_it_is() -> None:
    """A statement says that it is no invoice, and has nothing to sign."""
    statement = text_of(page(odd_claims.empty()))
    assert "supporting statement, not an invoice" in statement
    assert "signature" not in statement
    assert "signature" in text_of(page(sample_claims.claim()))
    assert "replaces 2026-001" in text_of(page(odd_claims.of_client()))


def test_light_dark_and_print() -> None:
    """The page follows the reader's colours, and prints on the paper asked for."""
    style = text_of(next(page(sample_claims.claim(), "letter").iter("style")))
    assert "prefers-color-scheme: dark" in style and "@media print" in style
    assert re.search(r"@page \{ size: letter;", style)
