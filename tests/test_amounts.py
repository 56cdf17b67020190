"""Money, counts, shares and durations as text."""

import json
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.amounts import (
    MOST,
    dollars,
    duration,
    in_unit,
    nanos_from_usd,
    out_of_unit,
    share,
    tokens,
    usd,
)
from tokentui.errors import UsageError

EXACT = 2**23 * 10**9
"""Up to here neighbouring floats of dollars are less than a nano-dollar apart."""

DOLLAR = 10**9


@given(st.integers(-EXACT, EXACT))
def test_usd_is_exact(nanos: int) -> None:
    """What JSON states is the same nano-dollars when read back."""
    stated = Decimal(json.dumps(usd(nanos)))
    assert stated * DOLLAR == nanos


@given(st.integers(EXACT, MOST))
def test_usd_of_large_amounts(nanos: int) -> None:
    """Beyond 8.4 million dollars it is what a float can hold, nine decimals at most."""
    stated = Decimal(json.dumps(usd(nanos)))
    assert stated == stated.quantize(Decimal("1e-9"))
    assert abs(stated * DOLLAR - nanos) <= Decimal(nanos) / 2**52


@pytest.mark.parametrize(
    ("nanos", "text"),
    [
        (0, "0"),
        (1, "1e-09"),
        (913_200_000, "0.9132"),
        (1500 * DOLLAR, "1500"),
        (-2 * DOLLAR, "-2"),
        (EXACT - 1, "8388607.999999999"),
    ],
)
def test_usd(nanos: int, text: str) -> None:
    """Whole amounts are integers, others have the digits they need."""
    assert json.dumps(usd(nanos)) == text


@pytest.mark.parametrize(
    ("nanos", "text"),
    [
        (None, "unpriced"),
        (0, "$0.00"),
        (1, "<$0.01"),
        (5_000_000, "<$0.01"),
        (5_000_001, "$0.01"),
        (15_000_000, "$0.02"),
        (25_000_000, "$0.02"),
        (1_234_560_000_000, "$1,234.56"),
        (999_995_000_001, "$1,000.00"),
        (-3 * DOLLAR, "-$3.00"),
        (-1, ">-$0.01"),
        (-1_234_560_000_000, "-$1,234.56"),
    ],
)
def test_dollars(nanos: int | None, text: str) -> None:
    """Cents are rounded half-even; what is not zero does not read as zero."""
    assert dollars(nanos) == text


@pytest.mark.parametrize(
    ("nanos", "text"),
    [
        (1_200_000_000, "≥$1.20"),
        (1, "≥$0.00"),
        (0, "≥$0.00"),
        (-3 * DOLLAR, "≥-$3.00"),
        (None, "unpriced"),
    ],
)
def test_dollars_at_least(nanos: int | None, text: str) -> None:
    """A lower bound says so, and never `<` at the same time."""
    assert dollars(nanos, lower_bound=True) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (950, "950"),
        (999, "999"),
        (1_000, "1.0k"),
        (1_249, "1.2k"),
        (15_000, "15.0k"),
        (99_949, "99.9k"),
        (99_951, "100k"),
        (152_000, "152k"),
        (999_499, "999k"),
        (999_501, "1.0M"),
        (1_200_000, "1.2M"),
        (2_500_000_000, "2.5B"),
        (999_900_000_000_000, "1000T"),
        (-1_200_000, "-1.2M"),
    ],
)
def test_tokens(count: int, text: str) -> None:
    """Three digits at most, in the unit that fits."""
    assert tokens(count) == text


@given(st.integers(0, 999_900_000_000_000))
def test_tokens_width(count: int) -> None:
    """A column of five characters is enough."""
    assert len(tokens(count)) <= 5


