"""What OpenRouter answers when all is well, composed after its documentation."""

from __future__ import annotations

from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "sk-or-v1-0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    expect = provider.expect_request
    expect("/api/v1/key", "GET", headers=bearer).respond_with_json(key())
    expect("/api/v1/credits", "GET", headers=bearer).respond_with_json(
        {"data": {"total_credits": 100.5, "total_usage": 25.75}}
    )


def key(**given: Any) -> dict[str, Any]:
    """Answer of a key that has spent 25.5 dollars, 2.25 of them today."""
    return {
        "data": {
            "label": "sk-or-v1-012...def",
            "usage": 25.5,
            "usage_daily": 2.25,
            "limit": 100,
            "limit_remaining": 74.5,
            "limit_reset": "monthly",
            "is_management_key": False,
            **given,
        }
    }


def healthy_management(provider: HTTPServer) -> None:
    """Let the provider answer a management key, which tells of all keys by day."""
    expect = provider.expect_request
    expect("/api/v1/key", "GET").respond_with_json(
        key(is_management_key=True, usage=0, usage_daily=0)
    )
    expect("/api/v1/activity", "GET").respond_with_json(
        {
            "data": [
                {
                    "date": "2026-11-24",
                    "model": "anthropic/claude-opus-5",
                    "usage": 2.40183,
                    "requests": 31,
                    "prompt_tokens": 612_004,
                    "completion_tokens": 20_311,
                    "reasoning_tokens": 4_100,
                    "cached_tokens": 498_112,
                }
            ]
        }
    )
    expect("/api/v1/keys", "GET").respond_with_json(
        {"data": [{"usage": 9, "usage_daily": 0.4}, {"usage": 1, "usage_daily": 0.1}]}
    )
    expect("/api/v1/credits", "GET").respond_with_json(
        {"data": {"total_credits": 5, "total_usage": 6}}
    )
