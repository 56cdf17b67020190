"""ChatGPT plans as Codex uses them: windows, credits, and a workspace's own limit.

The call is Codex' own, undocumented: shapes as several public programs read them in
October 2026. Payer and limits are named as Codex' rollouts name them, so that what both
say is one history. Which window a slot holds only its length tells.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from msgspec import Raw, Struct

from tokentui.accounts import secrets
from tokentui.accounts.kind import MINUTE, Credential, Feed, Kind, Question
from tokentui.accounts.logins import login_in, no_login
from tokentui.accounts.units import nanos
from tokentui.accounts.windows import (
    NULL,
    alone,
    at_seconds,
    is_empty,
    quota,
    readable,
    word,
)
from tokentui.errors import AccountError
from tokentui.events import Quota
from tokentui.settings import Account
from tokentui.statements import Balance, Limit, Reading, state

CREDITS = "credits"
SAME_PLAN = {"education": "edu"}
"""Plans that the rollouts name in another way."""


class Tokens(Struct):
    access_token: str
    account_id: str | None = None

    def __repr__(self) -> str:
        return "<a login of Codex>"


class Login(Struct):
    OPENAI_API_KEY: str | None = None
    tokens: Tokens | None = None

    def __repr__(self) -> str:
        return "<a login of Codex>"


class Window(Struct):
    used_percent: float
    limit_window_seconds: float
    reset_at: float | None = None
    reset_after_seconds: float | None = None


class Ceiling(Struct):
    """Credits that a workspace lets one person use."""

    limit: Decimal
    used: Decimal
    reset_at: float | None = None
    resets_at: float | None = None


class RateLimit(Struct):
    primary_window: Raw = NULL
    secondary_window: Raw = NULL
    individual_limit: Raw = NULL


class Further(Struct):
    metered_feature: str
    rate_limit: RateLimit | None = None


class SpendControl(Struct):
    individual_limit: Raw = NULL


class Credits(Struct):
    balance: Decimal
    unlimited: bool = False


class Answer(Struct):
    plan_type: str | None
    rate_limit: RateLimit | None = None
    additional_rate_limits: list[Raw] | None = None
    credits: Raw = NULL
    spend_control: SpendControl | None = None


def usage(question: Question) -> Iterator[Reading]:
    """Read the windows, the credits left and what a workspace allows."""
    try:
        answer = question.web.get("/backend-api/wham/usage", Answer)
    except AccountError as problem:
        raise explained(problem, question.account.name) from None
    plan = word(answer.plan_type)
    yield state(
        question.now_ms,
        balances=balances_of(answer.credits),
        limits=limits_of(answer),
        quotas=quotas_of(answer, question.now_ms),
        plan=f"chatgpt {SAME_PLAN.get(plan, plan)}" if plan else None,
    )


def quotas_of(answer: Answer, now_ms: int) -> tuple[Quota, ...]:
    """Read the windows of the plan, and those of single models."""
    limits = [("codex", answer.rate_limit)]
    for slot in answer.additional_rate_limits or ():
        further = alone(slot, Further)
        if further is not None and word(further.metered_feature):
            limits.append((further.metered_feature, further.rate_limit))
    return readable(
        window_of(limit_id, slot, now_ms)
        for limit_id, limit in limits
        if limit is not None
        for slot in (limit.primary_window, limit.secondary_window)
        if not is_empty(slot)
    )


def window_of(limit_id: str, slot: Raw, now_ms: int) -> Quota | None:
    """Read one window; Codex rounds its minutes up."""
    window = alone(slot, Window)
    if window is None or not 0 < window.limit_window_seconds < 1 << 30:
        return None
    minutes = -int(-window.limit_window_seconds // 60)
    resets_at = at_seconds(window.reset_at)
    after = window.reset_after_seconds
    if resets_at is None and after is not None and 0 <= after < 1 << 30:
        resets_at = now_ms + int(after * 1000)
    return quota(limit_id, minutes, window.used_percent, now_ms, resets_at)


def balances_of(slot: Raw) -> tuple[Balance, ...]:
    """Read the credits left; endless ones are no balance."""
    credits_left = alone(slot, Credits)
    if credits_left is None or credits_left.unlimited:
        return ()
    return (Balance(CREDITS, nanos(credits_left.balance), CREDITS),)


def limits_of(answer: Answer) -> tuple[Limit, ...]:
    """Read the credits that a workspace lets this person use, wherever that stands."""
    places = (answer.spend_control, answer.rate_limit)
    for place in places:
        ceiling = alone(place.individual_limit, Ceiling) if place is not None else None
        if ceiling is not None:
            resets_at = at_seconds(ceiling.reset_at or ceiling.resets_at)
            used, most = nanos(ceiling.used), nanos(ceiling.limit)
            return (Limit("workspace", used, most, CREDITS, resets_at),)
    return ()


def explained(problem: AccountError, account: str) -> AccountError:
    """Say of a refusal what a person can do about it."""
    if problem.status != 401:
        return problem
    return AccountError(
        f"{problem}; run `codex` once, it renews its login, then"
        f" `tokentui accounts test {account}`",
        needs_user=True,
        status=problem.status,
    )


def login(account: Account) -> str:
    """Give the access token of Codex' own login.

    Raises:
        AccountError: There is none, or it is an API key.
    """
    file = login_file()
    found = login_in(file, Login)
    if found is not None and found.tokens is not None:
        return found.tokens.access_token
    if found is not None and found.OPENAI_API_KEY:
        raise AccountError(
            "Codex is logged in with an API key, which no plan pays;"
            " `codex login` logs in with ChatGPT",
            needs_user=True,
            is_local=True,
        )
    raise no_login("Codex", "codex login", f"{file} (one in the keyring is not read)")


def login_file() -> Path:
    """Name the file that Codex keeps its login in."""
    return Path(os.environ.get("CODEX_HOME") or "~/.codex").expanduser() / "auth.json"


def authorize(secret: str, account: Account) -> Mapping[str, str]:
    """Give the headers that go with a token; the account id only with its own."""
    headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
    if account.login:
        found = login_in(login_file(), Login)
        tokens = found.tokens if found is not None else None
        if tokens is not None and tokens.access_token == secret and tokens.account_id:
            headers["ChatGPT-Account-Id"] = secrets.checked(
                tokens.account_id, "the account id"
            )
    return headers


KIND = Kind(
    name="codex-plan",
    title="ChatGPT plans in Codex",
    provider="openai",
    hosts=("chatgpt.com",),
    reads=("GET /backend-api/wham/usage",),
    credential=Credential(
        what="login of Codex",
        who="everyone who is logged in to Codex with ChatGPT",
        where="on this machine, read with `--login`; without it the windows are known"
        " from Codex' logs, as of the last response",
        begins=("eyJ",),
        warning="the token can use the plan; it is sent to OpenAI alone, never renewed"
        " and never kept",
    ),
    feeds=(Feed("usage", usage),),
    interval_seconds=10 * MINUTE,
    least_seconds=5 * MINUTE,
    payer="chatgpt",
    authorize=authorize,
    login=login,
)
