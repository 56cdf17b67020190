"""Look at a repository: the user's commits since a time, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tokentui.git.ask import GitError, answer
from tokentui.git.commits import Commit, Owner, commits, identity, records
from tokentui.git.content import Traces, traces
from tokentui.git.landing import (
    Landing,
    Reverts,
    candidates,
    landings,
    latest_twins,
    squashed,
)
from tokentui.git.refs import refs
from tokentui.hashes import blake2b

RULES = 1
"""Counted up with every change of what is made of git's answers."""

REVERTS = ("--fixed-strings", "--grep=This reverts commit", "--grep=Reverts ")
"""What finds the commits that may take others back."""


class Work(NamedTuple):
    """A commit of the user's, whatever its hash is by now; times in UTC milliseconds.

    `twin`: what stays the same when it is amended or rebased. `made_at_ms`: when it was
    first made. `signed`: the source of the agent that signed it. `landed_as`: the
    commit of the default branch itself with which it came there, `None` if it has not.
    """

    twin: bytes
    hash: str
    made_at_ms: int
    signed: str | None
    landed_as: str | None
    landed_at_ms: int | None
    reverted_at_ms: int | None
    pull_request: int | None


class Told(NamedTuple):
    """What git told of a repository; by the mark it is known when that may change."""

    branch: str | None
    mark: bytes
    works: tuple[Work, ...]


def look(
    folder: str, since_ms: int, kept: Iterable[Work] = (), mark: bytes | None = None
) -> Told | None:
    """Say what became of the commits made in a folder's repository since a time (UTC).

    `kept` is what was told before, which git may have forgotten since; `mark` is of
    then. `None`: nothing has changed.

    Raises:
        GitError: Git gives no answer.
    """
    found, who, since = refs(folder), identity(folder), since_ms // 1000
    told = repr((RULES, since, sorted(who["name"]), sorted(who["email"]))).encode()
    now = blake2b(found.mark + told, digest_size=16).digest()
    if now == mark:
        return None
    if not found.tips:  # nothing was ever committed, or all of it is gone
        return Told(found.branch, now, tuple(kept))
    trunk = commits(folder, since, *found.tips)
    others = commits(
        folder, since, "--all", "--reflog", *(f"^{tip}" for tip in found.tips)
    )
    owner = Owner(who, (*trunk.values(), *others.values()))
    came = landings(trunk, found.tips)
    reverts = Reverts(messages(folder, since, found.tips), trunk, came)
    landed = latest_twins(filter(owner.made, trunk.values()))
    loose = latest_twins(filter(owner.made, others.values()))
    loose = {twin: each for twin, each in loose.items() if twin not in landed}
    among = candidates(loose.values(), trunk, owner)
    left = traces_of(folder, loose, among)
    into = squashed(loose, others, trunk, among, left)
    judged = Judged(came, reverts)
    works = {
        **{work.twin: judged.again(work) for work in kept},
        **{twin: judged.work(each, into.get(twin)) for twin, each in loose.items()},
        **{twin: judged.work(each, each) for twin, each in landed.items()},
    }
    return Told(found.branch, now, tuple(works.values()))


def messages(folder: str, since: int, tips: Iterable[str]) -> dict[str, str]:
    """Give the messages of commits that take others back, by hash."""
    said = answer(
        folder,
        "rev-list",
        f"--max-age={since}",
        *REVERTS,
        "--encoding=UTF-8",
        "--format=%x00%H%x00%B%x00",
        *tips,
    )
    return {fields[0]: fields[1] for fields in records(said, 3)}


def traces_of(
    folder: str, loose: Mapping[bytes, Commit], others: Iterable[str]
) -> Traces:
    """Give what some commits left in files; nothing where git does not tell in time."""
    if not loose:
        return {}
    try:
        return traces(folder, [*(each.hash for each in loose.values()), *others])
    except GitError:
        return {}


class Judged:
    """Makes work of commits, by what the default branch holds and has taken back."""

    def __init__(self, came: Mapping[str, Landing], reverts: Reverts) -> None:
        self._came = came
        self._reverts = reverts

    def work(self, commit: Commit, into: Commit | None) -> Work:
        """Say what became of a commit that is, or is squashed into, one that landed."""
        landing = self._came.get(into.hash) if into is not None else None
        found = Work(
            commit.twin,
            commit.hash,
            commit.made_at * 1000,
            commit.signed,
            None,
            None,
            None,
            commit.pull_request,
        )
        if into is None or landing is None:
            return found
        pull = found.pull_request or into.pull_request or landing.pull_request
        return self._landed(found._replace(pull_request=pull), landing, into.hash)

    def again(self, work: Work) -> Work:
        """Say what became of work that git may list no more."""
        landing = self._came.get(work.landed_as or "")
        if landing is None or landing.hash != work.landed_as:
            return work._replace(landed_as=None, landed_at_ms=None, reverted_at_ms=None)
        return self._landed(work, landing, work.hash)

    def _landed(self, work: Work, landing: Landing, into: str) -> Work:
        at = self._reverts.reverted_at(landing, work.pull_request, work.hash, into)
        return work._replace(
            landed_as=landing.hash,
            landed_at_ms=landing.at * 1000,
            reverted_at_ms=None if at is None else at * 1000,
        )
