"""Exchange rates: crossed through the euro, of the last business day, never a later."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.claims.rounding import rounded
from tokentui.fx import BY_HAND, PerEuro, Rates

FRIDAY = date(2026, 10, 30)
THURSDAY = date(2026, 10, 29)
ON_FRIDAY = {"USD": "1.1172", "GBP": "0.8338", "CNY": "7.4326", "INR": "106.084"}
"""The ECB's rates of 30 October 2026."""


def rates(*more: PerEuro) -> Rates:
    """Know those of Friday, and more."""
    stated = [PerEuro(code, FRIDAY, D(units)) for code, units in ON_FRIDAY.items()]
    return Rates([*stated, *more])


@pytest.mark.parametrize(
    ("currency", "expected"),
    [("GBP", "117.55"), ("EUR", "140.98"), ("CNY", "1047.83"), ("INR", "14955.45")],
)
def test_worked_cases(currency: str, expected: str) -> None:
    """$157.50 is what the two rates make of it, rounded once at the end."""
    cross = rates().cross("USD", currency, FRIDAY)
    assert cross is not None
    assert rounded(Fraction("157.50") * cross.value, currency) == D(expected)


def test_sunday_uses_friday() -> None:
    """A day without a rate has that of the last business day before it."""
    cross = rates().cross("USD", "EUR", date(2026, 11, 1))
    assert cross == (1 / Fraction("1.1172"), FRIDAY, "ECB", False)


def test_never_a_later_day() -> None:
    """Before the first known rate there is none, however near it is."""
    assert rates().cross("USD", "EUR", THURSDAY) is None
    known = rates(PerEuro("USD", date(2026, 11, 2), D(2)))
    cross = known.cross("USD", "EUR", date(2026, 11, 1))
    assert cross is not None
    assert cross.day == FRIDAY


@pytest.mark.parametrize(
    ("days", "is_provisional"), [(0, False), (7, False), (8, True)]
)
def test_provisional_after_a_week(days: int, is_provisional: bool) -> None:
    """More than seven days after the rate, what it makes is provisional."""
    cross = rates().cross("USD", "GBP", FRIDAY + timedelta(days))
    assert cross is not None
    assert cross.is_provisional == is_provisional


def test_both_of_one_day() -> None:
    """Two currencies are crossed by rates of the same day."""
    known = rates(PerEuro("GBP", date(2026, 11, 2), D("0.9")))
    cross = known.cross("USD", "GBP", date(2026, 11, 2))
    assert cross is not None
    assert (cross.day, cross.value) == (FRIDAY, Fraction("0.8338") / Fraction("1.1172"))


def test_same_currency_needs_no_rate() -> None:
    """A currency is worth itself, on any day and without any rate."""
    cross = Rates().cross("THB", "THB", FRIDAY)
    assert cross == (1, FRIDAY, "", False)
    assert Rates().cross("THB", "EUR", FRIDAY) is None


def test_own_rate_is_named() -> None:
    """What rests on a rate that a person entered says so."""
    cross = rates(PerEuro("TWD", FRIDAY, D("35.1"), BY_HAND)).cross(
        "TWD", "USD", FRIDAY
    )
    assert cross is not None
    assert cross.source == BY_HAND


@given(st.sampled_from(sorted(ON_FRIDAY)), st.sampled_from([*ON_FRIDAY, "EUR"]))
def test_there_and_back(base: str, quote: str) -> None:
    """Changed and changed back, an amount is the same, exactly."""
    one, other = rates().cross(base, quote, FRIDAY), rates().cross(quote, base, FRIDAY)
    assert one is not None
    assert other is not None
    assert one.value * other.value == 1
