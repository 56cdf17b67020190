"""What OpenAI's Usage API answers, composed after its documentation."""

from __future__ import annotations

from typing import Any

from builders import ms
from pytest_httpserver import HTTPServer

SECRET = "sk-admin-0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

COSTS = "/v1/organization/costs"
USAGE = "/v1/organization/usage/completions"
LIMIT = "/v1/organization/spend_limit"


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    expect = provider.expect_request
    expect(COSTS, "GET", headers=bearer).respond_with_json(
        page(
            day("2026-11-24", cost(1.4375)),
            day("2026-11-25", cost(0.25), cost("0.1", line_item="gpt-6, input_tokens")),
        )
    )
    expect(USAGE, "GET", headers=bearer).respond_with_json(
        page(day("2026-11-24"), day("2026-11-25", used()))
    )
    expect(LIMIT, "GET", headers=bearer).respond_with_json(spend_limit(20_000))


def page(*days: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    """Answer days; `following` names the next page."""
    return {
        "object": "page",
        "data": list(days),
        "has_more": following is not None,
        "next_page": following,
    }


def day(date: str, *results: dict[str, Any]) -> dict[str, Any]:
    """Tell of one UTC day."""
    start = ms(f"{date}T00:00Z") // 1000
    return {
        "object": "bucket",
        "start_time": start,
        "end_time": start + 86_400,
        "results": list(results),
    }


def cost(dollars: float | str, **given: Any) -> dict[str, Any]:
    """Bill some dollars for the output of a model."""
    return {
        "object": "organization.costs.result",
        "amount": {"value": dollars, "currency": "usd"},
        "line_item": "gpt-6, output_tokens",
        "project_id": "proj_test",
        "quantity": 143_750,
        "quantity_unit": "tokens",
        **given,
    }


def used(**given: Any) -> dict[str, Any]:
    """Count tokens of a model: of 10,000 read, 6,500 from the cache, 1,500 into it."""
    return {
        "object": "organization.usage.completions.result",
        "input_tokens": 10_000,
        "input_cached_tokens": 6_500,
        "input_cache_write_tokens": 1_500,
        "output_tokens": 800,
        "num_model_requests": 14,
        "model": "gpt-6-2026-09-01",
        "service_tier": "default",
        "batch": False,
        "api_key_id": "key_test",
        "project_id": None,
        **given,
    }


def spend_limit(cents: int) -> dict[str, Any]:
    """Limit what a month may cost."""
    return {
        "object": "organization.spend_limit",
        "threshold_amount": cents,
        "currency": "USD",
        "interval": "month",
        "enforcement": {"status": "inactive"},
    }
