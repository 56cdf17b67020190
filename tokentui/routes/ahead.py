"""Prices that are known to rise: a saving of today may be gone soon."""

from __future__ import annotations

from datetime import UTC, datetime

from tokentui.attribution import rate_key
from tokentui.prices.rates import Rate
from tokentui.prices.remembered import DAY_MS, Rates
from tokentui.routes.compare import Comparison
from tokentui.routes.pricing import Route
from tokentui.routes.suggestion import Risk

WEEK_MS = 7 * DAY_MS
WEEKS_AHEAD = 13


def with_rises(found: Comparison, rates: Rates, now_ms: int) -> Comparison:
    """Add to the risks of each route that its price will rise."""
    alternatives = tuple(
        each._replace(risks=(*each.risks, *rises(rates, each.route, now_ms)))
        for each in found.alternatives
    )
    return found._replace(alternatives=alternatives)


def rises(rates: Rates, route: Route, now_ms: int) -> list[Risk]:
    """Say from which day on a route costs more, and how many times, if it soon does.

    Peak hours come again every week, and a holiday is over in two: so moments are
    compared with those of one and of two weeks before.
    """
    key = rate_key(route.provider, route.model, None, route.geo)

    def factor(at_ms: int) -> float:
        after, *before = (rates.rate(key, at_ms - n * WEEK_MS) for n in range(3))
        return min(dearer(each, after) for each in before)

    weeks = (now_ms + n * WEEK_MS for n in range(1, WEEKS_AHEAD + 1))
    week = next((at for at in weeks if factor(at) > 1), None)
    if week is None:
        return []
    days = (week - n * DAY_MS for n in range(6, -1, -1))
    day = next(at for at in days if factor(at) > 1)
    rate = rates.rate(key, day)
    date = datetime.fromtimestamp(day / 1000, UTC).date()
    text = f"it costs up to {factor(day):.2g} times as much from {date} on (UTC)"
    return [Risk("cost", text, rate and rate.source)]


def dearer(before: Rate | None, after: Rate | None) -> float:
    """Give how many times a token costs after a change, of the kind that rises most."""
    if before is None or after is None:
        return 1.0
    old, new = before.bands[0], after.bands[0]
    pairs = (
        (old.input, new.input),
        (old.cache_read, new.cache_read),
        (old.output, new.output),
    )
    return max((new / old for old, new in pairs if old), default=1.0)
