"""Fireworks: dollars and nanos by day, of the one account that a key sees."""

from __future__ import annotations

from typing import Any

import pytest
from answers_fireworks import OWNERS, SECRET, SUMMARY, answer_days, healthy, line
from builders import ms
from polled import Polls, asked
from pytest_httpserver import HTTPServer

COSTS = "SELECT since, until, nanos, currency, basis, model, what FROM cost"
TUESDAY = ms("2026-11-24T00:00Z")
WEDNESDAY = ms("2026-11-25T00:00Z")


def test_units_and_nanos_are_one_amount(polls: Polls, provider: HTTPServer) -> None:
    """Whole units and nanos are added up exactly, refunds below zero too."""
    polls.account = {"team": "octo-dev"}
    refund = line("-1", -500_000_000, category="Credit", groupingKey="series")
    answer_days(provider, {"2026-11-24": [line("3", 33_292_280), refund]})
    report = polls("fireworks", SECRET)
    assert [each.errors for each in report.accounts] == [[]]
    span = (TUESDAY, WEDNESDAY)
    assert polls.rows(COSTS + " ORDER BY nanos") == [
        (*span, -1_500_000_000, "USD", "billed", None, "Credit"),
        (*span, 3_033_292_280, "USD", "billed", "Kimi K3", "LLM output tokens"),
    ]


def test_days_do_not_overlap(polls: Polls, provider: HTTPServer) -> None:
    """Each day is asked for once, up to the start of the next, today too."""
    healthy(provider)
    polls("fireworks", SECRET)
    days = [dict(each) for each in asked(provider, SUMMARY)]
    assert len(days) == 62
    assert days[0] == {
        "startTime": "2026-09-25T00:00:00Z",
        "endTime": "2026-09-26T00:00:00Z",
    }
    assert days[-1] == {
        "startTime": "2026-11-25T00:00:00Z",
        "endTime": "2026-11-26T00:00:00Z",
    }
    assert polls.rows("SELECT since, nanos FROM cost") == [(TUESDAY, 250_000_000)]


def test_named_account_is_not_looked_for(polls: Polls, provider: HTTPServer) -> None:
    """An account that is named needs no list of them."""
    polls.account = {"team": "octo-dev"}
    healthy(provider)
    polls("fireworks", SECRET)
    assert asked(provider, OWNERS) == []


@pytest.mark.parametrize(
    ("names", "said"), [([], "sees 0 accounts"), (["a", "b"], "sees 2 accounts")]
)
def test_account_must_be_plain(
    polls: Polls, provider: HTTPServer, names: list[str], said: str
) -> None:
    """A key that sees none or several, over pages, says that one must be named."""
    first = {
        "accounts": [{"name": f"accounts/{each}"} for each in names[:1]],
        "nextPageToken": "more",
    }
    second = {"accounts": [{"name": f"accounts/{each}"} for each in names[1:]]}
    provider.expect_ordered_request(OWNERS).respond_with_json(first)
    provider.expect_ordered_request(
        OWNERS, query_string={"pageToken": "more"}
    ).respond_with_json(second)
    report = polls("fireworks", SECRET)
    (error,) = report.accounts[0].errors
    assert said in error


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"lineItems": [line("1", 0, totalCost={"units": "1"})]},
        {"lineItems": [line("many", 0)]},
        {"lineItems": [line("NaN", 0)]},
    ],
)
def test_odd_summaries_are_no_zero(
    polls: Polls, provider: HTTPServer, answer: dict[str, Any]
) -> None:
    """A summary of another shape is an error, not a day without cost."""
    polls.account = {"team": "octo-dev"}
    provider.expect_request(SUMMARY).respond_with_json(answer)
    report = polls("fireworks", SECRET)
    assert len(report.accounts[0].errors) == 1
    assert polls.rows("SELECT * FROM reading") == []


def test_line_without_a_price_is_skipped(polls: Polls, provider: HTTPServer) -> None:
    """A line that is not priced yet states nothing; the others count."""
    polls.account = {"team": "octo-dev"}
    lines = [line("1", 0, totalCost=None), line("2", 0)]
    answer_days(provider, {"2026-11-24": lines})
    polls("fireworks", SECRET)
    assert polls.rows("SELECT nanos FROM cost") == [(2_000_000_000,)]
