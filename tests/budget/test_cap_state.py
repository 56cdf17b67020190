"""How a cap stands: its state at the exact edges, what is left, and when it is met."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.budget.caps import CapFacts, CapState, cap_state, cap_usage
from tokentui.periods import Period, millis, period_window
from tokentui.queries.sums import EMPTY, Sums
from tokentui.settings import Cap

DOLLAR = 10**9
DAY_MS = 86_400_000
SINCE_MS = millis(datetime(2026, 11, 1, tzinfo=UTC))
MONTH = Period(SINCE_MS, SINCE_MS + 30 * DAY_MS)
NOW_MS = SINCE_MS + 20 * DAY_MS

nanos = st.integers(0, 10**14)


def spent(amount: int, *, unpriced: int = 0, partial: int = 0) -> Sums:
    """Give sums of so many nano-dollars."""
    return Sums(1, (0,) * 6, amount, unpriced=unpriced, partial=partial)


def state(
    limit: int,
    sums: Sums,
    *,
    pace: int = 0,
    now_ms: int = NOW_MS,
    warn: str = "0.8",
    unit: str = "usd",
) -> CapState:
    """Give the state of a monthly cap."""
    cap = Cap("month", limit, "month", unit=unit, warn=Decimal(warn))
    return cap_state(cap, cap.name, MONTH, CapFacts(sums, pace=pace), now_ms)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, "ok"),
        (80 * DOLLAR - 1, "ok"),
        (80 * DOLLAR, "near"),
        (100 * DOLLAR - 1, "near"),
        (100 * DOLLAR, "over"),
        (100 * DOLLAR + 1, "over"),
    ],
)
def test_state_at_the_edges(amount: int, expected: str) -> None:
    """Near begins at the share itself, over where nothing at all is left."""
    assert state(100 * DOLLAR, spent(amount)).state == expected


@pytest.mark.parametrize(
    ("warn", "expected"),
    [("0", "near"), ("0.5", "near"), ("0.50001", "ok"), ("1", "ok")],
)
def test_warn_moves_near(warn: str, expected: str) -> None:
    """Where near begins is the user's choice."""
    assert state(100 * DOLLAR, spent(50 * DOLLAR), warn=warn).state == expected


def test_shares_are_exact() -> None:
    """A third of a cap is less than a third and a bit, whatever floats say."""
    assert state(3, spent(1), warn="0.33333333333333333").state == "near"
    assert state(3, spent(1), warn="0.33333333333333334").state == "ok"


@given(limit=st.integers(1, 10**14), amount=nanos)
def test_left_and_share(limit: int, amount: int) -> None:
    """Spent and left make the limit; over means that nothing is left to spend."""
    found = state(limit, spent(amount))
    assert (found.spent, found.spent + found.left) == (amount, limit)
    assert (found.state == "over") is (found.left <= 0) is (found.share >= 1)
    assert (found.safe_per_day is None) is (found.state == "over")


def test_safe_per_day_by_hand() -> None:
    """$50 left for ten days are $5 a day, for the last half day they are $50."""
    half, cap = spent(50 * DOLLAR), 100 * DOLLAR
    assert state(cap, half).safe_per_day == 5 * DOLLAR
    late = SINCE_MS + 30 * DAY_MS - DAY_MS // 2
    assert state(cap, half, now_ms=late).safe_per_day == 50 * DOLLAR
    assert state(cap, half, now_ms=SINCE_MS).safe_per_day == 50 * DOLLAR // 30


@given(amount=nanos, passed_ms=st.integers(0, 30 * DAY_MS - 1))
def test_safe_per_day_is_safe(amount: int, passed_ms: int) -> None:
    """Who spends that much on each day that remains stays within the cap."""
    found = state(10**14, spent(amount), now_ms=SINCE_MS + passed_ms)
    if found.safe_per_day is not None:
        days = Decimal(30 * DAY_MS - passed_ms) / DAY_MS
        assert found.safe_per_day * days <= found.left


@pytest.mark.parametrize(
    ("unpriced", "partial", "expected"), [(0, 0, False), (1, 0, True), (0, 1, True)]
)
def test_lower_bound(unpriced: int, partial: int, expected: bool) -> None:
    """What is unpriced or partial makes what is spent a lower bound."""
    found = state(DOLLAR, spent(1, unpriced=unpriced, partial=partial))
    assert found.is_lower_bound is expected


def test_unpriced_spends_nothing_known() -> None:
    """Where nothing is priced nothing known is spent, and more than that is."""
    found = state(DOLLAR, Sums(3, (1,) * 6, None, unpriced=3))
    assert (found.spent, found.state, found.is_lower_bound) == (0, "ok", True)


@pytest.mark.parametrize(
    ("pace", "after_hours"),
    [(0, None), (12 * DOLLAR, 4), (DOLLAR * 24 // 100, 200), (DOLLAR // 5, None)],
)
def test_met_within_the_period(pace: int, after_hours: int | None) -> None:
    """$48 are met at the pace of the last hour, if within the 240 hours that remain."""
    met = None if after_hours is None else NOW_MS + after_hours * 3_600_000
    assert state(100 * DOLLAR, spent(52 * DOLLAR), pace=pace).met_at_ms == met


def test_tokens() -> None:
    """Caps of tokens count all five kinds; reasoning is output already."""
    sums = Sums(1, (1, 20, 300, 4_000, 50_000, 9_999_999), None, unpriced=1)
    found = state(100_000, sums, unit="tokens")
    assert (found.spent, found.left) == (54_321, 45_679)


def test_unpriced_tokens_are_known() -> None:
    """Tokens without a price are counted in whole: no lower bound."""
    sums = Sums(1, (1, 20, 300, 4_000, 50_000, 0), None, unpriced=1)
    assert not state(100_000, sums, unit="tokens").is_lower_bound


def test_nothing_used() -> None:
    """At the start all is left."""
    found = state(DOLLAR, EMPTY)
    assert (found.spent, found.left, found.share, found.state) == (0, DOLLAR, 0, "ok")


@given(
    now=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from(("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata")),
)
def test_month_from_the_twelfth(now: datetime, zone: str) -> None:
    """A month that starts on the 12th runs between two local midnights of a 12th."""
    tz = ZoneInfo(zone)
    at = now.replace(tzinfo=tz)
    period = period_window("month", tz, at, 12)
    assert period.since_ms is not None and period.until_ms is not None
    assert period.since_ms <= millis(at) < period.until_ms
    first, end = (
        datetime.fromtimestamp(ms / 1000, tz)
        for ms in (period.since_ms, period.until_ms)
    )
    assert (first.day, first.hour, first.minute) == (12, 0, 0)
    assert (end.day, end.hour, end.minute) == (12, 0, 0)
    assert (end.year * 12 + end.month) - (first.year * 12 + first.month) == 1


def test_scopes_become_filters() -> None:
    """A cap's scopes narrow the usage that counts, its exclusions likewise."""
    cap = Cap("x", 1, "month", project=("acme-*",), not_model=("*haiku*",))
    usage = cap_usage(cap, MONTH)
    assert (usage.since_ms, usage.until_ms) == (MONTH.since_ms, MONTH.until_ms)
    assert usage.only["project"] == ("acme-*",)
    assert usage.without["model"] == ("*haiku*",)
    assert not any(globs for label, globs in usage.only.items() if label != "project")
