"""Beancount's own loader reads the file without an error, to the cent of the claim."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import odd_claims
import pytest
import sample_claims
from beancount import loader
from beancount.core import data

from tokentui.claims.claim import Claim
from tokentui.reports import format_of

CLAIMS = [
    sample_claims.claim(),
    odd_claims.empty(),
    odd_claims.hostile(),
    odd_claims.of_client(),
    odd_claims.long(60),
]


def text(claim: Claim) -> str:
    """Write a claim for beancount."""
    return format_of("beancount").written(claim, "a4").decode()


def entries(claim: Claim) -> list[Any]:
    """Load a claim as `bean-check` does; an error of any kind fails."""
    found, errors, _ = loader.load_string(text(claim))
    assert errors == []
    return found


def balances(claim: Claim) -> dict[str, Decimal]:
    """Give what each account has in the end, by account and currency."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries(claim):
        for posting in entry.postings if isinstance(entry, data.Transaction) else ():
            units = posting.units
            sums[f"{posting.account} {units.currency}"] += units.number
    return dict(sums)


@pytest.mark.parametrize("claim", CLAIMS)
def test_check_accepts_it(claim: Claim) -> None:
    """Every claim loads by itself, balanced, its accounts opened by a plugin."""
    kinds = {type(entry).__name__ for entry in entries(claim)}
    assert kinds <= {"Open", "Transaction", "Custom"}


def test_owed_is_claimed() -> None:
    """The employer owes 112.36; 157.50 dollars and 119.00 euros were paid."""
    assert balances(sample_claims.claim()) == {
        "Assets:Receivable:Example-GmbH EUR": Decimal("112.36"),
        "Expenses:Unclaimed:Anthropic EUR": Decimal("35.25"),
        "Expenses:Unclaimed:Allowance EUR": Decimal("112.37"),
        "Liabilities:CreditCard USD": Decimal("-157.50"),
        "Liabilities:CreditCard EUR": Decimal("-119.00"),
    }


def test_markup_is_income() -> None:
    """A client owes 110.00, of which 10.00 are earned."""
    found = balances(odd_claims.of_client())
    assert found["Assets:Receivable:Acme USD"] == Decimal("110.00")
    assert found["Income:Markup USD"] == Decimal("-10.00")


def test_documents_and_days() -> None:
    """A fee is of the day it fell due, with its invoice as link; a bill of its end."""
    bill, fee = (
        entry
        for entry in reversed(entries(sample_claims.claim()))
        if isinstance(entry, data.Transaction) and entry.payee == "Anthropic"
    )
    assert (f"{bill.date}", bill.links) == ("2026-10-31", frozenset())
    assert (f"{fee.date}", fee.links) == ("2026-10-12", {"INV-1234"})
    assert fee.tags == {"claim-2026-001"}
    assert fee.meta["receipt"] == "max.pdf"
    assert fee.postings[0].meta["project"] == "shop"


def test_estimates_are_no_postings() -> None:
    """Usage at list prices stands in custom directives, in no account."""
    found = [
        [value.value for value in entry.values]
        for entry in entries(odd_claims.empty())
        if isinstance(entry, data.Custom)
    ]
    assert [(row[:3], row[3].number) for row in found] == [
        (["Anthropic", "api", "claude-opus-5-5"], Decimal("143.44")),
        (["Anthropic", "claude-max", "claude-opus-5-5"], Decimal("366.99")),
    ]
    assert balances(odd_claims.empty()) == {}


def test_names_stay_strings() -> None:
    """Quotes, backslashes and line ends in names end no string and open no account."""
    found = entries(odd_claims.hostile())
    accounts = {entry.account for entry in found if isinstance(entry, data.Open)}
    assert not any("Evil" in account for account in accounts)
    payees = [e.payee for e in found if isinstance(e, data.Transaction)]
    assert (
        'say "no"\\ and\N{REPLACEMENT CHARACTER}2026-01-01 open Assets:Evil' in payees
    )


def test_goes_into_books_that_have_the_accounts(tmp_path: Path) -> None:
    """Two claims can be included in one file that opens the accounts itself."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.beancount").write_text(text(sample_claims.claim()))
    accounts = (
        "Assets:Receivable:Example-GmbH",
        "Expenses:Unclaimed:Anthropic",
        "Expenses:Unclaimed:Allowance",
        "Liabilities:CreditCard",
    )
    books = tmp_path / "books.beancount"
    books.write_text(
        "".join(f"2020-01-01 open {name}\n" for name in accounts)
        + 'include "one.beancount"\ninclude "two.beancount"\n'
    )
    assert loader.load_file(str(books))[1] == []
