"""What the command line answers, and when it is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import builders

NOW = builders.START + timedelta(hours=2)
"""When every verb is run that does not run in a process of its own."""

DAY = 86_400
A_MONTH_AGO = -36 * DAY
"""Seconds from the start to 15 October."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Read stdout as exactly one JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """Give the lines of stdout."""
        return self.out.splitlines()


Ask = Callable[..., Answer]


def stopped(moment: datetime) -> SimpleNamespace:
    """Make what stands in for `datetime` where verbs ask for the time."""
    return SimpleNamespace(now=lambda tz: moment.astimezone(tz))
