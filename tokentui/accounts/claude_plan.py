"""Claude Pro and Max: how much of the plan's windows is used, and of extra usage.

The call is Claude Code's own, undocumented: shapes as several public programs read them
in October 2026. Percent cannot be turned into money. Extra usage is a running total of
the month in minor units; what it rose by between two polls was spent, so that what came
before the first poll, or before a total began anew unseen, is in the limit only.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Raw, Struct

from tokentui.accounts import secrets
from tokentui.accounts.kind import MINUTE, Credential, Feed, Kind, Question
from tokentui.accounts.logins import decoded, login_in, no_login
from tokentui.accounts.units import month_start, nanos
from tokentui.accounts.windows import (
    FIVE_HOURS,
    NULL,
    WEEK,
    alone,
    at_iso,
    is_empty,
    quota,
    readable,
    word,
)
from tokentui.errors import AccountError
from tokentui.events import Quota
from tokentui.settings import Account
from tokentui.statements import Cost, Limit, Reading

EXTRA = "extra usage"
SCOPE = "user:profile"
KEYCHAIN = "Claude Code-credentials"
"""What Claude Code's login is filed under in the keychain of macOS."""


class OAuth(Struct):
    accessToken: str
    expiresAt: float | None = None
    scopes: list[str] | None = None
    subscriptionType: str | None = None

    def __repr__(self) -> str:
        return "<a login of Claude Code>"


class Credentials(Struct):
    claudeAiOauth: OAuth | None = None


class Window(Struct):
    utilization: float
    resets_at: str | None = None


class Model(Struct):
    id: str | None = None
    display_name: str | None = None


class Scope(Struct):
    model: Model | None = None


class PlanLimit(Struct):
    kind: str
    percent: float
    resets_at: str | None = None
    scope: Scope | None = None


class Extra(Struct):
    used_credits: Decimal
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    is_enabled: bool = False
    monthly_limit: Decimal | None = None
    decimal_places: Annotated[int, Meta(ge=0, le=9)] | None = None


class Answer(Struct):
    """Windows under other names are experiments that come and go: not read."""

    five_hour: Raw = NULL
    seven_day: Raw = NULL
    seven_day_opus: Raw = NULL
    seven_day_sonnet: Raw = NULL
    limits: list[Raw] | None = None
    extra_usage: Raw = NULL


def usage(question: Question) -> Iterator[Reading]:
    """Read the windows and the extra usage, with a login that still holds."""
    plan = plan_of(checked(question))
    try:
        answer = question.web.get("/api/oauth/usage", Answer)
    except AccountError as problem:
        raise explained(problem, question.account.name) from None
    quotas = quotas_of(answer, question.now_ms)
    if not quotas and is_empty(answer.extra_usage):
        raise AccountError(
            "the answer tells of no window; a newer tokentui may know its shape"
        )
    extra = extra_of(answer.extra_usage)
    limits = () if extra is None else (extra,)
    since, costs = rise(question, limits)
    now = question.now_ms
    # Open for good: no estimate of the local logs may be lowered by it.
    yield Reading(since, now, since, costs, limits=limits, quotas=quotas, plan=plan)


def quotas_of(answer: Answer, now_ms: int) -> tuple[Quota, ...]:
    """Read the list of limits, or where there is none the windows by name."""
    limits = [alone(each, PlanLimit) for each in answer.limits or ()]
    listed = list(of_limits(limits, now_ms))
    if any(listed):
        return readable(listed)
    named = (
        ("claude", FIVE_HOURS, answer.five_hour),
        ("claude", WEEK, answer.seven_day),
        ("claude opus", WEEK, answer.seven_day_opus),
        ("claude sonnet", WEEK, answer.seven_day_sonnet),
    )
    by_name = [
        quota(limit_id, minutes, window.utilization, now_ms, at_iso(window.resets_at))
        if (window := alone(slot, Window))
        else None
        for limit_id, minutes, slot in named
        if not is_empty(slot)
    ]
    return readable([*listed, *by_name])


def of_limits(
    limits: Iterable[PlanLimit | None], now_ms: int
) -> Iterator[Quota | None]:
    """Make the quotas of the kinds of limit that are known."""
    for limit in limits:
        if limit is None:
            yield None
            continue
        model = limit.scope.model if limit.scope is not None else None
        scoped = word(model.display_name or model.id) if model is not None else None
        known = {
            "session": ("claude", FIVE_HOURS),
            "weekly_all": ("claude", WEEK),
            "weekly_scoped": (f"claude {scoped}", WEEK) if scoped else None,
        }.get(limit.kind)
        if known is not None:
            yield quota(*known, limit.percent, now_ms, at_iso(limit.resets_at))


