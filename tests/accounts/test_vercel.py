"""Vercel AI Gateway: credits left, and reports, which cost a fee each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from answers_vercel import CREDITS, REPORT, SECRET, charge, healthy, left, report
from builders import ms
from polled import Polls, asked
from pytest_httpserver import HTTPServer

COSTS = "SELECT since, until, nanos, basis, model FROM cost ORDER BY since"
TUESDAY = ms("2026-11-24T00:00Z")
WEDNESDAY = ms("2026-11-25T00:00Z")
THURSDAY = ms("2026-11-26T00:00Z")
MODEL = "anthropic/claude-opus-5"


def test_credits_and_charges(polls: Polls, provider: HTTPServer) -> None:
    """Credits as decimal text and charges by day and model are exact."""
    healthy(provider)
    outcome = polls("vercel", SECRET)
    assert [each.errors for each in outcome.accounts] == [[]]
    assert polls.rows("SELECT name, nanos, currency FROM balance") == [
        ("credits", 17_350_000_000, "USD")
    ]
    assert polls.rows(COSTS) == [
        (TUESDAY, WEDNESDAY, 2_125_000_000, "billed", MODEL),
        (WEDNESDAY, THURSDAY, 400_000_000, "billed", MODEL),
    ]
    assert asked(provider, REPORT) == [
        [
            ("start_date", "2026-08-27"),
            ("end_date", "2026-11-25"),
            ("date_part", "day"),
            ("group_by", "model"),
        ]
    ]


def test_tokens_are_not_guessed(polls: Polls, provider: HTTPServer) -> None:
    """Tokens whose kinds may overlap are not kept at all."""
    healthy(provider)
    polls("vercel", SECRET)
    assert polls.rows("SELECT * FROM used") == []


def test_own_keys_cost_nothing_here(polls: Polls, provider: HTTPServer) -> None:
    """What another vendor bills is no charge of the gateway's."""
    own = charge("2026-11-24", 0, market_cost=3.5)
    provider.expect_request(CREDITS).respond_with_json(left("1"))
    provider.expect_request(REPORT).respond_with_json(report(own))
    polls("vercel", SECRET)
    assert polls.rows(COSTS) == []


def test_plan_without_reports(polls: Polls, provider: HTTPServer) -> None:
    """A plan that has no reports is no failure; the credits are known."""
    provider.expect_request(CREDITS).respond_with_json(left("4.5"))
    provider.expect_request(REPORT).respond_with_json({"error": {}}, status=403)
    outcome = polls("vercel", SECRET)
    assert outcome.accounts[0].errors == []
    assert polls.rows("SELECT state FROM account") == [("ok",)]
    assert polls.rows("SELECT nanos FROM balance") == [(4_500_000_000,)]


def test_reports_are_asked_for_rarely(polls: Polls, provider: HTTPServer) -> None:
    """A report costs a fee: the next is asked for after six hours, credits always."""
    healthy(provider)
    for hour, minute in ((8, 0), (8, 5), (13, 59), (14, 0)):
        polls("vercel", SECRET, datetime(2026, 11, 25, hour, minute, tzinfo=UTC))
    assert len(asked(provider, CREDITS)) == 4
    reports = [dict(each) for each in asked(provider, REPORT)]
    assert [each["start_date"] for each in reports] == ["2026-08-27", "2026-11-22"]


def test_clock_set_back_is_not_waited_for(polls: Polls, provider: HTTPServer) -> None:
    """After a clock was wrong, reports do not wait until it has caught up."""
    healthy(provider)
    polls("vercel", SECRET, datetime(2027, 3, 1, tzinfo=UTC))
    polls("vercel", SECRET)
    assert len(asked(provider, REPORT)) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"data": []},
        {"results": [{"day": "2026-11-24", "model": MODEL}]},
        {"results": [{"day": "soon", "total_cost": 1}]},
        {"results": [{"day": "2026-11-24", "total_cost": "NaN"}]},
    ],
)
def test_odd_reports_are_no_zero(
    polls: Polls, provider: HTTPServer, answer: dict[str, object]
) -> None:
    """A report of another shape is an error and replaces nothing."""
    provider.expect_request(CREDITS).respond_with_json(left("1"))
    provider.expect_request(REPORT).respond_with_json(answer)
    outcome = polls("vercel", SECRET)
    assert len(outcome.accounts[0].errors) == 1
    assert polls.rows("SELECT * FROM reading") == []
