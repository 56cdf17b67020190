"""The workbook is read back by openpyxl, to the cent of the claim."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import odd_claims
import openpyxl
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


def book(claim: Claim, *, formulas: bool = False, paper: str = "a4") -> Any:
    """Open a claim's workbook: with the values that were stored, or the formulas."""
    file = io.BytesIO(format_of("xlsx").written(claim, paper))
    return openpyxl.load_workbook(file, data_only=not formulas)


def rows(sheet: Any) -> list[list[Any]]:
    """Give the values of a sheet, row by row."""
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def cents(value: float) -> Decimal:
    """Give a number as it is shown, with two decimals."""
    return Decimal(repr(value)).quantize(Decimal("0.01"))


def test_sheet_for_each_level() -> None:
    """There is a sheet for the claim, its lines, projects, receipts and estimates."""
    assert book(sample_claims.claim()).sheetnames == [
        "Summary",
        "Change",
        "Lines",
        "Projects",
        "Allocation",
        "Receipts",
        "Estimates",
        "Days",
        "About",
    ]


def test_cells_have_types() -> None:
    """Days are dates, amounts numbers: a spreadsheet can go on with them."""
    line = rows(book(sample_claims.claim())["Lines"])[1]
    assert line[1:3] == [datetime(2026, 10, 1), datetime(2026, 10, 31)]  # noqa: DTZ001
    assert [line[6], line[8], line[10], line[11], line[12]] == [
        157.5,
        0.8951,
        140.98,
        0.75,
        105.73,
    ]
    assert line[9] == datetime(*date(2026, 10, 30).timetuple()[:3])  # noqa: DTZ001


def test_amounts_are_the_claim() -> None:
    """Totals are those of the claim, added up by hand."""
    found = book(sample_claims.claim())
    assert rows(found["Lines"])[3][10:13] == [259.98, None, 224.73]
    summary = {row[0]: row[1] for row in rows(found["Summary"])}
    assert summary["Claimed"] == 112.36
    assert summary["Not paid by allowance learning"] == -112.37
    assert [row[6:8] for row in rows(found["Estimates"])[1:3]] == [
        [160.25, 143.44],
        [410, 366.99],
    ]


@pytest.mark.parametrize("claim", CLAIMS)
def test_formulas_add_up(claim: Claim) -> None:
    """Each total is a sum whose stored value is what its cells add up to."""
    stored, formulas = book(claim), book(claim, formulas=True)
    seen = 0
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type != "f":
                continue
            span = re.fullmatch(r"=SUM\(([A-Z]+\d+(?::[A-Z]+\d+)?)\)", cell.value)
            assert span is not None
            summed = stored[sheet.title][span[1]]
            values = (
                [summed] if not isinstance(summed, tuple) else [r[0] for r in summed]
            )
            total = sum(cents(each.value) for each in values)
            assert total == cents(stored[sheet.title][cell.coordinate].value)
            seen += 1
    assert seen >= 1 + 8 * bool(claim.lines)


def test_no_cell_is_a_formula_but_ours() -> None:
    """No name is run: not in the workbook, nor in a CSV that is saved of it."""
    usual, hostile = (
        [
            cell
            for sheet in book(claim, formulas=True)
            for row in sheet.iter_rows()
            for cell in row
        ]
        for claim in (sample_claims.claim(), odd_claims.hostile())
    )
    for cell in hostile:
        if cell.data_type == "f":
            assert cell.value.startswith("=SUM(")
        elif isinstance(cell.value, str):
            assert not cell.value.startswith(tuple("=+-@\t\r\n"))
        assert cell.hyperlink is None
    assert sum(cell.data_type == "f" for cell in hostile) == sum(
        cell.data_type == "f" for cell in usual
    )


def test_charts() -> None:
    """Projects and days are drawn, where there are any."""
    found = book(sample_claims.claim())
    drawn = [sheet.title for sheet in found if sheet._charts]
    assert drawn == ["Projects", "Days"]
    assert [sheet.title for sheet in book(odd_claims.empty()) if sheet._charts] == []


def test_prints_well() -> None:
    """Lines are printed landscape, on the paper asked for, with their head repeated."""
    sheet = book(sample_claims.claim(), paper="letter")["Lines"]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 1
    assert sheet.print_title_rows == "$1:$1"


def test_same_claim_same_bytes() -> None:
    """A claim that is printed again is the same file."""
    first, again = (
        format_of("xlsx").written(sample_claims.claim(), "a4") for _ in range(2)
    )
    assert first == again


def test_yen_have_no_decimals() -> None:
    """Amounts show the decimals that their currency has."""
    claim = odd_claims.replace(odd_claims.empty(), currency="JPY")
    cells = book(claim)["Summary"]["B"]
    assert {cell.number_format for cell in cells if cell.value == 0} == {"#,##0_)"}
