"""Commits as git states them, and who made them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tokentui.git.ask import GitError, answer
from tokentui.hashes import blake2b

FIELDS = ("%H", "%P", "%at", "%ct", "%an", "%ae", "%ce", "%s")
TRAILERS = (
    "%(trailers:key=Co-authored-by,valueonly,separator=%x0A)",
    "%(trailers:key=PR-URL,key=Pull-Request,key=PR,valueonly,separator=%x0A)",
)
FORMAT = "%x00" + "%x00".join((*FIELDS, *TRAILERS)) + "%x00"
WIDTH = len(FIELDS) + len(TRAILERS) + 1

HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
SECONDS = re.compile(r"[0-9]{1,11} [0-9]{1,11}\Z")
"""Times of a commit that the ledger can hold."""

PULL_OF_SUBJECT = re.compile(
    r"(?:^Merge pull request #(\d{1,9})\b.*|(.*?)\s*\(#(\d{1,9})\))$"
)
PULL_OF_TRAILER = re.compile(r"(?:#|!|/pull/|/pulls/|/merge_requests/)(\d{1,9})\b")

AGENTS = {
    "noreply@anthropic.com": "claude-code",
    "cursoragent@cursor.com": "cursor",
    "noreply@openai.com": "codex",
}
"""The addresses by which agents sign commits, and the source that each of them is."""

FORGES = ("noreply@github.com",)
"""Who commits what was merged or edited on a web page, so not on this machine."""


class Commit(NamedTuple):
    """A commit; times in seconds since 1970, of its making and of its last rewriting.

    `signed`: the agent that signed it as an author. `pull_request`: the number that its
    subject or a trailer names. `subject` is without that number.
    """

    hash: str
    parents: tuple[str, ...]
    made_at: int
    committed_at: int
    author: str
    email: str
    committer: str
    subject: str
    signed: str | None
    pull_request: int | None

    @property
    def twin(self) -> bytes:
        """What stays the same when the commit is amended, rebased or picked."""
        text = f"{self.made_at} {self.subject}".encode("utf-8", "replace")
        return blake2b(text, digest_size=12).digest()

    @property
    def is_merge(self) -> bool:
        """It joins histories and is no work of its own."""
        return len(self.parents) > 1

    @property
    def is_of_forge(self) -> bool:
        """It was made on a forge's web page."""
        return self.committer in FORGES and self.made_at == self.committed_at


def commits(folder: str, since: int, *which: str) -> dict[str, Commit]:
    """Give the commits that some revisions reach, made or rewritten since a time.

    `since` is in seconds. Newest first, by hash.

    Raises:
        GitError: Git gives no answer.
    """
    span, form = f"--max-age={since}", f"--format={FORMAT}"
    said = answer(folder, "rev-list", span, "--encoding=UTF-8", form, *which)
    found = (commit_of(fields) for fields in records(said, WIDTH))
    return {each.hash: each for each in found if each is not None}


def records(said: bytes, width: int) -> Iterator[list[str]]:
    """Cut what git said into fields; before the first of each record stands more."""
    parts = said.decode("utf-8", "replace").split("\0")
    for at in range(0, len(parts) - width + 1, width):
        yield parts[at + 1 : at + width]


def commit_of(fields: list[str]) -> Commit | None:
    """Read a commit; one that is not as git writes them is nothing."""
    name, parents, made, committed, author, email, committer, subject = fields[:8]
    is_sound = HASH.fullmatch(name) and SECONDS.match(f"{made} {committed}")
    if not is_sound:
        return None
    plain, pull_request = without_pull(subject, fields[9])
    return Commit(
        name,
        tuple(parents.split()),
        int(made),
        int(committed),
        author,
        email.lower(),
        committer.lower(),
        plain,
        signer([email, *fields[8].split("\n")]),
        pull_request,
    )


def without_pull(subject: str, trailer: str) -> tuple[str, int | None]:
    """Part a subject from the number of its pull request, which a trailer may tell."""
    found = PULL_OF_SUBJECT.match(subject)
    if found is not None:
        number = found[1] or found[3]
        return (subject if found[1] else found[2]), int(number)
    told = PULL_OF_TRAILER.search(trailer)
    return subject, int(told[1]) if told else None


def signer(authors: Iterable[str]) -> str | None:
    """Name the agent that is among some authors, as `Name <address>` or an address."""
    addresses = (text.rpartition("<")[2].rstrip("> ").lower() for text in authors)
    return next((AGENTS[each] for each in addresses if each in AGENTS), None)


class Owner:
    """Tells which commits are the user's own: all, if nobody else makes any there.

    Where several make commits, his are those by the name or address in git's config,
    and those that an agent authored and he, or the agent, committed.

    Raises:
        GitError: There are several, and the config does not say who he is.
    """

    def __init__(self, said: Mapping[str, set[str]], made: Iterable[Commit]) -> None:
        authors = {(each.author, each.email) for each in made}
        people = {email for _, email in authors if email not in AGENTS}
        self._is_alone = len(people) <= 1
        self._names, self._emails = said["name"], said["email"]
        if not (self._is_alone or self._names or self._emails):
            raise GitError("several make commits there, and git has no user.email")

    def wrote(self, commit: Commit) -> bool:
        """Claim that the user, or an agent for him, is the author of a commit."""
        if self._is_alone or commit.author in self._names:
            return True
        by_agent = commit.email in AGENTS
        who = commit.committer if by_agent else commit.email
        return who in self._emails or (by_agent and who in AGENTS)

    def made(self, commit: Commit) -> bool:
        """Claim that a commit is work that he or an agent for him did on a machine."""
        return not (commit.is_merge or commit.is_of_forge) and self.wrote(commit)


def identity(folder: str) -> dict[str, set[str]]:
    """Give the names and the addresses by which the user makes commits in a folder."""
    wanted = r"^(user|author|committer)\.(name|email)$"
    found: dict[str, set[str]] = {"name": set(), "email": set()}
    try:
        said = answer(folder, "config", "--null", "--get-regexp", wanted)
    except GitError:
        return found  # as git's exit code tells, there are none
    for entry in said.decode("utf-8", "replace").split("\0"):
        key, _, value = entry.partition("\n")
        kind = key.rpartition(".")[2]
        if kind in found and value:
            found[kind].add(value.lower() if kind == "email" else value)
    return found
