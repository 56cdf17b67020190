"""What Anthropic's Usage and Cost API answers, composed after its documentation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "sk-ant-admin01-0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

COSTS = "/v1/organizations/cost_report"
USAGE = "/v1/organizations/usage_report/messages"
CODE = "/v1/organizations/usage_report/claude_code"


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    headers = {"x-api-key": SECRET, "anthropic-version": "2023-06-01"}
    expect = provider.expect_request
    expect(COSTS, "GET", headers=headers).respond_with_json(
        page(day("2026-11-24", cost("250.5")), day("2026-11-25", cost("12")))
    )
    expect(USAGE, "GET", headers=headers).respond_with_json(
        page(day("2026-11-24"), day("2026-11-25", used()))
    )
    expect(CODE, "GET", headers=headers).respond_with_json(page(code()))


def page(*days: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    """Answer days; `following` names the next page."""
    return {
        "data": list(days),
        "has_more": following is not None,
        "next_page": following,
    }


def day(date: str, *results: dict[str, Any]) -> dict[str, Any]:
    """Tell of one UTC day."""
    start = datetime.fromisoformat(date).replace(tzinfo=UTC)
    return {
        "starting_at": f"{start:%Y-%m-%dT00:00:00Z}",
        "ending_at": f"{start + timedelta(days=1):%Y-%m-%dT00:00:00Z}",
        "results": list(results),
    }


def cost(cents: str, **given: Any) -> dict[str, Any]:
    """Bill some cents for the output of a model."""
    return {
        "amount": cents,
        "currency": "USD",
        "cost_type": "tokens",
        "description": "Claude Opus 5 Usage - Output Tokens",
        "model": "claude-opus-5",
        "token_type": "output_tokens",
        "service_tier": "standard",
        "context_window": "0-200k",
        "inference_geo": "global",
        "workspace_id": None,
        **given,
    }


def used(**given: Any) -> dict[str, Any]:
    """Count tokens of a model."""
    return {
        "uncached_input_tokens": 1_200,
        "cache_creation": {
            "ephemeral_5m_input_tokens": 340,
            "ephemeral_1h_input_tokens": 56,
        },
        "cache_read_input_tokens": 78_900,
        "output_tokens": 2_100,
        "server_tool_use": {"web_search_requests": 3},
        "model": "claude-opus-5",
        "service_tier": "standard",
        "context_window": "0-200k",
        "api_key_id": "apikey_01TEST",
        "workspace_id": None,
        "inference_geo": None,
        **given,
    }


def code(**given: Any) -> dict[str, Any]:
    """Report of one user's Claude Code; the estimate is whole cents."""
    return {
        "date": "2026-11-25T00:00:00Z",
        "actor": {"type": "api_actor", "api_key_name": "laptop"},
        "customer_type": "api",
        "model_breakdown": [
            {
                "model": "claude-opus-5",
                "tokens": {"input": 1, "output": 2, "cache_read": 3},
                "estimated_cost": {"currency": "USD", "amount": 137},
            }
        ],
        **given,
    }
