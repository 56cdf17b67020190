"""The range that a forecast gives: ordered, steady, and from one's own habits."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tokentui.budget.forecast import (
    SHORTEST_PAST_DAYS,
    Ahead,
    Day,
    Forecast,
    forecast,
    rest_of,
)

A_DOLLAR = 10**9
MONDAY, FRIDAY, SATURDAY = 0, 4, 5


def day(weekday: int, spent: int, hour: int = 10) -> Day:
    """Make a day that spends all in one hour."""
    return Day(weekday, tuple(spent if h == hour else 0 for h in range(24)))


def weeks(count: int, *spent: int) -> list[Day]:
    """Make weeks alike, from Monday on, of seven amounts."""
    return [day(n % 7, spent[n % 7]) for n in range(count * 7)]


def following(weekday: int, count: int) -> tuple[int, ...]:
    """Name the weekdays after one."""
    return tuple((weekday + n) % 7 for n in range(1, count + 1))


AMOUNTS = st.integers(0, 50 * A_DOLLAR)
HOURS = st.tuples(*[st.just(0)] * 8, *[AMOUNTS] * 3, *[st.just(0)] * 13)


@st.composite
def pasts(draw: st.DrawFn, shortest: int = 0, longest: int = 40) -> list[Day]:
    """Draw past days, which end with a Thursday."""
    hours = draw(st.lists(HOURS, min_size=shortest, max_size=longest))
    return [Day((4 - len(hours) + n) % 7, each) for n, each in enumerate(hours)]


@st.composite
def aheads(draw: st.DrawFn) -> Ahead:
    """Draw what is left of a period, of which today is a Friday."""
    hour = draw(st.floats(0, 24))
    return Ahead(FRIDAY, hour, following(FRIDAY, draw(st.integers(0, 35))))


@given(AMOUNTS, pasts(), aheads(), AMOUNTS)
def test_in_order(spent: int, past: list[Day], ahead: Ahead, today: int) -> None:
    """The ends of the range are in order, and never below what is spent already."""
    found = forecast(spent, past, ahead, spent_today=today)
    assert spent <= found.low <= found.mid <= found.high


@given(AMOUNTS, pasts(), aheads(), AMOUNTS)
@settings(max_examples=20)
def test_same_again(spent: int, past: list[Day], ahead: Ahead, limit: int) -> None:
    """The same input gives the same range."""
    assert forecast(spent, past, ahead, limit) == forecast(spent, past, ahead, limit)


@given(AMOUNTS, AMOUNTS, pasts(), aheads())
def test_more_spent(spent: int, more: int, past: list[Day], ahead: Ahead) -> None:
    """Who has spent more will have spent more, by just as much."""
    one, other = forecast(spent, past, ahead), forecast(spent + more, past, ahead)
    assert (other.low, other.mid, other.high) == (
        one.low + more,
        one.mid + more,
        one.high + more,
    )


@given(AMOUNTS, pasts(), aheads(), st.integers(0, 4_000 * A_DOLLAR))
def test_when_it_is_met(spent: int, past: list[Day], ahead: Ahead, limit: int) -> None:
    """A limit is met, within what is left, if and only if the middle reaches it."""
    found = forecast(spent, past, ahead, limit)
    assert (found.met_after_hours is None) == (found.mid < limit)
    if found.met_after_hours is not None:
        left = 24 - ahead.hour + 24 * len(ahead.weekdays)
        assert 0 <= found.met_after_hours <= max(math.ceil(left), 1)
        assert (found.met_after_hours == 0) or spent < limit


@given(pasts(SHORTEST_PAST_DAYS), aheads(), st.integers(1, 100))
def test_later_for_a_higher_limit(past: list[Day], ahead: Ahead, percent: int) -> None:
    """A higher limit is not met earlier."""
    mid = forecast(0, past, ahead).mid
    limits = sorted((mid * percent // 100, mid))
    times = [forecast(0, past, ahead, limit).met_after_hours for limit in limits]
    assert None not in times
    assert times[0] <= times[1] + 1e-6


@given(AMOUNTS, pasts(), aheads(), AMOUNTS, st.integers(2, 1_000))
def test_scale(
    spent: int, past: list[Day], ahead: Ahead, today: int, factor: int
) -> None:
    """In a currency with so many units to the dollar all is so many times as much."""
    scaled = [Day(d.weekday, tuple(h * factor for h in d.hours)) for d in past]
    one = forecast(spent, past, ahead, spent_today=today)
    many = forecast(spent * factor, scaled, ahead, spent_today=today * factor)
    for a, b in zip(figures(one), figures(many), strict=True):
        assert b == pytest.approx(a * factor, rel=1e-9, abs=factor)


def figures(found: Forecast) -> tuple[int, int, int]:
    """Give the three figures of a range."""
    return found.low, found.mid, found.high


@given(AMOUNTS, st.integers(0, 90), aheads(), AMOUNTS)
def test_nothing_in_the_past(spent: int, days: int, ahead: Ahead, limit: int) -> None:
    """Who has not spent before, as on a flat plan, is expected to spend no more."""
    past = [day(n % 7, 0) for n in range(days)]
    found = forecast(spent, past, ahead, limit)
    assert figures(found) == (spent, spent, spent)
    assert (found.met_after_hours is None) == (spent < limit)


@given(AMOUNTS, pasts())
def test_nothing_left(spent: int, past: list[Day]) -> None:
    """At the end of a period what is spent stands."""
    assert figures(forecast(spent, past, Ahead(FRIDAY, 24.0, ()))) == (spent,) * 3


def test_the_same_every_day() -> None:
    """Who spends $10 each day spends about $70 in seven days, give or take."""
    past = [day(n % 7, 10 * A_DOLLAR) for n in range(84)]
    found = forecast(0, past, Ahead(MONDAY, 0.0, following(MONDAY, 6)))
    assert found.mid == pytest.approx(70 * A_DOLLAR, rel=0.06)
    assert not found.is_plain
    assert 40 * A_DOLLAR < found.low < 65 * A_DOLLAR
    assert 75 * A_DOLLAR < found.high < 110 * A_DOLLAR


def test_weekdays_differ() -> None:
    """A quiet weekend lies ahead of a Friday evening, a working week after it."""
    past = weeks(12, 20, 20, 20, 20, 20, 0, 0)[:-3]
    evening = Ahead(FRIDAY, 20.0, following(FRIDAY, 2))
    assert figures(forecast(5, past, evening)) == (5, 5, 5)
    week = Ahead(FRIDAY, 20.0, following(FRIDAY, 7))
    assert forecast(5, past, week).low > 5


def test_rest_of_today() -> None:
    """Of today only the hours that remain are expected, the present one in part."""
    past = [Day(n % 7, (A_DOLLAR,) * 24) for n in range(84)]
    half = forecast(0, past, Ahead(MONDAY, 12.5, ()))
    assert half.mid == pytest.approx(11.5 * A_DOLLAR, rel=0.06)
    assert rest_of(past[0], 12.5) == 11.5 * A_DOLLAR
    assert rest_of(past[0], 24.0) == 0


def test_met_along_the_hours() -> None:
    """A limit is met in an hour in which one works, not at night."""
    past = [day(n % 7, 10 * A_DOLLAR, hour=14) for n in range(84)]
    ahead = Ahead(MONDAY, 18.0, following(MONDAY, 6))
    mid = forecast(0, past, ahead).mid
    found = forecast(0, past, ahead, mid * 5 // 12)
    # 18:00 is six hours before midnight; a third of six days has two whole ones.
    assert found.met_after_hours is not None
    assert 14 <= (18 + found.met_after_hours) % 24 <= 15
    assert 2 <= (18 + found.met_after_hours) / 24 - 1 < 2 + 15 / 24


def test_recent_weeks_weigh_more() -> None:
    """Who has come to spend twice as much is not expected at the old mean."""
    past = weeks(6, *[10 * A_DOLLAR] * 7) + weeks(6, *[20 * A_DOLLAR] * 7)
    found = forecast(0, past, Ahead(MONDAY, 0.0, following(MONDAY, 6)))
    assert found.mid > 7 * 16 * A_DOLLAR


def test_old_days_are_forgotten() -> None:
    """What lies more than twelve weeks back is no habit."""
    old = weeks(30, *[1_000 * A_DOLLAR] * 7)
    new = weeks(12, *[A_DOLLAR] * 7)
    ahead = Ahead(MONDAY, 0.0, following(MONDAY, 6))
    assert forecast(0, old + new, ahead) == forecast(0, new, ahead)


def test_days_before_the_first_do_not_count() -> None:
    """The days before somebody began are no days off."""
    new = weeks(3, *[10 * A_DOLLAR] * 7)
    ahead = Ahead(MONDAY, 0.0, following(MONDAY, 6))
    assert forecast(0, weeks(5, *[0] * 7) + new, ahead) == forecast(0, new, ahead)


@pytest.mark.parametrize("days", range(1, SHORTEST_PAST_DAYS))
def test_short_past(days: int) -> None:
    """With a short past it goes on at the mean rate, from nothing to 1.75 times it.

    Half of today and three days are left: 3.5 times $6 a day.
    """
    past = [day(n % 7, 6 * A_DOLLAR) for n in range(days)]
    found = forecast(A_DOLLAR, past, Ahead(MONDAY, 12.0, following(MONDAY, 3)))
    assert figures(found) == (A_DOLLAR, 22 * A_DOLLAR, 37.75 * A_DOLLAR)
    assert found.is_plain


def test_short_past_is_met() -> None:
    """On a plain way of $1 an hour, $10 more are met in ten hours."""
    past = [day(n % 7, 24 * A_DOLLAR) for n in range(3)]
    ahead = Ahead(MONDAY, 12.0, following(MONDAY, 3))
    found = forecast(5 * A_DOLLAR, past, ahead, 15 * A_DOLLAR)
    assert found.met_after_hours == pytest.approx(10)


def test_ten_days_are_a_past() -> None:
    """From ten days on one's habits count."""
    for days in (SHORTEST_PAST_DAYS - 1, SHORTEST_PAST_DAYS):
        past = [day(n % 7, 6) for n in range(days)]
        found = forecast(0, past, Ahead(MONDAY, 12.0, ()))
        assert found.is_plain is (days < SHORTEST_PAST_DAYS)


