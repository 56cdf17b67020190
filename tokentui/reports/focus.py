"""FOCUS 1.2 (FinOps Open Cost and Usage Specification), as CSV.

Costs are in the currency of the vendor's document, so that each `BillingCurrency` adds
up by itself to what was paid. What the claim makes of it is in columns of ours, in the
claim's currency: `x_PaidAmount` adds up to all that was paid, `x_ClaimedAmount` to what
is claimed. Usage at list prices is billed with 0; unit prices and SKUs are not known.
Columns and values: https://focus.finops.org/focus-specification/v1-2, read 2026-10.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tokentui.claims.claim import ESTIMATE, Claim, Evidence, Line, Part
from tokentui.claims.rounding import rounded, shared
from tokentui.errors import UsageError
from tokentui.periods import day_start, zone
from tokentui.reports.csv import taxes_of, text
from tokentui.reports.figures import plain
from tokentui.reports.format import Format
from tokentui.reports.names import project_names
from tokentui.reports.tables import parts_of, steps

STANDARD = (
    "BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd"
    " BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargeFrequency"
    " ChargePeriodEnd ChargePeriodStart ConsumedQuantity ConsumedUnit ContractedCost"
    " EffectiveCost HostProviderName InvoiceId InvoiceIssuerName ListCost"
    " PricingCategory PricingCurrency PricingCurrencyEffectiveCost PricingQuantity"
    " PricingUnit ProviderName PublisherName ServiceCategory ServiceName"
    " ServiceProviderName ServiceSubcategory"
)
OURS = (
    "x_CostBasis x_Model x_Payer x_Project x_Use x_Client x_CostCentre x_ClaimId"
    " x_ClaimLine x_ClaimCurrency x_PaidAmount x_ClaimedAmount x_ListAmount x_FxRate"
    " x_FxDate x_FxSource x_IsPlanUsage x_Requests x_UnpricedRequests x_IsLowerBound"
)
COLUMNS = f"{STANDARD} {OURS}".split()

USAGE, PURCHASE, TAX, CREDIT, ADJUSTMENT = (
    "Usage",
    "Purchase",
    "Tax",
    "Credit",
    "Adjustment",
)
KINDS = {
    "bill": (USAGE, "Usage-Based"),
    "fee": (PURCHASE, "Recurring"),
    "charge": (PURCHASE, "One-Time"),
}
"""Category and frequency of a line by the first word of its key."""

AI = {
    "ServiceCategory": "AI and Machine Learning",
    "ServiceSubcategory": "Generative AI",
}
OTHER = {"ServiceCategory": "Other", "ServiceSubcategory": "Other (Other)"}

UNKNOWN = "unknown"
ZERO = Decimal(0)
ONE_DAY = timedelta(1)

Row = dict[str, str]


def written(claim: Claim, paper: str) -> bytes:
    """Write a claim as FOCUS CSV, UTF-8; the paper does not matter."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows(claim))
    return file.getvalue().encode()


class Costs(NamedTuple):
    """A cost in its document's currency; in the claim's what is paid and claimed."""

    cost: Decimal
    paid: Decimal
    claimed: Decimal


def rows(claim: Claim) -> Iterator[Row]:
    """Give the rows: lines by project, their tax, what the claim adjusts, evidence."""
    names = project_names(claim)
    for line in claim.lines:
        parts, tax = costs_of(claim, line)
        for part, costs in parts:
            project = text(names[part.project]) if part.project else ""
            yield line_row(claim, line, costs) | {
                "x_Project": project,
                "x_Use": part.kind,
                "x_Client": text(part.client),
                "x_CostCentre": text(part.cost_centre),
            }
        if tax is not None:
            yield line_row(claim, line, tax) | {
                "ChargeCategory": TAX,
                "ChargeDescription": text(f"Tax: {line.description}"),
                "PricingCategory": "",
                "PricingQuantity": "",
                "PricingUnit": "",
            }
    for name, amount in steps(claim):
        costs = Costs(ZERO, ZERO, amount)
        yield common(claim, claim.first, claim.last) | {
            **cost_cells(costs, claim.currency),
            "ChargeCategory": ADJUSTMENT,
            "ChargeDescription": text(name),
            "ChargeFrequency": "One-Time",
        }
    for each in claim.evidence:
        yield evidence_row(claim, each)


def costs_of(claim: Claim, line: Line) -> tuple[list[tuple[Part, Costs]], Costs | None]:
    """Give a line's costs without tax by project, and its tax, if that is known."""
    parts = parts_of(line)
    weights = [Fraction(abs(part.whole)) for part in parts]
    paid_tax = shared(line.tax or rounded(0, claim.currency), weights, claim.currency)
    claimed_tax = [tax or ZERO for tax in taxes_of(claim, line, parts)]
    paid = [part.whole - tax for part, tax in zip(parts, paid_tax, strict=True)]
    claimed = [part.amount - tax for part, tax in zip(parts, claimed_tax, strict=True)]
    tax = tax_in_document(line)
    costs = paid
    if line.rate is not None:
        costs = shared(line.original - tax, weights, line.original_currency)
    made = [Costs(*each) for each in zip(costs, paid, claimed, strict=True)]
    taxed = None
    if line.tax is not None:
        taxed = Costs(tax, line.tax, sum(claimed_tax, ZERO))
    return list(zip(parts, made, strict=True)), taxed


