"""Usage by project, and whose each project is."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tokentui.queries.sums import Sums, Usage
from tokentui.queries.usage import Key, usage_by
from tokentui.settings import Project
from tokentui.tagging import Tags

UNTAGGED = "untagged"


class TaggedUsage(NamedTuple):
    """The usage of a project as far as one rule holds for it.

    `keys` are those that were asked for beside; `rule` is `None` where none holds.
    """

    keys: tuple[Key, ...]
    project: str | None
    rule: Project | None
    sums: Sums

    @property
    def kind(self) -> str:
        """Whose it is: work, personal, client or untagged."""
        return UNTAGGED if self.rule is None else self.rule.kind


def tagged_usage(
    connection: sqlite3.Connection,
    usage: Usage,
    tz: ZoneInfo,
    tags: Tags,
    by: Sequence[str] = (),
) -> list[TaggedUsage]:
    """Group usage by keys, project and the rule that holds for it."""
    table = usage_by(connection, (*by, "project", "branch"), usage, tz)
    groups: dict[tuple[object, ...], TaggedUsage] = {}
    for row in table.rows:
        *keys, project, branch = row.keys
        rule = tags.rule(project, branch)
        key = (*keys, project, rule and rule.name)
        known = groups.get(key)
        sums = row.sums if known is None else known.sums.plus(row.sums)
        groups[key] = TaggedUsage(tuple(keys), project, rule, sums)
    return list(groups.values())
