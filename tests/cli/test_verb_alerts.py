"""`tokentui alerts`: what was raised, whether channels work, and quiet for a while."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import contract
import pytest
from asking import NOW, Ask

from tokentui.ledger.alerts import Alert, keep, keep_delivery, put_out
from tokentui.ledger.connection import open_for_writing
from tokentui.periods import millis

NOW_MS = millis(NOW)
CHANNELS = f"""
[alerts.channels.good]
via = "command"
command = ["{Path(sys.executable).as_posix()}", "-c", "pass"]
[alerts.channels.bad]
via = "command"
command = ["no-such-program"]
"""


@pytest.fixture
def raised(ledger: Path) -> None:
    """Raise one alert that was sent and one whose channel fails."""
    with closing(open_for_writing(ledger)) as connection:
        for n, text in enumerate(("cap month: 80 %", "codex \x1b[31mis silent")):
            rule = ("cap", "source")[n]
            alert = Alert(rule, "it", "", (80.0, 0.0)[n], text, is_urgent=n == 0)
            number = keep(connection, alert, NOW_MS - 60_000 + n)
            assert number is not None
            put_out(connection, number, ["phone"], NOW_MS)
            state = ("sent", "waiting")[n]
            error = (None, "HTTP 500")[n]
            keep_delivery(connection, number, "phone", state, NOW_MS + 1_000, error)


def test_list(ask: Ask, raised: None) -> None:
    """Each alert is listed with what became of it, the newest first."""
    document = ask("alerts", "list", "--json").document
    assert contract.faults(document, contract.ALERTS) == []
    newest, oldest = document["rows"]
    assert oldest == {
        "at": "2026-11-20T11:59:00+00:00",
        "rule": "cap",
        "what": "it",
        "threshold": 80,
        "is_urgent": True,
        "text": "cap month: 80 %",
        "deliveries": [
            {
                "channel": "phone",
                "state": "sent",
                "tries": 1,
                "next_try": None,
                "error": None,
            }
        ],
    }
    assert newest["deliveries"][0]["next_try"] == "2026-11-20T12:00:01+00:00"
    assert document["warnings"] == ["channel phone: HTTP 500"]


def test_list_for_people(ask: Ask, raised: None) -> None:
    """People see the same, and nothing that their terminal would obey."""
    answer = ask("alerts", "list")
    assert "2026-11-20 11:59" in answer.out and "cap month: 80 %" in answer.out
    assert "phone (waiting)" in answer.out
    assert "\x1b" not in answer.out
    assert "channel phone: HTTP 500" in answer.err


def test_no_ledger(ask: Ask) -> None:
    """Without a ledger it is exit 4, as everywhere."""
    assert ask("alerts", "list").code == 4


def test_channels(ask: Ask, config: Callable[[str], Path]) -> None:
    """Each channel is tried; one that does not take the test is exit 3."""
    config(CHANNELS)
    answer = ask("alerts", "test", "--json")
    assert answer.code == 3
    assert answer.document == {
        "kind": "alerts-test",
        "rows": [
            {"channel": "good", "via": "command", "error": None},
            {
                "channel": "bad",
                "via": "command",
                "error": "no-such-program cannot be run: No such file or directory",
            },
        ],
    }
    assert ask("alerts", "test", "good").out == "good (command): taken\n"
    assert "no channel 'x'; there are: good, bad" in ask("alerts", "test", "x").err


def test_no_channel(ask: Ask) -> None:
    """Without a channel it says how to make one."""
    answer = ask("alerts", "test")
    assert answer.code == 2
    assert "[alerts.channels]" in answer.err


def test_snooze(ask: Ask, raised: None) -> None:
    """A snooze is kept and shown with its end, and ended by `off`."""
    ask("alerts", "snooze", "2h")
    ask("alerts", "snooze", "30m", "--rule", "burn")
    assert ask("alerts", "list", "--json").document["snoozed"] == [
        {"rule": None, "until": "2026-11-20T14:00:00+00:00"},
        {"rule": "burn", "until": "2026-11-20T12:30:00+00:00"},
    ]
    answer = ask("alerts", "snooze", "off", "--json")
    assert answer.document == {"kind": "snooze", "rule": None, "until": None}
    (left,) = ask("alerts", "list", "--json").document["snoozed"]
    assert left["rule"] == "burn"
    assert ask("alerts", "snooze", "soon").code == 2


def test_doctor(ask: Ask, raised: None, config: Callable[[str], Path]) -> None:
    """The doctor names a channel that fails, and why."""
    config('[alerts.channels.phone]\nvia = "bell"')
    document = ask("doctor", "--json").document
    assert document["channels"] == [
        {"channel": "phone", "via": "bell", "waiting": 1, "error": "HTTP 500"}
    ]
    assert "channel phone (bell): 1 waiting, HTTP 500" in ask("doctor").out
