"""Bills in caps: what providers and pages state counts in place of estimates."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bill_books import NOW, USD, Ledger, at

from tokentui.ledger.by_hand import keep_charge
from tokentui.ledger.connection import open_for_writing
from tokentui.settings import Config, Match, Payer


@pytest.fixture
def books(ledger: Path) -> Ledger:
    """Make an empty ledger."""
    return Ledger(ledger)


def test_billed_then_estimated(books: Ledger) -> None:
    """Days that are settled count as billed, the open one at its estimate."""
    books.spend(10, at(20))
    books.spend(5, at(25))
    books.bill({20: 9, 25: 4})
    state = books.cap()
    assert state.spent == 14 * USD
    assert state.facts.billed is not None
    assert state.facts.billed.billed == 13 * USD
    assert state.facts.estimated == 1 * USD


def test_billed_beyond_the_logs(books: Ledger) -> None:
    """What another machine spent with the key is billed and counts."""
    books.spend(1, at(20))
    books.bill({20: 1, 21: 7})
    assert books.cap().spent == 8 * USD


def test_nothing_billed_of_a_covered_day(books: Ledger) -> None:
    """A settled day without a bill was not to be paid, whatever was reckoned."""
    books.spend(3, at(19))
    books.spend(2, at(20))
    books.bill({20: 2})
    assert books.cap().spent == 2 * USD


def test_no_bills_no_change(books: Ledger) -> None:
    """Without any bill a cap counts estimates and says that none is known."""
    books.spend(3, at(19))
    state = books.cap()
    assert (state.spent, state.facts.billed) == (3 * USD, None)


def test_other_providers_stay_estimates(books: Ledger) -> None:
    """A bill of one provider says nothing of what another one serves."""
    books.spend(3, at(19))
    books.spend(4, at(19), endpoint="bedrock")
    books.bill({19: 2.5})
    assert books.cap().spent == round(6.5 * USD)
    assert books.cap(provider=("anthropic",)).spent == round(2.5 * USD)
    assert books.cap(provider=("aws",)).spent == 4 * USD


@pytest.mark.parametrize(
    "scope", [{"project": ("*",)}, {"model": ("claude-*",)}, {"not_source": ("x",)}]
)
def test_narrowed_caps_count_estimates(books: Ledger, scope: dict[str, Any]) -> None:
    """A bill is not told apart by project, model or source."""
    books.spend(3, at(19), project="/home/me/acme")
    books.bill({19: 2})
    state = books.cap(**scope)
    assert (state.spent, state.facts.billed) == (3 * USD, None)


def test_local_day_takes_its_part_of_the_vendor_day(books: Ledger) -> None:
    """A day cap in Berlin starts at 23:00 UTC: it takes what was worked since then."""
    # The 24th UTC: 6 dollars at 10:00, 2 at 23:00; 4 billed for those 8.
    books.spend(6, at(24))
    books.spend(2, at(24, 23))
    books.spend(1, at(25))
    books.bill({24: 4}, until=at(25, 0))
    # Today in Berlin: 2/8 of 4, and the dollar of the 25th.
    assert books.cap("day", zone="Europe/Berlin").spent == 2 * USD


def test_reading_counts_and_calibrates(books: Ledger) -> None:
    """The company's page says 90 for 60 reckoned: 10 reckoned later count as 15."""
    books.config = Config(payers=(Payer("company", match=Match(project=("*/work",))),))
    books.spend(60, at(10), project="/home/me/work")
    books.spend(10, at(22), project="/home/me/work")
    books.spend(1, at(22), project="/home/me/own")
    books.read_page("company", 90, at(20))
    assert books.cap().spent == (90 + 15 + 1) * USD
    assert books.cap(payer=("company",)).spent == 105 * USD
    assert books.cap(payer=("api",)).spent == 1 * USD
    # A later reading takes the place of the first: 102 for 70.
    books.read_page("company", 102, NOW)
    assert books.cap(payer=("company",)).spent == 102 * USD


def test_reading_owns_its_payer(books: Ledger) -> None:
    """What the page states is not added to what an account states of the payer."""
    books.spend(10, at(10))
    books.bill({10: 12})
    books.read_page("api", 13, NOW)
    assert books.cap().spent == 13 * USD


def test_charges_count_on_their_day(books: Ledger) -> None:
    """A charge counts in caps of any period from its day on, at its full amount."""
    with closing(open_for_writing(books.path)) as connection:
        keep_charge(
            connection, 0, date(2026, 11, 25), 25 * USD, "USD", "store", "me", None,
            False, None,
        )  # fmt: skip
        keep_charge(
            connection, 0, date(2026, 10, 28), 10 * USD, "USD", "seat", "me", None,
            True, None,
        )  # fmt: skip
    assert books.cap("day").spent == 25 * USD
    state = books.cap("month")
    assert state.spent == 25 * USD
    # The seat falls due on the 28th, which is still to come.
    assert state.facts.forecast is not None
    assert state.facts.forecast.mid == 35 * USD
    assert books.cap("year").spent == 35 * USD


def test_settled_bill_is_no_lower_bound(books: Ledger) -> None:
    """What is not known to be priced is in the bill of its day, but in no open one."""
    books.spend(3, at(20))
    books.spend(None, at(20, 11))
    assert books.cap().is_lower_bound
    books.bill({20: 5})
    state = books.cap()
    assert (state.spent, state.is_lower_bound) == (5 * USD, False)
    # By project no bill tells, so that the estimates stand and are known in part.
    assert books.cap(not_project=("x",)).is_lower_bound
    assert books.cap(unit="list-usd").is_lower_bound
    books.spend(None, at(25, 11))
    assert books.cap().is_lower_bound


def test_page_is_no_lower_bound_up_to_its_time(books: Ledger) -> None:
    """What a page states holds all of its payer's usage up to then, and no other's."""
    books.config = Config(payers=(Payer("company", match=Match(project=("*/work",))),))
    books.spend(None, at(20), project="/home/me/work")
    books.read_page("company", 4, at(22))
    state = books.cap()
    assert (state.spent, state.is_lower_bound) == (4 * USD, False)
    books.spend(None, at(21), project="/home/me/own")
    assert books.cap().is_lower_bound
    assert not books.cap(payer=("company",)).is_lower_bound
