"""One claim of a ledger, read back from every format, has the ledger's own figures."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import html5lib
import openpyxl
import pypdf
import pytest
from beancount import loader
from beancount.core import data
from bill_books import NOW, USD, at
from claim_books import MAX, SHOP, TOYS, ClaimBooks
from markdown_it import MarkdownIt

from tokentui.budget.bills import Bills
from tokentui.budget.by_basis import usage_on_basis
from tokentui.claims.claim import Claim
from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.queries.sums import Usage
from tokentui.queries.usage import usage_by
from tokentui.reports import MODULES, format_of

UTC = ZoneInfo("UTC")
NOVEMBER = Usage(millis(at(1)), millis(at(30)))


class Figures(NamedTuple):
    """What a reader finds: the total asked for, all that was paid, all list values."""

    claimed: Decimal
    paid: Decimal
    listed: Decimal


@pytest.fixture
def books(ledger: Path) -> ClaimBooks:
    """Keep usage of 9.87 dollars in three projects, 7.77 billed for it.

    A plan's fee of 100 and a charge of 25 come to it; work is claimed, toys are not.
    """
    books = ClaimBooks(ledger)
    books.spend(5.43, at(10), project="/home/ada/shop")
    books.spend(3.21, at(10), project="/home/ada/toys")
    books.spend(1.23, at(10))
    books.bill({10: 7.77})
    books.charge(25, "2026-11-05", "vector store")
    books.set(
        SHOP,
        TOYS,
        plans=(MAX,),
        claimant="Ada",
        employer="Example",
        plan_share=Decimal(1),
    )
    return books


def of_csv(file: bytes) -> Figures:
    """Read CSV with the csv module."""
    rows = list(csv.DictReader(io.StringIO(file.decode(), newline=""), strict=True))
    return Figures(
        *(added(r[n] for r in rows) for n in ("amount", "paid", "list_value"))
    )


def of_focus(file: bytes) -> Figures:
    """Read our columns of FOCUS with the csv module."""
    rows = list(csv.DictReader(io.StringIO(file.decode(), newline=""), strict=True))
    names = "x_ClaimedAmount", "x_PaidAmount", "x_ListAmount"
    return Figures(*(added(row[name] for row in rows) for name in names))


def of_json(file: bytes) -> Figures:
    """Read JSON."""
    claim = json.loads(file)["claim"]
    listed = added(each["amount"] for each in claim["evidence"])
    paid = added(line["whole"] for line in claim["lines"])
    return Figures(Decimal(claim["claimed"]), paid, listed)


def of_beancount(file: bytes) -> Figures:
    """Load beancount with its own loader."""
    entries, errors, _ = loader.load_string(file.decode())
    assert errors == []
    postings = [
        p for e in entries if isinstance(e, data.Transaction) for p in e.postings
    ]
    claimed = [p.units.number for p in postings if p.account.startswith("Assets:")]
    paid = [-p.units.number for p in postings if p.account == "Liabilities:CreditCard"]
    customs = [e.values[3].value.number for e in entries if isinstance(e, data.Custom)]
    return Figures(*(sum(each, Decimal(0)) for each in (claimed, paid, customs)))


def of_md(file: bytes) -> Figures:
    """Read the tables of Markdown with markdown-it."""
    html = MarkdownIt("commonmark").enable("table").render(file.decode())
    return of_html(html.encode())


def of_html(file: bytes) -> Figures:
    """Read the tables of a page with html5lib."""
    page = html5lib.parse(file.decode(), namespaceHTMLElements=False)
    rows = [["".join(c.itertext()).strip() for c in tr] for tr in page.iter("tr")]
    return of_rows(rows)


def of_rows(rows: list[list[str]]) -> Figures:
    """Find the figures in the rows of a report's tables."""
    (claimed,) = [row[1] for row in rows if row[0] == "Claimable"]
    paid = [row[8] for row in rows if len(row) == 12 and row[0].isdigit()]
    listed = [row[6] for row in rows if len(row) == 8 and row[4].isdigit()]
    return Figures(Decimal(claimed), added(paid), added(listed))


def of_xlsx(file: bytes) -> Figures:
    """Read the values that a workbook has stored with openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(file), data_only=True)
    rows = [
        ["" if cell is None else f"{cell}" for cell in row]
        for name in ("Summary", "Lines", "Estimates")
        for row in book[name].iter_rows(values_only=True)
    ]
    return of_rows(rows)


def of_pdf(file: bytes) -> Figures:
    """Read the text of a PDF with pypdf."""
    pages = pypdf.PdfReader(io.BytesIO(file)).pages
    text = "\n".join(page.extract_text() for page in pages)
    (claimed,) = re.findall(r"^Claimable (\S+)$", text, re.M)
    paid = re.findall(r"(?:billed|receipt) \S+ USD (\S+) \S+ % \S+", text)
    listed = re.findall(r"the claimant \d+ [\d,]+ (\S+)", text)
    return Figures(Decimal(claimed), added(paid), added(listed))


READERS: dict[str, Callable[[bytes], Figures]] = {
    "csv": of_csv,
    "focus": of_focus,
    "json": of_json,
    "beancount": of_beancount,
    "md": of_md,
    "html": of_html,
    "xlsx": of_xlsx,
    "pdf": of_pdf,
}


def added(texts: Iterable[str]) -> Decimal:
    """Add up amounts as they stand there, empty ones left out."""
    return sum((Decimal(text) for text in texts if text), Decimal(0))


def statement(books: ClaimBooks) -> Claim:
    """Make November's statement."""
    return books.claim("2026-11-01", "2026-11-30", is_statement=True)


def test_every_format_is_read() -> None:
    """No format is without a reader of somebody else's."""
    assert set(READERS) == set(MODULES)


@pytest.mark.parametrize("name", READERS)
def test_figures_are_those_of_the_ledger(books: ClaimBooks, name: str) -> None:
    """What was billed, paid and reckoned is what the queries say, to the cent."""
    found = READERS[name](format_of(name).written(statement(books), "a4"))
    with closing(open_for_reading(books.path)) as connection:
        bills = Bills(connection, millis(NOW), books.config.accounts)
        billed = usage_on_basis(connection, (), NOVEMBER, UTC, bills, "billed")
        reckoned = usage_by(connection, ("model",), NOVEMBER, UTC).total
    assert billed.total.cost_nanos == round(7.77 * USD)
    assert reckoned.list_nanos is not None
    # Of 7.77, 5.43 of 9.87 parts are work's: 4.27. The fee and the charge are all work.
    assert found.claimed == Decimal("129.27")
    assert found.paid == Decimal(billed.total.cost_nanos) / USD + 100 + 25
    # The toys are personal: their 3.21 explain nothing that is claimed.
    assert found.listed == Decimal(reckoned.list_nanos) / USD - Decimal(
        "3.21"
    ) - Decimal("1.23")
