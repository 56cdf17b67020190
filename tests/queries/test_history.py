"""Past days by local hour are those of the local clock, in every zone."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import fresh_home, ms, record
from hypothesis import example, given
from hypothesis import strategies as st

from tokentui import periods
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ledger.connection import open_for_reading
from tokentui.queries.history import History, distinct
from tokentui.queries.sums import Usage

NIGHTS = (
    ("Asia/Kathmandu", "2026-10-25"),  # 5:45 ahead all year
    ("Asia/Kolkata", "2026-10-25"),  # 5:30 ahead all year
    ("America/St_Johns", "2026-11-01"),  # 2:30 behind, then 3:30
    ("America/St_Johns", "2010-11-08"),  # the day before showed 23:01 after 00:00
    ("Australia/Lord_Howe", "2026-04-05"),  # by half an hour
    ("Europe/Berlin", "2026-10-25"),
    ("Europe/Berlin", "2026-03-29"),
    ("Africa/Cairo", "2026-04-24"),  # midnight is skipped
)
"""Zones, and a night in or near which the clocks of most are changed."""

SERIES = [
    Series("claude-code", "s-1", "claude-a", project="/home/ada/api"),
    Series("claude-code", "s-2", "claude-a", project="/home/ada/web"),
    Series("codex", "s-3", "gpt-b", project="/home/ada/web"),
]


def write(ledger: Path, usage: list[tuple[int, int, int]]) -> None:
    """Write responses of a series, at a time, of so many input tokens."""
    record(
        ledger,
        [
            (
                SERIES[series],
                UsageEvent(number.to_bytes(16, "big"), 0, at, at, Tokens(input=tokens)),
            )
            for number, (series, at, tokens) in enumerate(usage)
        ],
    )


@example(("America/St_Johns", "2010-11-08"), [(0, -24 * 3600 - 1800, 5)], None)
@given(
    st.sampled_from(NIGHTS),
    st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(-40 * 3600, 40 * 3600), st.integers(1, 99)
        ),
        max_size=20,
    ),
    st.sampled_from((None, "web")),
)
def test_hours(
    place: tuple[str, str], usage: list[tuple[int, int, int]], project: str | None
) -> None:
    """Each hour of each day holds what was used while the clock showed that hour."""
    tz, night = ZoneInfo(place[0]), date.fromisoformat(place[1])
    first, last = night - timedelta(1), night + timedelta(1)
    since, until = periods.day_start(first, tz), periods.day_start(last, tz)
    middle = periods.day_start(night, tz)
    usage = [(series, middle + s * 1000, tokens) for series, s, tokens in usage]
    _, ledger = fresh_home()
    write(ledger, usage)
    expected: Counter[tuple[date, int]] = Counter()
    for series, at, tokens in usage:
        clock = datetime.fromtimestamp(at / 1000, UTC).astimezone(tz)
        is_meant = clock.date() >= first and (project is None or series > 0)
        if since <= at < until and is_meant:
            expected[clock.date(), clock.hour] += tokens
    only = {"project": (project,)} if project else {}
    with closing(open_for_reading(ledger)) as connection:
        history = History(connection, since, until, tz, "tokens")
        found = history.days(Usage(only=only))
    assert [day for day, _ in found] == [first, night]
    assert {
        (day, hour): tokens
        for day, hours in found
        for hour, tokens in enumerate(hours)
        if tokens
    } == dict(expected)


@pytest.mark.parametrize(
    ("unit", "spent"), [("usd", 3_000), ("list-usd", 3_000), ("tokens", 3)]
)
def test_units(unit: str, spent: int, ledger: Path) -> None:
    """A dollar per million tokens is a thousand nano-dollars for each."""
    at = ms("2026-11-20T10:15:00Z")
    write(ledger, [(0, at, 3)])
    start = ms("2026-11-20T00:00:00Z")
    with closing(open_for_reading(ledger)) as connection:
        history = History(connection, start, start + 86_400_000, ZoneInfo("UTC"), unit)
        ((day, hours),) = history.days(Usage())
    assert day == date(2026, 11, 20)
    assert {hour: each for hour, each in enumerate(hours) if each} == {10: spent}


def test_distinct(ledger: Path) -> None:
    """Only values with usage in the span are listed, cut to the millisecond."""
    at = ms("2026-11-20T10:20:00.500Z")
    write(ledger, [(0, at, 3), (2, at + 1, 3)])
    with closing(open_for_reading(ledger)) as connection:
        sources = [
            distinct(connection, "source", Usage(at + since, at + until))
            for since, until in ((0, 1), (0, 2), (1, 2), (2, 9))
        ]
    assert sources == [
        ("claude-code",),
        ("claude-code", "codex"),
        ("codex",),
        (),
    ]
