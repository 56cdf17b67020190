"""What levers find in a ledger made by hand."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import weeks

from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.prices.book import Book
from tokentui.queries.sums import Usage
from tokentui.routes.compare import Names
from tokentui.routes.levers import Lever, suggestions
from tokentui.routes.suggestion import NOTHING, Saving, Suggestion
from tokentui.routes.work import Work
from tokentui.settings import Config

USD = 10**9
BOOK = Book()
DAYS = 7

PLAIN = Config()


def work_in(
    connection, value: int | None, config: Config, since: datetime, days: int
) -> Work:
    """Take what was used from a day on, of which a run is worth so many dollars."""
    span = Usage(millis(since), millis(since + timedelta(days=days)))
    nanos = None if value is None else value * USD
    return Work(connection, span, days, BOOK, Names(BOOK), config, nanos)


def found(
    ledger: Path,
    lever: Lever,
    *,
    value: int | None = None,
    config: Config = PLAIN,
    since: datetime = weeks.MONDAY,
    days: int = DAYS,
) -> list[Suggestion]:
    """Ask one lever about a week, or another span."""
    with closing(open_for_reading(ledger)) as connection:
        return list(lever(work_in(connection, value, config, since, days)))


def spoken(ledger: Path, config: Config = PLAIN) -> list[str]:
    """Ask all levers about a week, and name those that speak, in order."""
    with closing(open_for_reading(ledger)) as connection:
        work = work_in(connection, None, config, weeks.MONDAY, DAYS)
        return [each.lever for each in suggestions(work)]


def a_month(usd: float, high: float | None = None, mid: float | None = None) -> Saving:
    """Scale what a week saves to a month: at least, at most, probably (else least)."""
    figures = usd, usd if mid is None else mid, usd if high is None else high
    return Saving(*(round(each * USD * 30 / DAYS) for each in figures))


__all__ = ["NOTHING", "a_month", "found", "spoken"]
