"""DeepSeek: balances in two currencies, and what they fell by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from answers_deepseek import PATH, SECRET, balances, healthy, info
from builders import ms
from polled import NOW, Polls
from pytest_httpserver import HTTPServer

BALANCES = "SELECT name, nanos, currency FROM balance ORDER BY since, name"
COSTS = "SELECT since, until, nanos, currency, basis, what FROM cost ORDER BY since, 4"
SPANS = "SELECT since, until, settled_until FROM reading ORDER BY since"
FIRST, SECOND, THIRD = (ms(f"2026-11-25T14:{each}Z") for each in ("00", "10", "20"))


def poll_all(polls: Polls, provider: HTTPServer, *bodies: Any) -> None:
    """Poll every ten minutes, each time with the next answer."""
    for number, body in enumerate(bodies):
        provider.expect_ordered_request(PATH).respond_with_json(body)
        report = polls("deepseek", SECRET, NOW + timedelta(minutes=10 * number))
        assert report.accounts[0].errors == []


def test_first_poll_states_what_is_left(polls: Polls, provider: HTTPServer) -> None:
    """A first poll knows what is left, and of no spend."""
    healthy(provider)
    assert polls("deepseek", SECRET).accounts[0].errors == []
    assert polls.rows(BALANCES) == [
        ("USD granted", 2_500_000_000, "USD"),
        ("USD topped up", 42_500_000_000, "USD"),
    ]
    assert polls.rows(COSTS) == []
    assert polls.rows(SPANS) == []


def test_fall_is_billed(polls: Polls, provider: HTTPServer) -> None:
    """What was topped up and is gone was spent, over the time between the polls."""
    poll_all(
        polls,
        provider,
        balances(info("USD", "42.50")),
        balances(info("USD", "42.50")),
        balances(info("USD", "41.27")),
    )
    assert polls.rows(COSTS) == [
        (SECOND, THIRD, 1_230_000_000, "USD", "billed", "balance fell")
    ]
    assert polls.rows(SPANS) == [(FIRST, SECOND, SECOND), (SECOND, THIRD, THIRD)]


def test_time_that_was_not_polled(polls: Polls, provider: HTTPServer) -> None:
    """After a week without a poll the fall is one cost over that week."""
    provider.expect_ordered_request(PATH).respond_with_json(balances(info("USD", "9")))
    provider.expect_ordered_request(PATH).respond_with_json(balances(info("USD", "2")))
    polls("deepseek", SECRET)
    polls("deepseek", SECRET, NOW + timedelta(days=7))
    assert polls.rows("SELECT since, until, nanos FROM cost") == [
        (FIRST, ms("2026-12-02T14:00Z"), 7_000_000_000)
    ]


def test_granted_credit_costs_nothing(polls: Polls, provider: HTTPServer) -> None:
    """A present that is used or expires is not billed; at its end it is 0, not gone."""
    poll_all(
        polls,
        provider,
        balances(info("USD", "42.50", "5.00")),
        balances(info("USD", "42.50", "1.25")),
        balances(info("USD", "42.40", "0.00")),
    )
    assert polls.rows("SELECT nanos FROM cost") == [(100_000_000,)]
    assert polls.rows(
        "SELECT nanos, max(since) FROM balance WHERE name = 'USD granted'"
    ) == [(0, THIRD)]


def test_top_up_is_no_negative_cost(polls: Polls, provider: HTTPServer) -> None:
    """A rise is a top-up; what was spent meanwhile is not known: the time is open."""
    poll_all(
        polls,
        provider,
        balances(info("USD", "3.00")),
        balances(info("USD", "52.10")),
        balances(info("USD", "51.10")),
    )
    assert polls.rows(COSTS) == [
        (SECOND, THIRD, 1_000_000_000, "USD", "billed", "balance fell")
    ]
    assert polls.rows(SPANS) == [(FIRST, SECOND, FIRST), (SECOND, THIRD, THIRD)]


def test_two_currencies(polls: Polls, provider: HTTPServer) -> None:
    """Each currency falls by itself, also while the other is topped up."""
    poll_all(
        polls,
        provider,
        balances(info("CNY", "100.00"), info("USD", "20.00")),
        balances(info("USD", "19.00"), info("CNY", "92.75")),
        balances(info("USD", "59.00"), info("CNY", "92.00")),
    )
    assert polls.rows(COSTS) == [
        (FIRST, SECOND, 7_250_000_000, "CNY", "billed", "balance fell"),
        (FIRST, SECOND, 1_000_000_000, "USD", "billed", "balance fell"),
        (SECOND, THIRD, 750_000_000, "CNY", "billed", "balance fell"),
    ]


def test_currency_that_was_away(polls: Polls, provider: HTTPServer) -> None:
    """A currency that one answer left out tells nothing of that time."""
    poll_all(
        polls,
        provider,
        balances(info("CNY", "100.00"), info("USD", "20.00")),
        balances(info("USD", "19.00")),
        balances(info("USD", "18.00"), info("CNY", "60.00")),
    )
    assert polls.rows("SELECT since, nanos, currency FROM cost ORDER BY since") == [
        (FIRST, 1_000_000_000, "USD"),
        (SECOND, 1_000_000_000, "USD"),
    ]


def test_clock_set_back(polls: Polls, provider: HTTPServer) -> None:
    """A poll before the last one states no spend."""
    provider.expect_ordered_request(PATH).respond_with_json(balances(info("USD", "9")))
    provider.expect_ordered_request(PATH).respond_with_json(balances(info("USD", "8")))
    polls("deepseek", SECRET)
    polls("deepseek", SECRET, NOW - timedelta(hours=1))
    assert polls.rows(COSTS) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"error": {"message": "?"}},
        balances(info("USD", "1.00") | {"topped_up_balance": "NaN"}),
        balances(info("USD", "1.00") | {"topped_up_balance": None}),
        balances(info("USD", "1.00") | {"currency": "dollars"}),
        balances(info("USD", "1.00"), info("USD", "2.00")),
    ],
)
def test_other_shape(polls: Polls, provider: HTTPServer, body: Any) -> None:
    """An answer of another shape keeps the last good balance, and is no spend."""
    provider.expect_ordered_request(PATH).respond_with_json(balances(info("USD", "9")))
    provider.expect_ordered_request(PATH).respond_with_json(body)
    polls("deepseek", SECRET)
    report = polls("deepseek", SECRET, NOW + timedelta(minutes=10))
    assert len(report.accounts[0].errors) == 1
    assert polls.rows(BALANCES) == [("USD topped up", 9_000_000_000, "USD")]
    assert polls.rows(COSTS) == []
