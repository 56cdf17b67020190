"""Alerts are raised once, whoever looks and however often, and go where they are to."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import builders
import pytest

from tokentui.alerts import lookout
from tokentui.alerts.lookout import Lookout, after_quiet
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ingest import keep_raise
from tokentui.ledger.alerts import ALL, Alert, keep, snooze
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.periods import millis
from tokentui.queries.alerts import raised
from tokentui.settings import Alerts, Cap, Channel, Config

NOW = builders.START + timedelta(hours=2)
DOLLAR = 10**9
PHONE = Channel("phone", "command", command=("true",))
PAPER = Channel("paper", "command", command=("true",), rules=("burn",))
UTC_ZONE = ZoneInfo("UTC")


def spend(ledger: Path, dollars: int, **labels: Any) -> None:
    """Use so many dollars of the toy book, in one response of five minutes ago."""
    count = len(builders.events(ledger, "at")) if ledger.exists() else 0
    at = millis(NOW) - 300_000 + count
    key = count.to_bytes(16, "big")
    mark = labels.pop("call_mark", None)
    event = UsageEvent(key, 0, at, at, Tokens(output=dollars * 10**6), call_mark=mark)
    series = Series(**({"source": "cursor", "session": "s", "model": "opus"} | labels))
    builders.record(ledger, [(series, event)])


def config(*channels: Channel, **given: Any) -> Config:
    """Make a config with a cap of $100 a month and channels."""
    cap = Cap("month", 100 * DOLLAR, "month")
    wishes = {"forecast": False, "scheduled": 0, "channels": channels}
    return Config(caps=(cap,), alerts=Alerts(**(wishes | given)))


def look(ledger: Path, setting: Config, now: datetime = NOW) -> list[str]:
    """Look once, as one that was just started; name the rules and thresholds."""
    watching = Lookout(ledger, setting, UTC_ZONE, lambda text: None, lambda: now)
    return [f"{each.rule} {each.threshold:g}" for each in watching.look()]


def states(ledger: Path) -> list[tuple[str, str]]:
    """List each delivery's channel and state, the newest alert first."""
    with closing(open_for_reading(ledger)) as connection:
        found = raised(connection, 100)
    return [(d.channel, d.state) for each in found for d in each.deliveries]


def test_once(ledger: Path) -> None:
    """Each threshold is told of once in a period, also by one that starts anew."""
    spend(ledger, 50)
    assert look(ledger, config()) == ["cap 50"]
    assert look(ledger, config()) == []
    spend(ledger, 35)
    assert look(ledger, config()) == ["cap 80"]
    spend(ledger, 20)
    assert look(ledger, config()) == ["cap 100"]
    assert look(ledger, config()) == []


def test_lower_threshold_after_a_higher(ledger: Path) -> None:
    """Who heard of 100 % does not hear of 80 % when a bill lowers what was spent."""
    with closing(open_for_writing(ledger)) as connection:
        told = [
            keep(connection, Alert("cap", "month", "November", share, ""), 0)
            for share in (100.0, 80.0, 100.0, 120.0)
        ]
    assert [number is not None for number in told] == [True, False, False, True]


def test_next_period(ledger: Path) -> None:
    """In the next month the same threshold is told of again."""
    with closing(open_for_writing(ledger)) as connection:
        told = [
            keep(connection, Alert("cap", "month", period, 80.0, ""), 0)
            for period in ("November", "December")
        ]
    assert None not in told


def test_raised_cap(ledger: Path) -> None:
    """A cap that was raised is told of again when the new limit is met."""
    spend(ledger, 100)
    assert look(ledger, config()) == ["cap 100"]
    until = millis(NOW + timedelta(days=5))
    keep_raise(ledger, "month", 100 * DOLLAR, millis(NOW) - 1, until, None)
    assert look(ledger, config()) == ["cap 50"]
    spend(ledger, 100)
    assert look(ledger, config()) == ["cap 100"]


def test_clock_that_jumps(ledger: Path) -> None:
    """Months ahead and back again, nothing is told of twice, and nothing is missed."""
    spend(ledger, 60)
    assert look(ledger, config()) == ["cap 50"]
    ahead = NOW + timedelta(days=70)
    assert look(ledger, config(silent_after=0), ahead) == []
    assert look(ledger, config(), NOW - timedelta(hours=1)) == []
    assert look(ledger, config()) == []
    spend(ledger, 25)
    assert look(ledger, config()) == ["cap 80"]


