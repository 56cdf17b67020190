"""CSV (RFC 4180) as expense tools import it: a row for each project of each line.

The first columns are those that all such tools know. `amount` adds up to what is
claimed; rows that are not reimbursable explain it, with an amount of zero: what was
paid and is not claimed, and usage at list prices.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from tokentui.claims.claim import ESTIMATE, Claim, Evidence, Line, Part
from tokentui.claims.rounding import rounded, shared
from tokentui.reports import words
from tokentui.reports.figures import plain
from tokentui.reports.format import Format, in_file_name
from tokentui.reports.names import project_names
from tokentui.reports.tables import paid_on, parts_of, steps
from tokentui.text import clean, neutral

IMPORTED = (
    "date merchant amount currency category description reference tax_amount"
    " reimbursable billable project receipt_file"
)
MORE = (
    "claim line basis period_start period_end payer client cost_centre paid"
    " original_amount original_currency fx_rate fx_date fx_source list_value"
    " list_value_usd remarks"
)
COLUMNS = f"{IMPORTED} {MORE}".split()

CATEGORIES = {"fee": "Software subscriptions", "bill": "Cloud services"}
"""The category of a line by the first word of its key; others are charges."""

OTHER_SOFTWARE = "Other software"

ZERO = Decimal(0)

Row = dict[str, str]


def written(claim: Claim, paper: str) -> bytes:
    """Write a claim as CSV, UTF-8, all fields quoted; the paper does not matter."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows(claim))
    return file.getvalue().encode()


def rows(claim: Claim) -> Iterator[Row]:
    """Give the rows: lines by project, allowances and markup, evidence."""
    names = project_names(claim)
    for line in claim.lines:
        yield from line_rows(claim, line, names)
    for number, (name, amount) in enumerate(steps(claim), 1):
        yield {
            **common(claim, name, amount),
            "category": "Adjustment",
            "reference": own_reference(claim, "adjustment", number),
        }
    for number, each in enumerate(claim.evidence, 1):
        yield {
            **common(claim, f"{each.model}: usage at list prices", ZERO),
            **evidence_cells(each),
            "reference": own_reference(claim, "evidence", number),
        }


def common(claim: Claim, description: str, amount: Decimal) -> Row:
    """Give the cells that every row has."""
    is_claimed = bool(amount)
    return {
        "date": f"{claim.last}",
        "amount": plain(amount + rounded(0, claim.currency)),
        "currency": claim.currency,
        "description": text(description),
        "reimbursable": yes(is_claimed),
        "billable": yes(is_claimed and claim.client is not None),
        "claim": text(claim.number),
        "period_start": f"{claim.first}",
        "period_end": f"{claim.last}",
        "client": text(claim.client),
        "cost_centre": text(claim.cost_centre),
    }


def line_rows(
    claim: Claim, line: Line, names: Mapping[str | None, str]
) -> Iterator[Row]:
    """Give a row for each project of a line, or one for all of it."""
    parts = parts_of(line)
    taxes = taxes_of(claim, line, parts)
    for number, (part, tax) in enumerate(zip(parts, taxes, strict=True), 1):
        suffix = f"-{number}" if len(parts) > 1 else ""
        yield {
            **common(claim, line.description, part.amount),
            **line_cells(line),
            "reference": line_reference(line) + suffix,
            "tax_amount": plain(tax),
            "project": text(names[part.project]) if part.project else "",
            "client": text(part.client),
            "cost_centre": text(part.cost_centre),
            "paid": plain(part.whole),
        }


def taxes_of(
    claim: Claim, line: Line, parts: Sequence[Part]
) -> Sequence[Decimal | None]:
    """Give the tax in the amount claimed of each part; together that of the line's."""
    if line.tax is None or not line.whole:
        return [None] * len(parts)
    exact = Fraction(line.tax) * Fraction(line.amount) / Fraction(line.whole)
    weights = [Fraction(abs(part.amount)) for part in parts]
    return shared(rounded(exact, claim.currency), weights, claim.currency)


def line_cells(line: Line) -> Row:
    """Give the cells that the rows of a line share."""
    rate = line.rate
    return {
        "date": f"{paid_on(line)}",
        "merchant": text(line.vendor),
        "category": CATEGORIES.get(line.key.split()[0], OTHER_SOFTWARE),
        "receipt_file": text("; ".join(each.name for each in line.receipts)),
        "line": f"{line.number}",
        "basis": line.basis,
        "period_start": f"{line.first}",
        "period_end": f"{line.last}",
        "payer": text(line.payer),
        "original_amount": plain(line.original),
        "original_currency": text(line.original_currency),
        "fx_rate": plain(rate.value) if rate else "",
        "fx_date": f"{rate.day}" if rate else "",
        "fx_source": text(rate.source) if rate else "",
        "remarks": text("; ".join(line.marks)),
    }


def evidence_cells(evidence: Evidence) -> Row:
    """Give the cells of usage at list prices, which is in no amount."""
    return {
        "merchant": text(evidence.vendor),
        "category": "Estimate",
        "basis": ESTIMATE,
        "payer": text(evidence.payer),
        "client": "",
        "cost_centre": "",
        "list_value": plain(evidence.amount),
        "list_value_usd": plain(evidence.original),
        "remarks": text(words.evidence_remarks(evidence)),
    }


def line_reference(line: Line) -> str:
    """Name a line by key and document, the same whenever it is written."""
    numbers = [each.number for each in line.receipts if each.number]
    name = [line.vendor, f"{line.first}", line.key, *numbers[:1]]
    return "-".join(map(in_file_name, name)).lower()


def own_reference(claim: Claim, kind: str, number: int) -> str:
    """Name a row that is no line's."""
    return f"{in_file_name(claim.number or f'{claim.last}')}-{kind}-{number}"


def text(name: str | None) -> str:
    """Give a name that neither a terminal nor a spreadsheet obeys."""
    return neutral(clean(name)) if name else ""


def yes(is_so: bool) -> str:
    """Give a word that imports understand."""
    return "yes" if is_so else "no"


FORMAT = Format("csv", True, written)
