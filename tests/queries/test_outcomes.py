"""Whose commit it is: made while a session went on or shortly after, nearest first."""

from __future__ import annotations

from pathlib import Path

import builders
import pytest
from ended import ALL, MINUTE, at, ends, response, tell, work

from tokentui.ledger.connection import open_for_writing
from tokentui.ledger.marks import Mark, keep_mark
from tokentui.queries.sums import Usage


def minutes(ledger: Path, usage: Usage = ALL) -> dict[str, list[int]]:
    """Give the minutes at which each session's commits were made."""
    return {
        name: [(each.made_at_ms - at(0)) // MINUTE for each in found.works]
        for name, found in ends(ledger, usage).items()
    }


def test_during_and_shortly_after(ledger: Path) -> None:
    """Commits are a session's from its first response to half an hour after any."""
    builders.record(ledger, [response(0), response(100)])
    tell(ledger, [work(m) for m in (-1, 0, 29, 30, 31, 99, 100, 130, 131)])
    assert minutes(ledger) == {"one": [0, 29, 30, 100, 130]}


def test_within_the_second(ledger: Path) -> None:
    """Git tells whole seconds: a commit at the begin of one may be of its end."""
    builders.record(ledger, [response(0.01)])  # 600 ms after the start
    tell(ledger, [work(0)])
    assert minutes(ledger) == {"one": [0]}


def test_nearest_session(ledger: Path) -> None:
    """Of several sessions a commit is that one's whose response came last before it."""
    builders.record(
        ledger,
        [
            response(0),
            response(10, "two"),
            response(15),
            response(20, "two", agent="explore", branch="fix"),
        ],
    )
    tell(ledger, [work(m) for m in (5, 12, 16, 25)])
    assert minutes(ledger) == {"one": [5, 16], "two": [12, 25]}


def test_only_in_the_project(ledger: Path) -> None:
    """A commit is of a session in whichever of its repositories it was made."""
    builders.record(
        ledger,
        [
            response(0),
            response(5, "two", project="/src/other"),
            response(6, "both", project="/src/other"),
            response(7, "both", project="/src/third"),
            response(8, "none", project=None),
        ],
    )
    tell(ledger, [work(10)])
    tell(ledger, [work(11)], "/src/other")
    tell(ledger, [work(12)], "/src/third")
    assert minutes(ledger) == {"one": [10], "two": [], "both": [11, 12], "none": []}


def test_signed_by_an_agent(ledger: Path) -> None:
    """What an agent signed is of a session of that agent, or of none."""
    builders.record(ledger, [response(0), response(9, "two", source="codex")])
    tell(
        ledger,
        [
            work(10),
            work(11, signed="claude-code"),
            work(12, signed="codex"),
            work(13, signed="cursor"),
        ],
    )
    assert minutes(ledger) == {"one": [11], "two": [10, 12]}


def test_usage_that_is_no_session(ledger: Path) -> None:
    """Imported usage claims no commit."""
    builders.record(ledger, [response(0), response(5, "i", origin="import")])
    tell(ledger, [work(6)])
    assert minutes(ledger) == {"one": [6]}


def test_of_the_span(ledger: Path) -> None:
    """A session at the end of a span keeps the commit that came after it."""
    builders.record(ledger, [response(0), response(100)])
    tell(ledger, [work(m) for m in (5, 105)])
    assert minutes(ledger, Usage(at(90), at(101))) == {"one": [105]}
    assert minutes(ledger, Usage(at(-10), at(90))) == {"one": [5, 105]}


def test_every_commit_is_of_one_session(ledger: Path) -> None:
    """However many sessions run at once, no commit counts twice."""
    names = "abcdefgh"
    builders.record(
        ledger,
        [response(n * 7 % 90, names[n % len(names)]) for n in range(90)],
    )
    made = [work(m) for m in range(0, 120, 3)]
    tell(ledger, made)
    found = [each for one in ends(ledger).values() for each in one.works]
    assert sorted(found) == sorted(made)


@pytest.mark.parametrize(
    ("asked", "is_told"), [(None, False), (99, False), (100, True), (500, True)]
)
def test_when_git_was_asked(asked: float | None, is_told: bool, ledger: Path) -> None:
    """That a session made no commit is known only if git was asked after its end."""
    builders.record(ledger, [response(0), response(100)])
    if asked is not None:
        tell(ledger, [], asked=asked)
    found = ends(ledger)["one"]
    assert found.asked_at_ms == (at(asked or 0) if is_told else None)
    assert found.may_be_in_others is not is_told


def test_commit_is_known_whenever_it_was_told(ledger: Path) -> None:
    """A commit that was told of while the session went on is known, with the time."""
    builders.record(ledger, [response(0), response(100)])
    tell(ledger, [work(1)], asked=50)
    assert ends(ledger)["one"].asked_at_ms == at(50)


@pytest.mark.parametrize(
    ("minute", "may_hold"),
    [(-1, False), (0, True), (60, True), (100 + 1440, True), (101 + 1440, False)],
)
def test_may_be_in_others(minute: float, may_hold: bool, ledger: Path) -> None:
    """A commit from its begin to a day after its end may hold what it did."""
    builders.record(ledger, [response(0), response(100)])
    tell(ledger, [work(minute), work(-10 * 1440), work(10 * 1440)])
    assert ends(ledger)["one"].may_be_in_others is may_hold


def test_mark_is_told(ledger: Path) -> None:
    """A session's mark is that of its source."""
    builders.record(ledger, [response(0), response(0, "two", source="codex")])
    mark = Mark("claude-code", "one", "rejected", at(5), "wrong")
    connection = open_for_writing(ledger)
    keep_mark(connection, mark)
    keep_mark(connection, mark._replace(session="two"))
    connection.close()
    found = ends(ledger)
    assert (found["one"].mark, found["two"].mark) == (mark, None)


def test_told_facts_arrive(ledger: Path) -> None:
    """What became of a commit is as git told it."""
    builders.record(ledger, [response(0)])
    made = [work(1, landed=60, reverted=90, pull_request=7), work(2), work(3, landed=5)]
    tell(ledger, made)
    assert ends(ledger)["one"].works == tuple(made)
    assert made[0].landed_at_ms == at(60)
