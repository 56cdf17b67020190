"""What a LiteLLM proxy answers, composed after its documentation."""

from __future__ import annotations

from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "sk-0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

INFO = "/key/info"
ACTIVITY = "/user/daily/activity"


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    expect = provider.expect_request
    expect(INFO, "GET", headers=bearer).respond_with_json(
        info(spend=12.5, max_budget=50, budget_reset_at="2026-12-01T00:00:00+00:00")
    )
    expect(ACTIVITY, "GET", headers=bearer).respond_with_json(
        page(day("2026-11-24", {"gpt-6": metrics(1.75)}))
    )


def info(**given: Any) -> dict[str, Any]:
    """Tell of the key itself."""
    return {
        "key": "sk-...cdef",
        "info": {
            "key_name": "sk-...cdef",
            "spend": 0.0,
            "max_budget": None,
            "budget_duration": None,
            "budget_reset_at": None,
            **given,
        },
    }


def page(*days: dict[str, Any], number: int = 1, of: int = 1) -> dict[str, Any]:
    """Answer days, newest first, on one page of some."""
    return {
        "results": list(days),
        "metadata": {"page": number, "total_pages": of, "has_more": number < of},
    }


def day(
    date: str, models: dict[str, dict[str, Any]], tools: float = 0
) -> dict[str, Any]:
    """Tell of a day: its models, and dollars spent on tools beside them."""
    return {
        "date": date,
        "metrics": metrics(sum(each["spend"] for each in models.values()) + tools),
        "breakdown": {
            "models": {
                name: {"metrics": each, "metadata": {}, "api_key_breakdown": {}}
                for name, each in models.items()
            },
            "providers": {},
        },
    }


def metrics(dollars: float) -> dict[str, Any]:
    """Count 10,000 tokens read, 7,000 of them from the cache and 1,000 into it."""
    return {
        "spend": dollars,
        "prompt_tokens": 10_000,
        "completion_tokens": 450,
        "cache_read_input_tokens": 7_000,
        "cache_creation_input_tokens": 1_000,
        "total_tokens": 10_450,
        "successful_requests": 8,
        "failed_requests": 2,
        "api_requests": 10,
    }