def tax_in_document(line: Line) -> Decimal:
    """Give a line's tax in its document's currency, exchanged back as it was."""
    if not line.tax or not line.whole:
        return ZERO
    if line.rate is None:
        return line.tax
    exact = Fraction(line.tax) * Fraction(line.original) / Fraction(line.whole)
    return rounded(exact, line.original_currency)


def line_row(claim: Claim, line: Line, costs: Costs) -> Row:
    """Give the row of a cost of a line."""
    kind = line.key.split()[0]
    category, frequency = KINDS.get(kind, KINDS["charge"])
    numbers = [each.number for each in line.receipts if each.number]
    rate = line.rate
    return common(claim, line.first, line.last) | {
        **cost_cells(costs, line.original_currency),
        **vendor_cells(line.vendor, line.payer),
        **(AI if kind in ("bill", "fee") else OTHER),
        "ChargeCategory": CREDIT if costs.cost < 0 else category,
        "ChargeDescription": text(line.description),
        "ChargeFrequency": frequency,
        "InvoiceId": text(numbers[0]) if numbers else "",
        "PricingCategory": "Standard",
        "PricingQuantity": "1",
        "PricingUnit": "Units",
        "x_CostBasis": line.basis,
        "x_ClaimLine": f"{line.number}",
        "x_FxRate": plain(rate.value) if rate else "",
        "x_FxDate": f"{rate.day}" if rate else "",
        "x_FxSource": text(rate.source) if rate else "",
    }


def evidence_row(claim: Claim, each: Evidence) -> Row:
    """Give the row of usage at list prices, which nobody is billed for here."""
    listed = plain(each.original)
    costs = Costs(ZERO, ZERO, ZERO)
    return common(claim, claim.first, claim.last) | {
        **cost_cells(costs, "USD"),
        **vendor_cells(each.vendor, each.payer),
        **AI,
        "ChargeCategory": USAGE,
        "ChargeDescription": text(f"{each.model}: usage at list prices"),
        "ChargeFrequency": "Usage-Based",
        "ConsumedQuantity": f"{each.tokens}",
        "ConsumedUnit": "Tokens",
        "ContractedCost": listed,
        "ListCost": listed,
        "PricingCategory": "Standard",
        "PricingQuantity": f"{each.tokens}",
        "PricingUnit": "Tokens",
        "x_CostBasis": ESTIMATE,
        "x_Model": text(each.model),
        "x_ListAmount": plain(each.amount),
        "x_IsPlanUsage": truth(each.is_plan),
        "x_Requests": "" if each.requests is None else f"{each.requests}",
        "x_UnpricedRequests": f"{each.unpriced}",
        "x_IsLowerBound": truth(each.is_lower_bound),
    }


def common(claim: Claim, first: date, last: date) -> Row:
    """Give the cells that every row has."""
    tz = zone_of(claim)
    start, end = (instant(day, tz) for day in (first, last + ONE_DAY))
    return {
        "BillingPeriodStart": start,
        "BillingPeriodEnd": end,
        "ChargePeriodStart": start,
        "ChargePeriodEnd": end,
        **vendor_cells(claim.employer or claim.client or "", claim.claimant.name or ""),
        **OTHER,
        "x_ClaimId": text(claim.number),
        "x_ClaimCurrency": claim.currency,
    }


def vendor_cells(vendor: str, account: str) -> Row:
    """Name who sold what to which account."""
    names = (
        "HostProviderName InvoiceIssuerName ProviderName PublisherName ServiceName"
        " ServiceProviderName"
    )
    payer = text(account) or UNKNOWN
    return dict.fromkeys(names.split(), text(vendor) or UNKNOWN) | {
        "BillingAccountId": payer,
        "BillingAccountName": payer,
        "x_Payer": payer,
    }


def cost_cells(costs: Costs, currency: str) -> Row:
    """Give the cells of a cost, which is the same before and after all discounts."""
    names = (
        "BilledCost ContractedCost EffectiveCost ListCost PricingCurrencyEffectiveCost"
    )
    return dict.fromkeys(names.split(), plain(costs.cost)) | {
        "BillingCurrency": currency,
        "PricingCurrency": currency,
        "x_PaidAmount": plain(costs.paid),
        "x_ClaimedAmount": plain(costs.claimed),
    }


def zone_of(claim: Claim) -> ZoneInfo:
    """Give the zone of a claim's days: `local` is the system's, an unknown one UTC."""
    try:
        return zone(None if claim.timezone == "local" else claim.timezone)
    except UsageError:
        return ZoneInfo("UTC")


def instant(day: date, tz: ZoneInfo) -> str:
    """Give the first moment of a local day in UTC."""
    at = datetime.fromtimestamp(day_start(day, tz) / 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def truth(is_so: bool) -> str:
    """Give a word that data tools understand."""
    return "true" if is_so else "false"


FORMAT = Format("focus.csv", True, written)
