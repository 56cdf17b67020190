"""Branches: which is the default one, and a mark by which a change is noticed."""

from __future__ import annotations

from typing import NamedTuple

from tokentui.git.ask import answer
from tokentui.git.commits import HASH
from tokentui.hashes import blake2b

FORMAT = "%(refname)%00%(objectname)%00%(symref)%00%(HEAD)"
ORIGIN, HEADS = "refs/remotes/origin/", "refs/heads/"
USUAL = ("main", "master")


class Refs(NamedTuple):
    """The default branch, the commits it ends with, and a mark of all branches.

    It may end with two commits, here and at origin: what is pushed late has landed.
    There is none where nothing was ever committed.
    """

    branch: str | None
    tips: tuple[str, ...]
    mark: bytes


def refs(folder: str) -> Refs:
    """Ask for the branches of a folder's repository.

    Raises:
        GitError: Git gives no answer.
    """
    said = answer(folder, "for-each-ref", f"--format={FORMAT}")
    heads = answer(folder, "worktree", "list", "--porcelain")
    mark = blake2b(said + b"\0\0" + heads, digest_size=16).digest()
    rows = [line.split("\0") for line in said.decode("utf-8", "replace").split("\n")]
    rows = [row for row in rows if len(row) == 4]
    found = {name: commit for name, commit, _, _ in rows}
    head = {name: target for name, _, target, _ in rows}.get(f"{ORIGIN}HEAD", "")
    current = [name for name, _, _, sign in rows if sign == "*"]
    branch = default(found, head.removeprefix(ORIGIN), current)
    ends = [found.get(f"{place}{branch}", "") for place in (ORIGIN, HEADS)]
    if branch is None:
        ends = [detached(heads)]
    tips = dict.fromkeys(each for each in ends if HASH.fullmatch(each))
    return Refs(branch, tuple(tips), mark)


def default(found: dict[str, str], head: str, current: list[str]) -> str | None:
    """Name the default branch: origin's, else a usual one, else the current one."""
    for name in (head, *USUAL):
        if name and (f"{ORIGIN}{name}" in found or f"{HEADS}{name}" in found):
            return name
    return next((each.removeprefix(HEADS) for each in current), None)


def detached(heads: bytes) -> str:
    """Give the commit that is checked out where no branch is; zeros are none."""
    lines = heads.decode("utf-8", "replace").split("\n")[:3]
    head = next((line[5:] for line in lines if line.startswith("HEAD ")), "")
    return head if head.strip("0") else ""
