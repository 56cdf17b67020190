"""What DeepSeek answers when all is well, composed after its documentation."""

from __future__ import annotations

from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "sk-0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

PATH = "/user/balance"


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    provider.expect_request(PATH, "GET", headers=bearer).respond_with_json(
        balances(info("USD", "42.50", "2.50"))
    )


def balances(*infos: dict[str, Any]) -> dict[str, Any]:
    """Answer with what is left in some currencies."""
    return {"is_available": bool(infos), "balance_infos": list(infos)}


def info(currency: str, topped_up: str, granted: str = "0.00") -> dict[str, Any]:
    """Make the balance of one currency."""
    total = float(topped_up) + float(granted)
    return {
        "currency": currency,
        "total_balance": f"{total:.2f}",
        "granted_balance": granted,
        "topped_up_balance": topped_up,
    }
