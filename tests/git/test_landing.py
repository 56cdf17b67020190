"""Which commit of the branch itself brought which others: for any history."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tokentui.git.commits import Commit, without_pull
from tokentui.git.landing import Reverts, landings


def history(parents: Mapping[int, tuple[int, ...]]) -> dict[str, Commit]:
    """Make commits, each built upon some that have smaller numbers."""
    return {
        f"{number:040x}": Commit(
            f"{number:040x}",
            tuple(f"{each:040x}" for each in before),
            number,
            number,
            "Ada",
            "ada@example.com",
            "ada@example.com",
            f"{number}",
            None,
            None,
        )
        for number, before in sorted(parents.items(), reverse=True)
    }


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[str, Commit], list[str]]:
    """Draw a history of up to twelve commits, and the ends of its branch."""
    count = draw(st.integers(1, 12))
    parents = {
        number: tuple(
            draw(st.lists(st.integers(0, number - 1), max_size=3, unique=True))
            if number
            else ()
        )
        for number in range(count)
    }
    made = history(parents)
    return made, draw(st.lists(st.sampled_from(list(made)), max_size=2))


def reached(made: Mapping[str, Commit], name: str) -> set[str]:
    """List what a commit was built upon, with itself."""
    return {name}.union(*(reached(made, each) for each in made[name].parents))


def line(made: Mapping[str, Commit], tip: str) -> list[str]:
    """List the commits of a branch itself, oldest first."""
    parents = made[tip].parents
    return [*(line(made, parents[0]) if parents else []), tip]


@given(histories())
def test_landings(drawn: tuple[dict[str, Commit], list[str]]) -> None:
    """What the ends reach has landed with the oldest of the branch that reaches it.

    Where there are two ends, with one of the first if it reaches it at all.
    """
    made, tips = drawn
    expected: dict[str, str] = {}
    for tip in tips:
        for each in line(made, tip):
            for name in reached(made, each):
                expected.setdefault(name, each)
    found = landings(made, tips)
    assert {name: landing.hash for name, landing in found.items()} == expected
    assert all(each.at == made[each.hash].committed_at for each in found.values())


@given(st.integers(1, 9))
def test_chain_of_reverts(length: int) -> None:
    """Of commits that each take back the one before, every other one stands."""
    made = history({number: (number - 1,) * bool(number) for number in range(length)})
    names = sorted(made)
    messages = {
        name: f"Undo\n\nThis reverts commit {before}."
        for before, name in pairwise(names)
    }
    came = landings(made, [names[-1]])
    reverts = Reverts(messages, made, came)
    for steps_back, name in enumerate(reversed(names)):
        is_reverted = reverts.reverted_at(came[name], None, name) is not None
        assert is_reverted is (steps_back % 2 == 1)


@given(st.text(max_size=60), st.integers(0, 999_999_999))
def test_subject(subject: str, number: int) -> None:
    """The number at the end of a subject is taken off, and nothing else is."""
    line = " ".join(subject.split())
    assert without_pull(f"{line} (#{number})", "") == (line, number)
    assert without_pull(f"{line} (#{number}) ", "")[1] is None
    merge = f"Merge pull request #{number} from {line}"
    assert without_pull(merge, "") == (merge, number)
