"""What providers say of plans' windows: which are running, and when they run out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import builders
import pytest

from tokentui import ingest
from tokentui.config import Config
from tokentui.events import Batch, Quota
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.queries.quotas import QuotaState, quota_states

FIVE_HOURS, WEEK = 300, 10_080
PLUS = "chatgpt plus"


def ms(clock: str, day: int = 20) -> int:
    """Give a time of a day in November in milliseconds."""
    return builders.ms(f"2026-11-{day:02d}T{clock}")


def said(
    clock: str,
    used: float,
    resets: str | None = "14:00",
    minutes: int = FIVE_HOURS,
    limit: str = "codex",
) -> Quota:
    """Make what a provider said at a time of the 20th."""
    return Quota(limit, minutes, ms(clock), used, ms(resets) if resets else None)


@pytest.fixture
def hear(ledger: Path) -> Callable[..., None]:
    """Keep what a provider said."""

    def keep(*quotas: Quota, login: str = PLUS) -> None:
        batch = Batch([], [], [], [(login, quota) for quota in quotas])
        with closing(open_for_writing(ledger)) as connection:
            ingest.writer_for(connection, Config()).record(batch, [])

    return keep


@pytest.fixture
def states(ledger: Path) -> Callable[[str], tuple[QuotaState, ...]]:
    """Ask for the windows that are running at a time of the 20th."""

    def ask(now: str) -> tuple[QuotaState, ...]:
        with closing(open_for_reading(ledger)) as connection:
            return quota_states(connection, ms(now))

    return ask


def test_windows_differ_in_length_only(hear: Callable, states: Callable) -> None:
    """A plan's windows bear one name and are told apart by their minutes."""
    weekly = Quota("codex", WEEK, ms("11:00"), 7.5, ms("09:00", 25))
    hear(said("11:00", 40), weekly)
    assert states("12:00") == (
        QuotaState(
            "chatgpt-plus", "codex", FIVE_HOURS, 40, ms("14:00"), ms("11:00"), None
        ),
        QuotaState(
            "chatgpt-plus", "codex", WEEK, 7.5, ms("09:00", 25), ms("11:00"), None
        ),
    )


@pytest.mark.parametrize(
    ("minutes", "name"),
    [(300, "5 h"), (1_440, "day"), (10_080, "week"), (43_200, "month"), (90, "1.5 h")],
)
def test_names(minutes: int, name: str) -> None:
    """Windows are named as people do."""
    assert QuotaState("p", "codex", minutes, 1, None, 0, None).window == name


@pytest.mark.parametrize(
    ("limit", "name"),
    [
        ("claude", "week"),
        ("claude opus", "week opus"),
        ("zai tools", "week tools"),
        ("gpt-6.1-codex", "week gpt-6.1-codex"),
        ("some model", "week some model"),
    ],
)
def test_names_of_limits(limit: str, name: str) -> None:
    """A limit that does not hold for all of a plan is named beside its window."""
    assert QuotaState("p", limit, WEEK, 1, None, 0, None).window == name


def test_last_word_counts(hear: Callable, states: Callable) -> None:
    """Of what was said of a window the last counts, in whatever order it is read."""
    hear(said("11:00", 40), said("11:30", 55))
    hear(said("10:00", 20))
    (state,) = states("12:00")
    assert (state.used_percent, state.as_of_ms) == (55, ms("11:30"))


def test_history_is_kept(hear: Callable, ledger: Path) -> None:
    """Everything that was said is kept, once."""
    facts = said("10:00", 20), said("11:00", 40), said("11:00", 3, minutes=WEEK)
    hear(*facts)
    hear(*facts)
    with closing(open_for_reading(ledger)) as connection:
        rows = connection.execute(
            "SELECT payer, window_minutes, as_of, used_percent FROM quota ORDER BY 2, 3"
        ).fetchall()
    assert rows == [
        ("chatgpt-plus", FIVE_HOURS, ms("10:00"), 20),
        ("chatgpt-plus", FIVE_HOURS, ms("11:00"), 40),
        ("chatgpt-plus", WEEK, ms("11:00"), 3),
    ]


