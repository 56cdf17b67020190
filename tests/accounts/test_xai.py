"""xAI: dollars by day over all lines, and a balance with its sign turned round."""

from __future__ import annotations

import json

import pytest
from answers_xai import ACCOUNT, PREPAID, SECRET, USAGE, healthy, line, prepaid, usage
from builders import ms
from polled import Polls
from pytest_httpserver import HTTPServer

NANOS = "SELECT since, until, nanos, basis FROM cost ORDER BY since"
TUESDAY = ms("2026-11-24T00:00Z")
WEDNESDAY = ms("2026-11-25T00:00Z")
THURSDAY = ms("2026-11-26T00:00Z")


@pytest.fixture(autouse=True)
def of_a_team(polls: Polls) -> None:
    """Name the team, which the provider asks for."""
    polls.account = dict(ACCOUNT)


def test_lines_add_up_by_day(polls: Polls, provider: HTTPServer) -> None:
    """What a day cost is the sum over all lines, in exact dollars."""
    healthy(provider)
    report = polls("xai", SECRET)
    assert [each.errors for each in report.accounts] == [[]]
    assert polls.rows(NANOS) == [
        (TUESDAY, WEDNESDAY, 1_500_000_000, "billed"),
        (WEDNESDAY, THURSDAY, 31_200_000, "billed"),
    ]


def test_what_is_asked(polls: Polls, provider: HTTPServer) -> None:
    """The question is dollars by UTC day, of 90 days and today."""
    healthy(provider)
    polls("xai", SECRET)
    request, _ = provider.log[0]
    assert json.loads(request.data) == {
        "analyticsRequest": {
            "timeRange": {
                "startTime": "2026-08-27 00:00:00",
                "endTime": "2026-11-26 00:00:00",
                "timezone": "Etc/GMT",
            },
            "timeUnit": "TIME_UNIT_DAY",
            "values": [{"name": "usd", "aggregation": "AGGREGATION_SUM"}],
            "groupBy": [],
            "filters": [],
        }
    }


@pytest.mark.parametrize(
    ("cents", "left"), [("-2345", 23_450_000_000), ("0", 0), ("150", -1_500_000_000)]
)
def test_balance_is_turned_round(
    polls: Polls, provider: HTTPServer, cents: str, left: int
) -> None:
    """Cents below zero are left, cents above zero are owed."""
    provider.expect_request(USAGE).respond_with_json(usage())
    provider.expect_request(PREPAID).respond_with_json(prepaid(cents))
    polls("xai", SECRET)
    assert polls.rows("SELECT name, nanos, currency FROM balance") == [
        ("prepaid before this month's use", left, "USD")
    ]


def test_cut_answer_is_an_error(polls: Polls, provider: HTTPServer) -> None:
    """An answer with something left out does not replace what was whole."""
    healthy(provider)
    polls("xai", SECRET)
    provider.clear()
    cut = usage(line(("2026-11-24", 0.1)), is_cut=True)
    provider.expect_request(USAGE).respond_with_json(cut)
    provider.expect_request(PREPAID).respond_with_json(prepaid("-1"))
    report = polls("xai", SECRET)
    assert report.accounts[0].errors == [
        "spend: xAI left something out of the answer: it was too long"
    ]
    assert [row[2] for row in polls.rows(NANOS)] == [1_500_000_000, 31_200_000]


def test_days_outside_are_left_out(polls: Polls, provider: HTTPServer) -> None:
    """A day that was not asked for, or has not begun, is not taken."""
    days = ("2026-08-26", 7), ("2026-11-24", 1), ("2026-11-26", 9)
    provider.expect_request(USAGE).respond_with_json(usage(line(*days)))
    provider.expect_request(PREPAID).respond_with_json(prepaid("0"))
    polls("xai", SECRET)
    assert [row[2] for row in polls.rows(NANOS)] == [1_000_000_000]


@pytest.mark.parametrize(
    "answer",
    [
        {"limitReached": False},
        usage({"dataPoints": [{"timestamp": "2026-11-24T00:00:00Z", "values": []}]}),
        usage(line(("2026-11-24", None))),
        usage(line(("yesterday", 1))),
    ],
)
def test_odd_answers_are_no_zero(
    polls: Polls, provider: HTTPServer, answer: dict[str, object]
) -> None:
    """An answer of another shape is an error; the balance is read all the same."""
    provider.expect_request(USAGE).respond_with_json(answer)
    provider.expect_request(PREPAID).respond_with_json(prepaid("-100"))
    report = polls("xai", SECRET)
    assert len(report.accounts[0].errors) == 1
    assert polls.rows("SELECT feed FROM reading") == []
    assert polls.rows("SELECT nanos FROM balance") == [(1_000_000_000,)]


def test_balance_without_a_value_is_unknown(polls: Polls, provider: HTTPServer) -> None:
    """A balance that is not told is an error, not zero."""
    provider.expect_request(USAGE).respond_with_json(usage())
    provider.expect_request(PREPAID).respond_with_json({"changes": [], "total": {}})
    report = polls("xai", SECRET)
    assert report.accounts[0].errors[0].startswith("prepaid: the answer has another")
    assert polls.rows("SELECT * FROM balance") == []
