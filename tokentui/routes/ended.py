"""How a session's work ended, by what is known of it.

It counts as accepted if it was marked so, else if a commit of its reached the default
branch and was not reverted. What is neither marked nor in a repository that git tells
of stays unknown, and so does what changed no file; what may still get there is open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from tokentui.ledger.marks import ABANDONED, ACCEPTED, REJECTED
from tokentui.queries.marks import Session
from tokentui.queries.outcomes import Ended, ended
from tokentui.queries.sums import Usage

MARKED, BY_GIT = "mark", "git"
"""Who says how work ended."""

STANDS_MS = 30 * 86_400_000
"""How long work must have been on the default branch to be called lasting, and how long
work that is not there may still get there."""


class Verdict(NamedTuple):
    """How work ended: accepted, rejected or abandoned, and who says so.

    `None` is unknown; `is_open`: it may still be accepted.
    """

    word: str | None = None
    evidence: str | None = None
    is_open: bool = False


UNKNOWN, OPEN = Verdict(), Verdict(is_open=True)


def verdict(known: Ended) -> Verdict:
    """Say how a session's work known."""
    if known.mark is not None:
        return Verdict(known.mark.verdict, MARKED)
    landed = [work for work in known.works if work.landed_at_ms is not None]
    if landed:
        stands = any(work.reverted_at_ms is None for work in landed)
        return Verdict(ACCEPTED if stands else REJECTED, BY_GIT)
    if known.asked_at_ms is None or not (known.works or known.task.edited):
        return UNKNOWN
    if known.asked_at_ms - known.task.last_ms < STANDS_MS:
        return OPEN
    is_clear = bool(known.works) or not known.may_be_in_others
    return Verdict(ABANDONED, BY_GIT) if is_clear else UNKNOWN


def ends(connection: sqlite3.Connection, usage: Usage) -> Mapping[Session, Verdict]:
    """Say how each session of some usage ended."""
    return {each.task.key: verdict(each) for each in ended(connection, usage)}
