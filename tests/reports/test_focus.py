"""FOCUS 1.2 as its rules want it, to the cent of the claim."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import odd_claims
import pytest
import sample_claims

from tokentui.claims.claim import Claim
from tokentui.reports import format_of

MANDATORY = (
    "BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd"
    " BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargePeriodEnd"
    " ChargePeriodStart ContractedCost EffectiveCost InvoiceIssuerName ListCost"
    " PricingQuantity PricingUnit ProviderName PublisherName ServiceCategory"
    " ServiceName"
)
NULLABLE = {"ChargeClass", "PricingQuantity", "PricingUnit"}
CLAIMS = [
    sample_claims.claim(),
    odd_claims.empty(),
    odd_claims.hostile(),
    odd_claims.of_client(),
    odd_claims.long(60),
]


def rows(claim: Claim) -> list[dict[str, str]]:
    """Read a claim's FOCUS file."""
    text = format_of("focus").written(claim, "a4").decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def sums(found: list[dict[str, str]], column: str) -> dict[str, Decimal]:
    """Add up a column by currency of billing."""
    added: dict[str, Decimal] = defaultdict(Decimal)
    for row in found:
        added[row["BillingCurrency"]] += Decimal(row[column])
    return {currency: amount for currency, amount in added.items() if amount}


@pytest.mark.parametrize("claim", CLAIMS)
def test_values_keep_the_rules(claim: Claim) -> None:
    """Columns, words, times, units and numbers are those that the specification has."""
    for row in rows(claim):
        ours = [name for name in row if name.startswith("x_")]
        assert list(row)[-len(ours) :] == ours
        assert all(re.fullmatch(r"x_([A-Z][a-z]*)+", name) for name in ours)
        for name in MANDATORY.split():
            assert row[name] or name in NULLABLE
        assert row["ChargeCategory"] in (
            *("Usage", "Purchase", "Tax", "Credit"),
            "Adjustment",
        )
        assert row["ChargeFrequency"] in ("One-Time", "Recurring", "Usage-Based")
        if row["ChargeCategory"] == "Purchase":
            assert row["ChargeFrequency"] != "Usage-Based"
        if row["ChargeCategory"] == "Tax":
            assert row["PricingQuantity"] == row["PricingUnit"] == ""
        if row["ChargeCategory"] in ("Usage", "Purchase"):
            assert row["PricingQuantity"] and row["PricingCategory"] == "Standard"
        assert row["PricingUnit"] in ("", "Tokens", "Units")
        for name in row:
            if name.endswith(("PeriodStart", "PeriodEnd")):
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row[name])
            if name.endswith("Cost"):
                assert re.fullmatch(r"-?\d+(\.\d+)?", row[name])
        assert row["BillingPeriodStart"] < row["BillingPeriodEnd"]
        assert re.fullmatch(r"[A-Z]{3}", row["BillingCurrency"])


def test_each_currency_adds_up_to_its_documents() -> None:
    """157.50 dollars were billed, and 119.00 euros paid, 19.00 of them tax."""
    found = rows(sample_claims.claim())
    assert sums(found, "BilledCost") == {
        "USD": Decimal("157.50"),
        "EUR": Decimal("119.00"),
    }
    assert sums(found, "EffectiveCost") == sums(found, "BilledCost")
    (tax,) = [row for row in found if row["ChargeCategory"] == "Tax"]
    assert (tax["BilledCost"], tax["InvoiceId"]) == ("19.00", "INV-1234")
    of_invoice = [row for row in found if row["InvoiceId"] == "INV-1234"]
    assert sum(Decimal(row["BilledCost"]) for row in of_invoice) == Decimal("119.00")


def test_our_columns_are_the_claim() -> None:
    """259.98 euros were paid and 112.36 are claimed, by hand."""
    found = rows(sample_claims.claim())
    assert sum(Decimal(row["x_PaidAmount"]) for row in found) == Decimal("259.98")
    assert sum(Decimal(row["x_ClaimedAmount"]) for row in found) == Decimal("112.36")
    assert {row["x_ClaimCurrency"] for row in found} == {"EUR"}


def test_tax_in_another_currency() -> None:
    """Of 4.00 dollars, at 0.5 two euros, 0.38 euros are tax: 0.76 dollars."""
    claim = odd_claims.long(100)
    line = replace(claim.lines[99], tax=Decimal("0.38"))
    found = rows(replace(claim, lines=(line,)))[:3]
    assert [row["ChargeCategory"] for row in found] == ["Purchase", "Purchase", "Tax"]
    assert found[2]["BilledCost"] == "0.76"
    assert sum(Decimal(row["BilledCost"]) for row in found) == Decimal("4.00")
    assert sum(Decimal(row["x_PaidAmount"]) for row in found) == Decimal("2.00")
    assert sum(Decimal(row["x_ClaimedAmount"]) for row in found) == Decimal("1.00")


def test_usage_at_list_prices_is_billed_with_nothing() -> None:
    """Estimates have a list cost in dollars, tokens as quantity, and no bill."""
    found = [
        row for row in rows(sample_claims.claim()) if row["x_CostBasis"] == "estimate"
    ]
    assert [(row["BilledCost"], row["EffectiveCost"]) for row in found] == [
        ("0", "0")
    ] * 2
    assert [(row["ListCost"], row["x_ListAmount"]) for row in found] == [
        ("160.25", "143.44"),
        ("410.00", "366.99"),
    ]
    assert found[1]["ConsumedQuantity"] == "40000000"
    assert found[1]["x_IsPlanUsage"] == "true"


def test_days_are_those_of_the_claim() -> None:
    """October in Berlin begins at 22:00 UTC and ends, in winter time, at 23:00."""
    first = rows(sample_claims.claim())[0]
    assert first["BillingPeriodStart"] == "2026-09-30T22:00:00Z"
    assert first["BillingPeriodEnd"] == "2026-10-31T23:00:00Z"


@pytest.mark.parametrize("name", ["local", "Nowhere/Else"])
def test_zone_that_is_not_known(name: str) -> None:
    """A zone that only another machine has is UTC; here the system's is UTC, too."""
    claim = replace(sample_claims.claim(), timezone=name)
    assert rows(claim)[0]["BillingPeriodStart"] == "2026-10-01T00:00:00Z"


def test_no_cell_is_a_formula() -> None:
    """No name is run by a spreadsheet that opens the file."""
    for row in rows(odd_claims.hostile()):
        for cell in row.values():
            assert re.fullmatch(r"-[\d.]+", cell) or not cell.startswith(
                tuple("=+-@\t\r")
            )
