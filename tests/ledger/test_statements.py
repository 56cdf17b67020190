"""What providers state is kept once: spans, balances and limits as they came."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise

import builders
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.config import Config
from tokentui.events import Tokens
from tokentui.ingest import writer_for
from tokentui.ledger import statements
from tokentui.ledger.connection import open_for_writing
from tokentui.ledger.writer import Writer
from tokentui.statements import Balance, Cost, Limit, Reading, Used, state

HOURS = 24
FEEDS = ("one", "two")
SPANS = st.tuples(
    st.sampled_from(FEEDS), st.integers(0, HOURS - 1), st.integers(0, HOURS)
).map(lambda drawn: (drawn[0], min(drawn[1:]), max(drawn[1:])))


@contextmanager
def opened() -> Iterator[tuple[sqlite3.Connection, Writer]]:
    """Open a new ledger to write."""
    _, ledger = builders.fresh_home()
    with closing(open_for_writing(ledger)) as connection, builders.toy_prices():
        yield connection, writer_for(connection, Config())


def hourly(since: int, until: int, amount: int) -> Reading:
    """State the same amount and as many tokens for each hour of a span."""
    hours = range(since, until)
    return Reading(
        since,
        until,
        until,
        costs=tuple(Cost(hour, hour + 1, amount) for hour in hours),
        used=tuple(Used(hour, hour + 1, Tokens(input=amount)) for hour in hours),
    )


@given(st.lists(SPANS, max_size=12))
def test_last_statement_stands(spans: list[tuple[str, int, int]]) -> None:
    """Each feed keeps about each moment what it said last, and knows how far it read.

    Whatever the order of readings: spans are disjoint, cover what was read and no more,
    and each bears the time of the reading that it is of.
    """
    said: dict[str, dict[int, int]] = {feed: {} for feed in FEEDS}
    with opened() as (connection, writer):
        for number, (feed, since, until) in enumerate(spans, 1):
            reading = hourly(since, until, number)
            now = 100 + number
            statements.keep(connection, writer, "it", feed, reading, "api", now)
            said[feed] |= dict.fromkeys(range(since, until), number)
        for feed in FEEDS:
            for query in ("nanos FROM cost", "input FROM used"):
                rows = connection.execute(
                    f"SELECT since, {query} WHERE feed = ? ORDER BY since", (feed,)
                ).fetchall()
                assert rows == sorted(said[feed].items())
            kept = connection.execute(
                "SELECT since, until, settled_until, as_of FROM reading"
                " WHERE feed = ? ORDER BY since",
                (feed,),
            ).fetchall()
            assert all(one[1] <= other[0] for one, other in pairwise(kept))
            assert all(since < until for since, until, *_ in kept)
            assert all(settled <= until for _, until, settled, _ in kept)
            covered = {
                hour: as_of - 100
                for since, until, _, as_of in kept
                for hour in range(since, until)
            }
            assert covered == said[feed]


def test_inside_an_older_span() -> None:
    """A span read anew inside an older one leaves what lies before and behind it."""
    with opened() as (connection, writer):
        for reading, now in ((hourly(0, 10, 1), 50), (hourly(4, 6, 2), 60)):
            statements.keep(connection, writer, "it", "one", reading, "api", now)
        assert connection.execute(
            "SELECT * FROM reading ORDER BY since"
        ).fetchall() == [
            ("it", "one", 0, 4, 4, 50),
            ("it", "one", 4, 6, 6, 60),
            ("it", "one", 6, 10, 10, 50),
        ]


def test_failure_keeps_nothing() -> None:
    """A reading that cannot be kept whole is not kept at all."""
    bad = Reading(
        0, 5, 5, (Cost(0, 5, 1), Cost(1, 5, 2**70)), balances=(Balance("b", 1),)
    )
    with opened() as (connection, writer):
        statements.keep(connection, writer, "it", "one", hourly(0, 5, 7), "api", 50)
        before = list(connection.iterdump())
        with pytest.raises(OverflowError):
            statements.keep(connection, writer, "it", "one", bad, "api", 60)
        assert list(connection.iterdump()) == before


def test_not_kept_if_it_may_not() -> None:
    """What is overtaken changes nothing, and says so."""
    with opened() as (connection, writer):
        reading = hourly(0, 5, 7)
        assert statements.keep(
            connection, writer, "it", "one", reading, "api", 50, lambda: True
        )
        before = list(connection.iterdump())
        assert not statements.keep(
            connection, writer, "it", "one", hourly(0, 5, 8), "api", 60, lambda: False
        )
        assert list(connection.iterdump()) == before


@given(st.lists(st.integers(0, 3), max_size=20))
def test_balances_are_a_history(amounts: list[int]) -> None:
    """Each run of the same balance is one row, from its first to its last sight."""
    expected: list[list[int]] = []
    with opened() as (connection, writer):
        for now, amount in enumerate(amounts):
            reading = state(now, balances=(Balance("b", amount),))
            statements.keep(connection, writer, "it", "one", reading, "api", now)
            if expected and expected[-1][2] == amount:
                expected[-1][1] = now
            else:
                expected.append([now, now, amount])
            assert statements.last_balance(connection, "it", now, "b") == (now, amount)
        rows = connection.execute(
            "SELECT since, as_of, nanos FROM balance ORDER BY since"
        ).fetchall()
        assert [list(row) for row in rows] == expected


LIMITS = st.tuples(
    st.integers(0, 2), st.none() | st.integers(0, 1), st.none() | st.integers(0, 1)
)


@given(st.lists(LIMITS, max_size=15))
def test_limits_are_a_history(said: list[tuple[int, int | None, int | None]]) -> None:
    """A limit is a new row when use, ceiling or reset changes, and only then."""
    changes = [
        each for place, each in enumerate(said) if place == 0 or said[place - 1] != each
    ]
    with opened() as (connection, writer):
        for now, (used, ceiling, resets_at) in enumerate(said):
            limit = Limit("l", used, ceiling, resets_at=resets_at)
            reading = state(now, limits=(limit,))
            statements.keep(connection, writer, "it", "one", reading, "api", now)
            assert statements.last_limit(connection, "it", now, "l") == (now, used)
        rows = connection.execute(
            "SELECT used, ceiling, resets_at FROM money_limit ORDER BY since"
        ).fetchall()
        assert rows == changes


def test_currencies_apart() -> None:
    """A balance that turns into another currency is another balance."""
    with opened() as (connection, writer):
        for now, currency in enumerate(("USD", "CNY", "CNY")):
            reading = state(now, balances=(Balance("b", 5, currency),))
            statements.keep(connection, writer, "it", "one", reading, "api", now)
        assert connection.execute(
            "SELECT since, as_of, currency FROM balance"
        ).fetchall() == [(0, 0, "USD"), (1, 2, "CNY")]


def test_nothing_is_of_the_future() -> None:
    """What was kept while the clock was ahead gives way to what is read now."""
    with opened() as (connection, writer):
        for now in (10, 900, 20):
            reading = Reading(
                5,
                now,
                now,
                (Cost(5, now, now),),
                balances=(Balance("b", now),),
                limits=(Limit("l", now, None),),
            )
            statements.keep(connection, writer, "it", "one", reading, "api", now)
        ask = connection.execute
        assert ask("SELECT since, until, as_of FROM reading").fetchall() == [
            (5, 20, 20)
        ]
        assert ask("SELECT nanos FROM cost").fetchall() == [(20,)]
        for query in ("nanos FROM balance", "used FROM money_limit"):
            rows = ask(f"SELECT since, {query} ORDER BY since").fetchall()
            assert rows == [(10, 10), (20, 20)]
