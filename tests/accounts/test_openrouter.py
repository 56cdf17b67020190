"""OpenRouter: spend by a key's counter or by day and model, limit and credits."""

from __future__ import annotations

from datetime import UTC, datetime

from answers_openrouter import SECRET, healthy, healthy_management, key
from builders import ms
from polled import Polls
from pytest_httpserver import HTTPServer

COSTS = "SELECT since, until, nanos, model FROM cost ORDER BY since, model"
DAY = ms("2026-11-25T00:00Z")


def test_first_poll_counts_today(polls: Polls, provider: HTTPServer) -> None:
    """A first poll states today's spend since midnight UTC, limit and credits."""
    healthy(provider)
    report = polls("openrouter", SECRET)
    assert [each.errors for each in report.accounts] == [[]]
    assert polls.rows(COSTS) == [(DAY, ms("2026-11-25T14:00Z"), 2_250_000_000, None)]
    assert polls.rows("SELECT name, nanos, currency FROM balance") == [
        ("credits", 74_750_000_000, "USD")
    ]
    assert polls.rows("SELECT name, used, ceiling FROM money_limit ORDER BY name") == [
        ("key", 25_500_000_000, 100_000_000_000),
        ("lifetime", 25_500_000_000, None),
    ]


def test_counter_loses_nothing_over_midnight(
    polls: Polls, provider: HTTPServer
) -> None:
    """What was spent between two polls is counted once, split at midnight UTC."""
    provider.expect_ordered_request("/api/v1/key").respond_with_json(key())
    forbidden = {"error": {"code": 403, "message": "Only management keys"}}
    provider.expect_ordered_request("/api/v1/credits").respond_with_json(
        forbidden, status=403
    )
    # 3.5 dollars more, of which 1 since midnight.
    provider.expect_ordered_request("/api/v1/key").respond_with_json(
        key(usage=29, usage_daily=1)
    )
    provider.expect_ordered_request("/api/v1/credits").respond_with_json(
        forbidden, status=403
    )
    polls("openrouter", SECRET)
    report = polls("openrouter", SECRET, datetime(2026, 11, 26, 6, 0, tzinfo=UTC))
    assert [each.errors for each in report.accounts] == [[]]
    assert polls.rows(COSTS) == [
        (DAY, ms("2026-11-25T14:00Z"), 2_250_000_000, None),
        (ms("2026-11-25T14:00Z"), ms("2026-11-26T00:00Z"), 2_500_000_000, None),
        (ms("2026-11-26T00:00Z"), ms("2026-11-26T06:00Z"), 1_000_000_000, None),
    ]


def test_management_key_tells_days_and_models(
    polls: Polls, provider: HTTPServer
) -> None:
    """A management key states whole days by model, and today from all keys."""
    healthy_management(provider)
    report = polls("openrouter", SECRET)
    assert [each.errors for each in report.accounts] == [[]]
    assert polls.rows(COSTS) == [
        (ms("2026-11-24T00:00Z"), DAY, 2_401_830_000, "anthropic/claude-opus-5"),
        (DAY, ms("2026-11-25T14:00Z"), 500_000_000, None),
    ]
    assert polls.rows("SELECT input, cache_read, output, requests FROM used") == [
        (612_004 - 498_112, 498_112, 20_311, 31)
    ]
    assert polls.rows("SELECT nanos FROM balance") == [(-1_000_000_000,)]


def test_negative_tokens_are_no_answer(polls: Polls, provider: HTTPServer) -> None:
    """A day of less than no tokens is refused, and nothing of it is kept."""
    row = {"date": "2026-11-24", "model": "m", "usage": 1, "requests": 1}
    row |= {"prompt_tokens": 9, "completion_tokens": -8}
    provider.expect_request("/api/v1/activity").respond_with_json({"data": [row]})
    healthy_management(provider)
    (report,) = polls("openrouter", SECRET).accounts
    assert "completion_tokens" in report.errors[0]
    assert polls.rows("SELECT count(*) FROM used") == [(0,)]
