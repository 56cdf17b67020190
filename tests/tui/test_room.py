"""Sharing rows out: who gives way, and that nobody gets more than there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tokentui.tui.widgets.figures import NAMES, gave_way
from tokentui.tui.widgets.room import Want, shared_out, up_to
from tokentui.tui.widgets.wishes import Lines, Shape, shared, wishes

WANTS = (
    Want("must", (4,), must=True),
    Want("first", (2, 5)),
    Want("second", (3, 4, 9), air=1),
)


def test_all_get_their_least_before_any_gets_more():
    """Then the first by steps, as far as the rows go."""
    assert shared_out(10, WANTS) == {"must": 4, "first": 2, "second": 3}
    assert shared_out(12, WANTS) == {"must": 4, "first": 4, "second": 3}
    assert shared_out(14, WANTS) == {"must": 4, "first": 5, "second": 4}
    assert shared_out(99, WANTS) == {"must": 4, "first": 5, "second": 9}


def test_the_last_gives_way_first_and_leaves_a_row_for_the_sign():
    """What must be there stays, whatever room there is."""
    assert shared_out(9, WANTS) == {"must": 4, "first": 4, "second": 0}
    assert shared_out(6, WANTS) == {"must": 4, "first": 0, "second": 0}
    assert shared_out(1, WANTS) == {"must": 4, "first": 0, "second": 0}


def test_a_step_is_never_higher_than_there_are_lines():
    """No empty rows inside an area."""
    assert up_to(4, 2, 3, 5) == (2, 3, 4, 4)


wants = st.lists(
    st.builds(
        Want,
        st.uuids().map(str),
        st.lists(st.integers(1, 20), min_size=1).map(sorted).map(tuple),
        st.booleans(),
        st.integers(0, 1),
    ),
    max_size=8,
)


@given(st.integers(0, 60), wants)
def test_nobody_gets_more_than_there_is(room, wants):
    """Only what must be there can be too much."""
    given = shared_out(room, wants)
    needed = sum(w.steps[0] + w.air for w in wants if w.must)
    used = sum(given[w.name] + w.air for w in wants if given[w.name])
    told = any(height == 0 for height in given.values())
    assert used + told <= max(room, needed + told)
    for want in wants:
        assert given[want.name] == 0 or (
            want.steps[0] <= given[want.name] <= max(want.steps)
        )
        assert given[want.name] or not want.must


lines = st.builds(
    Lines,
    *(st.integers(2, 9) for _ in range(3)),
    st.integers(2, 20),
    *(st.sampled_from((0, 2, 3, 9)) for _ in range(4)),
)
shapes = st.builds(
    Shape,
    st.sampled_from(("small", "normal", "wide", "huge")),
    st.integers(0, 70),
    st.booleans(),
    st.booleans(),
)


@given(shapes, lines)
def test_every_area_has_one_want_and_words(shape, lines):
    """What may give way can be told of, and what has nothing to say wants nothing."""
    asked = wishes(shape, lines)
    names = [want.name for want in asked]
    assert len(set(names)) == len(names)
    assert all(want.name in NAMES for want in asked if not want.must)
    assert all(list(want.steps) == sorted(want.steps) for want in asked)
    assert ("running" in names) == bool(lines.running)
    assert ("caps" in names) == bool(lines.caps)


def test_where_names_do_not_fit_they_are_counted():
    """The line is never cut."""
    names = ["payers", "chart", "latest responses"]
    whole = "… payers, chart, latest responses: make the window taller"
    assert gave_way(names, 60) == whole
    assert gave_way(names, 56) == "… 2 more, latest responses: make the window taller"
    assert gave_way([], 60) == ""


@given(shapes, lines)
def test_air_costs_nobody_a_line(shape, lines):
    """It is there only in a tall window, and where no area gives way for it."""
    given, is_airy = shared(shape, lines)
    assert shape.is_tall or not is_airy
    if is_airy:
        assert all(given.values())
