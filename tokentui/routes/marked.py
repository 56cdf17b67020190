"""How often work on a model was accepted, by the user's own marks."""

from __future__ import annotations

import re
import sqlite3
from typing import NamedTuple

from tokentui.queries.marks import marks
from tokentui.queries.outcomes import ended
from tokentui.queries.sums import Usage
from tokentui.routes.compare import Names
from tokentui.routes.outcomes import acceptance

FEWEST_MARKS = 10
"""Marked sessions on a model, below which they tell nothing."""


class Marked(NamedTuple):
    """How many sessions on a model were accepted, of those that were marked."""

    accepted: int
    marked: int

    @property
    def success(self) -> float | None:
        """The share that was accepted, if there are enough to tell."""
        return self.accepted / self.marked if self.marked >= FEWEST_MARKS else None


def marked_on(connection: sqlite3.Connection, model: str, names: Names) -> Marked:
    """Count the marks, of all time, of sessions that used a model most.

    `model` is a bare name.
    """
    return by_model(connection, names).get(model, Marked(0, 0))


def by_model(connection: sqlite3.Connection, names: Names) -> dict[str, Marked]:
    """Count all marks by the bare name of the model that a session used most."""
    sessions = {session for _, session in marks(connection)}
    globs = tuple(re.sub(r"([\[*?])", r"[\1]", each) for each in sorted(sessions))
    found: dict[str, Marked] = {}
    if globs:
        counts = acceptance(ended(connection, Usage(only={"session": globs})))
        for logged, (accepted, known) in counts.items():
            name = names.route(logged).name
            before = found.get(name, Marked(0, 0))
            found[name] = Marked(before.accepted + accepted, before.marked + known)
    return found