@pytest.mark.parametrize(
    ("hour", "rest"),
    [
        # $6 in twelve hours are $12 a day, of which half of today and a day are left
        (12.0, 18),
        # so early a day is taken to be a third gone: $18 a day
        (0.0, 36),
        (6.0, 31.5),
    ],
)
def test_first_day(hour: float, rest: float) -> None:
    """On the first day today's rate stands in, never that of a few minutes."""
    ahead = Ahead(MONDAY, hour, following(MONDAY, 1))
    today = 6 * A_DOLLAR
    found = forecast(today, [], ahead, spent_today=today)
    assert found.mid == today + rest * A_DOLLAR
    assert found.is_plain


@given(pasts(SHORTEST_PAST_DAYS, 60), st.integers(0, 30), st.integers(1, 50))
@settings(max_examples=20)
def test_price_change(past: list[Day], days: int, tenths: int) -> None:
    """Where all prices change by a factor, all that is ahead does."""
    assume(any(each.spent for each in past[:1]))
    weekdays = following(FRIDAY, days)
    same = forecast(0, past, Ahead(FRIDAY, 9.0, weekdays))
    factors = (tenths / 10,) * (days + 1)
    other = forecast(0, past, Ahead(FRIDAY, 9.0, weekdays, factors))
    for a, b in zip(figures(same), figures(other), strict=True):
        assert b == pytest.approx(a * tenths / 10, rel=1e-9, abs=tenths)


def test_price_change_on_a_day() -> None:
    """A price change counts from its day on only."""
    past = weeks(12, *[10 * A_DOLLAR] * 7)
    mids = [
        forecast(
            0, past, Ahead(MONDAY, 23.99, following(MONDAY, 4), (1.0,) * n + (3.0,) * 9)
        ).mid
        for n in (1, 3, 5)
    ]
    # 4 days at 30, 2 at 10 and 2 at 30, 4 at 10
    assert mids == pytest.approx(
        [120 * A_DOLLAR, 80 * A_DOLLAR, 40 * A_DOLLAR], rel=0.06
    )


def test_longer_is_wider() -> None:
    """The further ahead, the wider the range in dollars."""
    past = [
        day(d.weekday, d.spent * A_DOLLAR) for d in weeks(12, 9, 30, 12, 25, 8, 0, 3)
    ]
    found = [
        forecast(0, past, Ahead(MONDAY, 0.0, following(MONDAY, days)))
        for days in (0, 6, 30, 91, 364)
    ]
    widths = [each.high - each.low for each in found]
    assert all(one < other for one, other in pairwise(widths))
