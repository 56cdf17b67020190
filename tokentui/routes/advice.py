"""What is suggested for a span: the question of a face."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from tokentui.prices.book import Book
from tokentui.queries.sums import Sums, Usage
from tokentui.routes.compare import Names
from tokentui.routes.levers import suggestions
from tokentui.routes.span import within_ledger
from tokentui.routes.suggestion import Suggestion
from tokentui.routes.work import Work
from tokentui.settings import Config

DAY_MS = 86_400_000


class Advice(NamedTuple):
    """What was used in a span, and what is suggested, in the order to try it in."""

    used: Sums
    suggestions: tuple[Suggestion, ...]


def advise(
    connection: sqlite3.Connection,
    usage: Usage,
    config: Config,
    book: Book,
    value_nanos: int | None = None,
) -> Advice:
    """Look at the work of a span, which is closed, for cheaper ways to do it."""
    days = ((usage.until_ms or 0) - (usage.since_ms or 0)) / DAY_MS
    closed = within_ledger(connection, usage)
    work = Work(connection, closed, days, book, Names(book), config, value_nanos)
    return Advice(work.used, tuple(suggestions(work)))
