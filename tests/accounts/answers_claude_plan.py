"""What Claude's usage call answers when all is well, composed after what is known."""

from __future__ import annotations

from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "sk-ant-oat01-0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

PATH = "/api/oauth/usage"


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    headers = {
        "Authorization": f"Bearer {SECRET}",
        "anthropic-beta": "oauth-2025-04-20",
    }
    provider.expect_request(PATH, "GET", headers=headers).respond_with_json(usage())


def usage(**given: Any) -> dict[str, Any]:
    """Answer of a plan that is used to 31.5 % of its five hours, 12 % of its week."""
    return {
        "five_hour": window(31.5, "2026-11-25T16:00:00.143210+00:00"),
        "seven_day": window(12, "2026-11-30T09:00:00.143231+00:00"),
        "seven_day_opus": None,
        "nimbus_quill": window(99, None),
        "extra_usage": extra(is_enabled=False),
        "limits": [
            limit("session", 31.5, "2026-11-25T16:00:00+00:00"),
            limit("weekly_all", 12, "2026-11-30T09:00:00+00:00"),
            limit("weekly_scoped", 64, "2026-11-30T09:00:00+00:00", "Opus"),
            limit("hourly_something", 3, None),
        ],
        **given,
    }


def window(used: object, resets_at: object) -> dict[str, Any]:
    """Make a window as the older form states it."""
    return {"utilization": used, "resets_at": resets_at, "limit_dollars": None}


def limit(
    kind: str, percent: object, resets_at: object, model: str | None = None
) -> dict[str, Any]:
    """Make a window as the newer form lists it."""
    named = {"id": None, "display_name": model}
    return {
        "kind": kind,
        "percent": percent,
        "severity": "normal",
        "resets_at": resets_at,
        "scope": {"model": named, "surface": None} if model else None,
    }


def extra(**given: Any) -> dict[str, Any]:
    """Make extra usage: 27.31 of 50 dollars."""
    return {
        "is_enabled": True,
        "monthly_limit": 5000,
        "used_credits": 2731.0,
        "currency": "USD",
        "decimal_places": 2,
        **given,
    }
