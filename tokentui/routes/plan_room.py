"""How much list value a flat plan holds in a month, as far as anybody knows.

Providers state what share of a window is used, and not of what. So the user's own weeks
tell, in which both the share and the usage are known; else what others measured.
"""

from __future__ import annotations

import sqlite3
from statistics import median
from typing import NamedTuple

from tokentui.amounts import NANOS
from tokentui.queries.quotas import weeks_used
from tokentui.queries.sums import Usage, total

WEEKS_A_MONTH = 30 / 7

LEAST_PERCENT = 10
"""Used less of a week, the share is too coarse to tell the whole."""

MOST_WEEKS = 8


class Room(NamedTuple):
    """Nano-dollars of list value a month: at least, probably, at most."""

    low: int
    mid: int
    high: int


class Measured(NamedTuple):
    """What others found a plan to hold in a month, on which models, and its fee.

    Both in dollars.
    """

    plan: str
    fee: int
    held: tuple[float, float]
    models: tuple[str, str]


MEASURED = {
    "anthropic": Measured(
        "claude-pro", 20, (147.64, 1_273.60), ("claude-sonnet-4-6", "claude-opus-4-8")
    ),
    "openai": Measured("chatgpt-plus", 20, (296, 436.48), ("gpt-5.4", "gpt-5.6-sol")),
}
"""By who sells the plan. Others' work is not the user's: these are examples.

https://github.com/mahonzhan/awesome-coding-plan (CC BY 4.0, 2026-04-28) and plans.json
of https://github.com/utkuacikgoz/rack-rate, read 2026-11-22
"""


def own_room(connection: sqlite3.Connection, payer: str) -> Room | None:
    """Tell from the user's weeks what a plan holds; `None` if none tells.

    Usage outside the logs uses the window as well, so that it rather holds more.
    """
    found = []
    for week in weeks_used(connection, payer)[:MOST_WEEKS]:
        if week.used_percent < LEAST_PERCENT:
            continue
        span = Usage(week.since_ms, week.as_of_ms + 1, exactly={"payer": payer})
        value = total(connection, span).list_nanos or 0
        if value:
            found.append(value / week.used_percent * 100 * WEEKS_A_MONTH)
    if not found:
        return None
    return Room(round(min(found)), round(median(found)), round(max(found)))


def measured_room(measured: Measured) -> Room:
    """Tell what others found; the careful figure is the probable one."""
    low, high = (round(usd * NANOS) for usd in measured.held)
    return Room(low, low, high)
