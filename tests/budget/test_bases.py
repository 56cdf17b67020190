"""What bills make of estimates: worked by hand, and laws that hold for all of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tokentui.budget.bases import Counted, counted, factor_of
from tokentui.queries.billed import Bill
from tokentui.queries.estimates import Estimates

HOUR = 3_600_000
DAY = 24 * HOUR


def test_settled_day_counts_the_bill() -> None:
    """A settled day counts what was billed; the estimates after it stay."""
    estimates = Estimates([(1 * HOUR, 300), (5 * HOUR, 500), (DAY + HOUR, 70)])
    bills = [Bill(0, DAY, 900, is_settled=True)]
    # 870 estimated; 900 billed for 800 of it: 970.
    assert counted(bills, estimates, 0, 2 * DAY) == Counted(900, 800, 0)
    assert counted(bills, estimates, 0, 2 * DAY).difference == 100


def test_open_day_counts_no_less_than_the_estimate() -> None:
    """Until the provider has everything, a bill below the estimate is only late."""
    estimates = Estimates([(HOUR, 800)])
    late = [Bill(0, 14 * HOUR, 300, is_settled=False)]
    more = [Bill(0, 14 * HOUR, 1_000, is_settled=False)]
    assert counted(late, estimates, 0, DAY) == Counted(300, 300, 0)
    assert counted(more, estimates, 0, DAY) == Counted(1_000, 800, 0)


def test_bill_is_cut_as_the_estimates_are() -> None:
    """Where a cap's day cuts a vendor's day, the bill is spread as the work was."""
    # A quarter of the work lies before 23:00 UTC, three quarters after it.
    estimates = Estimates([(10 * HOUR, 100), (23 * HOUR, 300)])
    bills = [Bill(0, DAY, 800, is_settled=True)]
    assert counted(bills, estimates, -HOUR, 23 * HOUR) == Counted(200, 100, 0)
    assert counted(bills, estimates, 23 * HOUR, 47 * HOUR) == Counted(600, 300, 0)


def test_bill_without_work_is_spread_evenly() -> None:
    """What was billed for work that no log tells of is spread over the time."""
    bills = [Bill(0, DAY, 240, is_settled=True)]
    assert counted(bills, Estimates(), 0, 6 * HOUR) == Counted(60, 0, 0)


def test_nothing_billed_is_zero() -> None:
    """A settled span without a cost counts nothing, whatever was estimated."""
    estimates = Estimates([(HOUR, 500)])
    bills = [Bill(0, DAY, 0, is_settled=True)]
    assert counted(bills, estimates, 0, DAY).difference == -500


def test_reading_calibrates_what_comes_after() -> None:
    """812.40 on the page for 640 estimated: later estimates count 1.269375 times."""
    usd = 1_000_000_000
    estimates = Estimates([(HOUR, 640 * usd), (DAY + HOUR, 100 * usd)])
    bills = [Bill(0, DAY, 812_400_000_000, is_settled=True, is_by_hand=True)]
    found = counted(bills, estimates, 0, 2 * DAY)
    assert found == Counted(812_400_000_000, 640 * usd, 26_937_500_000)
    # 812.40 + 126.9375, of 740 estimated.
    assert 740 * usd + found.difference == 939_337_500_000


def test_too_little_to_calibrate() -> None:
    """A reading over less than a dollar of estimates corrects nothing later."""
    reading = Bill(0, DAY, 50, is_settled=True, is_by_hand=True)
    assert factor_of(reading, Estimates([(HOUR, 999_999_999)])) is None
    enough = Estimates([(HOUR, 2_000_000_000)])
    by_hand = Bill(0, DAY, 1_000_000_000, is_settled=True, is_by_hand=True)
    assert factor_of(by_hand, enough) == Fraction(1, 2)


def test_too_far_off_to_calibrate() -> None:
    """A page of 812 for a dollar here tells of other machines, not of our prices."""
    usd = 1_000_000_000
    estimates = Estimates([(HOUR, 10 * usd)])
    for dollars, factor in (
        (812, None),
        (41, None),
        (40, 4),
        (Fraction(5, 2), Fraction(1, 4)),
        (2, None),
        (0, None),
        (-5, None),
    ):
        reading = Bill(0, DAY, int(dollars * usd), is_settled=True, is_by_hand=True)
        assert factor_of(reading, estimates) == factor


points = st.lists(
    st.tuples(st.integers(0, 10 * DAY), st.integers(0, 10**12)), max_size=30
)
days = st.lists(
    st.tuples(st.integers(0, 9), st.integers(-(10**12), 10**19)),
    max_size=10,
    unique_by=lambda each: each[0],
)


@given(points, days, st.lists(st.integers(0, 10 * DAY), max_size=5))
def test_parts_add_up(
    given_points: list[tuple[int, int]], billed: list[tuple[int, int]], cuts: list[int]
) -> None:
    """Wherever time is cut, parts of settled bills add up to them, to the nano."""
    estimates = Estimates(given_points)
    bills = [
        Bill(d * DAY, (d + 1) * DAY, n, is_settled=True) for d, n in sorted(billed)
    ]
    edges = [0, *sorted(cuts), 10 * DAY]
    parts = [counted(bills, estimates, a, b) for a, b in pairwise(edges) if a < b]
    assert sum(part.billed for part in parts) == sum(nanos for _, nanos in billed)
    covered = {d for d, _ in billed}
    inside = sum(n for at, n in given_points if at // DAY in covered and at < 10 * DAY)
    assert sum(part.replaced for part in parts) == inside


@given(points, days, st.lists(st.integers(0, 10 * DAY), max_size=5))
def test_readings_add_up(
    given_points: list[tuple[int, int]], billed: list[tuple[int, int]], cuts: list[int]
) -> None:
    """Wherever time is cut, what readings change adds up to what they change in all."""
    estimates = Estimates(given_points)
    bills = [
        Bill(d * DAY, (d + 1) * DAY, n, is_settled=True, is_by_hand=True)
        for d, n in sorted(billed)
    ]
    edges = [0, *sorted(cuts), 10 * DAY]
    parts = [counted(bills, estimates, a, b) for a, b in pairwise(edges) if a < b]
    whole = counted(bills, estimates, 0, 10 * DAY)
    assert sum(part.difference for part in parts) == whole.difference


@given(points, days)
def test_open_bills_never_lower(
    given_points: list[tuple[int, int]], billed: list[tuple[int, int]]
) -> None:
    """While bills are open, nothing is counted below the estimates."""
    estimates = Estimates(given_points)
    bills = [
        Bill(d * DAY, (d + 1) * DAY, n, is_settled=False) for d, n in sorted(billed)
    ]
    assert counted(bills, estimates, 0, 10 * DAY).difference >= 0
