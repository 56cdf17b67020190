"""All that is told of how work ended, from one question to the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tokentui.ledger.marks import ACCEPTED
from tokentui.queries.outcomes import Asked, asked, ended
from tokentui.queries.sums import Usage
from tokentui.queries.tasks import waste
from tokentui.routes.ended import verdict
from tokentui.routes.funnel import Stage, funnel
from tokentui.routes.keys import keys
from tokentui.routes.outcomes import Key, Tally, grouped, tally
from tokentui.routes.spread import Spread, spread
from tokentui.routes.worth import worths
from tokentui.settings import Config


class Report(NamedTuple):
    """Sessions by a key and all together, how far they came, and what they cost apart.

    `projects` are those that they were in, `asked` how git was asked about them.
    """

    groups: Mapping[Key, Tally]
    total: Tally
    stages: tuple[Stage, ...]
    spread: Spread
    projects: frozenset[str | None]
    asked: Mapping[str, Asked]


def report(
    connection: sqlite3.Connection, usage: Usage, config: Config, by: Sequence[str]
) -> Report:
    """Say how the work of some usage ended, grouped by some keys."""
    sessions = ended(connection, usage)
    accepted = {each.task.key for each in sessions if verdict(each).word == ACCEPTED}
    wasted = waste(connection, usage, accepted)
    worth, key = worths(config), keys(by, connection, usage, config)
    projects = frozenset(each.task.project for each in sessions)
    known = asked(connection)
    return Report(
        grouped(
            sessions,
            lambda each: key(each.task),
            worth,
            wasted,
        ),
        tally(sessions, worth, wasted),
        funnel(sessions),
        spread(sessions),
        projects,
        {name: known[name] for name in sorted(known) if name in projects},
    )
