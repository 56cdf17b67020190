"""Moonshot: the balance, its currency, and errors that look like success."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from answers_moonshot import PATH, SECRET, balance, healthy
from polled import NOW, Polls
from pytest_httpserver import HTTPServer

from tokentui.accounts.moonshot import KIND, currency_of
from tokentui.settings import Account

BALANCES = "SELECT name, nanos, currency FROM balance ORDER BY since, name"
COSTS = "SELECT nanos, currency, basis FROM cost ORDER BY since"


def test_balance(polls: Polls, provider: HTTPServer) -> None:
    """Cash and vouchers are stated apart, exactly, in dollars."""
    healthy(provider)
    assert polls("moonshot", SECRET).accounts[0].errors == []
    assert polls.rows(BALANCES) == [
        ("USD granted", 12_500_000_000, "USD"),
        ("USD topped up", 31_400_050_000, "USD"),
    ]


def test_fall_of_cash_is_billed(polls: Polls, provider: HTTPServer) -> None:
    """Cash that is gone was spent, also below zero; vouchers cost nothing."""
    for body in (balance(0.75, 4), balance(0.75, 1), balance(-0.5, 0)):
        provider.expect_ordered_request(PATH).respond_with_json(body)
    for minutes in (0, 10, 20):
        polls("moonshot", SECRET, NOW + timedelta(minutes=minutes))
    assert polls.rows(COSTS) == [(1_250_000_000, "USD", "billed")]


def test_yuan_in_china(polls: Polls, provider: HTTPServer) -> None:
    """The Chinese host counts in yuan; a proxy tells so by its path."""
    proxied = f"/api.moonshot.cn{PATH}"
    polls.base_url += "/api.moonshot.cn"
    for cash in (50, 47.5):
        provider.expect_ordered_request(proxied).respond_with_json(balance(cash, 0))
    for minutes in (0, 10):
        polls("moonshot", SECRET, NOW + timedelta(minutes=minutes))
    assert polls.rows(COSTS) == [(2_500_000_000, "CNY", "billed")]


@pytest.mark.parametrize(
    ("base_url", "currency"),
    [
        (None, "USD"),
        ("https://api.moonshot.ai", "USD"),
        ("https://api.moonshot.cn", "CNY"),
        ("https://api.moonshot.cn/", "CNY"),
    ],
)
def test_currency(base_url: str | None, currency: str) -> None:
    """The host tells the currency."""
    assert currency_of(Account("it", "moonshot", base_url)) == currency


def test_key_of_one_region_stays_there() -> None:
    """Without a base URL the key goes to the international host, and to no other."""
    assert KIND.hosts == ("api.moonshot.ai",)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (balance(0, 0, code=401, scode="unauthorized", status=False), "base_url"),
        (balance(0, 0, code=500, status=False), "code 500"),
        (balance(0, 0, status=False), "code 0"),
        ({"code": 0, "status": True}, "code 0"),
        ({"code": 0, "status": True, "data": {}}, "another shape"),
        ({}, "another shape"),
    ],
)
def test_error_that_looks_like_success(
    polls: Polls, provider: HTTPServer, body: dict[str, Any], words: str
) -> None:
    """An error in a 200 is an error: the balance is not zero, nothing was spent."""
    provider.expect_ordered_request(PATH).respond_with_json(balance(9, 0))
    provider.expect_ordered_request(PATH).respond_with_json(body)
    polls("moonshot", SECRET)
    later = NOW + timedelta(minutes=10)
    (error,) = polls("moonshot", SECRET, later).accounts[0].errors
    assert words in error
    assert polls.rows(BALANCES) == [("USD topped up", 9_000_000_000, "USD")]
    assert polls.rows(COSTS) == []
