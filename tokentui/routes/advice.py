"""What is suggested for a span: the question of a face."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from tokentui.prices.book import Book
from tokentui.queries.sums import Sums, Usage
from tokentui.routes.compare import Names
from tokentui.routes.constraints import constraints_of
from tokentui.routes.levers import suggestions
from tokentui.routes.span import within_ledger
from tokentui.routes.suggestion import Suggestion
from tokentui.routes.work import Work, days_of
from tokentui.settings import Config


class Advice(NamedTuple):
    """What was used in a span, and what is suggested, in the order to try it in."""

    used: Sums
    suggestions: tuple[Suggestion, ...]


def advise(
    connection: sqlite3.Connection,
    usage: Usage,
    config: Config,
    book: Book,
    now_ms: int,
    value_nanos: int | None = None,
) -> Advice:
    """Look at the work of a span for cheaper ways to do it."""
    work = work_of(connection, usage, config, book, now_ms, value_nanos)
    return Advice(work.used, tuple(suggestions(work)))


def work_of(
    connection: sqlite3.Connection,
    usage: Usage,
    config: Config,
    book: Book,
    now_ms: int,
    value_nanos: int | None = None,
    to: str | None = None,
) -> Work:
    """Gather the work of a span until now, perhaps to be priced on one route more."""
    closed, names = within_ledger(connection, usage), Names(book)
    asked = () if to is None else (constraints_of(config).placed(names.route(to)),)
    days = days_of(usage, closed, now_ms)
    return Work(connection, closed, days, book, names, config, value_nanos, asked)
