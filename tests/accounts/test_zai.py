"""Z.ai coding plans: windows by unit and number, counts, errors in a 200."""

from __future__ import annotations

from typing import Any

import pytest
from answers_zai import PATH, RESET, SECRET, healthy, limit, quota
from polled import Polls
from pytest_httpserver import HTTPServer

QUOTAS = (
    "SELECT payer, limit_id, window_minutes, used_percent, resets_at FROM quota"
    " ORDER BY window_minutes, limit_id"
)


def test_windows(polls: Polls, provider: HTTPServer) -> None:
    """Five hours, a week, and a month of tools, of which 1830 of 4000 are used."""
    healthy(provider)
    assert polls("zai", SECRET).accounts[0].errors == []
    assert polls.rows(QUOTAS) == [
        ("zai-pro", "zai", 300, 17, RESET),
        ("zai-pro", "zai", 10_080, 4, None),
        ("zai-pro", "zai tools", 43_200, 45.75, None),
    ]


def test_credits(polls: Polls, provider: HTTPServer) -> None:
    """On plans of credits the counts are finer than the percents beside them."""
    body = quota(
        limit("CREDIT_LIMIT", 3, 5, 0, usage=2000, currentValue=0, remaining=2000),
        limit("CREDIT_LIMIT", 6, 1, 98, usage=10000, currentValue="9875"),
    )
    body["data"] |= {"level": None, "planName": "GLM Coding Lite"}
    provider.expect_request(PATH).respond_with_json(body)
    assert polls("zai", SECRET).accounts[0].errors == []
    assert polls.rows(QUOTAS) == [
        ("zai-glm-coding-lite", "zai", 300, 0, None),
        ("zai-glm-coding-lite", "zai", 10_080, 98.75, None),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        limit("TOKENS_LIMIT", 1, 5, 50),
        limit("MOON_LIMIT", 3, 5, 50),
        limit("TOKENS_LIMIT", 3, 5, None),
        limit("TOKENS_LIMIT", 3, 5, "?"),
        limit("TOKENS_LIMIT", 3, -5, 50),
        limit("TOKENS_LIMIT", 3, 5, None, usage=0, currentValue=0),
        limit("TOKENS_LIMIT", 3, 10**30, 50),
        None,
        3,
    ],
)
def test_odd_limit(polls: Polls, provider: HTTPServer, odd: object) -> None:
    """A limit of an unknown kind or unit, or without a figure, is left out alone."""
    body = quota(odd, limit("TOKENS_LIMIT", 6, 1, 4))
    del body["data"]["level"]
    provider.expect_request(PATH).respond_with_json(body)
    assert polls("zai", SECRET).accounts[0].errors == []
    assert polls.rows(QUOTAS) == [("zai-plan", "zai", 10_080, 4, None)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"code": 500, "msg": "?", "success": False}, "no coding plan"),
        (quota(code=401), "no coding plan"),
        (quota(success=False), "no coding plan"),
        ({"code": 200, "success": True}, "no coding plan"),
        ({"code": 200, "success": True, "data": {}}, "another shape"),
        (quota(limit("TOKENS_LIMIT", 3, 5, None)), "another shape"),
        ([], "another shape"),
        ({}, "another shape"),
    ],
)
def test_error_that_looks_like_success(
    polls: Polls, provider: HTTPServer, body: Any, words: str
) -> None:
    """An error in a 200 is an error, and no plan that is not used."""
    provider.expect_request(PATH).respond_with_json(body)
    (error,) = polls("zai", SECRET).accounts[0].errors
    assert words in error
    assert polls.rows(QUOTAS) == []
