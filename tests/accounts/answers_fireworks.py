"""What Fireworks' billing summary answers, composed after its documentation."""

from __future__ import annotations

from collections.abc import Mapping
from json import dumps
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

SECRET = "fw_0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

OWNERS = "/v1/accounts"
SUMMARY = "/v1/accounts/octo-dev/billing/summary"
BEARER = {"Authorization": f"Bearer {SECRET}"}


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    provider.expect_request(OWNERS, "GET", headers=BEARER).respond_with_json(
        {"accounts": [{"name": "accounts/octo-dev", "state": "READY"}]}
    )
    answer_days(provider, {"2026-11-24": [line("0", 250_000_000)]})


def answer_days(provider: HTTPServer, days: Mapping[str, list[Any]]) -> None:
    """Answer what some days were billed, and nothing for the others."""

    def answer(request: Request) -> Response:
        lines = days.get(request.args["startTime"][:10], [])
        body = {"lineItems": lines, "usageBuckets": []}
        return Response(dumps(body), content_type="application/json")

    expected = provider.expect_request(SUMMARY, "GET", headers=BEARER)
    expected.respond_with_handler(answer)


def line(units: str, nanos: int, **given: Any) -> dict[str, Any]:
    """Bill a model's output; money is whole dollars and nanos."""
    return {
        "category": "LLM output tokens",
        "groupingKey": "model_bucket",
        "groupingValue": "Kimi K3",
        "quantity": 118_901,
        "series": "SERVERLESS",
        "totalCost": {"currencyCode": "USD", "units": units, "nanos": nanos},
        **given,
    }
