"""What Vercel's AI Gateway answers, composed after its documentation."""

from __future__ import annotations

from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "vck_0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

CREDITS = "/v1/credits"
REPORT = "/v1/report"


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    expect = provider.expect_request
    expect(CREDITS, "GET", headers=bearer).respond_with_json(left("17.35"))
    expect(REPORT, "GET", headers=bearer).respond_with_json(
        report(charge("2026-11-24", 2.125), charge("2026-11-25", 0.4))
    )


def left(dollars: str) -> dict[str, Any]:
    """Tell the credits left."""
    return {"balance": dollars, "total_used": "82.65"}


def report(*rows: dict[str, Any]) -> dict[str, Any]:
    """Answer some rows."""
    return {"results": list(rows)}


def charge(day: str, dollars: float | str, **given: Any) -> dict[str, Any]:
    """Charge a day's use of a model."""
    return {
        "day": day,
        "model": "anthropic/claude-opus-5",
        "total_cost": dollars,
        "market_cost": dollars,
        "input_tokens": 40_000,
        "output_tokens": 1_500,
        "cached_input_tokens": 32_000,
        "cache_creation_input_tokens": 4_000,
        "reasoning_tokens": 0,
        "request_count": 11,
        **given,
    }
