"""Fees of flat plans: when they are due, and how much of one some time takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.budget.plans import due, fees, spread
from tokentui.periods import day_start
from tokentui.settings import Plan

HOUR_MS = 3_600_000
A_DOLLAR = 10**9
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",  # clocks go forward at midnight
    "Africa/Cairo",
    "Asia/Beirut",
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Kiritimati",
    "Pacific/Niue",
)
zones = st.sampled_from([ZoneInfo(name) for name in ZONES])
days = st.dates(date(2024, 1, 1), date(2029, 12, 31))
renewals = st.integers(1, 31)


def plan(renews: int, fee: str = "100", currency: str = "USD") -> Plan:
    """Make a plan."""
    return Plan("claude-max", "anthropic", Decimal(fee), renews, currency)


def local(ms: int, tz: ZoneInfo) -> datetime:
    """Give the local time of an instant."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(tz)


def starts(renews: int, since: date, until: date, zone: str = "UTC") -> list[str]:
    """List the local days on which fees are due."""
    tz = ZoneInfo(zone)
    span = day_start(since, tz), day_start(until, tz)
    found = fees(plan(renews), *span, tz)
    return [
        f"{local(fee.at_ms, tz):%m-%d}"
        for fee in found
        if span[0] <= fee.at_ms < span[1]
    ]


def test_renews_on_the_31st() -> None:
    """In a shorter month the last day is the day of renewal."""
    assert starts(31, date(2026, 1, 1), date(2026, 7, 1)) == [
        "01-31", "02-28", "03-31", "04-30", "05-31", "06-30",
    ]  # fmt: skip


@pytest.mark.parametrize("renews", [29, 30, 31])
def test_leap_year(renews: int) -> None:
    """In a leap year that is the 29th of February."""
    assert starts(renews, date(2028, 2, 1), date(2028, 3, 1)) == ["02-29"]


def test_first_of_the_year() -> None:
    """Renewals go on over the end of a year."""
    assert starts(1, date(2026, 11, 1), date(2027, 2, 1)) == ["11-01", "12-01", "01-01"]


@pytest.mark.parametrize(
    ("zone", "day", "clock"),
    [
        # In Cairo and Havana that day has no midnight.
        ("Africa/Cairo", date(2026, 4, 24), "01:00"),
        ("America/Havana", date(2026, 3, 8), "01:00"),
        ("Europe/Berlin", date(2026, 3, 29), "00:00"),
        ("Pacific/Kiritimati", date(2026, 3, 29), "00:00"),
    ],
)
def test_renews_when_the_local_day_begins(zone: str, day: date, clock: str) -> None:
    """A plan renews at the first moment of its local day, whatever the clocks do."""
    tz = ZoneInfo(zone)
    begins = day_start(day, tz)
    assert f"{local(begins, tz):%H:%M}" == clock
    assert due(plan(day.day), begins, begins + 1, tz) == 100 * A_DOLLAR
    assert due(plan(day.day), begins - HOUR_MS, begins, tz) == 0


@given(days, st.lists(st.integers(0, 400 * 24), max_size=12), renewals, zones)
def test_each_renewal_is_due_once(
    first: date, cuts: list[int], renews: int, tz: ZoneInfo
) -> None:
    """However time is cut into pieces, each renewal is due in one of them."""
    start = day_start(first, tz)
    marks = sorted({start, *(start + cut * HOUR_MS for cut in cuts)})
    parts = [due(plan(renews), a, b, tz) for a, b in pairwise(marks)]
    assert sum(parts) == due(plan(renews), marks[0], marks[-1], tz)


@given(days, st.integers(0, 400), renewals, zones)
def test_due_by_counting_days(
    first: date, length: int, renews: int, tz: ZoneInfo
) -> None:
    """As many fees are due as local days in the span are days of renewal."""
    span = [date.fromordinal(first.toordinal() + n) for n in range(length)]
    expected = sum(each.day == renews or is_cut(each, renews) for each in span)
    until = date.fromordinal(first.toordinal() + length)
    found = due(plan(renews), day_start(first, tz), day_start(until, tz), tz)
    assert found == expected * 100 * A_DOLLAR


def is_cut(day: date, renews: int) -> bool:
    """Claim that a day is the last of a month that lacks the day of renewal."""
    return day.day < renews and date.fromordinal(day.toordinal() + 1).day == 1


@given(days, renewals, zones)
def test_spread_over_a_cycle(first: date, renews: int, tz: ZoneInfo) -> None:
    """Over a whole month from renewal to renewal a fee is spread to the last nano."""
    start = day_start(first, tz)
    fee = next(fees(plan(renews, "99.99"), start, start + 1, tz))
    assert spread(plan(renews, "99.99"), fee.at_ms, fee.until_ms, tz) == fee.nanos
    half = (fee.at_ms + fee.until_ms) // 2
    assert spread(plan(renews, "99.99"), fee.at_ms, half, tz) == pytest.approx(
        fee.nanos / 2, rel=1e-8
    )


