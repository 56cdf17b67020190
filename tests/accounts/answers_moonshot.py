"""What Moonshot answers when all is well, composed after its documentation."""

from __future__ import annotations

from typing import Any

from pytest_httpserver import HTTPServer

SECRET = "sk-0123456789abcdef"
ACCOUNT: dict[str, Any] = {}
"""Keys of `[accounts.NAME]` beside kind and base URL."""

PATH = "/v1/users/me/balance"


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    provider.expect_request(PATH, "GET", headers=bearer).respond_with_json(
        balance(31.40005, 12.5)
    )


def balance(cash: float, vouchers: float, **given: Any) -> dict[str, Any]:
    """Answer with what is left."""
    return {
        "code": 0,
        "data": {
            "available_balance": cash + vouchers,
            "voucher_balance": vouchers,
            "cash_balance": cash,
        },
        "scode": "0x0",
        "status": True,
        **given,
    }
