"""How work ended and what that cost: by hand, and by the worked figures."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from ended import USD, session, work
from hypothesis import given
from hypothesis import strategies as st

from tokentui.amounts import NANOS
from tokentui.config import Config
from tokentui.ledger.marks import VERDICTS
from tokentui.queries.outcomes import Ended
from tokentui.queries.tasks import Route, Waste
from tokentui.routes import outcomes
from tokentui.routes.ended import Verdict, verdict
from tokentui.routes.keys import KEYS
from tokentui.routes.outcomes import Tally, acceptance, grouped
from tokentui.routes.worth import Worths, worths
from tokentui.settings import Project, ProjectMatch

NOTHING = worths(Config())
ACME = worths(
    Config(
        projects=(
            Project(
                "acme",
                ProjectMatch(path=("*/acme",)),
                value=Decimal("60"),
                hourly_rate=Decimal("120"),
            ),
        )
    )
)
ACCEPTED, REJECTED, ABANDONED = VERDICTS

BY_GIT: dict[str, tuple[Ended, Verdict]] = {
    "on the branch": (
        session(works=[work(30, landed=31)], asked=1),
        Verdict(ACCEPTED, "git"),
    ),
    "one of two": (
        session(works=[work(1), work(2, landed=50, reverted=60), work(3, landed=5)]),
        Verdict(ACCEPTED, "git"),
    ),
    "reverted": (
        session(works=[work(1), work(2, landed=50, reverted=60)], asked=99),
        Verdict(REJECTED, "git"),
    ),
    "never asked": (session(edited=True), Verdict()),
    "nothing done": (session(edited=False, asked=99), Verdict()),
    "nothing told": (session(edited=None, asked=99), Verdict()),
    "lately on a branch": (
        session(works=[work(1)], asked=29.9),
        Verdict(is_open=True),
    ),
    "long on a branch": (
        session(works=[work(1)], asked=30),
        Verdict(ABANDONED, "git"),
    ),
    "lately edited": (session(edited=True, asked=29.9), Verdict(is_open=True)),
    "long edited": (session(edited=True, asked=30), Verdict(ABANDONED, "git")),
    "edited, and another commit after": (
        session(edited=True, asked=30, may_be_in_others=True),
        Verdict(),
    ),
    "on a branch, and another commit after": (
        session(works=[work(1)], asked=30, may_be_in_others=True),
        Verdict(ABANDONED, "git"),
    ),
}


@pytest.mark.parametrize("name", BY_GIT)
def test_verdict_of_git(name: str) -> None:
    """What git told decides where nobody has marked the session, else it is unknown."""
    ended, expected = BY_GIT[name]
    assert verdict(ended) == expected


@pytest.mark.parametrize("word", VERDICTS)
@pytest.mark.parametrize("name", BY_GIT)
def test_mark_goes_before_git(name: str, word: str) -> None:
    """A mark decides, whatever git told."""
    ended = BY_GIT[name][0]._replace(mark=session(mark=word).mark)
    assert verdict(ended) == Verdict(word, "mark")


@pytest.mark.parametrize(
    ("dollars", "accepted", "each"), [(1, 70, 1.43), (8, 88, 9.09), (35, 93, 37.63)]
)
def test_cost_per_accepted(dollars: float, accepted: int, each: float) -> None:
    """It is the cost of a run over the share accepted, as of three worked routes."""
    some = [session(dollars, mark=ACCEPTED) for _ in range(accepted)]
    some += [session(dollars, mark=REJECTED) for _ in range(100 - accepted)]
    found = tally(some, NOTHING)
    cost = found.per_accepted(found.decided.payable_nanos)
    assert cost is not None
    assert round(cost / USD, 2) == each
    assert found.rate == accepted / 100


def tally(some: Iterable[Ended], worth: Worths, **wasted: Waste) -> Tally:
    """Count some sessions, in some of which tokens were wasted."""
    waste = {("claude-code", name): each for name, each in wasted.items()}
    return outcomes.tally(some, worth, waste)


def test_token_yield() -> None:
    """6.2M of 10M tokens brought something: 0.62.

    7M are of accepted work, of which 0.5M were retried and 0.3M written anew; 3M are of
    work that was not accepted. What is not known or still open is in neither.
    """
    some = [
        session(mark=ACCEPTED, tokens=5_000_000, session="one"),
        session(works=[work(1, landed=2)], tokens=2_000_000, session="two"),
        session(mark=ABANDONED, tokens=3_000_000),
        session(tokens=9_000_000),
        session(edited=True, asked=1, tokens=9_000_000),
    ]
    found = tally(some, NOTHING, one=Waste(500_000, 0), two=Waste(0, 300_000))
    assert found.token_yield == pytest.approx(0.62)


def test_waste_is_no_more_than_all() -> None:
    """A session in which all was wasted yields nothing, and costs no other its own."""
    some = [session(mark=ACCEPTED, tokens=100, session=name) for name in ("one", "two")]
    assert tally(some, NOTHING, one=Waste(90, 90)).token_yield == 0.5


def test_counts_and_costs() -> None:
    """Each end has its count; money to pay and list value inside plans stay apart.

    $2 + $4 of the $4 + $10 known sessions were for the two accepted ones: $7 of each.
    """
    some = [
        session(2, mark=ACCEPTED, requests=20, tokens=100),
        session(6, in_plan=2, works=[work(1, landed=2)], requests=40, tokens=300),
        session(3, mark=ABANDONED, requests=30, tokens=200),
        session(5, in_plan=5, edited=True, asked=40, requests=10, tokens=400),
        session(5, mark=REJECTED, requests=5, tokens=1_000),
        session(50, edited=True, asked=10),
        session(70, in_plan=7),
    ]
    found = tally(some, NOTHING)
    assert (found.tasks, found.accepted, found.marked) == (7, 2, 1)
    assert (found.rejected, found.abandoned, found.open, found.unknown) == (1, 2, 1, 1)
    assert (found.known, found.rate) == (5, 0.4)
    decided = found.decided
    assert (decided.payable_nanos, decided.plan_nanos) == (14 * USD, 7 * USD)
    assert found.per_accepted(decided.payable_nanos) == 7 * USD
    assert found.per_accepted(decided.plan_nanos) == 3.5 * USD
    assert found.per_accepted(decided.requests) == 52.5
    assert found.per_accepted(sum(decided.tokens[:5])) == 1_000
    assert (found.given_up.payable_nanos, found.given_up.plan_nanos) == (
        3 * USD,
        5 * USD,
    )
    assert found.undecided.payable_nanos == 50 * USD
    assert found.sums.payable_nanos == (14 + 50 + 63) * USD


def test_nothing_accepted() -> None:
    """Without an accepted session nothing is said of one; without an end of none."""
    failed = tally([session(3, mark=REJECTED)], NOTHING)
    assert (failed.rate, failed.token_yield) == (0, 0)
    assert failed.per_accepted(failed.decided.payable_nanos) is None
    unknown = tally([session(3)], NOTHING)
    assert (unknown.rate, unknown.token_yield, unknown.value_nanos) == (None,) * 3
    assert tally([], NOTHING).rate is None


def test_unpriced() -> None:
    """What has no price makes the cost a lower bound, or unknown, and never zero."""
    found = tally([session(None, mark=ACCEPTED, unpriced=10)], NOTHING)
    assert found.decided.cost_nanos is None
    both = tally([session(2, mark=ACCEPTED), session(None, unpriced=10)], NOTHING)
    assert both.sums.is_lower_bound
    assert not both.decided.is_lower_bound


def test_review_and_waiting_stay_apart() -> None:
    """6 minutes of review at $120 an hour are $12, and so are 6 of waiting.

    A session that tells neither takes no known time.
    """
    some = [
        session(mark=ACCEPTED, said={"review_seconds": 360}),
        session(mark=REJECTED, said={"review_seconds": 0}, waited_ms=360_000),
        session(mark=ACCEPTED),
        session(),
    ]
    found = tally(some, ACME)
    assert found.review == (2, 360, 12 * USD)
    assert found.waiting == (1, 360, 12 * USD)
    unrated = tally(some, NOTHING)
    assert unrated.review == (2, 360, None)
    elsewhere = session(project="/src/x", mark=ACCEPTED, said={"review_seconds": 60})
    assert tally([*some, elsewhere], ACME).review == (3, 420, None)
    assert tally([session()], ACME).review == (0, 0, None)


def test_value() -> None:
    """Accepted work is worth what its mark says, else what its project's rule says."""
    some = [
        session(mark=ACCEPTED),
        session(mark=ACCEPTED, said={"value_nanos": 5 * NANOS}),
        session(mark=REJECTED),
        session(project="/src/other", mark=ACCEPTED),
    ]
    found = tally(some, ACME)
    assert (found.valued, found.value_nanos) == (2, 65 * NANOS)


