"""Usage as billed and as caps count it: the same figures as the caps'."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from bill_books import NOW, USD, Ledger, at

from tokentui.budget.bills import Bills
from tokentui.budget.by_basis import usage_on_basis
from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis, period_window
from tokentui.queries.sums import Usage
from tokentui.queries.usage import UsageTable

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def books(ledger: Path) -> Ledger:
    """Keep 8 dollars reckoned on the 24th, 1 on the 25th; 4 billed for the 24th."""
    books = Ledger(ledger)
    books.spend(6, at(24))
    books.spend(2, at(24, 23))
    books.spend(1, at(25))
    books.spend(3, at(24), endpoint="bedrock")
    books.bill({24: 4}, until=at(25, 0))
    return books


def ask(books: Ledger, basis: str, *by: str) -> UsageTable:
    """Ask for this month, days in Berlin."""
    month = period_window("month", BERLIN, NOW)
    with closing(open_for_reading(books.path)) as connection:
        bills = Bills(connection, millis(NOW))
        usage = Usage(month.since_ms, month.until_ms)
        return usage_on_basis(connection, by, usage, BERLIN, bills, basis)


def costs(table: UsageTable) -> dict[tuple[str | None, ...], int | None]:
    """Give the cost of each row."""
    return {row.keys: row.sums.cost_nanos for row in table.rows}


def test_billed_by_day(books: Ledger) -> None:
    """The bill is spread as the work was: 3 of 4 dollars before midnight in Berlin."""
    found = costs(ask(books, "billed", "day"))
    assert found[("2026-11-24",)] == 3 * USD
    assert found[("2026-11-25",)] == 1 * USD
    assert found[("2026-11-02",)] == 0


def test_as_caps_count(books: Ledger) -> None:
    """Billed where known, estimated elsewhere; the total is the cap's figure."""
    table = ask(books, "cap", "provider")
    assert costs(table) == {("anthropic",): 5 * USD, ("aws",): 3 * USD}
    assert table.total.cost_nanos == 8 * USD == books.cap().spent
    by_day = ask(books, "cap", "day")
    assert by_day.total.cost_nanos == 8 * USD


def test_not_billed_is_unknown(books: Ledger) -> None:
    """What nobody has billed has no billed cost, which is not zero."""
    found = costs(ask(books, "billed", "provider"))
    assert found == {("anthropic",): 4 * USD, ("aws",): None}


def test_without_keys(books: Ledger) -> None:
    """Without keys there is the total alone."""
    table = ask(books, "cap")
    assert (table.rows, table.total.cost_nanos) == ((), 8 * USD)
