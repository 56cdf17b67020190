"""Responses made by hand, and what they would cost on another route."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sample_ledgers
from msgspec.structs import replace

from tokentui.events import Series, UsageEvent
from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.prices.book import Book
from tokentui.queries.sums import Usage
from tokentui.routes.compare import Alternative, Comparison, Names, compare
from tokentui.routes.constraints import Constraints
from tokentui.routes.estimates import Estimates
from tokentui.routes.quality import Quality

START = datetime(2026, 11, 17, 12, tzinfo=UTC)
"""A Tuesday noon of UTC, when DeepSeek's peak hours are over."""

USD = 10**9
BOOK = Book()

Made = tuple[Series, list[UsageEvent]]


def at(minutes: float) -> datetime:
    """Say when it is so many minutes after the start."""
    return START + timedelta(minutes=minutes)


def event(minutes: float = 0, *, fees: dict[str, int] | None = None, **counts: int):
    """Make a response of just these tokens."""
    none = {"input": 0, "cache_read": 0, "output": 0}
    made = sample_ledgers.event(at(minutes), **(none | counts))
    return replace(made, fees=fees or {})


def used(*events: UsageEvent, model: str = "claude-opus-4-8", **labels: Any) -> Made:
    """Make the responses of one series."""
    return sample_ledgers.series(**({"model": model} | labels)), list(events)


def compared(
    ledger: Path,
    *made: Made,
    on: str,
    only: str | None = None,
    quality: Quality | None = None,
) -> Comparison:
    """Price what was used, perhaps of one model only, on another."""
    if made:
        sample_ledgers.add(ledger, made)
    names = Names(BOOK)
    usage = Usage(
        millis(START - timedelta(days=30)),
        millis(START + timedelta(days=30)),
        {"model": (only,)} if only else {},
    )
    with closing(open_for_reading(ledger)) as connection:
        limits = Constraints(quality=quality or Quality())
        return compare(connection, usage, [names.route(on)], BOOK, names, limits)


def alternative(ledger: Path, *made: Made, on: str) -> Alternative:
    """Give the one route."""
    (found,) = compared(ledger, *made, on=on).alternatives
    return found


def costs(ledger: Path, *made: Made, on: str) -> Estimates:
    """Give the estimates of a route that has a price."""
    found = alternative(ledger, *made, on=on).estimates
    assert found is not None
    return found
