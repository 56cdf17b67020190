"""Which kind of work a session is, by rules on its shape and never on its text.

A session is of the first kind that holds, in the order of `WORKLOADS`: first what must
not be moved lightly, then what need not be waited for or is large, then what is small.
What is not known makes no session small.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace

from tokentui.events import EDITED_CODE, EDITED_TEXT, PLANNED
from tokentui.globs import any_glob
from tokentui.queries.shapes import Shape, shapes
from tokentui.queries.sums import Usage
from tokentui.routes.waste.tiers import HEADLESS
from tokentui.settings import WORKLOADS, Config, Project, WorkloadMatch
from tokentui.tagging import Tags

OTHER = "other"
LONG_PROMPT = 150_000
"""Tokens; longer prompts are nothing for small models, and for some of them dearer."""

FEW_RESPONSES, LITTLE_OUTPUT = 5, 2_000
"""What a question and its answer come to."""

MANY_TOKENS = 50_000_000
"""Tokens of a session: 500 responses to prompts of 100,000."""


class Workloads:
    """The rules, with what the user set, ready to be asked."""

    def __init__(self, config: Config) -> None:
        self._rules = config.workloads
        self._risky = Tags(flagged(config, lambda project: project.high_risk))
        self._secret = Tags(flagged(config, lambda project: project.sensitive))
        self._kinds: dict[str, Callable[[Shape], bool]] = {
            "sensitive": lambda shape: is_tagged(self._secret, shape),
            "high-risk": lambda shape: (
                bool(shape.deeds & PLANNED) or is_tagged(self._risky, shape)
            ),
            "bulk": is_unattended,
            "long-context": lambda shape: shape.peak > LONG_PROMPT,
            "sustained": lambda shape: shape.tokens > MANY_TOKENS,
            "drafting": is_drafting,
            "simple": is_simple,
        }

    def of(self, shape: Shape) -> str:
        """Name the kind of a session: the user's rules first, then its shape."""
        for rule in self._rules:
            if matches(rule.match, shape):
                return rule.name
        holding = (name for name, holds in self._kinds.items() if holds(shape))
        return next(holding, OTHER)

    def sorted(
        self, connection: sqlite3.Connection, usage: Usage
    ) -> dict[str, list[Shape]]:
        """Sort the sessions of a span, each whole, whatever else narrows the usage."""
        found: dict[str, list[Shape]] = {name: [] for name in WORKLOADS}
        for shape in shapes(connection, Usage(usage.since_ms, usage.until_ms)):
            found[self.of(shape)].append(shape)
        return found

    def only(
        self, connection: sqlite3.Connection, usage: Usage, names: Iterable[str]
    ) -> Usage:
        """Narrow some usage to sessions that are of some kinds within its span."""
        found = self.sorted(connection, usage)
        return in_sessions(usage, [each for name in names for each in found[name]])


def in_sessions(usage: Usage, some: Iterable[Shape]) -> Usage:
    """Narrow some usage to sessions."""
    return replace(usage, sessions=frozenset((s.source, s.session) for s in some))


def flagged(config: Config, flag: Callable[[Project], bool]) -> list[Project]:
    """List the rules on projects that set a flag: whichever else holds as well."""
    return [project for project in config.projects if flag(project)]


def is_tagged(tags: Tags, shape: Shape) -> bool:
    """Claim that any part of a session lies where a flag is set."""
    return any(tags.rule(place.project, place.branch) for place in shape.places)


def is_unattended(shape: Shape) -> bool:
    """Claim that a script had started all of a session, so that nobody waited."""
    return all(place.entrypoint in HEADLESS for place in shape.places)


def is_drafting(shape: Shape) -> bool:
    """Claim that only text was edited; what commands changed is not seen."""
    edits = shape.deeds & (EDITED_CODE | EDITED_TEXT)
    return edits == EDITED_TEXT and not shape.untold


def is_simple(shape: Shape) -> bool:
    """Claim that a session is a short question, as far as all of it is known."""
    return (
        0 < shape.responses <= FEW_RESPONSES
        and shape.output <= LITTLE_OUTPUT
        and not shape.deeds
        and not shape.untold
        and not shape.partial
    )


def matches(match: WorkloadMatch, shape: Shape) -> bool:
    """Claim that every part of a user's rule matches a session, somewhere in it."""
    asked = (
        (match.source, [shape.source]),
        (match.project, [place.project for place in shape.places]),
        (match.branch, [place.branch for place in shape.places]),
        (match.label, [place.label for place in shape.places]),
        (match.entrypoint, [place.entrypoint for place in shape.places]),
    )
    return all(
        any(any_glob(globs, value) for value in values)
        for globs, values in asked
        if globs
    )
