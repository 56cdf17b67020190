"""Money is rounded half-even at the end, and parts add up to their whole."""

from __future__ import annotations

from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.claims.rounding import rounded, rounded_together, shared

AMOUNTS = st.decimals(-(10**9), 10**9, places=9)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "USD", "0.00"),
        ("0.015", "USD", "0.02"),
        ("0.0051", "USD", "0.01"),
        ("-0.015", "USD", "-0.02"),
        ("2.5", "JPY", "2"),
        ("3.5", "JPY", "4"),
        ("1.0005", "KWD", "1.000"),
        ("7", "EUR", "7.00"),
    ],
)
def test_rounded_is_half_even(amount: str, currency: str, expected: str) -> None:
    """Halves go to the even neighbour, at the decimals that the currency has."""
    assert str(rounded(D(amount), currency)) == expected


@pytest.mark.parametrize(
    ("whole", "weights", "expected"),
    [
        ("10.00", [1, 1, 1], ["3.34", "3.33", "3.33"]),
        ("100.00", [50, 30, 20], ["50.00", "30.00", "20.00"]),
        # 5 cents as 1.67, 1.67, 0.83 and 0.83: rounded down 1, 1, 0, 0, so three are
        # left, for the two remainders of 0.83 and the first of 0.67.
        ("0.05", [2, 2, 1, 1], ["0.02", "0.01", "0.01", "0.01"]),
        ("-10.00", [1, 1, 1], ["-3.34", "-3.33", "-3.33"]),
        ("5.00", [0, 0], ["0.00", "5.00"]),
        ("0.00", [3, 4], ["0.00", "0.00"]),
    ],
)
def test_shared_goes_to_the_largest_remainder(
    whole: str, weights: list[int], expected: list[str]
) -> None:
    """The cents that are left over go to whom rounding down took most from."""
    assert list(map(str, shared(D(whole), weights, "EUR"))) == expected


@given(AMOUNTS, st.lists(st.integers(0, 10**12), min_size=1, max_size=8), CURRENCIES)
def test_shared_adds_up(amount: D, weights: list[int], currency: str) -> None:
    """Parts add up to the whole, each within a minor unit of its exact share."""
    whole = rounded(amount, currency)
    parts = shared(whole, weights, currency)
    assert sum(parts) == whole
    if total := sum(weights):
        unit = Fraction(1, 10 ** -rounded(1, currency).as_tuple().exponent)  # type: ignore[operator]
        for part, weight in zip(parts, weights, strict=True):
            assert abs(Fraction(part) - Fraction(whole) * weight / total) < unit


@given(st.lists(AMOUNTS, max_size=8), CURRENCIES)
def test_rounded_together_adds_up(amounts: list[D], currency: str) -> None:
    """The rounded parts come to the rounded sum; exact ones are not touched."""
    parts = rounded_together(amounts, currency)
    assert sum(parts) == rounded(sum(amounts), currency)
    for amount, part in zip(amounts, parts, strict=True):
        if rounded(amount, currency) == amount:
            assert part == amount
