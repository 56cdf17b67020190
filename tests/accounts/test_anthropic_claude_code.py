"""Anthropic's report of Claude Code: estimates by day, which no sum takes."""

from __future__ import annotations

from answers_anthropic import CODE, COSTS, SECRET, USAGE, code, healthy, page
from builders import ms
from polled import Polls, asked
from pytest_httpserver import HTTPServer

ESTIMATES = "SELECT since, nanos, model, what FROM cost WHERE basis = 'estimate'"


def test_one_call_a_day(polls: Polls, provider: HTTPServer) -> None:
    """Each of the last days is asked for by its date, the open one too."""
    healthy(provider)
    assert polls("anthropic", SECRET).accounts[0].errors == []
    days = [dict(each)["starting_at"] for each in asked(provider, CODE)]
    assert days == [f"2026-11-{day}" for day in range(18, 26)]


def test_cents_of_each_model(polls: Polls, provider: HTTPServer) -> None:
    """137 cents of one model are 1.37 dollars, on a basis of their own."""
    provider.expect_request(COSTS).respond_with_json(page())
    provider.expect_request(USAGE).respond_with_json(page())
    expect = provider.expect_request
    expect(
        CODE, query_string={"starting_at": "2026-11-25", "limit": "1000"}
    ).respond_with_json(page(code(), code(customer_type="subscription")))
    expect(CODE).respond_with_json(page())
    assert polls("anthropic", SECRET).accounts[0].errors == []
    day = ms("2026-11-25")
    assert sorted(polls.rows(ESTIMATES)) == [
        (day, 1_370_000_000, "claude-opus-5", "Claude Code, api"),
        (day, 1_370_000_000, "claude-opus-5", "Claude Code, subscription"),
    ]
    assert polls.rows("SELECT count(*) FROM cost WHERE basis = 'billed'") == [(0,)]


def test_pages_of_a_day(polls: Polls, provider: HTTPServer) -> None:
    """A day of many users comes in pages, asked for with the same parameters."""
    provider.expect_request(COSTS).respond_with_json(page())
    provider.expect_request(USAGE).respond_with_json(page())
    first = {"starting_at": "2026-11-25", "limit": "1000"}
    expect = provider.expect_request
    expect(CODE, query_string=first | {"page": "p2"}).respond_with_json(page(code()))
    expect(CODE, query_string=first).respond_with_json(page(code(), following="p2"))
    expect(CODE).respond_with_json(page())
    assert polls("anthropic", SECRET).accounts[0].errors == []
    assert len(polls.rows(ESTIMATES)) == 2
