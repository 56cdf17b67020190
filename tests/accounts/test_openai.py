"""OpenAI: costs in dollars by line item, tokens by model, the limit of a month."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from answers_openai import (
    COSTS,
    LIMIT,
    SECRET,
    USAGE,
    cost,
    day,
    healthy,
    page,
    spend_limit,
    used,
)
from builders import ms
from polled import Polls, asked
from pytest_httpserver import HTTPServer

from tokentui.poll import PollReport

BILLED = "SELECT since, nanos, currency, basis, model, what, key FROM cost"
NANOS = "SELECT since, nanos FROM cost ORDER BY since, nanos"
LIMITS = "SELECT name, used, ceiling, currency, resets_at FROM money_limit"
TUESDAY = ms("2026-11-24T00:00Z")
WEDNESDAY = ms("2026-11-25T00:00Z")


def polled(
    polls: Polls, provider: HTTPServer, costs: Any, usage: Any, limit: Any = None
) -> PollReport:
    """Poll once against costs, usage, and a limit if there is one."""
    provider.clear()
    provider.expect_request(COSTS).respond_with_json(costs)
    provider.expect_request(USAGE).respond_with_json(usage)
    provider.expect_request(LIMIT).respond_with_json(
        limit or {"error": {}}, status=200 if limit else 404
    )
    return polls("openai", SECRET)


def test_dollars_by_line_item(polls: Polls, provider: HTTPServer) -> None:
    """Dollars, as a number or as text, are billed exactly, with model and project."""
    healthy(provider)
    report = polls("openai", SECRET)
    assert [each.errors for each in report.accounts] == [[]]
    output, inputs = "gpt-6, output_tokens", "gpt-6, input_tokens"
    assert sorted(polls.rows(BILLED)) == [
        (TUESDAY, 1_437_500_000, "USD", "billed", "gpt-6", output, "proj_test"),
        (WEDNESDAY, 100_000_000, "USD", "billed", "gpt-6", inputs, "proj_test"),
        (WEDNESDAY, 250_000_000, "USD", "billed", "gpt-6", output, "proj_test"),
    ]


@pytest.mark.parametrize(
    ("line_item", "model"),
    [
        ("ft:gpt-6:acme, input_tokens", "ft:gpt-6:acme"),
        ("web search tool calls", None),
        ("evals | gpt-6, input_tokens", None),
        (None, None),
    ],
)
def test_model_of_a_line_item(
    polls: Polls, provider: HTTPServer, line_item: str | None, model: str | None
) -> None:
    """A model is told only where the line item begins with one; the money counts."""
    row = cost(2, line_item=line_item)
    polled(polls, provider, page(day("2026-11-24", row)), page())
    assert polls.rows("SELECT nanos, model, what FROM cost") == [
        (2_000_000_000, model, line_item)
    ]


def test_input_excludes_the_cache(polls: Polls, provider: HTTPServer) -> None:
    """Of the input tokens, those read from and written to the cache are apart."""
    healthy(provider)
    polls("openai", SECRET)
    assert polls.rows(
        "SELECT since, input, cache_read, cache_write, cache_write_1h, output,"
        " requests, model, tier, key FROM used"
    ) == [
        (
            WEDNESDAY,
            2_000,
            6_500,
            1_500,
            0,
            800,
            14,
            "gpt-6-2026-09-01",
            "default",
            "key_test",
        )
    ]


def test_batches_are_a_tier(polls: Polls, provider: HTTPServer) -> None:
    """Usage in batches is told apart; counts of the cache may be missing."""
    row = used(batch=True, input_cached_tokens=None)
    del row["input_cache_write_tokens"]
    polled(polls, provider, page(), page(day("2026-11-24", row, used())))
    assert polls.rows("SELECT tier, input FROM used ORDER BY tier") == [
        ("batch", 10_000),
        ("default", 2_000),
    ]


def test_what_is_asked(polls: Polls, provider: HTTPServer) -> None:
    """The first poll asks for 90 days of costs on one page, and 31 of usage."""
    healthy(provider)
    polls("openai", SECRET)
    costs, month = asked(provider, COSTS)
    assert costs == [
        ("start_time", str(ms("2026-08-27T00:00Z") // 1000)),
        ("bucket_width", "1d"),
        ("limit", "180"),
        ("group_by[]", "line_item"),
        ("group_by[]", "project_id"),
    ]
    assert month[0] == ("start_time", str(ms("2026-11-01T00:00Z") // 1000))
    assert asked(provider, USAGE)[0] == [
        ("start_time", str(ms("2026-10-26T00:00Z") // 1000)),
        ("bucket_width", "1d"),
        ("limit", "31"),
        ("group_by[]", "model"),
        ("group_by[]", "service_tier"),
        ("group_by[]", "batch"),
        ("group_by[]", "api_key_id"),
    ]


def test_pages_join_once(polls: Polls, provider: HTTPServer) -> None:
    """Pages that overlap and a page without days lose and repeat nothing."""
    for answer in (
        page(day("2026-11-23", cost(1)), day("2026-11-24", cost(2)), following="a"),
        page(following="b"),
        page(day("2026-11-24", cost(2)), day("2026-11-25", cost(3))),
    ):
        provider.expect_ordered_request(COSTS).respond_with_json(answer)
    provider.expect_ordered_request(USAGE).respond_with_json(page())
    provider.expect_ordered_request(LIMIT).respond_with_json({}, status=404)
    report = polls("openai", SECRET)
    assert report.accounts[0].errors == []
    assert [nanos for _, nanos in polls.rows(NANOS)] == [
        1_000_000_000,
        2_000_000_000,
        3_000_000_000,
    ]


def test_restated_day_replaces(polls: Polls, provider: HTTPServer) -> None:
    """A day that is stated again, with less and with other lines, stands as stated."""
    both = cost(5), cost(1, line_item="gpt-6, input_tokens")
    polled(polls, provider, page(day("2026-11-23", *both)), page())
    polled(polls, provider, page(day("2026-11-23", cost(4))), page())
    assert [nanos for _, nanos in polls.rows(NANOS)] == [4_000_000_000]


def test_limit_of_the_month(polls: Polls, provider: HTTPServer) -> None:
    """The limit in cents stands beside what the month has cost so far."""
    healthy(provider)
    polls("openai", SECRET)
    december = ms("2026-12-01T00:00Z")
    # 1.4375 + 0.25 + 0.1 dollars of 200.
    assert polls.rows(LIMITS) == [
        ("month", 1_787_500_000, 200_000_000_000, "USD", december)
    ]


def test_no_limit_is_none(polls: Polls, provider: HTTPServer) -> None:
    """A limit of zero is no limit, and ends one that was known."""
    polled(polls, provider, page(), page(), spend_limit(0))
    assert polls.rows(LIMITS) == []
    polled(polls, provider, page(), page(), spend_limit(500))
    provider.clear()
    for path, answer in ((COSTS, page()), (USAGE, page()), (LIMIT, spend_limit(0))):
        provider.expect_request(path).respond_with_json(answer)
    polls("openai", SECRET, datetime(2026, 11, 25, 15, tzinfo=UTC))
    assert polls.rows("SELECT ceiling FROM money_limit ORDER BY since") == [
        (5_000_000_000,),
        (None,),
    ]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_limit_may_be_out_of_reach(
    polls: Polls, provider: HTTPServer, status: int
) -> None:
    """A key that may read usage only is no failure."""
    provider.expect_request(COSTS).respond_with_json(page())
    provider.expect_request(USAGE).respond_with_json(page())
    provider.expect_request(LIMIT).respond_with_json({"error": {}}, status=status)
    report = polls("openai", SECRET)
    assert report.accounts[0].errors == []
    assert polls.rows("SELECT state FROM account") == [("ok",)]


def test_missing_scope_needs_a_person(polls: Polls, provider: HTTPServer) -> None:
    """A key that may not read costs is an error that says so; the rest is read."""
    provider.expect_request(COSTS).respond_with_json({"error": {}}, status=403)
    provider.expect_request(USAGE).respond_with_json(page())
    provider.expect_request(LIMIT).respond_with_json(spend_limit(0))
    (error,) = polls("openai", SECRET).accounts[0].errors
    assert error.startswith("costs: 127.0.0.1 does not let this key read that (403)")
    assert len(asked(provider, USAGE)) == 1


def test_project_key_is_not_sent(polls: Polls, provider: HTTPServer) -> None:
    """A project key, which cannot read bills, is refused before it is sent."""
    report = polls("openai", "sk-proj-0123456789abcdef")
    (error,) = report.accounts[0].errors
    assert "begins with sk-admin-; it was not sent" in error
    assert provider.log == []


def test_yesterday_is_settled_at_six(polls: Polls, provider: HTTPServer) -> None:
    """Costs come hours late: a day counts as whole six hours after its end."""
    settled = "SELECT max(settled_until) FROM reading WHERE feed = 'costs'"
    healthy(provider)
    polls("openai", SECRET, datetime(2026, 11, 25, 5, 59, tzinfo=UTC))
    assert polls.rows(settled) == [(TUESDAY,)]
    polls("openai", SECRET, datetime(2026, 11, 25, 6, tzinfo=UTC))
    assert polls.rows(settled) == [(WEDNESDAY,)]
