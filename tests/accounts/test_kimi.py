"""Kimi Code: windows in requests, with what is used stated or not."""

from __future__ import annotations

from typing import Any

import pytest
from answers_kimi import PATH, SECRET, healthy, usages, window
from builders import ms
from polled import Polls
from pytest_httpserver import HTTPServer

QUOTAS = (
    "SELECT payer, limit_id, window_minutes, used_percent, resets_at FROM quota"
    " ORDER BY window_minutes"
)
RESET, WEEK_RESET = ms("2026-11-25T16:00Z"), ms("2026-11-30T09:00Z")


def test_windows(polls: Polls, provider: HTTPServer) -> None:
    """9 of 200 requests of five hours and 256 of 1024 of the week are used."""
    healthy(provider)
    assert polls("kimi", SECRET).accounts[0].errors == []
    assert polls.rows(QUOTAS) == [
        ("kimi-plan", "kimi", 300, 4.5, RESET),
        ("kimi-plan", "kimi", 10_080, 25, WEEK_RESET + 373),
    ]


@pytest.mark.parametrize("reset", ["resetTime", "resetAt", "reset_at"])
def test_used_is_what_does_not_remain(
    polls: Polls, provider: HTTPServer, reset: str
) -> None:
    """Where it is not told what is used, it is what does not remain."""
    week = {"limit": 1000, "remaining": 960, reset: "2026-11-30T09:00:00Z"}
    provider.expect_request(PATH).respond_with_json(usages(week))
    assert polls("kimi", SECRET).accounts[0].errors == []
    assert polls.rows(QUOTAS) == [("kimi-plan", "kimi", 10_080, 4, WEEK_RESET)]


@pytest.mark.parametrize(
    ("duration", "unit", "minutes"),
    [
        (5, "TIME_UNIT_HOUR", 300),
        ("1", "TIME_UNIT_DAY", 1_440),
        (1, "TIME_UNIT_MOON", None),
        (0, "TIME_UNIT_HOUR", None),
        (None, "TIME_UNIT_HOUR", None),
    ],
)
def test_units(
    polls: Polls, provider: HTTPServer, duration: Any, unit: str, minutes: int | None
) -> None:
    """A window's length is told in a unit; of an unknown one it is left out alone."""
    body = usages(
        {"limit": 10, "used": 1}, window(duration, unit, limit=100, remaining=50)
    )
    provider.expect_request(PATH).respond_with_json(body)
    assert polls("kimi", SECRET).accounts[0].errors == []
    further = [("kimi-plan", "kimi", minutes, 50, None)] if minutes else []
    week = ("kimi-plan", "kimi", 10_080, 10, None)
    assert polls.rows(QUOTAS) == [*further, week]


@pytest.mark.parametrize(
    "odd",
    [
        {"limit": 0, "used": 0},
        {"limit": 100},
        {"limit": "many", "used": 1},
        {"used": 1},
        {"limit": 100, "remaining": 101},
        [],
    ],
)
def test_odd_window(polls: Polls, provider: HTTPServer, odd: object) -> None:
    """A window that makes no sense is left out alone, and is never 0 %."""
    body = usages(odd, window(300, "TIME_UNIT_MINUTE", limit=200, used=9))
    provider.expect_request(PATH).respond_with_json(body)
    assert polls("kimi", SECRET).accounts[0].errors == []
    assert polls.rows(QUOTAS) == [("kimi-plan", "kimi", 300, 4.5, None)]


@pytest.mark.parametrize("body", [{}, {"error": "?"}, usages(None), usages({}), []])
def test_other_shape(polls: Polls, provider: HTTPServer, body: Any) -> None:
    """An answer without any window is an error, not a plan that is not used."""
    provider.expect_request(PATH).respond_with_json(body)
    assert len(polls("kimi", SECRET).accounts[0].errors) == 1
    assert polls.rows("SELECT state FROM account") == [("error",)]
