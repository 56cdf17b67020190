"""How far work came, and what the sessions cost that came so far."""

from __future__ import annotations

from itertools import pairwise

from ended import DAY, MINUTE, USD, session, work
from hypothesis import given
from hypothesis import strategies as st

from tokentui.queries.outcomes import Ended
from tokentui.routes.funnel import STAGES, funnel

DAY_MINUTES = DAY // MINUTE


def counts(*some: Ended) -> dict[str, tuple[int, int, int]]:
    """Give how many came to each stage, are not told of, and are too young."""
    return {
        each.name: (each.tasks, each.unknown, each.too_young) for each in funnel(some)
    }


def test_each_stage() -> None:
    """One session that ends at each stage: each is counted at all stages before it."""
    months = 60 * DAY_MINUTES
    some = [
        session(1, edited=False, asked=90),
        session(2, edited=True, asked=90),
        session(4, works=[work(1)], asked=90),
        session(8, works=[work(1, landed=2, reverted=3)], asked=90),
        session(16, in_plan=6, works=[work(1, landed=2)], asked=90),
        session(32, works=[work(1, landed=2, reverted=months)], asked=90),
    ]
    assert counts(*some) == {
        "edited": (5, 0, 0),
        "committed": (4, 0, 0),
        "merged": (3, 0, 0),
        "lasting": (2, 0, 0),
    }
    money = {
        each.name: (each.sums.payable_nanos // USD, each.sums.plan_nanos // USD)
        for each in funnel(some)
    }
    assert money == {
        "edited": (56, 6),
        "committed": (54, 6),
        "merged": (50, 6),
        "lasting": (42, 6),
    }


def test_thirty_days() -> None:
    """Work lasts once it was there for thirty days as git was asked, not before."""
    landed = work(1, landed=60)
    lately = session(works=[landed], asked=29.9)
    assert counts(lately)["lasting"] == (0, 0, 1)
    assert counts(session(works=[landed], asked=30))["lasting"] == (1, 0, 0)
    gone = work(1, landed=60, reverted=60 + 30 * DAY_MINUTES - 1)
    assert counts(session(works=[gone], asked=90))["lasting"] == (0, 0, 0)
    held = work(1, landed=60, reverted=60 + 30 * DAY_MINUTES)
    assert counts(session(works=[held], asked=90))["lasting"] == (1, 0, 0)


def test_unknown_is_not_no() -> None:
    """Where neither log nor git tells, that is said."""
    assert counts(session()) == dict.fromkeys(STAGES, (0, 1, 0))
    assert counts(session(edited=True)) == {
        "edited": (1, 0, 0),
        "committed": (0, 1, 0),
        "merged": (0, 1, 0),
        "lasting": (0, 1, 0),
    }


def test_marks_do_not_count() -> None:
    """How far work came is what logs and git tell, whatever was said of it."""
    assert counts(session(mark="accepted", edited=False, asked=1))["merged"] == (
        0,
        0,
        0,
    )


@given(
    st.lists(
        st.builds(
            session,
            edited=st.sampled_from([None, True, False]),
            asked=st.sampled_from([1, 29, 31, 90]),
            works=st.lists(
                st.builds(
                    work,
                    st.integers(0, 60),
                    landed=st.one_of(st.none(), st.integers(60, 90)),
                    reverted=st.one_of(st.none(), st.integers(90, 90_000)),
                ),
                max_size=3,
            ),
        ),
        max_size=8,
    )
)
def test_narrows(some: list[Ended]) -> None:
    """Where all is told, a stage has no more sessions than the one before."""
    stages = funnel(some)
    for wide, narrow in pairwise(stages):
        assert narrow.tasks <= wide.tasks
        assert (narrow.sums.cost_nanos or 0) <= (wide.sums.cost_nanos or 0)
    assert [each.unknown for each in stages[1:]] == [0, 0, 0]
