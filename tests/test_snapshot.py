"""A snapshot says what the queries say, at one moment."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import builders
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokentui import periods
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.queries.sums import Usage, total
from tokentui.queries.usage import usage_by
from tokentui.settings import Cap, Config
from tokentui.snapshot import FEED_LENGTH, Snapshot, take

NOW = builders.START + timedelta(hours=2)
NANOS_A_TOKEN = 1_000
"""A dollar per million tokens of every kind, in the toy book."""

zones = st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"))
histories = st.lists(
    st.tuples(
        st.sampled_from(("claude-code", "codex")),
        st.sampled_from(("claude-a", "gpt-b", "unpriced-c")),
        st.integers(-70 * 86_400_000, 7_200_000),
        st.integers(9, 10**7),
    ),
    max_size=12,
)


def event(number: int, at_ms: int, output: int) -> UsageEvent:
    """Make one response, `at_ms` after the start."""
    at = builders.START_MS + at_ms
    key = number.to_bytes(16, "big")
    return UsageEvent(key, 0, at, at, Tokens(output=output))


def kept(ledger: Path, history: list[tuple[str, str, int, int]]) -> None:
    """Write a history into a ledger."""
    builders.record(
        ledger,
        (
            (Series(source, "s", model, project="/x/acme"), event(n, at, output))
            for n, (source, model, at, output) in enumerate(history)
        ),
    )


def look(
    ledger: Path, config: Config | None = None, zone: str = "UTC", now: datetime = NOW
) -> Snapshot:
    """Take a snapshot of a ledger."""
    with closing(open_for_reading(ledger)) as connection:
        return take(connection, config or Config(), ZoneInfo(zone), now)


def test_empty(ledger: Path) -> None:
    """An empty ledger is known to be empty, and cost nothing."""
    kept(ledger, [])
    snapshot = look(ledger)
    assert snapshot.is_ledger_empty
    assert (snapshot.today.cost_nanos, snapshot.month.cost_nanos) == (0, 0)
    assert (snapshot.latest, snapshot.sources, snapshot.caps) == ((), (), ())
    assert [burn.nanos_per_hour for burn in snapshot.burns] == [0, 0, 0]


@settings(max_examples=25)
@given(history=histories, zone=zones)
def test_figures_are_the_queries(
    history: list[tuple[str, str, int, int]], zone: str
) -> None:
    """Today and this month are what the queries give for the local day and month."""
    _, ledger = builders.fresh_home()
    kept(ledger, history)
    tz = ZoneInfo(zone)
    snapshot = look(ledger, zone=zone)
    day = periods.period_window("day", tz, NOW)
    month = periods.period_window("month", tz, NOW)
    with closing(open_for_reading(ledger)) as connection:
        today = Usage(day.since_ms, day.until_ms)
        by_model = usage_by(connection, ["source", "model"], today, tz)
        assert snapshot.today == by_model.total
        assert sorted(snapshot.by_model, key=repr) == sorted(by_model.rows, key=repr)
        assert snapshot.month == total(
            connection, Usage(month.since_ms, month.until_ms)
        )
    assert snapshot.month_period == month
    by_hand = sum(
        output * NANOS_A_TOKEN
        for _, model, at, output in history
        if month.since_ms <= builders.START_MS + at < month.until_ms
        and not model.startswith("unpriced")
    )
    assert (snapshot.month.cost_nanos or 0) == by_hand


@settings(max_examples=25)
@given(history=histories, zone=zones)
def test_day_by_quarter_hours(
    history: list[tuple[str, str, int, int]], zone: str
) -> None:
    """The quarter-hours since local midnight add up to today, up to now."""
    _, ledger = builders.fresh_home()
    kept(ledger, [each for each in history if each[2] <= 7_200_000])
    snapshot = look(ledger, zone=zone)
    assert sum(snapshot.day_spend) == (snapshot.today.cost_nanos or 0)
    midnight = periods.period_window("day", ZoneInfo(zone), NOW).since_ms
    assert midnight is not None
    quarters = (millis(NOW) - midnight) // 900_000 + 1
    assert len(snapshot.day_spend) == quarters


@pytest.mark.parametrize(
    ("before_ms", "spends"),
    [
        (0, (True, True, True)),
        (299_999, (True, True, True)),
        (300_000, (True, True, True)),
        (300_001, (False, True, True)),
        (900_000, (False, True, True)),
        (900_001, (False, False, True)),
        (3_600_000, (False, False, True)),
        (3_600_001, (False, False, False)),
        (-1, (False, False, False)),
    ],
)
def test_burn_windows(ledger: Path, before_ms: int, spends: tuple[bool, ...]) -> None:
    """The last 5, 15 and 60 minutes are exact, and the future is not in them."""
    kept(ledger, [("codex", "claude-a", 7_200_000 - before_ms, 1_000_000)])
    burns = look(ledger).burns
    assert tuple(bool(burn.nanos_per_hour) for burn in burns) == spends
    expected = [10**9 * 60 // minutes for minutes in (5, 15, 60)]
    assert [burn.nanos_per_hour for burn in burns] == [
        rate if is_spent else 0 for rate, is_spent in zip(expected, spends, strict=True)
    ]


def test_burn_is_a_lower_bound(ledger: Path) -> None:
    """A pace in which something is unpriced is marked as a lower bound."""
    kept(ledger, [("codex", "unpriced-c", 7_000_000, 10), ("codex", "claude-a", 0, 10)])
    snapshot = look(ledger)
    assert [burn.is_lower_bound for burn in snapshot.burns] == [True, True, True]
    assert snapshot.today.is_lower_bound


def test_dearest_first(ledger: Path) -> None:
    """Rows of today come dearest first, the unpriced last."""
    kept(
        ledger,
        [
            ("codex", "claude-a", 0, 100),
            ("claude-code", "gpt-b", 0, 300),
            ("claude-code", "unpriced-c", 0, 900),
            ("codex", "gpt-b", -90_000_000, 900),
        ],
    )
    snapshot = look(ledger)
    assert [row.keys for row in snapshot.by_model] == [
        ("claude-code", "gpt-b"),
        ("codex", "claude-a"),
        ("claude-code", "unpriced-c"),
    ]
    assert [row.keys for row in snapshot.by_source] == [("claude-code",), ("codex",)]


def test_latest_first(ledger: Path) -> None:
    """The feed holds the last responses, newest first, no more than it shows."""
    kept(ledger, [("codex", "claude-a", n * 60_000, n + 9) for n in range(60)])
    latest = look(ledger).latest
    assert len(latest) == FEED_LENGTH
    assert [each.tokens[4] for each in latest] == list(range(68, 68 - FEED_LENGTH, -1))
    assert latest[0].cost_nanos == 68 * NANOS_A_TOKEN


def test_sources(ledger: Path) -> None:
    """Each source says when it spoke last."""
    kept(ledger, [("codex", "claude-a", 5, 10), ("claude-code", "gpt-b", -7, 10)])
    snapshot = look(ledger)
    assert {each.source: each.last_event_ms for each in snapshot.sources} == {
        "codex": builders.START_MS + 5,
        "claude-code": builders.START_MS - 7,
    }
    assert not snapshot.is_ledger_empty


@settings(max_examples=25)
@given(history=histories, zone=zones, starts=st.integers(1, 31))
def test_cap_of_a_month_that_starts_late(
    history: list[tuple[str, str, int, int]], zone: str, starts: int
) -> None:
    """A cap counts from local midnight of its day on, or the last of a short month."""
    _, ledger = builders.fresh_home()
    kept(ledger, history)
    cap = Cap("month", 10**15, "month", starts=starts, source=("claude-*",))
    (state,) = look(ledger, Config(caps=(cap,)), zone).caps
    tz = ZoneInfo(zone)
    # Now is 20 November at noon UTC, which is the 20th in each of these zones.
    first = (
        datetime(2026, 11, starts, tzinfo=tz)
        if starts <= 20
        else (datetime(2026, 10, starts, tzinfo=tz))
    )
    by_hand = sum(
        output * NANOS_A_TOKEN
        for source, model, at, output in history
        if source == "claude-code"
        and not model.startswith("unpriced")
        and builders.START_MS + at >= millis(first.astimezone(UTC))
    )
    assert state.period.since_ms == millis(first.astimezone(UTC))
    assert state.spent == by_hand


def test_caps_keep_their_order_and_agree(ledger: Path) -> None:
    """Caps come in the order of the config; one without scope spends what was used."""
    kept(ledger, [("codex", "claude-a", 0, 250), ("claude-code", "gpt-b", 0, 750)])
    caps = (
        Cap("all", 10**6, "day", warn=Decimal("0.9")),
        Cap("codex", 10**6, "day", source=("codex",)),
        Cap("tokens", 1_000, "day", unit="tokens"),
    )
    snapshot = look(ledger, Config(caps=caps))
    assert [(state.cap.name, state.spent, state.state) for state in snapshot.caps] == [
        ("all", 1_000_000, "over"),
        ("codex", 250_000, "ok"),
        ("tokens", 1_000, "over"),
    ]
    assert snapshot.caps[0].spent == snapshot.today.cost_nanos


def test_is_frozen(ledger: Path) -> None:
    """Nobody can change what was taken."""
    kept(ledger, [])
    with pytest.raises(dataclasses.FrozenInstanceError):
        look(ledger).assumed = 5  # type: ignore[misc]
