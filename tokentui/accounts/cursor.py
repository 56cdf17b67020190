"""Cursor, one's own account: requests with their tokens, the plan, on-demand money.

The calls are those of Cursor's dashboard and not documented; shapes as public tools
agree on them, October 2026. Money is in US cents; only questions are asked.
"""

from __future__ import annotations

import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw, Struct

from tokentui import vscdb
from tokentui.accounts.cursor_lists import (
    CENTS,
    PAGE_SIZE,
    Page,
    all_rows,
    page_of,
    request_of,
)
from tokentui.accounts.cursor_requests import costs_of, events_of, plan_login
from tokentui.accounts.kind import MINUTE, Credential, Feed, Kind, Question
from tokentui.accounts.secrets import checked
from tokentui.accounts.units import Count, nanos
from tokentui.accounts.web import Web
from tokentui.amounts import NANOS
from tokentui.errors import AccountError, NoKeyError
from tokentui.events import Quota
from tokentui.settings import Account
from tokentui.statements import Limit, Reading, state

SERVICE = "/aiserver.v1.DashboardService"
EXCHANGE = "/auth/exchange_user_api_key"
KEY_BEGINS = "crsr_"
LATE_MS = 6 * 3_600_000
"""How long it takes at worst until a request is listed."""

MONTH_MINUTES = 43_200
DAYS_OF_A_MONTH = range(27, 33)
LEAST_SECONDS = 60
"""How long a login must still hold."""

TOKEN = "SELECT value FROM ItemTable WHERE key = 'cursorAuth/accessToken'"  # nosec B105 # a place


class Session(Struct):
    accessToken: str | None = None


class Claims(Struct):
    exp: int


class PlanUsage(Struct):
    limit: Decimal | None = None
    includedSpend: Decimal | None = None
    totalSpend: Decimal | None = None
    totalPercentUsed: Decimal | None = None


class SpendLimit(Struct):
    individualUsed: Decimal | None = None
    individualLimit: Decimal | None = None
    pooledUsed: Decimal | None = None
    pooledLimit: Decimal | None = None


class Period(Struct):
    billingCycleStart: Count
    billingCycleEnd: Count
    planUsage: PlanUsage | None = None
    spendLimitUsage: SpendLimit | None = None


class PlanInfo(Struct):
    planName: str | None = None


class PlanAnswer(Struct):
    planInfo: PlanInfo | None = None


def sign_in(web: Web, secret: str, now_ms: int) -> Mapping[str, str]:
    """Give the header of a session: a key is exchanged for one, a login is one.

    Raises:
        AccountError: Cursor does not know the key, or the login has lapsed.
    """
    if secret.startswith(KEY_BEGINS):
        token = web.post(EXCHANGE, Session, {}).accessToken
        if not token:
            raise AccountError(
                "Cursor does not know this key; make one in the dashboard and give it"
                " with `tokentui accounts add`",
                needs_user=True,
            )
        token = checked(token, "the session that Cursor gave")
    elif ends_at(secret) < now_ms // 1000 + LEAST_SECONDS:
        raise AccountError(
            "the login of Cursor has lapsed; open Cursor once", needs_user=True
        )
    else:
        token = secret
    return {"Authorization": f"Bearer {token}", "Connect-Protocol-Version": "1"}


def ends_at(token: str) -> int:
    """Say when a login ends, in seconds since 1970; one that cannot be read has."""
    payload = token.split(".")[1:2] or [""]
    try:
        text = urlsafe_b64decode(payload[0] + "=" * (-len(payload[0]) % 4))
        return msgspec.json.decode(text, type=Claims, strict=False).exp
    except (ValueError, msgspec.DecodeError):
        return 0


def login(account: Account) -> str:
    """Find the login of Cursor on this machine; it is read and never renewed.

    Raises:
        AccountError: There is none, or its place cannot be read.
    """
    for folder in vscdb.cursor_folders():
        path = folder / "globalStorage" / vscdb.DATABASE
        try:
            with vscdb.opened(path) as connection:
                row = connection.execute(TOKEN).fetchone()
        except FileNotFoundError:
            continue
        except (OSError, sqlite3.Error) as problem:
            raise AccountError(
                f"the login of Cursor cannot be read ({type(problem).__name__});"
                " give the account a key instead"
            ) from None
        text = row[0] if row is not None else b""
        text = text if isinstance(text, str) else bytes(text).decode("utf-8", "replace")
        if text.strip('" \n'):
            return text.strip('" \n')
    raise NoKeyError(
        "no login of Cursor on this machine; sign in to Cursor, or give the account"
        " a key",
        needs_user=True,
    )


