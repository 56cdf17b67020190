"""What GitHub's billing API answers of a person, composed after its documentation."""

from __future__ import annotations

from json import dumps
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

SECRET = "github_pat_0123456789abcdef"
ACCOUNT: dict[str, Any] = {"user": "octo-dev"}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

USAGE = "/users/octo-dev/settings/billing/ai_credit/usage"
Days = dict[tuple[int, int, int], list[dict[str, Any]]]


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    answer_days(provider, {(2026, 11, 24): [item(1.25, 0)]})


def answer_days(provider: HTTPServer, days: Days) -> None:
    """Answer what was used on some days, and nothing for the others."""

    def answer(request: Request) -> Response:
        year, month, day = (int(request.args[k]) for k in ("year", "month", "day"))
        body = {
            "timePeriod": {"year": year, "month": month, "day": day},
            "user": "octo-dev",
            "usageItems": days.get((year, month, day), []),
        }
        return Response(dumps(body), content_type="application/json")

    headers = {
        "Authorization": f"Bearer {SECRET}",
        "X-GitHub-Api-Version": "2026-03-10",
    }
    provider.expect_request(USAGE, "GET", headers=headers).respond_with_handler(answer)


def item(gross: float, net: float, **given: Any) -> dict[str, Any]:
    """Use credits of so many dollars, of which `net` are to be paid."""
    return {
        "product": "Copilot",
        "sku": "Copilot AI Credits",
        "model": "Claude Opus 5",
        "unitType": "ai-credits",
        "pricePerUnit": 0.01,
        "grossQuantity": gross * 100,
        "grossAmount": gross,
        "discountQuantity": (gross - net) * 100,
        "discountAmount": gross - net,
        "netQuantity": net * 100,
        "netAmount": net,
        **given,
    }
