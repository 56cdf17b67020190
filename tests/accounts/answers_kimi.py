"""What Kimi Code answers when all is well, composed after what is known."""

from __future__ import annotations

from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "sk-kimi-0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

PATH = "/coding/v1/usages"


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    provider.expect_request(PATH, "GET", headers=bearer).respond_with_json(
        usages(
            {
                "limit": "1024",
                "used": "256",
                "remaining": "768",
                "resetTime": "2026-11-30T09:00:00.373329235Z",
            },
            window(
                300,
                "TIME_UNIT_MINUTE",
                limit="200",
                used="9",
                resetTime="2026-11-25T16:00:00Z",
            ),
        )
    )


def usages(week: object, *limits: object) -> dict[str, Any]:
    """Answer with the week and further windows."""
    return {"usage": week, "limits": list(limits)}


def window(duration: object, unit: object, **detail: object) -> dict[str, Any]:
    """Make a further window."""
    return {"window": {"duration": duration, "timeUnit": unit}, "detail": detail}
