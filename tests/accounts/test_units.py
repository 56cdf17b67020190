"""Money and times of answers, made exact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from builders import ms
from hypothesis import given
from hypothesis import strategies as st

from tokentui.accounts.units import day_start, from_iso, nanos, to_iso
from tokentui.errors import AccountError

MOMENTS = st.integers(0, 4_102_444_800_000)
"""UTC milliseconds up to the year 2100."""


@pytest.mark.parametrize(
    ("amount", "per_unit", "expected"),
    [
        ("1", 1, 1_000_000_000),
        ("0.1", 1, 100_000_000),
        ("123.78912", 100, 1_237_891_200),
        ("-1000", -100, 10_000_000_000),
        ("0.0000000005", 1, 0),
        ("0.0000000015", 1, 2),
        ("0.00000000051", 1, 1),
        ("-2.5", 1, -2_500_000_000),
        ("9e9", 1, 9_000_000_000_000_000_000),
        ("1e-400", 1, 0),
        ("0e999999", 1, 0),
    ],
)
def test_nanos(amount: str, per_unit: int, expected: int) -> None:
    """Amounts become billionths, half to even; cents are a hundred to the dollar."""
    assert nanos(Decimal(amount), per_unit) == expected


@pytest.mark.parametrize(
    "amount",
    ["NaN", "sNaN", "Infinity", "-Infinity", "1e11", "-1e11", "1e999999", "1e9999999"],
)
def test_no_money(amount: str) -> None:
    """What no bill has is refused, and never becomes a zero."""
    with pytest.raises(AccountError):
        nanos(Decimal(amount))


@given(st.integers(-(10**18), 10**18))
def test_nanos_come_back(amount: int) -> None:
    """An amount of whole nanos is exactly that many."""
    assert nanos(Decimal(amount).scaleb(-9)) == amount


@given(MOMENTS, st.integers(-23 * 60, 23 * 60))
def test_times_come_back(at_ms: int, offset: int) -> None:
    """A time is the same to the millisecond in whichever zone it is written."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    there = moment + timedelta(minutes=offset)
    sign, minutes = "+-"[offset < 0], abs(offset)
    zone = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    text = there.replace(tzinfo=None).isoformat(timespec="milliseconds")
    assert from_iso(text + zone) == at_ms
    assert from_iso(moment.isoformat().replace("+00:00", "Z")) == at_ms


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-11-25", "2026-11-25T00:00:00+00:00"),
        (" 2026-11-25T14:00:00Z ", "2026-11-25T14:00:00+00:00"),
        ("2026-11-25T14:00:00.123456+00:00", "2026-11-25T14:00:00.123+00:00"),
        ("2026-11-25 14:00:00", "2026-11-25T14:00:00+00:00"),
    ],
)
def test_shapes_of_times(text: str, same: str) -> None:
    """A time without a zone is UTC, a day its first moment."""
    assert from_iso(text) == ms(same)


@given(st.text())
def test_any_text_is_no_time(text: str) -> None:
    """Whatever stands where a time should is a time or an error of ours."""
    try:
        assert isinstance(from_iso(text), int)
    except AccountError as problem:
        assert "time" in str(problem)


@given(MOMENTS)
def test_days(at_ms: int) -> None:
    """The start of a day is written as its date at midnight."""
    start = day_start(at_ms)
    assert 0 <= at_ms - start < 86_400_000
    assert to_iso(start).endswith("T00:00:00Z")
    assert to_iso(start)[:10] == to_iso(at_ms)[:10]
