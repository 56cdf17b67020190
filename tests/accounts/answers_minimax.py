"""What MiniMax answers when all is well, composed after what is known."""

from __future__ import annotations

from typing import Any

from builders import ms
from pytest_httpserver import HTTPServer

SECRET = "sk-cp-0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

PATH = "/v1/token_plan/remains"
START, RESET = ms("2026-11-25T12:00Z"), ms("2026-11-25T17:00Z")
WEEK_RESET = ms("2026-11-30T00:00Z")


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    provider.expect_request(PATH, "GET", headers=bearer).respond_with_json(
        remains(
            model("general", percent=85, weekly=63.5),
            model("video", percent=100, weekly=100, status=3),
        )
    )


def remains(*models: object, code: int = 0) -> dict[str, Any]:
    """Answer with what remains of some models."""
    said = {"status_code": code, "status_msg": "?"}
    return {"model_remains": list(models), "base_resp": said}


def model(
    name: object,
    counts: tuple[object, object] = (0, 0),
    percent: object = None,
    weekly: object = None,
    status: int | None = 1,
) -> dict[str, Any]:
    """Make what remains of a model; `counts` are the total and what remains of it."""
    return {
        "model_name": name,
        "start_time": START,
        "end_time": RESET,
        "remains_time": RESET - START,
        "current_interval_total_count": counts[0],
        "current_interval_usage_count": counts[1],
        "current_interval_remaining_percent": percent,
        "current_interval_status": status,
        "current_weekly_total_count": 0,
        "current_weekly_usage_count": 0,
        "current_weekly_remaining_percent": weekly,
        "current_weekly_status": status,
        "weekly_end_time": WEEK_RESET,
        "weekly_boost_permille": 1500,
    }