SESSIONS = st.lists(
    st.builds(
        session,
        st.one_of(st.none(), st.integers(0, 50)),
        mark=st.sampled_from([None, *VERDICTS]),
        asked=st.sampled_from([None, 1, 40]),
        edited=st.sampled_from([None, True, False]),
        project=st.sampled_from(["/src/acme", "/src/b", None]),
        peak=st.sampled_from([0, 50_000, 50_001, 150_000, 150_001]),
        works=st.sampled_from([(), (work(1),), (work(1, landed=2),)]),
    ),
    max_size=12,
)


@given(SESSIONS, st.sampled_from(list(KEYS)))
def test_groups_add_up(some: list[Ended], by: str) -> None:
    """By whatever key, groups come to what all sessions come to; every end is one."""
    wasted = {each.task.key: Waste(300, 800) for each in some[::2]}
    by_key = grouped(some, lambda each: (KEYS[by](each.task),), ACME, wasted)
    groups = by_key.values()
    whole = outcomes.tally(some, ACME, wasted)
    for count in ("tasks", "accepted", "marked", "rejected", "abandoned", "open"):
        assert sum(getattr(each, count) for each in groups) == getattr(whole, count)
    assert sum(each.useful for each in groups) == whole.useful
    assert sum(each.value_nanos or 0 for each in groups) == (whole.value_nanos or 0)
    for part in ("sums", "decided", "given_up", "undecided"):
        costs = [getattr(each, part).cost_nanos or 0 for each in groups]
        assert sum(costs) == (getattr(whole, part).cost_nanos or 0)
    assert whole.unknown >= 0
    assert whole.token_yield is None or 0 <= whole.token_yield <= 1


