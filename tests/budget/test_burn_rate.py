"""How fast money goes, and when what is left is used up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.budget.burn import WINDOWS, Burn, burn_rate, met_at

NOW_MS = 1_795_176_000_000
HOUR_MS = 3_600_000
DOLLAR = 10**9

nanos = st.integers(1, 10**15)


@pytest.mark.parametrize(
    ("spent", "minutes", "an_hour"),
    [
        (DOLLAR, 60, DOLLAR),
        (DOLLAR, 15, 4 * DOLLAR),
        (DOLLAR, 5, 12 * DOLLAR),
        (0, 5, 0),
        # 100 nano-dollars in 7 minutes are 857.14 an hour
        (100, 7, 857),
    ],
)
def test_rate_by_hand(spent: int, minutes: int, an_hour: int) -> None:
    """What was spent in some minutes is scaled to an hour, rounded down."""
    assert burn_rate(spent, minutes, False) == Burn(minutes, an_hour, False)


@pytest.mark.parametrize("is_lower_bound", [True, False])
def test_lower_bound_is_passed_on(is_lower_bound: bool) -> None:
    """A rate of a lower bound is a lower bound."""
    assert burn_rate(DOLLAR, 60, is_lower_bound).is_lower_bound is is_lower_bound


@given(spent=nanos, minutes=st.sampled_from(WINDOWS))
def test_rate_spends_as_much_again(spent: int, minutes: int) -> None:
    """At that rate the same time spends the same again, to the nano-dollar."""
    rate = burn_rate(spent, minutes, False).nanos_per_hour
    assert 0 <= spent - rate * minutes / 60 < 1 or rate * minutes // 60 == spent


@pytest.mark.parametrize(
    ("left", "rate", "after_ms"),
    [
        (DOLLAR, DOLLAR, HOUR_MS),
        (5 * DOLLAR, 2 * DOLLAR, HOUR_MS * 5 // 2),
        (1, DOLLAR, 0),
        (DOLLAR, 3 * DOLLAR, HOUR_MS // 3),
        (0, DOLLAR, 0),
        (0, 0, 0),
        (-DOLLAR, DOLLAR, 0),
        (-DOLLAR, 0, 0),
    ],
)
def test_met_by_hand(left: int, rate: int, after_ms: int) -> None:
    """What is left lasts as long as it takes to spend it; nothing left is met now."""
    assert met_at(left, rate, NOW_MS) == NOW_MS + after_ms


def test_never_met() -> None:
    """Where nothing is spent, what is left lasts for ever."""
    assert met_at(1, 0, NOW_MS) is None


@given(left=nanos, rate=nanos)
def test_met_to_the_millisecond(left: int, rate: int) -> None:
    """Up to then no more than what is left is spent, a millisecond later more."""
    at = met_at(left, rate, NOW_MS)
    assert at is not None
    passed = at - NOW_MS
    assert rate * passed <= left * HOUR_MS < rate * (passed + 1)


@given(left=nanos, rate=nanos, more=nanos)
def test_faster_is_sooner(left: int, rate: int, more: int) -> None:
    """A faster pace never meets a cap later, a larger rest never sooner."""
    at = met_at(left, rate, NOW_MS)
    faster, larger = (
        met_at(left, rate + more, NOW_MS),
        met_at(left + more, rate, NOW_MS),
    )
    assert at is not None and faster is not None and larger is not None
    assert faster <= at <= larger
