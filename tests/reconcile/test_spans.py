"""Which stretches of time are compared."""

from __future__ import annotations

import billing
from billing import DAY_MS, day
from hypothesis import given
from hypothesis import strategies as st

from tokentui.queries.reconcile import Charge, Covered, Statement
from tokentui.reconcile.spans import Stretch, inside, stretches
from tokentui.spans import merged, outside

PERIOD = (day("2026-11-01"), day("2026-11-05"))


def charge(since: int, until: int) -> Charge:
    """Bill a span."""
    return Charge(since, until, billing.CENT, None, None, None)


def told(found: list[Stretch]) -> list[tuple[int, int, bool, bool]]:
    """Give from and until in days of the period, covered, settled."""
    return [
        (
            (each.since_ms - PERIOD[0]) // DAY_MS,
            (each.until_ms - PERIOD[0]) // DAY_MS,
            each.is_covered,
            each.is_settled,
        )
        for each in found
    ]


def test_days() -> None:
    """Each covered UTC day is compared alone; the last is not settled, one missing."""
    at = PERIOD[0]
    statement = Statement(
        (charge(at + DAY_MS, at + 2 * DAY_MS),),
        (Covered(at + DAY_MS, at + 4 * DAY_MS, at + 3 * DAY_MS),),
    )
    assert told(stretches(statement, PERIOD)) == [
        (0, 1, False, False),
        (1, 2, True, True),
        (2, 3, True, True),
        (3, 4, True, False),
    ]


def test_bill_over_midnight() -> None:
    """A bill that runs over midnight ties its days together."""
    at, hour = PERIOD[0], 3_600_000
    statement = Statement(
        (
            charge(at, at + 10 * hour),
            charge(at + 10 * hour, at + 2 * DAY_MS),
            charge(at + 2 * DAY_MS, at + 3 * DAY_MS),
        ),
        (Covered(at, at + 4 * DAY_MS, at + 4 * DAY_MS),),
    )
    assert told(stretches(statement, PERIOD)) == [
        (0, 2, True, True),
        (2, 3, True, True),
        (3, 4, True, True),
    ]


def test_read_by_hand() -> None:
    """What a person read of his own days is compared as it was read.

    Berlin's 2 November is from 23:00 UTC of the first on.
    """
    hour = 3_600_000
    since, until = PERIOD[0] + 23 * hour, PERIOD[0] + 47 * hour
    statement = Statement(
        (charge(since, until), charge(until, until + DAY_MS)),
        (Covered(since, until, until), Covered(until, until + DAY_MS, until)),
        is_by_hand=True,
    )
    covered = [s for s in stretches(statement, PERIOD) if s.is_covered]
    assert [(s.since_ms, s.until_ms, s.is_settled) for s in covered] == [
        (since, until, True),
        (until, until + DAY_MS, False),
    ]
    rest = [
        piece
        for s in stretches(statement, PERIOD)
        if not s.is_covered
        for piece in s.pieces
    ]
    assert rest == [
        (PERIOD[0], since),
        (until + DAY_MS, PERIOD[0] + 3 * DAY_MS),
        (PERIOD[0] + 3 * DAY_MS, PERIOD[1]),
    ]


spans = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda s: (min(s), max(s)))
)


@given(spans, st.integers(0, 30), st.integers(0, 30))
def test_inside_and_outside(given_spans: list[tuple[int, int]], a: int, b: int) -> None:
    """Every moment of a span is either inside some spans or outside all of them."""
    span = (min(a, b), max(a, b))
    joined = merged(given_spans)
    for at in range(*span):
        is_in = any(since <= at < until for since, until in given_spans)
        assert any(s <= at < u for s, u in inside(joined, span)) == is_in
        assert any(s <= at < u for s, u in outside(joined, [span])) != is_in