def extra_of(slot: Raw) -> Limit | None:
    """Read what extra usage has cost this month; no ceiling is none."""
    extra = alone(slot, Extra)
    if extra is None or not extra.is_enabled:
        return None
    places = 2 if extra.decimal_places is None else extra.decimal_places
    per_unit = 10**places
    ceiling = extra.monthly_limit
    return Limit(
        EXTRA,
        nanos(extra.used_credits, per_unit),
        None if ceiling is None else nanos(ceiling, per_unit),
        extra.currency,
    )


def rise(question: Question, limits: tuple[Limit, ...]) -> tuple[int, tuple[Cost, ...]]:
    """Give what extra usage has cost since the last poll, and since when."""
    now = question.now_ms
    last = question.last_limit(EXTRA)
    if last is None or last[0] >= now or not limits:
        return now, ()
    (limit,) = limits
    since, spent = last[0], limit.used - last[1]
    if spent < 0:
        # In a new month the total begins anew; in the same one it was corrected, and
        # what was spent meanwhile nobody knows.
        if since >= month_start(now):
            return now, ()
        since, spent = month_start(now), limit.used
    cost = Cost(since, now, spent, limit.currency, what=EXTRA)
    return since, (cost,) if spent else ()


def checked(question: Question) -> OAuth | None:
    """Give the login in use, if one is; refuse one that is of no use, unsent.

    Raises:
        AccountError: It has expired, or may not read the usage.
    """
    account = question.account
    if not account.login or secrets.from_environment(account.name):
        return None
    found = found_login(account)
    if found is None:
        return None
    if found.expiresAt is not None and found.expiresAt <= question.now_ms:
        raise AccountError(
            "the login of Claude Code has expired; run `claude` once, it renews it",
            needs_user=True,
            is_local=True,
        )
    if found.scopes is not None and SCOPE not in found.scopes:
        raise AccountError(
            f"the login of Claude Code has no scope {SCOPE}: run `claude` and log in;"
            " a token of `claude setup-token` has none",
            needs_user=True,
            is_local=True,
        )
    return found


def plan_of(found: OAuth | None) -> str | None:
    """Name the kind of login as `.claude.json` does: `claude_max`."""
    kind = word(found.subscriptionType) if found is not None else None
    return f"claude_{kind}" if kind else None


def explained(problem: AccountError, account: str) -> AccountError:
    """Say of a refusal what a person can do about it."""
    if problem.status == 401:
        text = f"{problem}; run `claude` once, then `tokentui accounts test {account}`"
    elif problem.status == 403:
        text = f"{problem}; the token needs the scope {SCOPE}, which a token of"
        text += " `claude setup-token` has not"
    else:
        return problem
    return AccountError(text, needs_user=True, status=problem.status)


def login(account: Account) -> str:
    """Give the access token of Claude Code's own login.

    Raises:
        AccountError: There is none, or it cannot be read.
    """
    found = found_login(account)
    if found is None:
        places = ", ".join(str(folder) for folder in folders())
        raise no_login("Claude Code", "claude", places)
    return found.accessToken


def found_login(account: Account) -> OAuth | None:
    """Look where Claude Code keeps its login: in macOS' keychain, else in a file."""
    if sys.platform == "darwin" and not os.environ.get("CLAUDE_CONFIG_DIR"):
        text = secrets.of_another(account.name, KEYCHAIN, getpass.getuser())
        if text is not None:
            kept = decoded(text.encode(), Credentials, "the login in the keychain")
            if kept.claudeAiOauth is not None:
                return kept.claudeAiOauth
    for folder in folders():
        inside = login_in(folder / ".credentials.json", Credentials)
        if inside is not None and inside.claudeAiOauth is not None:
            return inside.claudeAiOauth
    return None


def folders() -> list[Path]:
    """Name Claude Code's config folders; the first that holds a login counts."""
    named = os.environ.get("CLAUDE_CONFIG_DIR", "")
    parts = [part.strip() for part in named.split(",") if part.strip()]
    return [Path(part).expanduser() for part in parts or ["~/.claude"]]


def authorize(secret: str, account: Account) -> Mapping[str, str]:
    """Give the headers that go with a login's token."""
    return {
        "Authorization": f"Bearer {secret}",
        "anthropic-beta": "oauth-2025-04-20",
        "Content-Type": "application/json",
    }


KIND = Kind(
    name="claude-plan",
    title="Claude Pro and Max",
    provider="anthropic",
    hosts=("api.anthropic.com",),
    reads=("GET /api/oauth/usage",),
    credential=Credential(
        what="login of Claude Code",
        who="everyone with a Claude Pro, Max or Team plan",
        where="on this machine, read with `--login`; or an access token with the scope"
        f" {SCOPE}",
        begins=("sk-ant-oat",),
        warning="the token can use the plan; it is sent to Anthropic alone, never"
        " renewed and never kept",
    ),
    feeds=(Feed("usage", usage),),
    interval_seconds=10 * MINUTE,
    least_seconds=5 * MINUTE,
    payer="claude-plan",
    authorize=authorize,
    login=login,
)
