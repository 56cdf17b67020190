"""Sessions as work: on which route it was done, how long it took, what was wasted."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import builders
from ended import ALL, PROJECT, USD, at, response
from hypothesis import given
from hypothesis import strategies as st

from tokentui.events import EDITED_CODE, EDITED_TEXT, PLANNED, Tokens
from tokentui.ledger.connection import open_for_reading
from tokentui.queries.sums import Usage
from tokentui.queries.tasks import NO_WASTE, Route, Task, Waste, tasks, waste


def asked(ledger: Path, *made, usage: Usage = ALL) -> dict[str, Task]:
    """Give the sessions of some responses, by name."""
    builders.record(ledger, made)
    with closing(open_for_reading(ledger)) as connection:
        return {each.session: each for each in tasks(connection, usage)}


def test_sums_and_times(ledger: Path) -> None:
    """A session is all of its responses: a dollar each, from the first to the last."""
    found = asked(
        ledger,
        response(0),
        response(50, agent="explore"),
        response(20, branch="fix"),
        response(5, "two", output=2_000_000),
        response(6, "two", source="codex"),
    )
    one = found["one"]
    assert (one.sums.cost_nanos, one.tokens, one.sums.requests) == (
        3 * USD,
        3_000_000,
        3,
    )
    assert (one.first_ms, one.last_ms) == (at(0), at(50))
    with closing(open_for_reading(ledger)) as connection:
        both = [each for each in tasks(connection, Usage()) if each.session == "two"]
    assert sorted((each.source, each.sums.cost_nanos) for each in both) == [
        ("claude-code", 2 * USD),
        ("codex", USD),
    ]


def test_only_of_the_span(ledger: Path) -> None:
    """A session that runs over the edge is cut there, and others are left out."""
    span = Usage(at(10), at(30))
    found = asked(
        ledger, response(0), response(20), response(30), response(40, "two"), usage=span
    )
    assert list(found) == ["one"]
    assert found["one"].sums.cost_nanos == USD
    assert (found["one"].first_ms, found["one"].last_ms) == (at(20), at(20))


def test_what_is_no_session(ledger: Path) -> None:
    """Imported usage and usage without a session are no work that can be told apart."""
    found = asked(ledger, response(0, "i", origin="import"), response(0, ""))
    assert found == {}


def test_unlogged_usage_counts(ledger: Path) -> None:
    """What a session used beyond its records is a part of it."""
    found = asked(
        ledger,
        response(0),
        response(1, origin="unlogged", requests=None, output=4_000_000),
    )
    assert found["one"].sums.cost_nanos == 5 * USD


def test_route_of_the_main_thread(ledger: Path) -> None:
    """It is the one on which the main thread spent most, whatever others cost."""
    found = asked(
        ledger,
        response(0, model="m", effort="low"),
        response(1, model="m", effort="high", branch="fix"),
        response(2, model="m", effort="high", branch="fix"),
        response(3, model="dear", agent="explore", output=90_000_000),
        response(4, "two", model="dear", agent="explore", project=None),
    )
    assert found["one"].route == Route(None, "m", None, "high")
    assert (found["one"].project, found["one"].branch) == (PROJECT, "fix")
    assert found["two"].route == Route(None, "dear", None, None)
    assert found["two"].project is None


def test_unpriced_route(ledger: Path) -> None:
    """Where nothing has a price, tokens decide."""
    found = asked(
        ledger,
        response(0, model="unpriced-a", output=5),
        response(1, model="unpriced-b", output=6),
    )
    assert found["one"].route.model == "unpriced-b"
    assert found["one"].sums.cost_nanos is None


def test_longest_prompt(ledger: Path) -> None:
    """It is that of one response; totals of several tell of none."""
    found = asked(
        ledger,
        response(0, tokens=Tokens(10, 20, 30, 40, 500)),
        response(1, tokens=Tokens(1, 2, 3, 4, 5)),
        response(2, tokens=Tokens(input=10_000), requests=3, origin="unlogged"),
        response(3, "two", tokens=Tokens(input=10_000), requests=None),
    )
    assert found["one"].peak == 100
    assert found["two"].peak == 0


def test_edited(ledger: Path) -> None:
    """One edit is enough; a log that tells nothing leaves it unknown."""
    found = asked(
        ledger,
        response(0, deeds=0),
        response(1, deeds=EDITED_TEXT),
        response(2),
        response(0, "code", deeds=EDITED_CODE | PLANNED, agent="explore"),
        response(0, "none", deeds=0),
        response(1, "none", deeds=PLANNED),
        response(0, "silent"),
    )
    edits = {name: each.edited for name, each in found.items()}
    assert edits == {"one": True, "code": True, "none": False, "silent": None}


def wasted(ledger: Path, *made, usage: Usage = ALL) -> dict[str, Waste]:
    """Give what was wasted in the sessions of some responses, by name."""
    builders.record(ledger, made)
    sessions = {(series.source, series.session) for series, _ in made}
    with closing(open_for_reading(ledger)) as connection:
        found = waste(connection, usage, sessions)
    return {session: each for (_, session), each in found.items()}


def prompt(size: int, read: int = 0) -> Tokens:
    """Make a response of ten tokens to a prompt, part of which is in the cache."""
    return Tokens(input=size - read, cache_read=read, output=10)


def test_retried(ledger: Path) -> None:
    """A prompt that is sent once more as it was makes the first response wasted.

    Three times the same: two are wasted, of 1,010 tokens each. One of another thread
    in between is no retry, nor is one of another session.
    """
    found = wasted(
        ledger,
        response(0, tokens=prompt(1_000)),
        response(1, tokens=prompt(500), agent="explore"),
        response(2, tokens=prompt(1_000)),
        response(3, tokens=prompt(1_000)),
        response(4, tokens=prompt(1_001)),
        response(5, tokens=prompt(1_000), session="two"),
    )
    assert found == {"one": Waste(2_020, 0), "two": NO_WASTE}


def test_lapsed(ledger: Path) -> None:
    """After more than five minutes a prompt that was there is written anew.

    8,000 tokens were there, 1,000 of them still are: 7,000 had to be written anew. A
    shorter wait, a prompt that was cut, and one that is still there are no lapse.
    """
    found = wasted(
        ledger,
        response(0, tokens=prompt(8_000)),
        response(6, tokens=prompt(9_000, 1_000)),
        response(7, tokens=prompt(9_500, 0)),
        response(20, tokens=prompt(5_000, 0)),
        response(40, tokens=prompt(6_000, 5_000)),
    )
    assert found == {"one": Waste(0, 7_000)}


def test_waste_of_what_is_asked(ledger: Path) -> None:
    """Only sessions that are asked for, in the span, as agents recorded them."""
    made = [
        response(minutes, name, tokens=prompt(1_000), **labels)
        for minutes in (0, 1, 20)
        for name, labels in (
            ("one", {}),
            ("two", {"source": "codex"}),
            ("three", {"origin": "unlogged"}),
        )
    ]
    builders.record(ledger, made)
    with closing(open_for_reading(ledger)) as connection:
        asked_for = {("claude-code", "one"), ("claude-code", "three")}
        found = waste(connection, Usage(at(0), at(10)), asked_for)
        assert found == {("claude-code", "one"): Waste(1_010, 0)}
        assert waste(connection, ALL, set()) == {}


def test_waited(ledger: Path) -> None:
    """A turn lasts from its begin to its last response; no minute counts twice.

    Two turns of 3 and 2 minutes; a sub-agent's time is within its parent's.
    """
    codex = {"source": "codex"}
    found = asked(
        ledger,
        response(1, began=0, **codex),
        response(3, began=0, **codex),
        response(2.5, began=2, agent="explore", **codex),
        response(12, began=10, **codex),
        response(0, "silent"),
        response(1, "half", began=0),
        response(2, "half"),
        response(1, "side", began=0, agent="explore"),
    )
    waited = {name: each.waited_ms for name, each in found.items()}
    assert waited == {"one": 300_000, "silent": None, "half": None, "side": None}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 300),
            st.sampled_from(["a", "b", ""]),
            st.sampled_from(["main", "explore", None]),
            st.sampled_from(["response", "unlogged", "import"]),
            st.sampled_from(["m", "unpriced"]),
        ),
        max_size=12,
    ),
    st.integers(0, 300),
    st.integers(0, 300),
)
def test_sessions_add_up(made: list, since: int, until: int) -> None:
    """Sessions come to what their responses come to, in any span."""
    _, ledger = builders.fresh_home()
    builders.record(
        ledger,
        [
            response(minutes, session, agent=agent, origin=origin, model=model)
            for minutes, session, agent, origin, model in made
        ],
    )
    first, last = min(since, until), max(since, until)
    expected: dict[str, list[str]] = {}
    for minutes, session, _, origin, model in made:
        if first <= minutes < last and session and origin != "import":
            expected.setdefault(session, []).append(model)
    with closing(open_for_reading(ledger)) as connection:
        found = tasks(connection, Usage(at(first), at(last)))
    assert {each.session: each.sums.requests for each in found} == {
        session: len(models) for session, models in expected.items()
    }
    for each in found:
        models = expected[each.session]
        priced = models.count("m")
        assert each.sums.cost_nanos == (priced * USD if priced else None)
        assert each.sums.unpriced == models.count("unpriced")
