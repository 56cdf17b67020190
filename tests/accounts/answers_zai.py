"""What Z.ai's quota call answers when all is well, composed after what is known."""

from __future__ import annotations

from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "0123456789abcdef.fedcba9876543210"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

PATH = "/api/monitor/usage/quota/limit"
RESET = 1_795_622_400_000
"""25 November 2026, 16:00, in milliseconds since 1970."""


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    provider.expect_request(PATH, "GET", headers=bearer).respond_with_json(
        quota(
            limit("TOKENS_LIMIT", 3, 5, 17, nextResetTime=RESET),
            limit("TOKENS_LIMIT", 6, 1, 4),
            limit("TIME_LIMIT", 5, 1, 45, usage=4000, currentValue=1830),
        )
    )


def quota(*limits: object, **given: Any) -> dict[str, Any]:
    """Answer with some limits of a plan."""
    data = {"limits": list(limits), "level": "pro"}
    return {"code": 200, "msg": "fine", "data": data, "success": True, **given}


def limit(
    kind: str, unit: object, number: object, percentage: object, **given: Any
) -> dict[str, Any]:
    """Make one limit: its window is `number` times the unit."""
    return {
        "type": kind,
        "unit": unit,
        "number": number,
        "percentage": percentage,
        **given,
    }
