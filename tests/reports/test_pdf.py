"""The PDF is read back by pypdf, to the cent of the claim."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import odd_claims
import pypdf
import pytest
import sample_claims

from tokentui.claims.claim import Claim
from tokentui.reports import format_of

CLAIMS = [
    sample_claims.claim(),
    odd_claims.empty(),
    odd_claims.hostile(),
    odd_claims.of_client(),
    odd_claims.long(60),
]
HEAD = "No. From To Vendor Description Basis"
ROW = re.compile(
    r"^(\d+) 2026-\S+ 2026-\S+ .* 2026-10-30 (\S+) 50 % (\S+) INV-\1$", re.M
)


def pdf(claim: Claim, paper: str = "a4") -> Any:
    """Open a claim's PDF."""
    return pypdf.PdfReader(io.BytesIO(format_of("pdf").written(claim, paper)))


def pages(claim: Claim) -> list[str]:
    """Give the text of the pages."""
    return [page.extract_text() for page in pdf(claim).pages]


def test_first_page_is_the_claim() -> None:
    """Who claims what and how it comes about stands on the first page."""
    (first, *_) = pages(sample_claims.claim())
    for line in (
        "Expense claim 2026-001 112.36 EUR",
        "Claimant Ada Example, E-17, ada@example.com",
        "Paid to vendors 259.98",
        "Not claimed: other use -35.25",
        "Not paid by allowance learning -112.37",
        "Claimed 112.36",
        "Eligible 224.73",
        "shop 224.73 224.73",
    ):
        assert line in first.splitlines()


def test_second_page_explains_the_change() -> None:
    """The second page says why October cost 59.98 more than September's 200.00."""
    second = pages(sample_claims.claim())[1]
    assert "59.98 EUR more than in the period before" in second
    assert "Anthropic 200.00 259.98 59.98" in second
    assert "claude-opus-5-5 Anthropic 100.00 160.00 50.00 10.00" in second
    assert sample_claims.claim().lines_sha256 in second


def test_lines_and_estimates() -> None:
    """Every line stands there with its rate, every estimate apart from them."""
    text = "\n".join(pages(sample_claims.claim())[2:])
    assert "billed 157.50 USD 0.8951 2026-10-30 140.98 75 % 105.73 no receipt" in text
    assert "receipt 119.00 EUR 119.00 100 % 119.00 19.00 INV-1234" in text
    assert "the claimant 300 4,000,000 160.25 143.44" in text
    assert "Total 259.98 224.73" in text


def test_table_breaks_with_its_head() -> None:
    """No line is lost where pages break, and each page has the table's head."""
    claim = odd_claims.long(200)
    text = [page for page in pages(claim) if ROW.search(page)]
    assert len(text) > 3
    assert all(page.count(HEAD) == 1 for page in text)
    rows = [row for page in text for row in ROW.findall(page)]
    assert [int(number) for number, _, _ in rows] == list(range(1, 201))
    # 200 x 1.00 and the cents from 1 to 200; half of each, odd cents cut.
    assert sum(Decimal(whole) for _, whole, _ in rows) == Decimal("401.00")
    assert sum(Decimal(amount) for _, _, amount in rows) == Decimal("200.00")


@pytest.mark.parametrize("claim", CLAIMS)
def test_pages_are_numbered(claim: Claim) -> None:
    """Each page says which of how many it is."""
    text = pages(claim)
    for number, page in enumerate(text, 1):
        assert f"page {number} of {len(text)}" in page


@pytest.mark.parametrize("claim", CLAIMS)
def test_same_claim_same_bytes(claim: Claim) -> None:
    """A claim that is printed again is the same file."""
    write = format_of("pdf").written
    assert write(claim, "a4") == write(claim, "a4")


@pytest.mark.parametrize(
    ("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))]
)
def test_paper(paper: str, size: tuple[int, int]) -> None:
    """Pages have the size asked for, those with wide tables turned."""
    first, *_, last = pdf(sample_claims.claim(), paper).pages
    assert tuple(map(round, first.mediabox[2:])) == size
    assert tuple(map(round, last.mediabox[2:])) == size[::-1]


def test_statement_says_so() -> None:
    """A statement says that it is no invoice, and has nothing to sign."""
    first = pages(odd_claims.empty())[0]
    assert "supporting statement, not an invoice" in first
    assert "signature" not in first
    assert "claude-opus-5-5 api 143.44" in first


def test_glyphs_that_are_missing_are_named() -> None:
    """What the font cannot draw stands as its code point, never as an empty box."""
    text = "\n".join(pages(odd_claims.hostile()))
    assert "[U+58F2][U+4E0A] ƛ [U+1F980]" in " ".join(text.split())


def test_fonts_are_inside() -> None:
    """A reader without the fonts sees the same."""
    fonts = pdf(sample_claims.claim()).pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        (inner,) = font.get_object()["/DescendantFonts"]
        assert "/FontFile2" in inner.get_object()["/FontDescriptor"]


def test_nothing_runs() -> None:
    """A PDF of hostile names has no links, no scripts and no attachments."""
    reader = pdf(odd_claims.hostile())
    assert not {"/AA", "/Names", "/AcroForm"} & reader.root_object.keys()
    # Where to begin is a place on a page, no action.
    assert isinstance(reader.root_object["/OpenAction"], list)
    assert all("/Annots" not in page for page in reader.pages)


def test_overlong_names_stay_on_the_page() -> None:
    """Names of any length are broken and cut; amounts beside them are still there."""
    claim = sample_claims.claim()
    lines = tuple(
        odd_claims.replace(line, vendor="V" * 3000, description="word " * 2000)
        for line in claim.lines
    )
    long = odd_claims.replace(claim, lines=lines, purpose="why " * 3000)
    text = "\n".join(pages(long))
    assert re.search(r"billed 157\.50 USD .*105\.73", " ".join(text.split()))
