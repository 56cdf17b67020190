"""Sums of series by day are those of the events, and what is asked of them is exact."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
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


def responses(made: list[Made]) -> list[tuple[Series, UsageEvent]]:
    """Make responses; of the same number in a list it is another copy of the same."""
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
        for number, (series, at, tokens, requests) in enumerate(made)
    ]


def summed(made: list[Made]) -> tuple[int | None, int, int | None, int]:
    """Sum requests, tokens, nano-dollars (a thousand for each token), and unpriced."""
    counted = [requests for *_, requests in made if requests is not None]
    priced = [tokens for series, _, tokens, _ in made if series.model == "claude-a"]
    return (
        sum(counted) if counted else None,
        sum(tokens for _, _, tokens, _ in made),
        sum(priced) * 1000 if priced else None,
        len(made) - len(priced),
    )


def shown(sums: Sums) -> tuple[int | None, int, int | None, int]:
    """Tell of sums what `summed` tells."""
    return sums.requests, sums.tokens[0], sums.cost_nanos, sums.unpriced


@given(RESPONSES, SPANS)
@example([(Series("codex", "s-1", "unpriced-b"), MIDNIGHT, 5, None)], (None, None))
def test_spans(made: list[Made], span: tuple[int | None, int | None]) -> None:
    """By session, narrowed and cut anywhere, sums are those of the events there."""
    since, until = span
    _, ledger = fresh_home()
    record(ledger, responses(made))
    groups: dict[tuple[str, str | None], list[Made]] = defaultdict(list)
    for each in made:
        series, at, *_ = each
        is_inside = (since is None or at >= since) and (until is None or at < until)
        if is_inside and series.session.startswith("s"):
            groups[series.session, series.agent].append(each)
    usage = Usage(since, until, {"session": ("s",)})
    with closing(open_for_reading(ledger)) as connection:
        by = usage_by(connection, ("session", "agent"), usage, ZoneInfo("UTC"))
        whole = total(connection, usage)
    assert {row.keys: shown(row.sums) for row in by.rows} == {
        keys: summed(some) for keys, some in groups.items()
    }
    everything = [each for some in groups.values() for each in some]
    assert shown(whole) == (summed(everything) if everything else (0, 0, 0, 0))


def test_migration(home: Path, ledger: Path) -> None:
    """A ledger of the schema before gets the days that are written today."""
    filled = full_ledger.fill(ledger.with_name("filled.db"), home)
    full_ledger.as_of_version(filled, ledger, BEFORE_DAYS)
    assert days_of(ledger) is None
    open_for_writing(ledger).close()
    assert days_of(ledger) == days_of(filled)
    assert days_of(ledger)


def days_of(ledger: Path) -> list[tuple[object, ...]] | None:
    """Give all sums by day; `None` if the schema has none."""
    with closing(sqlite3.connect(ledger)) as connection:
        if connection.execute("PRAGMA user_version").fetchone() == (BEFORE_DAYS,):
            return None
        return connection.execute("SELECT * FROM series_day ORDER BY 1, 2").fetchall()
