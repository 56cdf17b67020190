"""What xAI's Management API answers of a team, composed after its documentation."""

from __future__ import annotations

from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "xai-token-0123456789abcdef"
ACCOUNT: dict[str, Any] = {"team": "0a1b2c3d-0000-4000-8000-00000000cafe"}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

TEAM = f"/v1/billing/teams/{ACCOUNT['team']}"
USAGE = f"{TEAM}/usage"
PREPAID = f"{TEAM}/prepaid/balance"


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    expect = provider.expect_request
    expect(USAGE, "POST", headers=bearer).respond_with_json(
        usage(
            line(("2026-11-24", 0.4), ("2026-11-25", 0.0312)),
            line(("2026-11-24", 1.1), ("2026-11-25", 0)),
        )
    )
    expect(PREPAID, "GET", headers=bearer).respond_with_json(prepaid("-2345"))


def usage(*lines: dict[str, Any], is_cut: bool = False) -> dict[str, Any]:
    """Answer some lines of days."""
    return {"timeSeries": list(lines), "limitReached": is_cut}


def line(*days: tuple[str, object]) -> dict[str, Any]:
    """Tell the dollars of some days."""
    return {
        "group": [],
        "groupLabels": [],
        "dataPoints": [
            {"timestamp": f"{day}T00:00:00Z", "values": [dollars]}
            for day, dollars in days
        ],
    }


def prepaid(cents: str) -> dict[str, Any]:
    """Tell a balance, less than zero where something is left."""
    return {"changes": [], "total": {"val": cents}}
