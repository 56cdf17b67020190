"""Work made by hand, and what levers find in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import sample_ledgers
from repriced import BOOK, START, Made

from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.queries.sums import Usage
from tokentui.routes.compare import Names
from tokentui.routes.levers import suggestions
from tokentui.routes.suggestion import Saving, Suggestion
from tokentui.routes.work import Work
from tokentui.settings import Config

Lever = Callable[[Work], Iterable[Suggestion]]

SPAN = Usage(millis(START - timedelta(days=15)), millis(START + timedelta(days=15)))
NO_CONFIG = Config()


@contextmanager
def worked(ledger: Path, made: Iterable[Made], config: Config) -> Iterator[Work]:
    """Write responses into a ledger, and look at a month of it."""
    sample_ledgers.add(ledger, made)
    with closing(open_for_reading(ledger)) as connection:
        yield Work(connection, SPAN, 30, BOOK, Names(BOOK), config)


def suggested(
    ledger: Path, lever: Lever, *made: Made, config: Config = NO_CONFIG
) -> list[Suggestion]:
    """Ask one lever, however little it finds."""
    with worked(ledger, made, config) as work:
        return list(lever(work))


def only(ledger: Path, lever: Lever, *made: Made) -> Suggestion:
    """Ask one lever that finds one thing."""
    (found,) = suggested(ledger, lever, *made)
    return found


def worth_saying(ledger: Path, *made: Made) -> list[str]:
    """Ask all levers, and name those that find something worth saying."""
    with worked(ledger, made, NO_CONFIG) as work:
        return [each.lever for each in suggestions(work)]


def dollars(saving: Saving) -> tuple[float, float, float]:
    """Give a saving in dollars, to the hundredth of a cent."""
    low, mid, high = (round(nanos / 1e9, 4) for nanos in saving)
    return low, mid, high
