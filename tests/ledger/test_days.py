"""Sums of series by day are those of the events, and what is asked of them is exact."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import full_ledger
from builders import fresh_home, ms, record
from hypothesis import example, given
from hypothesis import strategies as st

from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.queries.sums import Sums, Usage, total
from tokentui.queries.usage import usage_by
from tokentui.settings import Config, Match, Payer

MIDNIGHT = ms("2026-11-20T00:00:00Z")
QUARTER, DAY = 900_000, 86_400_000
BEFORE_DAYS = 9
"""The schema before there were sums by day."""

SERIES = st.builds(
    Series,
    source=st.sampled_from(("claude-code", "codex")),
    session=st.sampled_from(("s-1", "s-2", "t-3")),
    model=st.sampled_from(("claude-a", "unpriced-b")),
    agent=st.sampled_from(("main", "explore")),
)
TIMES = st.builds(
    lambda day, quarter, offset: MIDNIGHT + day * DAY + quarter * QUARTER + offset,
    st.integers(-2, 2),
    st.sampled_from((-1, 0, 1, 50)),
    st.sampled_from((-1, 0, 1, 400_000)),
)
"""At and around the edges of days and quarter-hours, and between them."""

Made = tuple[Series, int, int, int | None]
RESPONSES = st.lists(
    st.tuples(SERIES, TIMES, st.integers(0, 99), st.sampled_from((None, 0, 1))),
    max_size=15,
)
SPANS = st.tuples(st.none() | TIMES, st.none() | TIMES)
HALF_PRICE = Config(
    payers=(Payer("company", match=Match(source=("codex",)), discount=Decimal("0.5")),)
)


def responses(made: list[Made], first: int = 0) -> list[tuple[Series, UsageEvent]]:
    """Make responses with these numbers and those that follow."""
    return [
        (
            series,
            UsageEvent(
                key=number.to_bytes(16, "big"),
                series=0,
                at=at,
                own_at=at,
                tokens=Tokens(input=tokens),
                requests=requests,
            ),
        )
        for number, (series, at, tokens, requests) in enumerate(made, first)
    ]


Told = tuple[int | None, int, int | None, int | None, int]
"""Requests, tokens, nano-dollars as paid and at list prices, unpriced responses."""


def summed(made: list[Made]) -> Told:
    """Sum responses one by one; a token is a thousand nano-dollars, half for Codex."""
    counted = [requests for *_, requests in made if requests is not None]
    priced = [each for each in made if each[0].model == "claude-a"]
    paid = sum(n * (500 if s.source == "codex" else 1000) for s, _, n, _ in priced)
    return (
        sum(counted) if counted else None,
        sum(tokens for _, _, tokens, _ in made),
        paid if priced else None,
        sum(tokens for _, _, tokens, _ in priced) * 1000 if priced else None,
        len(made) - len(priced),
    )


def shown(sums: Sums) -> Told:
    """Tell of sums what `summed` tells."""
    cost, at_list = sums.cost_nanos, sums.list_nanos
    return sums.requests, sums.tokens[0], cost, at_list, sums.unpriced


@given(RESPONSES, st.lists(SPANS, min_size=3, max_size=8))
@example([(Series("codex", "s-1", "unpriced-b"), MIDNIGHT, 5, None)], [(None, None)])
def test_spans(made: list[Made], spans: list[tuple[int | None, int | None]]) -> None:
    """By session, narrowed and cut anywhere, sums are those of the events there."""
    _, ledger = fresh_home()
    record(ledger, responses(made), HALF_PRICE)
    with closing(open_for_reading(ledger)) as connection:
        for since, until in spans:
            inside = [
                each
                for each in made
                if (since is None or each[1] >= since)
                and (until is None or each[1] < until)
                and each[0].session.startswith("s")
            ]
            groups: dict[tuple[str, str | None], list[Made]] = defaultdict(list)
            for each in inside:
                groups[each[0].session, each[0].agent].append(each)
            usage = Usage(since, until, {"session": ("s",)})
            by = usage_by(connection, ("session", "agent"), usage, ZoneInfo("UTC"))
            rows = {row.keys: shown(row.sums) for row in by.rows}
            assert rows == {keys: summed(some) for keys, some in groups.items()}
            whole = shown(total(connection, usage))
            assert whole == (summed(inside) if inside else (0, 0, 0, 0, 0))


def test_cut_at_both_ends(ledger: Path) -> None:
    """Whole days and what is cut off both ends count, once; what is outside does not.

    One token is just before the span, the last one just behind it.
    """
    since, until = MIDNIGHT + QUARTER + 7, MIDNIGHT + 3 * DAY + 1
    times = [since - 1, since, MIDNIGHT + DAY, MIDNIGHT + 3 * DAY - 1, until - 1, until]
    series = Series("codex", "s-1", "claude-a")
    made = [(series, at, 1 << i, 1) for i, at in enumerate(times)]
    record(ledger, responses(made))
    with closing(open_for_reading(ledger)) as connection:
        found = usage_by(connection, ["session"], Usage(since, until), ZoneInfo("UTC"))
    assert found.total.tokens[0] == 2 + 4 + 8 + 16


def test_one_of_two_days(ledger: Path) -> None:
    """A series of which one day is touched keeps its others, where others are touched.

    The second reading adds to the first series today and to the second one tomorrow.
    """
    one, two = (Series("codex", name, "claude-a") for name in ("s-1", "s-2"))
    today, tomorrow = MIDNIGHT, MIDNIGHT + DAY
    first = responses([(one, today, 1, 1), (two, today, 2, 1), (two, tomorrow, 4, 1)])
    second: list[Made] = [(one, today, 8, 1), (two, tomorrow, 16, 1)]
    record(ledger, first)
    record(ledger, responses(second, len(first)))
    assert sorted(row[3] for row in days_of(ledger) or []) == [2, 1 + 8, 4 + 16]


@given(RESPONSES)
def test_migration(made: list[Made]) -> None:
    """A ledger of the schema before gets the days that are written today."""
    home, filled = fresh_home()
    record(filled, responses(made), HALF_PRICE)
    ledger = home / "old.db"
    full_ledger.as_of_version(filled, ledger, BEFORE_DAYS)
    assert days_of(ledger) is None
    open_for_writing(ledger).close()
    assert days_of(ledger) == days_of(filled)


def days_of(ledger: Path) -> list[tuple[object, ...]] | None:
    """Give all sums by day; `None` if the schema has none."""
    with closing(sqlite3.connect(ledger)) as connection:
        if connection.execute("PRAGMA user_version").fetchone() == (BEFORE_DAYS,):
            return None
        return connection.execute("SELECT * FROM series_day ORDER BY 1, 2").fetchall()
