"""What work is worth, and what an hour of the user's costs, by mark and config."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from tokentui.amounts import NANOS
from tokentui.queries.outcomes import Ended
from tokentui.settings import Config
from tokentui.tagging import Tags


class Worth(NamedTuple):
    """What the config says of a session's project, in nano-dollars, if anything.

    `value`: what an accepted session is worth; `hour`: what one of the user's costs.
    """

    value: int | None = None
    hour: int | None = None


Worths = Callable[[Ended], Worth]


def worths(config: Config) -> Worths:
    """Make what tells the worth of a session by the rules on projects."""
    tags = Tags(config.projects)

    @cache
    def of(project: str | None, branch: str | None) -> Worth:
        rule = tags.rule(project, branch)
        if rule is None:
            return Worth()
        return Worth(nanos(rule.value), nanos(rule.hourly_rate))

    return lambda ended: of(ended.task.project, ended.task.branch)


def nanos(dollars: Decimal | None) -> int | None:
    """Give dollars of the config as nano-dollars."""
    return None if dollars is None else round(dollars * NANOS)


def value_of(ended: Ended, worth: Worths) -> int | None:
    """Give what a session's work is worth if accepted, as marked, else by its rule."""
    if ended.mark is not None and ended.mark.value_nanos is not None:
        return ended.mark.value_nanos
    return worth(ended).value
