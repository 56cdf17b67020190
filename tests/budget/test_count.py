"""What a cap's forecast is asked with: today's usage, the pace, whole local days."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

import builders
import pytest

from tokentui.budget.caps import CapState
from tokentui.budget.count import Counter
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.settings import Cap, Config

SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
WORKDAYS = [
    SATURDAY.replace(hour=10) - timedelta(days)
    for days in range(1, 84)
    if (SATURDAY - timedelta(days)).weekday() < 5
]
M = 1_000_000
A_DOLLAR = 10**9

Count = Callable[..., CapState]


@pytest.fixture
def count(ledger: Path) -> Count:
    """Let toy dollars be spent at some moments; give how a cap of some stands."""

    def ask(
        spent: dict[datetime, int],
        limit: int,
        per: str,
        now: datetime = SATURDAY,
        zone: str = "UTC",
    ) -> CapState:
        series = Series("claude-code", "s", "claude-opus-5-5")
        builders.record(
            ledger,
            [
                (series, UsageEvent(key(at), 0, millis(at), millis(at), Tokens(n * M)))
                for at, n in spent.items()
            ],
        )
        config = Config(caps=(Cap("it", limit * A_DOLLAR, per),))
        with closing(open_for_reading(ledger)) as connection:
            (state,) = Counter(connection, config, ZoneInfo(zone), now, ()).states()
        return state

    return ask


def key(at: datetime) -> bytes:
    """Name a response by its time."""
    return blake2b(at.isoformat().encode(), digest_size=16).digest()


def test_first_day(count: Count) -> None:
    """On the first day its rate stands in: $6 by noon, $12 a day, nine days left."""
    state = count({SATURDAY - timedelta(hours=3): 6}, 1_000, "month")
    assert state.facts.forecast is not None
    assert state.facts.forecast.is_plain
    assert state.facts.forecast.mid == (6 + 6 + 9 * 12) * A_DOLLAR


def test_work_that_goes_on(count: Count) -> None:
    """Who works on a day on which he never does is not expected to stop at once."""
    spent = dict.fromkeys(WORKDAYS, 10) | {SATURDAY - timedelta(minutes=20): 8}
    ahead = count(spent, 100, "day").facts.forecast
    assert ahead is not None
    # $8 an hour, for half an hour or two more
    assert (ahead.low, ahead.mid, ahead.high) == (
        8 * A_DOLLAR,
        12 * A_DOLLAR,
        24 * A_DOLLAR,
    )


def test_work_that_goes_on_meets_the_cap(count: Count) -> None:
    """A cap that the middle is beyond is met some time."""
    spent = dict.fromkeys(WORKDAYS, 10) | {SATURDAY - timedelta(minutes=20): 8}
    state = count(spent, 10, "day")
    assert state.facts.forecast is not None
    assert state.facts.forecast.mid > state.limit
    assert state.forecast_met_at_ms is not None


def test_quiet_weekend(count: Count) -> None:
    """A week that only has its weekend left is over for who rests then."""
    state = count(dict.fromkeys(WORKDAYS, 10), 60, "week")
    assert state.facts.forecast is not None
    assert state.spent == 50 * A_DOLLAR
    assert state.facts.forecast.high == 50 * A_DOLLAR
    assert state.forecast_met_at_ms is None


def test_next_week_is_another(count: Count) -> None:
    """On Monday morning a whole week lies ahead, as those before were."""
    monday = SATURDAY.replace(hour=6) + timedelta(2)
    state = count(dict.fromkeys(WORKDAYS, 10), 45, "week", monday)
    assert state.facts.forecast is not None
    assert state.spent == 0
    assert state.facts.forecast.mid == pytest.approx(50 * A_DOLLAR, rel=0.06)
    # $45 are nine tenths of them: some time on Friday
    assert state.forecast_met_at_ms is not None
    met = datetime.fromtimestamp(state.forecast_met_at_ms / 1000, UTC)
    assert met.strftime("%a") == "Fri"


@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "America/Los_Angeles", "Pacific/Kiritimati"]
)
def test_local_days(count: Count, zone: str) -> None:
    """Habits are those of local days: 22:00 UTC on Fridays may be a Saturday."""
    tz = ZoneInfo(zone)
    mornings = [
        datetime(2026, 11, 20, 9, tzinfo=tz) - timedelta(days) for days in range(84)
    ]
    spent = {at.astimezone(UTC): 10 for at in mornings if at.weekday() < 5}
    friday = datetime(2026, 11, 20, 20, tzinfo=tz).astimezone(UTC)
    state = count(spent, 60, "week", friday, zone)
    assert state.facts.forecast is not None
    assert state.spent == 50 * A_DOLLAR
    assert state.facts.forecast.high == 50 * A_DOLLAR