def test_channels(ledger: Path) -> None:
    """An alert waits for each channel that takes its rule."""
    spend(ledger, 50)
    look(ledger, config(PHONE, PAPER))
    assert states(ledger) == [("phone", "waiting")]


def test_snooze(ledger: Path) -> None:
    """What is snoozed is kept and listed and not sent; its time passes."""
    spend(ledger, 50)
    with closing(open_for_writing(ledger)) as connection:
        snooze(connection, ALL, millis(NOW) + 1)
    assert look(ledger, config(PHONE)) == ["cap 50"]
    assert states(ledger) == [("phone", "snoozed")]
    spend(ledger, 35)
    assert look(ledger, config(PHONE), NOW + timedelta(seconds=1)) == ["cap 80"]
    assert states(ledger)[0] == ("phone", "waiting")


def test_snooze_of_a_rule(ledger: Path) -> None:
    """The snooze of one rule leaves the others alone."""
    spend(ledger, 50)
    with closing(open_for_writing(ledger)) as connection:
        snooze(connection, "burn", millis(NOW) + 1)
    look(ledger, config(PHONE))
    assert states(ledger) == [("phone", "waiting")]


def test_flood(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what one look raises only so much is sent; all of it is listed."""
    monkeypatch.setattr(lookout, "MOST_AT_ONCE", 2)
    for number in range(4):
        spend(ledger, 30, session=f"s{number}")
    setting = config(PHONE, session_usd=Decimal(30), caps=())
    assert len(look(ledger, setting)) == 4
    assert sorted(state for _, state in states(ledger)) == [
        "too many",
        "too many",
        "waiting",
        "waiting",
    ]


def test_repeated_calls(ledger: Path) -> None:
    """Twelve equal calls of a session are told of, eleven are not."""
    for number in range(22):
        spend(ledger, 0, call_mark=number % 2)
    assert look(ledger, config()) == []
    spend(ledger, 0, call_mark=1)
    assert look(ledger, config()) == ["repeats 0"]


def test_unpriced_model(ledger: Path) -> None:
    """A model without a price is told of."""
    spend(ledger, 1, model="unpriced-one")
    assert look(ledger, config()) == ["unpriced 0"]


def test_change_of_payer(ledger: Path) -> None:
    """A session of a plan that somebody else pays from some response on is told of."""
    spend(ledger, 1, account="cursor_pro")
    spend(ledger, 1, account="cursor_on_demand")
    assert look(ledger, config(caps=())) == ["payer 0"]


def test_scheduled_change(ledger: Path) -> None:
    """What the real book has scheduled for a model in use is told of beforehand.

    Its overlay says that Sonnet 4.5 is deprecated from 30 November 2026 on.
    """
    spend(ledger, 1, model="claude-sonnet-4-5")
    assert look(ledger, config(caps=(), scheduled=14 * 86_400)) == ["scheduled 0"]
    with closing(open_for_reading(ledger)) as connection:
        (found,) = raised(connection, 1)
    assert found.text == (
        "claude-sonnet-4-5, from 30 November on: Sonnet 4.5 deprecated"
    )


def test_no_ledger(ledger: Path) -> None:
    """Where there is no ledger yet there is nothing to tell."""
    assert look(ledger, config()) == []


@pytest.mark.parametrize(
    ("now", "sent"),
    [
        ("21:59", "2026-11-20T21:59"),
        ("22:00", "2026-11-21T07:00"),
        ("23:30", "2026-11-21T07:00"),
        ("03:00", "2026-11-20T07:00"),
        ("07:00", "2026-11-20T07:00"),
    ],
)
def test_quiet_hours(now: str, sent: str) -> None:
    """From 22:00 to 07:00 nothing is sent; it goes out when they end."""
    at = builders.ms(f"2026-11-20T{now}")
    assert after_quiet((22 * 60, 7 * 60), UTC_ZONE, at) == builders.ms(sent)


def test_quiet_hours_of_a_day() -> None:
    """Quiet hours within a day end on it, in the zone of days."""
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)  # 13:00 there
    quiet = (12 * 60, 14 * 60)
    assert after_quiet(quiet, berlin, millis(at)) == millis(at + timedelta(hours=1))
