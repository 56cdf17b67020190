"""Cursor for teams: one member's requests as usage, or the team's by member and day."""

from __future__ import annotations

from json import dumps
from typing import Any

from answers_cursor import SECRET as PERSONAL
from answers_cursor import healthy as personal_answers
from answers_cursor_team import (
    ACCOUNT,
    ANN,
    BASIC,
    BEN,
    MEMBERS,
    ROWS,
    SECRET,
    healthy,
    lists,
    official,
)
from builders import ms
from polled import Polls
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

DAY = ms("2026-11-25T00:00Z")
COSTS = "SELECT nanos, basis, model, key FROM cost ORDER BY nanos"
LIMITS = "SELECT name, used, ceiling FROM money_limit"


def errors(report: Any) -> list[str]:
    """List what went wrong in a poll."""
    return [error for each in report.accounts for error in each.errors]


def test_one_member(polls: Polls, provider: HTTPServer) -> None:
    """With a user his requests are usage, his spend a limit; fees are billed, too."""
    healthy(provider)
    polls.account |= ACCOUNT
    assert errors(polls("cursor-team", SECRET)) == []
    assert polls.rows(
        "SELECT s.payer, s.is_plan, e.input, e.cost FROM event e"
        " JOIN series s ON s.id = e.series ORDER BY e.at"
    ) == [
        ("cursor-business", 1, 1, 50_000_000),
        ("cursor", 0, 100, 300_000_000),
    ]
    assert polls.rows(COSTS) == [
        (50_000_000, "plan", "claude-5-opus", "ann@example.com"),
        (320_000_000, "billed", "claude-5-opus", "ann@example.com"),
    ]
    assert polls.rows(LIMITS) == [("on-demand", 12_505_000_000, 100_000_000_000)]
    assert polls.rows("SELECT * FROM used") == []


def test_whole_team_is_no_usage(polls: Polls, provider: HTTPServer) -> None:
    """Without a user what members use is kept by member and day, as nobody's usage."""
    provider.expect_request("/teams/spend", headers=BASIC).respond_with_json(
        {"teamMemberSpend": MEMBERS, "totalPages": 1}
    )
    others = official(
        "2026-11-25T07:00Z", "Usage-based", "m", (5, 6, 7, 8), 1, **BEN, chargedCents=1
    )
    lists(provider, [*ROWS, others])
    assert errors(polls("cursor-team", SECRET)) == []
    assert polls.rows("SELECT count(*) FROM event") == [(0,)]
    assert polls.rows(
        "SELECT since, model, key, input, cache_read, cache_write, output, requests"
        " FROM used ORDER BY model"
    ) == [
        (DAY, "claude-5-opus", "ann@example.com", 101, 404, 303, 202, 2),
        (DAY, "m", "ben@example.com", 5, 8, 7, 6, 1),
    ]
    assert polls.rows(COSTS)[0] == (10_000_000, "billed", "m", "ben@example.com")
    # 1250.5 + 2000 cents
    assert polls.rows(LIMITS) == [("team on-demand", 32_505_000_000, None)]


def test_pages_of_members(polls: Polls, provider: HTTPServer) -> None:
    """Members on later pages are read, too."""

    def answer(request: Request) -> Response:
        number = request.get_json()["page"]
        body = {"teamMemberSpend": [MEMBERS[number - 1]], "totalPages": 2}
        return Response(dumps(body), content_type="application/json")

    provider.expect_request("/teams/spend").respond_with_handler(answer)
    lists(provider, [])
    assert errors(polls("cursor-team", SECRET)) == []
    assert polls.rows(LIMITS) == [("team on-demand", 32_505_000_000, None)]


def test_what_is_asked(polls: Polls, provider: HTTPServer) -> None:
    """Times are numbers of which both ends count; only the user's rows are asked."""
    asked = []

    def note(request: Request) -> Response:
        asked.append(request.get_json())
        return Response("{}", content_type="application/json")

    provider.expect_request("/teams/spend").respond_with_json({"teamMemberSpend": []})
    provider.expect_request("/teams/filtered-usage-events").respond_with_handler(note)
    polls.account |= ACCOUNT
    polls("cursor-team", SECRET)
    assert asked == [
        {
            "page": 1,
            "pageSize": 1000,
            "startDate": ms("2026-10-26T00:00Z"),
            "endDate": ms("2026-11-25T14:00Z") - 1,
            "email": "ann@example.com",
        }
    ]
    assert ANN["userEmail"] == ACCOUNT["user"]


def test_same_request_in_two_accounts(polls: Polls, provider: HTTPServer) -> None:
    """A request that the member's own account lists as well is counted once."""
    personal_answers(provider)
    polls("cursor", PERSONAL)
    before = polls.rows("SELECT key, cost FROM event ORDER BY at")
    provider.clear()
    mine = official(
        "2026-11-25T13:30:00.250Z",
        "Usage-based",
        "claude-5-opus-high",
        (2_000, 1_000, 5_000, 40_000),
        12.5,
        **ANN,
        chargedCents=13.7,
    )
    provider.expect_request("/teams/spend").respond_with_json({"teamMemberSpend": []})
    lists(provider, [mine])
    polls.account |= ACCOUNT
    assert errors(polls("cursor-team", SECRET)) == []
    assert polls.rows("SELECT key, cost FROM event ORDER BY at") == before
