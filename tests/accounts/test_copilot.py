"""GitHub Copilot: what is to be paid and what the plan covers, day by day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from answers_copilot import ACCOUNT, SECRET, USAGE, answer_days, healthy, item
from builders import ms
from polled import Polls, asked
from pytest_httpserver import HTTPServer

from tokentui.errors import ConfigError

COSTS = "SELECT since, until, nanos, basis, model, what FROM cost ORDER BY nanos"
TUESDAY = ms("2026-11-24T00:00Z")
WEDNESDAY = ms("2026-11-25T00:00Z")


@pytest.fixture(autouse=True)
def of_a_user(polls: Polls) -> None:
    """Name the user, whom the provider asks for."""
    polls.account = dict(ACCOUNT)


def test_net_is_paid_and_the_rest_is_the_plans(
    polls: Polls, provider: HTTPServer
) -> None:
    """What is to be paid and what the plan covers are told apart, and exactly."""
    days = {(2026, 11, 24): [item(1.7697417, 0.0162087), item(0.5, 0, model=None)]}
    answer_days(provider, days)
    report = polls("copilot", SECRET)
    assert [each.errors for each in report.accounts] == [[]]
    span = (TUESDAY, WEDNESDAY)
    what = "Copilot AI Credits"
    assert polls.rows(COSTS) == [
        (*span, 16_208_700, "billed", "Claude Opus 5", what),
        (*span, 500_000_000, "plan", None, what),
        (*span, 1_753_533_000, "plan", "Claude Opus 5", what),
    ]


def test_first_poll_reads_two_months(polls: Polls, provider: HTTPServer) -> None:
    """The first poll asks for each day since before the previous month's first."""
    healthy(provider)
    polls("copilot", SECRET)
    days = [dict(each) for each in asked(provider, USAGE)]
    assert days[0] == {"year": "2026", "month": "9", "day": "25"}
    assert days[-1] == {"year": "2026", "month": "11", "day": "25"}
    assert len(days) == 62


def test_next_poll_reads_three_late_days(polls: Polls, provider: HTTPServer) -> None:
    """Later polls ask for the last days again; a restated day replaces."""
    healthy(provider)
    polls("copilot", SECRET)
    provider.clear()
    answer_days(provider, {(2026, 11, 24): [item(2, 0.75)]})
    polls("copilot", SECRET, datetime(2026, 11, 25, 15, tzinfo=UTC))
    assert [dict(each)["day"] for each in asked(provider, USAGE)] == [
        "22",
        "23",
        "24",
        "25",
    ]
    assert [row[2:4] for row in polls.rows(COSTS)] == [
        (750_000_000, "billed"),
        (1_250_000_000, "plan"),
    ]


def test_days_read_before_a_failure_stay(polls: Polls, provider: HTTPServer) -> None:
    """A failure on the way keeps the days before it, and the next poll goes on."""
    first_of_october = {"year": "2026", "month": "10", "day": "1"}
    provider.expect_oneshot_request(
        USAGE, query_string=first_of_october
    ).respond_with_json({}, status=503)
    answer_days(provider, {(2026, 9, 26): [item(1, 1)], (2026, 10, 2): [item(2, 2)]})
    report = polls("copilot", SECRET)
    (error,) = report.accounts[0].errors
    assert error.startswith("spend: 127.0.0.1 answered 503")
    assert [row[2] for row in polls.rows(COSTS)] == [1_000_000_000]
    report = polls("copilot", SECRET)
    assert report.accounts[0].errors == []
    assert [row[2] for row in polls.rows(COSTS)] == [1_000_000_000, 2_000_000_000]


def test_day_is_settled_a_day_later(polls: Polls, provider: HTTPServer) -> None:
    """A day counts as whole when a day has passed since its end."""
    healthy(provider)
    polls("copilot", SECRET)
    assert polls.rows(
        "SELECT since, until, settled_until FROM reading ORDER BY since DESC LIMIT 3"
    ) == [
        (WEDNESDAY, ms("2026-11-25T14:00Z"), WEDNESDAY),
        (TUESDAY, WEDNESDAY, TUESDAY),
        (ms("2026-11-23T00:00Z"), TUESDAY, TUESDAY),
    ]


def test_hidden_bill_says_what_is_needed(polls: Polls, provider: HTTPServer) -> None:
    """A token that may not see the bill is told which permission it lacks."""
    provider.expect_request(USAGE).respond_with_json({"message": "Not"}, status=404)
    report = polls("copilot", SECRET)
    (error,) = report.accounts[0].errors
    assert "needs the user permission Plan: read" in error
    assert len(provider.log) == 1


def test_other_shape_is_no_zero(polls: Polls, provider: HTTPServer) -> None:
    """An answer without the list of items is an error, not a day without use."""
    provider.expect_request(USAGE).respond_with_json({"user": "octo-dev"})
    report = polls("copilot", SECRET)
    assert "another shape than known" in report.accounts[0].errors[0]
    assert polls.rows("SELECT * FROM reading") == []


def test_user_is_needed(polls: Polls) -> None:
    """Without a user there is no bill to ask for."""
    polls.account = {}
    with pytest.raises(ConfigError, match=r"accounts\.it: user is missing"):
        polls("copilot", SECRET)


@pytest.mark.parametrize("user", ["../orgs/acme", "a/b", "..", "a?b"])
def test_user_stays_in_the_path(polls: Polls, provider: HTTPServer, user: str) -> None:
    """A user that would lead to another path is refused before the token is sent."""
    polls.account = {"user": user}
    report = polls("copilot", SECRET)
    assert report.accounts[0].errors == [
        "spend: user is one word of letters, digits, - and _"
    ]
    assert provider.log == []


def test_plan_pays(polls: Polls, provider: HTTPServer) -> None:
    """Copilot is paid by its own plan, not by an API key."""
    healthy(provider)
    polls("copilot", SECRET)
    assert polls.rows("SELECT payer, provider FROM account") == [("copilot", "github")]