@given(days, st.lists(st.integers(0, 400 * 24), max_size=12), renewals, zones)
def test_spread_adds_up(
    first: date, cuts: list[int], renews: int, tz: ZoneInfo
) -> None:
    """However time is cut into pieces, they take the whole, but for a nano each."""
    start = day_start(first, tz)
    marks = sorted({start, *(start + cut * HOUR_MS for cut in cuts)})
    parts = [spread(plan(renews), a, b, tz) for a, b in pairwise(marks)]
    whole = spread(plan(renews), marks[0], marks[-1], tz)
    assert whole == pytest.approx(sum(parts), abs=2 * len(cuts) + 14)
    assert sum(parts) <= whole + 14


@pytest.mark.parametrize("zone", ZONES)
def test_spread_over_a_year(zone: str) -> None:
    """A local year takes twelve fees, though two of its days have 23 or 25 hours."""
    tz = ZoneInfo(zone)
    year = day_start(date(2026, 1, 1), tz), day_start(date(2027, 1, 1), tz)
    assert spread(plan(1), *year, tz) == 12 * 100 * A_DOLLAR
    assert due(plan(1), *year, tz) == 12 * 100 * A_DOLLAR


def test_spread_over_a_day_by_hand() -> None:
    """A day takes a thirtieth of a fee in April, a 31st in May."""
    tz = ZoneInfo("UTC")
    for month, length in ((4, 30), (5, 31)):
        start = day_start(date(2026, month, 10), tz)
        found = spread(plan(1, "93"), start, start + 24 * HOUR_MS, tz)
        assert found == 93 * A_DOLLAR // length


def test_short_day() -> None:
    """The day of 23 hours takes less of a fee than others."""
    tz = ZoneInfo("Europe/Berlin")
    begins, ends = (day_start(date(2026, 3, day), tz) for day in (29, 30))
    hours = 31 * 24 - 1
    assert spread(plan(1, "7.43"), begins, ends, tz) == 7_430_000_000 * 23 // hours


@given(days, renewals, zones)
def test_no_time_no_fee(first: date, renews: int, tz: ZoneInfo) -> None:
    """An empty stretch of time takes nothing."""
    start = day_start(first, tz)
    assert due(plan(renews), start, start, tz) == 0
    assert spread(plan(renews), start, start, tz) == 0


def lasting(
    until: str | None = None, since: str | None = None, renews: int = 12
) -> Plan:
    """Make a plan that lasts for a time."""
    first, end = (date.fromisoformat(day) if day else None for day in (since, until))
    return replace(plan(renews), since=first, until=end)


@pytest.mark.parametrize(
    ("it", "months"),
    [
        (lasting(), 12),
        (lasting(since="2026-11-12"), 2),
        (lasting(since="2026-11-13"), 1),
        (lasting(since="2027-01-01"), 0),
        (lasting(until="2026-03-12"), 2),
        (lasting(until="2026-03-13"), 3),
        (lasting(since="2026-02-28", until="2026-05-01", renews=31), 3),
        (lasting(since="2026-05-01", until="2026-05-01"), 0),
    ],
)
@pytest.mark.parametrize("zone", ZONES)
def test_due_while_it_lasts(it: Plan, months: int, zone: str) -> None:
    """Of the renewals of 2026 those count that are on a local day of the plan."""
    tz = ZoneInfo(zone)
    span = day_start(date(2026, 1, 1), tz), day_start(date(2027, 1, 1), tz)
    assert due(it, *span, tz) == months * 100 * A_DOLLAR


def test_spread_while_it_lasts() -> None:
    """A fee is spread over its month, which may end after the plan; none before it.

    Since 12 November a year takes one fee, and 20 of the 31 days of the next.
    Until 11 May the fee of 1 May has 31 days all the same.
    """
    tz = ZoneInfo("UTC")
    span = day_start(date(2026, 1, 1), tz), day_start(date(2027, 1, 1), tz)
    begun = lasting(since="2026-11-12")
    assert spread(begun, *span, tz) == 100 * A_DOLLAR + 100 * A_DOLLAR * 20 // 31
    ended = lasting(since="2026-05-01", until="2026-05-11", renews=1)
    assert spread(ended, *span, tz) == 100 * A_DOLLAR
    week = day_start(date(2026, 5, 20), tz), day_start(date(2026, 5, 27), tz)
    assert spread(ended, *week, tz) == 100 * A_DOLLAR * 7 // 31
