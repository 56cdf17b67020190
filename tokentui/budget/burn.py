"""How fast money goes: dollars an hour over a stated window."""

from __future__ import annotations

import sqlite3

from tokentui.amounts import dollars
from tokentui.queries.sums import Usage, total
from tokentui.tuples import NamedTuple

WINDOWS = (5, 15, 60)
"""Minutes over which the burn rate is stated; the longest is used to look ahead."""


class Burn(NamedTuple):
    """Nano-dollars an hour over the last `window_minutes`, maybe a lower bound.

    Not known where there was usage and none of it has a price.
    """

    window_minutes: int
    nanos_per_hour: int
    is_lower_bound: bool
    is_known: bool = True


def burn_rate(
    spent_nanos: int, window_minutes: int, is_lower_bound: bool, is_known: bool = True
) -> Burn:
    """Turn what was spent in a window into a rate."""
    rate = spent_nanos * 60 // window_minutes
    return Burn(window_minutes, rate, is_lower_bound, is_known)


def met_at(left_nanos: int, nanos_per_hour: int, now_ms: int) -> int | None:
    """Say when what is left is used up at this rate, in UTC milliseconds.

    `None` if it is never; `now_ms` if it is used up already.
    """
    if left_nanos <= 0:
        return now_ms
    if nanos_per_hour <= 0:
        return None
    return now_ms + left_nanos * 3_600_000 // nanos_per_hour


def burn_now(connection: sqlite3.Connection, now_ms: int, minutes: int) -> Burn:
    """Give how fast somebody pays, over the last minutes."""
    sums = total(connection, Usage(now_ms - minutes * 60_000, now_ms + 1))
    is_known = sums.cost_nanos is not None
    return burn_rate(sums.payable_nanos, minutes, sums.is_lower_bound, is_known)


def pace_text(burn: Burn) -> str:
    """Give a burn rate for people."""
    if not burn.is_known:
        return "unpriced"
    return dollars(burn.nanos_per_hour, burn.is_lower_bound) + "/h"