def summary(question: Question) -> Iterator[Reading]:
    """Read what the plan has left in this billing cycle, and on-demand money."""
    period = question.web.post(f"{SERVICE}/GetCurrentPeriodUsage", Period, {})
    info = question.web.post(f"{SERVICE}/GetPlanInfo", PlanAnswer, {}).planInfo
    name = info.planName if info is not None else None
    yield state(
        question.now_ms,
        limits=tuple(limits_of(period)),
        quotas=tuple(quotas_of(period, question.now_ms)),
        plan=plan_login(name) if name else None,
    )


def limits_of(period: Period) -> Iterator[Limit]:
    """Give what the plan includes, at list price, and what may be billed beyond it."""
    plan, extra = period.planUsage, period.spendLimitUsage
    if plan is not None and plan.limit is not None:
        spent = (
            plan.includedSpend if plan.includedSpend is not None else plan.totalSpend
        )
        yield limit("included", spent, plan.limit, period)
    if extra is not None and extra.individualUsed is not None:
        yield limit("on-demand", extra.individualUsed, extra.individualLimit, period)
    if extra is not None and extra.pooledUsed is not None:
        yield limit("team on-demand", extra.pooledUsed, extra.pooledLimit, period)


def limit(
    name: str, used: Decimal | None, ceiling: Decimal | None, period: Period
) -> Limit:
    """Make a limit of cents; without a ceiling there is none."""
    return Limit(
        name,
        nanos(used or Decimal(0), CENTS),
        None if ceiling is None else nanos(ceiling, CENTS),
        resets_at=period.billingCycleEnd,
    )


def quotas_of(period: Period, now_ms: int) -> Iterator[Quota]:
    """Give the share of the plan that is used, as Cursor shows it."""
    plan = period.planUsage
    if plan is None or plan.totalPercentUsed is None:
        return
    minutes = (period.billingCycleEnd - period.billingCycleStart) // 60_000
    if round(minutes / 1440) in DAYS_OF_A_MONTH:
        minutes = MONTH_MINUTES
    used = nanos(plan.totalPercentUsed) / NANOS
    yield Quota("cursor", minutes, now_ms, used, period.billingCycleEnd)


def requests(question: Question) -> Iterator[Reading]:
    """Read every request since a day: usage, and what of it is billed."""
    asked: dict[str, Any] = {
        "pageSize": PAGE_SIZE,
        "startDate": str(question.since_ms),
        "endDate": str(question.now_ms),
    }
    if question.account.team is not None:
        team = question.account.team
        asked["teamId"] = int(team) if team.isdecimal() else team

    def page(number: int) -> Page:
        path = f"{SERVICE}/GetFilteredUsageEvents"
        answer = question.web.post(path, dict[str, Raw], {**asked, "page": number})
        return page_of(answer, "usageEventsDisplay")

    since, until = question.since_ms, question.now_ms
    found = [
        request_of(row) for row in all_rows(page) if since <= row.timestamp < until
    ]
    yield Reading(
        since,
        until,
        max(since, until - LATE_MS),
        costs=costs_of(found),
        events=events_of(found, "account"),
    )


KIND = Kind(
    name="cursor",
    title="Cursor",
    provider="cursor",
    hosts=("api2.cursor.sh",),
    reads=(
        f"POST {EXCHANGE}",
        f"POST {SERVICE}/GetCurrentPeriodUsage",
        f"POST {SERVICE}/GetPlanInfo",
        f"POST {SERVICE}/GetFilteredUsageEvents",
    ),
    credential=Credential(
        what="Cursor user API key",
        who="everyone, on any plan; or `--login` uses the login of Cursor on this"
        " machine, which is only read",
        where="https://cursor.com/dashboard (Integrations, User API Keys)",
        begins=(KEY_BEGINS,),
        warning="such a key can do what you can do in the dashboard; tokentui only asks"
        " for usage, by calls that Cursor does not document",
    ),
    feeds=(
        Feed("summary", summary),
        Feed("requests", requests, first_days=90, late_days=2),
    ),
    interval_seconds=15 * MINUTE,
    payer="cursor",
    login=login,
    sign_in=sign_in,
)
