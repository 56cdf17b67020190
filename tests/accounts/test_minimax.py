"""MiniMax token plan: what remains, in counts or percent, and errors in a 200."""

from __future__ import annotations

from typing import Any

import pytest
from answers_minimax import (
    PATH,
    RESET,
    SECRET,
    START,
    WEEK_RESET,
    healthy,
    model,
    remains,
)
from polled import Polls
from pytest_httpserver import HTTPServer

QUOTAS = (
    "SELECT payer, limit_id, window_minutes, used_percent, resets_at FROM quota"
    " ORDER BY window_minutes, limit_id"
)


def test_percents(polls: Polls, provider: HTTPServer) -> None:
    """85 % of five hours and 63.5 % of the week remain; video is not in the plan."""
    healthy(provider)
    assert polls("minimax", SECRET).accounts[0].errors == []
    assert polls.rows(QUOTAS) == [
        ("minimax-plan", "minimax", 300, 15, RESET),
        ("minimax-plan", "minimax", 10_080, 36.5, WEEK_RESET),
    ]


def test_usage_count_is_what_remains(polls: Polls, provider: HTTPServer) -> None:
    """Of 1500 requests a "usage count" of 1200 remains: 20 % are used, not 80."""
    body = remains(model("MiniMax-M2", counts=(1500, "1200"), percent=0, status=None))
    provider.expect_request(PATH).respond_with_json(body)
    assert polls("minimax", SECRET).accounts[0].errors == []
    assert polls.rows(QUOTAS) == [
        ("minimax-plan", "minimax minimax-m2", 300, 20, RESET)
    ]


@pytest.mark.parametrize(
    "odd",
    [
        model("general"),
        model("general", percent=101),
        model("general", percent="?"),
        model("general", counts=(100, 200)),
        model("general", percent=50) | {"start_time": RESET},
        model("general", percent=50) | {"start_time": None},
        model(None, percent=50),
        None,
        7,
    ],
)
def test_odd_model(polls: Polls, provider: HTTPServer, odd: object) -> None:
    """What makes no sense is left out alone, and is never 0 %."""
    body = remains(odd, model("video", percent=40))
    provider.expect_request(PATH).respond_with_json(body)
    assert polls("minimax", SECRET).accounts[0].errors == []
    assert polls.rows(QUOTAS) == [("minimax-plan", "minimax video", 300, 60, RESET)]


def test_length_by_the_ends(polls: Polls, provider: HTTPServer) -> None:
    """Start and end tell how long the window is."""
    body = remains(model("general", percent=40) | {"start_time": START + 3_600_000})
    provider.expect_request(PATH).respond_with_json(body)
    polls("minimax", SECRET)
    assert [row[2] for row in polls.rows(QUOTAS)] == [240]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (remains(model("general", percent=40), code=1004), "code 1004"),
        (remains(), "no plan"),
        ({"base_resp": {"status_code": 0}}, "no plan"),
        ({"model_remains": []}, "another shape"),
        (remains(model("general")), "another shape"),
        ([], "another shape"),
    ],
)
def test_error_that_looks_like_success(
    polls: Polls, provider: HTTPServer, body: Any, words: str
) -> None:
    """An error in a 200 is an error, and no plan that is not used."""
    provider.expect_request(PATH).respond_with_json(body)
    (error,) = polls("minimax", SECRET).accounts[0].errors
    assert words in error
    assert polls.rows(QUOTAS) == []