@given(st.integers(0, 10**16), st.integers(0, 10**16))
def test_tokens_order(one: int, other: int) -> None:
    """More tokens never read as fewer."""
    units = {"k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}

    def read(text: str) -> Decimal:
        return Decimal(text.rstrip("kMBT")) * units.get(text[-1], 1)

    low, high = sorted((one, other))
    assert read(tokens(low)) <= read(tokens(high))


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0, "0 %"),
        (0.61, "61 %"),
        (Decimal("0.615"), "62 %"),
        (0.001, "<1 %"),
        (0.999, ">99 %"),
        (1, "100 %"),
        (12.5, "1,250 %"),
        (-0.25, "-25 %"),
        (-0.001, "0 %"),
    ],
)
def test_share(fraction: float | Decimal, text: str) -> None:
    """Nearly nothing is not nothing, nearly all is not all."""
    assert share(fraction) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (45.9, "45 s"),
        (60, "1 min"),
        (14 * 60 + 59, "14 min"),
        (2 * 3600, "2 h"),
        (2 * 3600 + 14 * 60, "2 h 14 min"),
        (76 * 3600, "3 d 4 h"),
        (72 * 3600 + 59 * 60, "3 d"),
        (-90, "-1 min"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    """The two largest units are shown, rounded down."""
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("amount", "nanos"),
    [
        ("1,500", 1500 * DOLLAR),
        ("$1500", 1500 * DOLLAR),
        (" 1500.50 ", 1_500_500_000_000),
        ("+200", 200 * DOLLAR),
        ("$1,234,567.89", 1_234_567_890_000_000),
        (".5", 500_000_000),
        ("0.000000001", 1),
        ("0.1000000000", 100_000_000),
        (5, 5 * DOLLAR),
        (0.1, 100_000_000),
        (0.1 + 0.2, 300_000_000),
        (1e-10, 0),
        (1.6e-9, 2),
        (Decimal("1e3"), 1000 * DOLLAR),
        (Decimal("9223372036.854775807"), MOST),
        ("-0", 0),
    ],
)
def test_nanos_from_usd(amount: str | Decimal | float, nanos: int) -> None:
    """Text and numbers are taken exactly, the noise of floats is not."""
    assert nanos_from_usd(amount) == nanos


@pytest.mark.parametrize(
    "amount",
    [
        *("", "$", "abc", "1,50", "1.500,50", "15,00", "1e3", "1_000", "1.", "--5"),
        *("$-", "5 $", "nan", "inf", "\u0663", "1 500", True),
        *(Decimal("nan"), Decimal("-inf"), float("nan"), float("inf")),
    ],
)
def test_no_amount(amount: str | Decimal | float) -> None:
    """Nonsense is refused with an example of what to write."""
    with pytest.raises(UsageError, match=r"is no amount of dollars; write 1500"):
        nanos_from_usd(amount)


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        ("0.0000000001", "finer than a nano-dollar"),
        (Decimal("1e-999999"), "finer than a nano-dollar"),
        ("0." + "0" * 500 + "1", "finer than a nano-dollar"),
        (Decimal("9223372036.854775808"), "too large"),
        (Decimal("1e999999"), "too large"),
        (1e300, "too large"),
        ("9" * 5000, "too large"),
        pytest.param(10**5000, "too large", id="digits"),
        ("-1", "is negative"),
        (-0.5, "is negative"),
    ],
)
def test_amount_out_of_bounds(amount: str | Decimal | float, problem: str) -> None:
    """Amounts that the ledger cannot hold are refused, quickly and briefly."""
    with pytest.raises(UsageError, match=problem) as caught:
        nanos_from_usd(amount)
    assert len(str(caught.value)) < 120


@given(st.integers(0, MOST))
def test_nanos_whatever_the_context(nanos: int) -> None:
    """The precision of the caller's decimal context does not matter."""
    amount = Decimal(nanos).scaleb(-9)
    with localcontext(prec=3):
        assert nanos_from_usd(amount) == nanos


@given(st.integers(0, MOST))
def test_units_and_back(kept: int) -> None:
    """A cap's amount in its unit and back is the same."""
    for unit in ("usd", "list-usd", "tokens"):
        assert in_unit(out_of_unit(kept, unit), unit) == kept


def test_percent_of_a_quota() -> None:
    """A quota's amount stays a Decimal of percent."""
    assert in_unit(Decimal("62.5"), "quota:five-hour") == Decimal("62.5")


@pytest.mark.parametrize(
    ("amount", "unit", "problem"),
    [
        ("1.5", "tokens", "no whole number of tokens"),
        ("-1", "tokens", "no whole number of tokens"),
        ("1e30", "tokens", "no whole number of tokens"),
        ("101", "quota:week", "not 0 to 100 percent"),
        ("-1", "usd", "negative"),
    ],
)
def test_amounts_a_unit_cannot_have(amount: str, unit: str, problem: str) -> None:
    """Each unit refuses what makes no sense in it."""
    with pytest.raises(UsageError, match=problem):
        in_unit(Decimal(amount), unit)
