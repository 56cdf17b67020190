"""What is found in a session, and who looks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tokentui.queries.threads import Labels, Session
from tokentui.routes.waste.prices import Prices
from tokentui.text import many


class Finding(NamedTuple):
    """Something in a session that would have cost less otherwise, in nano-dollars.

    `labels` and `at_ms` are those of its first response. `low`, `mid`, `high`: what is
    saved at least, probably, at most; `low` may be below zero where something else
    would cost more for it. `times`, `size` and `most` count what is looked for.
    """

    labels: Labels
    at_ms: int
    low: int
    mid: int
    high: int
    times: int = 1
    size: int = 0
    most: int = 0


def times_of(found: Sequence[Finding], what: str) -> str:
    """Say how many times something was found: `3 requests`."""
    return many(sum(each.times for each in found), what)


Look = Callable[[Session, Prices], Iterable[Finding]]
"""Looks for one thing in a session."""
