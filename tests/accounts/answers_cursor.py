"""What Cursor answers its dashboard when all is well, composed by hand."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from json import dumps
from typing import Any

from builders import ms
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

SECRET = "crsr_0123456789abcdef"
TOKEN = "a-session-of-an-hour"
ACCOUNT: dict[str, Any] = {}
SERVICE = "/aiserver.v1.DashboardService"
CHAT = "8c0ffee0-1111-4222-8333-000000000001"

SESSION = {"Authorization": f"Bearer {TOKEN}"}

PERIOD = {
    "billingCycleStart": str(ms("2026-11-08T09:00Z")),
    "billingCycleEnd": str(ms("2026-12-08T09:00Z")),
    "planUsage": {
        "totalSpend": 1350,
        "includedSpend": 1200,
        "bonusSpend": 150,
        "limit": 2000,
        "totalPercentUsed": 54.25,
    },
    "spendLimitUsage": {
        "individualLimit": 5000,
        "individualUsed": 1750,
        "limitType": "user",
    },
    "enabled": True,
}


def healthy(provider: HTTPServer) -> None:
    """Let the provider answer every call of a poll."""
    signs_in(provider)
    tells_plan(provider)
    lists(provider, ROWS)


def signs_in(provider: HTTPServer) -> None:
    """Exchange the key for a session."""
    provider.expect_request(
        "/auth/exchange_user_api_key",
        "POST",
        headers={"Authorization": f"Bearer {SECRET}"},
        json={},
    ).respond_with_json({"accessToken": TOKEN, "refreshToken": "never to be used"})


def tells_plan(provider: HTTPServer, period: object = PERIOD) -> None:
    """Tell of the billing cycle and the plan."""
    provider.expect_request(
        f"{SERVICE}/GetCurrentPeriodUsage", "POST", headers=SESSION
    ).respond_with_json(period)
    provider.expect_request(
        f"{SERVICE}/GetPlanInfo", "POST", headers=SESSION
    ).respond_with_json({"planInfo": {"planName": "Pro+", "price": "$60/mo"}})


def lists(provider: HTTPServer, rows: Sequence[dict[str, Any]]) -> None:
    """List requests, newest first, in pages as they are asked for."""
    provider.expect_request(
        f"{SERVICE}/GetFilteredUsageEvents", "POST", headers=SESSION
    ).respond_with_handler(paged(rows, "usageEventsDisplay"))


def paged(rows: Sequence[dict[str, Any]], key: str) -> Callable[[Request], Response]:
    """Answer with the page that is asked for; an empty list is no list at all."""

    def answer(request: Request) -> Response:
        asked = request.get_json()
        first = (asked["page"] - 1) * asked["pageSize"]
        some = rows[first : first + asked["pageSize"]]
        body = {"totalUsageEventsCount": len(rows), key: some} if rows else {}
        return Response(dumps(body), content_type="application/json")

    return answer


def row(
    at: str,
    kind: str,
    model: str,
    counts: tuple[int, int, int, int] | None,
    total: object = None,
    **fields: Any,
) -> dict[str, Any]:
    """Write a request; the counts are input, output, cache write, cache read."""
    names = ("inputTokens", "outputTokens", "cacheWriteTokens", "cacheReadTokens")
    made: dict[str, Any] = {
        "timestamp": str(ms(at)),
        "kind": f"USAGE_EVENT_KIND_{kind}",
        "model": model,
        "owningUser": "4711",
        "isChargeable": True,
        **fields,
    }
    if counts is not None:
        known = {name: n for name, n in zip(names, counts, strict=True) if n}
        made["tokenUsage"] = known | ({} if total is None else {"totalCents": total})
    return made


ON_DEMAND = row(
    "2026-11-25T13:30:00.250Z",
    "USAGE_BASED",
    "claude-5-opus-high",
    (2_000, 1_000, 5_000, 40_000),
    12.5,
    cursorTokenFee=1.2,
    chargedCents=13.7,
    conversationId=CHAT,
)
INCLUDED = row(
    "2026-11-25T12:00:00.000Z",
    "INCLUDED_IN_PRO_PLUS",
    "default",
    (100, 200, 0, 3_000),
    0.75,
    chargedCents=0.75,
    conversationId=CHAT,
)
DAY_BEFORE = row(
    "2026-11-24T23:59:59.999Z",
    "INCLUDED_IN_PRO_PLUS",
    "composer-3",
    (10, 20, 0, 30),
    2,
    chargedCents=2,
)
ROWS = [ON_DEMAND, INCLUDED, DAY_BEFORE]


def login_until(seconds: int) -> str:
    """Make a login of Cursor on this machine that ends so many seconds after 1970."""
    payload = urlsafe_b64encode(dumps({"sub": "x|y", "exp": seconds}).encode())
    return f"eyJhbGciOiJub25lIn0.{payload.decode().rstrip('=')}.c2lnbmF0dXJl"