def named(**labels: Any) -> dict[str, str | None]:
    """Give what a session is called by each key."""
    return {name: key(session(**labels).task) for name, key in KEYS.items()}


def test_keys() -> None:
    """What a session is grouped by; what the log does not tell is unknown."""
    assert named() == {
        "model": "claude-opus-5-5",
        "route": "claude-opus-5-5 anthropic",
        "effort": None,
        "context": "to 50k",
        "project": "/src/acme",
    }
    there = Route("anthropic", "claude-opus-5-5", "fast", "high")
    assert named(route=there, peak=0, project=None) == {
        "model": "claude-opus-5-5",
        "route": "claude-opus-5-5 anthropic fast high",
        "effort": "high",
        "context": None,
        "project": None,
    }
    bands = {peak: named(peak=peak)["context"] for peak in (50_001, 150_000, 150_001)}
    assert bands == {
        50_001: "50k to 150k",
        150_000: "50k to 150k",
        150_001: "over 150k",
    }


def test_acceptance_of_models() -> None:
    """How often each model's work was accepted is told by marks alone."""
    cheap = Route("zai", "glm-5.2", None, None)
    some = [
        session(mark=ACCEPTED),
        session(mark=REJECTED),
        session(mark=ABANDONED),
        session(works=[work(1, landed=2)]),
        session(route=cheap, mark=ACCEPTED),
        session(route=cheap),
    ]
    assert acceptance(some) == {"claude-opus-5-5": (1, 3), "glm-5.2": (1, 1)}
