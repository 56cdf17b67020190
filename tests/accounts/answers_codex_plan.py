"""What Codex' usage call answers when all is well, composed after what is known."""

from __future__ import annotations

from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "eyJhbGciOiJub25lIn0.e30.made-up"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

PATH = "/backend-api/wham/usage"
FIVE_HOURS, WEEK = 18_000, 604_800
RESET, WEEK_RESET = 1_795_622_400, 1_795_996_800
"""25 November 2026, 16:00, and 30 November, 00:00, in seconds since 1970."""


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    provider.expect_request(PATH, "GET", headers=bearer).respond_with_json(usage())


def usage(**given: Any) -> dict[str, Any]:
    """Answer of a plan that is used to 17 % of its five hours, 58.5 % of its week."""
    return {
        "plan_type": "plus",
        "rate_limit": {
            "allowed": True,
            "limit_reached": False,
            "primary_window": window(17, FIVE_HOURS, RESET),
            "secondary_window": window(58.5, WEEK, WEEK_RESET),
        },
        "credits": {"has_credits": True, "unlimited": False, "balance": "412.5"},
        **given,
    }


def window(used: object, seconds: object, reset_at: object) -> dict[str, Any]:
    """Make a window as the answer states it."""
    return {
        "used_percent": used,
        "limit_window_seconds": seconds,
        "reset_after_seconds": 60,
        "reset_at": reset_at,
    }