@pytest.mark.parametrize(("now", "count"), [("13:59:59.999", 1), ("14:00", 0)])
def test_stale(hear: Callable, states: Callable, now: str, count: int) -> None:
    """A window that has been reset since is not listed."""
    hear(said("11:00", 90))
    assert len(states(now)) == count


@pytest.mark.parametrize(("now", "count"), [("15:59:59.999", 1), ("16:00", 0)])
def test_stale_without_reset(
    hear: Callable, states: Callable, now: str, count: int
) -> None:
    """Where no reset was stated, a window lasts no longer than its length."""
    hear(said("11:00", 90, resets=None))
    assert len(states(now)) == count


def test_not_before_it_was_said(hear: Callable, states: Callable) -> None:
    """What is said later than now is not known now."""
    hear(said("10:00", 20), said("11:00", 40))
    (state,) = states("10:30")
    assert state.used_percent == 20
    assert states("09:59") == ()


def test_payers_and_limits_apart(hear: Callable, states: Callable) -> None:
    """Every payer and every limit has windows of its own."""
    hear(said("11:00", 10), said("11:00", 20, limit="gpt-6.1-codex"))
    hear(said("11:00", 30), login="chatgpt pro")
    hear(said("11:00", 40), login="a login of tomorrow")
    assert [(s.payer, s.limit_id, s.used_percent) for s in states("12:00")] == [
        ("a login of tomorrow", "codex", 40),
        ("chatgpt-plus", "codex", 10),
        ("chatgpt-plus", "gpt-6.1-codex", 20),
        ("chatgpt-pro", "codex", 30),
    ]


@pytest.mark.parametrize(
    ("facts", "runs_out"),
    [
        # 20 percent an hour: the 40 that are left last two hours
        ([("10:00", 40), ("11:00", 60)], "13:00"),
        # the oldest of the last two hours counts: 10 an hour, 40 left, after the reset
        ([("09:00", 40), ("10:30", 59), ("11:00", 60)], None),
        # 30 an hour
        ([("10:00", 30), ("11:00", 60)], "12:20"),
        # what lies further back than two hours does not count
        ([("08:59", 0), ("11:00", 60)], None),
        # nothing was used
        ([("10:00", 60), ("11:00", 60)], None),
        # used up
        ([("10:00", 60), ("11:00", 100)], "11:00"),
        ([("11:00", 104.5)], "11:00"),
        ([("11:00", 60)], None),
        # before it was reset it was fuller
        ([("10:00", 80), ("11:00", 20)], None),
    ],
)
def test_runs_out(
    hear: Callable,
    states: Callable,
    facts: list[tuple[str, float]],
    runs_out: str | None,
) -> None:
    """A window runs out at the pace of the last two hours, if before its reset."""
    hear(*(said(clock, used) for clock, used in facts))
    (state,) = states("11:15")
    assert state.runs_out_at_ms == (ms(runs_out) if runs_out else None)


def test_pace_begins_with_the_window(hear: Callable, states: Callable) -> None:
    """The pace is that of this window, not of the one before its last reset.

    Since 09:45 it used 30 percent in 45 minutes: the other 70 last until 12:15.
    """
    hear(said("09:30", 10, resets="09:45"), said("10:30", 30, resets="14:45"))
    (state,) = states("11:00")
    assert state.runs_out_at_ms is not None
    assert state.runs_out_at_ms <= ms("12:15")


def test_pace_of_each_window(hear: Callable, states: Callable) -> None:
    """The pace of one window is not that of another."""
    hear(said("10:00", 0), said("11:00", 50), said("10:00", 1, minutes=WEEK))
    hear(said("11:00", 2, resets="23:00", minutes=WEEK))
    short, long = states("11:15")
    assert short.runs_out_at_ms == ms("12:00")
    assert long.runs_out_at_ms is None
