"""What commits left in which files, as numbers: so that a squashed commit is known."""

from __future__ import annotations

from collections.abc import Iterable

from tokentui.git.ask import answer
from tokentui.git.commits import HASH
from tokentui.hashes import blake2b

MOST_COMMITS = 5_000
OPTIONS = ("--stdin", "-r", "--root", "--raw", "--no-abbrev", "--no-renames", "-z")

Traces = dict[str, frozenset[bytes]]
"""By commit a mark of each file that it changed, and of what it left there."""


def traces(folder: str, which: Iterable[str]) -> Traces:
    """Give what commits left in the files they changed.

    Trees are compared, no file is read.

    Raises:
        GitError: Git gives no answer.
    """
    names = list(dict.fromkeys(which))[:MOST_COMMITS]
    if not names:
        return {}
    question = "".join(f"{name}\n" for name in names).encode()
    found: dict[str, set[bytes]] = {}
    left: set[bytes] = set()
    parts = iter(answer(folder, "diff-tree", *OPTIONS, given=question).split(b"\0"))
    for part in parts:
        if part.startswith(b":"):
            blob, path = part.split(b" ")[3], next(parts, b"")
            left.add(blake2b(blob + path, digest_size=8).digest())
        elif HASH.fullmatch(name := part.decode("ascii", "replace")):
            left = found.setdefault(name, set())
    return {name: frozenset(marks) for name, marks in found.items()}
