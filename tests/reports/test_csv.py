"""CSV is read back by Python's csv module, to the cent of the claim."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import odd_claims
import pytest
import sample_claims

from tokentui.claims.claim import Claim
from tokentui.reports import format_of

IMPORTED = (
    "date,merchant,amount,currency,category,description,reference,tax_amount,"
    "reimbursable,billable,project,receipt_file"
)


def text(claim: Claim) -> str:
    """Write a claim as CSV."""
    return format_of("csv").written(claim, "a4").decode()


def rows(claim: Claim) -> list[dict[str, str]]:
    """Read what was written."""
    return list(csv.DictReader(io.StringIO(text(claim), newline=""), strict=True))


def added(column: str, of: list[dict[str, str]]) -> Decimal:
    """Add up a column, empty cells left out."""
    return sum((Decimal(row[column]) for row in of if row[column]), Decimal(0))


def test_columns_of_expense_tools_come_first() -> None:
    """The columns that every expense tool maps stand first, in their usual order."""
    assert text(sample_claims.claim()).replace('"', "").startswith(f"{IMPORTED},")


def test_rfc_4180() -> None:
    """Lines end in CR LF, and every field of every line is quoted."""
    lines = text(sample_claims.claim()).split("\r\n")
    assert lines.pop() == ""
    assert all("\n" not in line and line[0] == line[-1] == '"' for line in lines)


def test_amounts_are_the_claim() -> None:
    """Amounts add up to 112.36 claimed, what was paid to 259.98, both by hand."""
    found = rows(sample_claims.claim())
    assert added("amount", found) == Decimal("112.36")
    assert added("paid", found) == Decimal("259.98")
    assert {row["currency"] for row in found} == {"EUR"}
    first = found[0]
    assert (first["amount"], first["project"]) == ("105.73", "shop")
    assert (first["original_amount"], first["original_currency"]) == ("157.50", "USD")
    assert (first["fx_rate"], first["fx_date"]) == ("0.8951", "2026-10-30")


def test_only_reimbursable_rows_have_an_amount() -> None:
    """What is personal, untagged or an estimate is told with an amount of zero."""
    for row in rows(sample_claims.claim()):
        assert (row["amount"] == "0.00") == (row["reimbursable"] == "no")


def test_tax_is_that_of_what_is_claimed() -> None:
    """The plan is claimed in full, with its tax of 19.00; of half of it, 9.50."""
    claim = sample_claims.claim()
    assert [row["tax_amount"] for row in rows(claim)][3] == "19.00"
    plan = claim.lines[1]
    parts = (
        odd_claims.replace(plan.parts[0], whole=Decimal("59.50")),
        odd_claims.replace(plan.parts[0], whole=Decimal("59.50"), amount=Decimal("0")),
    )
    parts = (odd_claims.replace(parts[0], amount=Decimal("59.50")), parts[1])
    half = odd_claims.replace(plan, amount=Decimal("59.50"), parts=parts)
    found = rows(odd_claims.replace(claim, lines=(half,)))
    assert [row["tax_amount"] for row in found][:2] == ["9.50", "0.00"]


def test_estimates_are_evidence() -> None:
    """Estimates stand in columns of their own, in euros and dollars."""
    found = [r for r in rows(sample_claims.claim()) if r["category"] == "Estimate"]
    assert [(r["list_value"], r["list_value_usd"]) for r in found] == [
        ("143.44", "160.25"),
        ("366.99", "410.00"),
    ]


def test_references_are_unique_and_stay() -> None:
    """A second import of the same claim can be told by its references."""
    found = [row["reference"] for row in rows(sample_claims.claim())]
    assert len(set(found)) == len(found)
    assert found[3] == "anthropic-2026-10-12-fee-claude-max-inv-1234"
    assert found == [row["reference"] for row in rows(sample_claims.claim())]


def test_markup_of_a_client() -> None:
    """A client is charged 110.00: 100.00 at cost and a markup, billable."""
    found = [row for row in rows(odd_claims.of_client()) if row["billable"] == "yes"]
    assert [row["amount"] for row in found] == ["100.00", "10.00"]


def test_nothing_claimable() -> None:
    """A month with nothing to claim is a valid file of estimates."""
    found = rows(odd_claims.empty())
    assert [row["category"] for row in found] == ["Estimate", "Estimate"]
    assert added("amount", found) == 0


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])  # noqa: RUF001
def test_no_cell_is_a_formula(sign: str) -> None:
    """No text cell begins with what a spreadsheet runs; numbers keep their minus."""
    claim = odd_claims.hostile()
    line = odd_claims.replace(claim.lines[0], description=f"{sign}1+1")
    found = rows(odd_claims.replace(claim, lines=(line, *claim.lines[1:])))
    for row in found:
        for column, cell in row.items():
            if cell.startswith("-"):
                assert column == "amount" and Decimal(cell) < 0
            assert not cell.startswith(tuple("=+@\t\r\n＝"))  # noqa: RUF001
    assert added("amount", found) == Decimal("112.36")
