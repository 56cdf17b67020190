"""What became of commits: whether they reached the default branch, and still stand.

Pure functions over what git states; times are in seconds since 1970. Work has landed if
the default branch holds it, a twin of it (amended, rebased or picked: same author time
and subject), or a later commit that left the same in most of its files (squashed); with
a squashed commit has landed what it was built upon.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from tokentui.git.commits import Commit, Owner
from tokentui.git.content import Traces

REVERTED = re.compile(r"^This reverts commit ([0-9a-f]{7,64})", re.M)
REVERTED_PULL = re.compile(r"^Reverts (?:[\w.-]+/[\w.-]+)?#(\d{1,9})\b", re.M)

History = Mapping[str, Commit]
"""Commits by hash, newest first."""


class Landing(NamedTuple):
    """The commit of the default branch itself with which work came there, and when.

    For what was merged that is the merge.
    """

    hash: str
    at: int
    pull_request: int | None = None


def landings(trunk: History, tips: Sequence[str]) -> dict[str, Landing]:
    """Say of each commit that the default branch holds with which one it came there."""
    found: dict[str, Landing] = {}
    seen: set[str] = set()
    for tip in tips:
        line, name = [], tip
        while name in trunk and name not in seen:
            seen.add(name)
            line.append(name)
            name = next(iter(trunk[name].parents), "")
        for name in reversed(line):
            came = Landing(name, trunk[name].committed_at, trunk[name].pull_request)
            found |= dict.fromkeys(ancestry(trunk, name, found), came)
    return found


def ancestry(history: History, name: str, known: Container[str] = ()) -> list[str]:
    """List a commit and all it was built upon, but for what is known already."""
    found: dict[str, None] = {}
    ahead = [name]
    while ahead:
        each = ahead.pop()
        if each in history and each not in known and each not in found:
            found[each] = None
            ahead.extend(history[each].parents)
    return list(found)


class Reverts:
    """What was taken back on the default branch, and not put there again."""

    def __init__(
        self,
        messages: Mapping[str, str],
        trunk: History,
        came: Mapping[str, Landing],
    ) -> None:
        self._commits: dict[str, int] = {}
        self._pulls: dict[int, int] = {}
        self._names = sorted(trunk)
        newest = sorted(
            (name for name in messages if name in trunk),
            key=lambda name: -trunk[name].committed_at,
        )
        for name in newest:
            landing = came.get(name) or Landing(name, trunk[name].committed_at)
            pull = trunk[name].pull_request
            if self.reverted_at(landing, pull, name) is None:
                self._take(messages[name], landing.at)

    def _take(self, message: str, at: int) -> None:
        for start in REVERTED.findall(message):
            place = bisect_left(self._names, start)
            for name in self._names[place : place + 1]:
                if name.startswith(start):
                    self._commits.setdefault(name, at)
        for number in REVERTED_PULL.findall(message):
            self._pulls.setdefault(int(number), at)

    def reverted_at(
        self, landing: Landing, pull_request: int | None, *names: str
    ) -> int | None:
        """Say when work was taken back that has some names and came with a landing."""
        found = [self._commits.get(name) for name in (landing.hash, *names)]
        for pull in {pull_request, landing.pull_request} - {None}:
            at = self._pulls.get(pull or 0)
            # The one that takes back has the number of another pull request.
            found.append(at if at is not None and at >= landing.at else None)
        return min((at for at in found if at is not None), default=None)


def latest_twins(made: Iterable[Commit]) -> dict[bytes, Commit]:
    """Give each piece of work in its latest form; commits are newest first."""
    found: dict[bytes, Commit] = {}
    for commit in sorted(made, key=lambda each: -each.committed_at):
        found.setdefault(commit.twin, commit)
    return found


def candidates(loose: Iterable[Commit], trunk: History, owner: Owner) -> list[str]:
    """Name the commits that may be others squashed: later ones of the same author."""
    first = min((each.made_at for each in loose), default=None)
    return [
        each.hash
        for each in trunk.values()
        if first is not None
        and each.committed_at >= first
        and not each.is_merge
        and owner.wrote(each)
    ]


def squashed(
    loose: Mapping[bytes, Commit],
    others: History,
    trunk: History,
    among: Iterable[str],
    left: Traces,
) -> dict[bytes, Commit]:
    """Find the commits of the default branch in which loose work was squashed.

    `left` holds the traces of the loose commits and of those it may be `among`.
    """
    named = list(among)
    holders: dict[bytes, list[str]] = {}
    for name in named:
        for mark in left.get(name, ()):
            holders.setdefault(mark, []).append(name)
    pulls = (trunk[name] for name in named if trunk[name].pull_request is not None)
    titles = {each.subject: each for each in pulls}
    found: dict[bytes, Commit] = {}
    for commit in loose.values():
        into = holder(commit, left.get(commit.hash, frozenset()), holders, trunk)
        title = titles.get(commit.subject)
        if into is None and title is not None and title.committed_at >= commit.made_at:
            into = title
        if into is not None:
            for name in ancestry(others, commit.hash):
                if others[name].twin in loose:
                    found.setdefault(others[name].twin, into)
    return found


def holder(
    commit: Commit,
    marks: frozenset[bytes],
    holders: Mapping[bytes, Sequence[str]],
    trunk: History,
) -> Commit | None:
    """Find the later commit that left the same in most of the files of this one."""
    shared = Counter(
        name
        for mark in marks
        for name in holders.get(mark, ())
        if trunk[name].committed_at >= commit.made_at
    )
    name, count = max(shared.items(), key=lambda each: each[1], default=("", 0))
    return trunk[name] if count * 2 > len(marks) else None
