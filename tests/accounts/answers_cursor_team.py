"""What Cursor's Admin API answers when all is well, after its documentation."""

from __future__ import annotations

from typing import Any

from answers_cursor import paged, row
from pytest_httpserver import HTTPServer

SECRET = "key_0123456789abcdef"
ACCOUNT: dict[str, Any] = {"user": "ann@example.com"}
# base64 of "key_0123456789abcdef:"
BASIC = {"Authorization": "Basic a2V5XzAxMjM0NTY3ODlhYmNkZWY6"}

ANN = {"userEmail": "ann@example.com"}
BEN = {"userEmail": "ben@example.com"}
MEMBERS = [
    {
        "userId": "user_1",
        "email": "Ann@example.com",
        "spendCents": 1250.5,
        "effectivePerUserLimitDollars": 100,
    },
    {"userId": "user_2", "email": "ben@example.com", "spendCents": 2000},
]


def official(at: str, kind: str, *rest: Any, **fields: Any) -> dict[str, Any]:
    """Write a request as the Admin API does, with a kind for people."""
    return {**row(at, "", *rest, **fields), "kind": kind}


ROWS = [
    official(
        "2026-11-25T09:00:00.500Z",
        "Usage-based",
        "claude-5-opus",
        (100, 200, 300, 400),
        30,
        **ANN,
        cursorTokenFee=2,
        chargedCents=32,
    ),
    official(
        "2026-11-25T08:00:00.000Z",
        "Included in Business",
        "claude-5-opus",
        (1, 2, 3, 4),
        5,
        **ANN,
        chargedCents=5,
    ),
]


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    provider.expect_request("/teams/spend", "POST", headers=BASIC).respond_with_json(
        {"teamMemberSpend": MEMBERS, "totalPages": 1}
    )
    lists(provider, ROWS)


def lists(provider: HTTPServer, rows: list[dict[str, Any]]) -> None:
    """List requests in pages."""
    provider.expect_request(
        "/teams/filtered-usage-events", "POST", headers=BASIC
    ).respond_with_handler(paged(rows, "usageEvents"))
