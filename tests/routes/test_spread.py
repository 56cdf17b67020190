"""How the cost of sessions is spread, and which budget for a run it proposes."""

from __future__ import annotations

from statistics import median_low

from ended import USD, session
from hypothesis import given
from hypothesis import strategies as st

from tokentui.queries.outcomes import Ended
from tokentui.routes.spread import Band, Budget, spread


def marked(dollars: float, accepted: int, rejected: int) -> list[Ended]:
    """Make sessions of one cost, so many of which were accepted."""
    words = ["accepted"] * accepted + ["rejected"] * rejected
    return [session(dollars, mark=word) for word in words]


def test_tenths() -> None:
    """Of ten sessions of 1 to 10 dollars: up to $1, $5, $9."""
    found = spread([session(dollars) for dollars in (3, 1, 2, 10, 4, 9, 5, 8, 6, 7)])
    assert (found.p10, found.p50, found.p90) == (1 * USD, 5 * USD, 9 * USD)


def test_nothing() -> None:
    """No session has no spread."""
    assert spread([]) == (0, 0, None, None, None, (), None)


def test_unpriced_is_left_out() -> None:
    """A session of which a part has no price costs nobody knows what."""
    found = spread([session(2), session(1, unpriced=1), session(None, unpriced=3)])
    assert (found.tasks, found.unpriced, found.p90) == (1, 2, 2 * USD)


def test_list_value_whoever_pays() -> None:
    """What plans cover counts as what is paid does: `run --max` counts both."""
    assert spread([session(2, in_plan=2), session(4)]).p50 == 2 * USD


def test_bands() -> None:
    """Bands from the first to the last with sessions, also those of unknown end."""
    some = [
        *marked(1, 2, 1),
        *marked(1.99, 0, 1),
        session(1.5),
        *marked(7, 1, 0),
        session(500),
    ]
    found = spread(some).bands
    assert found[:3] == (
        Band(1 * USD, 2 * USD, 5, 4, 2, round(6.49 * USD)),
        Band(2 * USD, 5 * USD, 0, 0, 0, 0),
        Band(5 * USD, 10 * USD, 1, 1, 1, 7 * USD),
    )
    assert found[-1] == Band(100 * USD, None, 1, 0, 0, 500 * USD)
    assert len(found) == 7


def test_budget() -> None:
    """Nine of ten accepted sessions cost up to $4, so that is the budget.

    18 + 2 were accepted, 4 of the others cost up to $4 and 8 cost $20: their last $16
    each would have been cut, $128. Of the dearer ones 2 of 10 were accepted, of the
    others 18 of 22.
    """
    some = [*marked(4, 18, 4), *marked(20, 2, 8), session(900)]
    assert spread(some).budget == Budget(4 * USD, 22, 18, 10, 2, 128 * USD)


def test_budget_is_round() -> None:
    """It has two digits, rounded up, and ten cents at least."""
    for cost, most in ((4.01, 4.1), (123.4, 130), (0.04, 0.1), (9.99, 10)):
        some = [*marked(cost, 18, 4), *marked(2000, 2, 8)]
        found = spread(some).budget
        assert found is not None
        assert found.nanos == round(most * USD)


def test_no_budget_where_dear_ones_are_as_good() -> None:
    """Where dear sessions are accepted more than half as often, none is proposed."""
    assert spread([*marked(4, 18, 18), *marked(20, 2, 5)]).budget is None
    assert spread([*marked(4, 18, 18), *marked(20, 2, 7)]).budget is not None


def test_no_budget_from_little() -> None:
    """Too few sessions whose end is known, accepted ones, or dear ones tell nothing."""
    assert spread([*marked(4, 9, 4), *marked(20, 0, 20)]).budget is None
    assert spread([*marked(4, 10, 4), *marked(20, 0, 4)]).budget is None
    assert spread([*marked(4, 10, 4), *marked(20, 0, 5)]).budget is None
    assert spread([*marked(4, 10, 5), *marked(20, 0, 5)]).budget is not None


@given(
    st.lists(
        st.builds(
            session,
            st.floats(0, 300),
            mark=st.sampled_from([None, "accepted", "rejected"]),
        ),
        max_size=60,
    )
)
def test_of_any_sessions(some: list[Ended]) -> None:
    """Bands hold each session once; a budget lets nine of ten accepted ones through."""
    found = spread(some)
    assert sum(band.tasks for band in found.bands) == len(some) == found.tasks
    costs = [each.task.sums.list_nanos or 0 for each in some]
    assert sum(band.nanos for band in found.bands) == sum(costs)
    if costs:
        assert found.p50 == median_low(costs)
    budget = found.budget
    if budget is not None:
        accepted = budget.below_accepted + budget.above_accepted
        assert budget.below_accepted >= 0.9 * accepted
        assert budget.below + budget.above == sum(band.known for band in found.bands)
