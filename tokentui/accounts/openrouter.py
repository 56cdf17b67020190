"""OpenRouter: what a key has spent, its own limit, the credits left.

Calls and units: https://openrouter.ai/docs/api-reference, read in October 2026. All
money is US dollars, days are UTC; what own keys at vendors cost (BYOK) is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from msgspec import Struct

from tokentui.accounts.kind import DAY_MS, Credential, Feed, Kind, Question
from tokentui.accounts.units import Count, day_start, from_iso, nanos
from tokentui.errors import AccountError
from tokentui.events import Tokens
from tokentui.statements import Balance, Cost, Limit, Reading, Used, state

LIFETIME = "lifetime"
"""The limit without a ceiling that counts all a key has ever spent."""


class Key(Struct):
    usage: Decimal
    usage_daily: Decimal
    limit: Decimal | None = None
    limit_remaining: Decimal | None = None
    is_management_key: bool = False


class KeyAnswer(Struct):
    data: Key


class KeysAnswer(Struct):
    data: list[Key]


class Credits(Struct):
    total_credits: Decimal
    total_usage: Decimal


class CreditsAnswer(Struct):
    data: Credits


class ActivityRow(Struct):
    date: str
    model: str
    usage: Decimal
    requests: Count
    prompt_tokens: Count
    completion_tokens: Count
    reasoning_tokens: Count = 0
    cached_tokens: Count = 0


class ActivityAnswer(Struct):
    data: list[ActivityRow]


def spend(question: Question) -> Iterator[Reading]:
    """Read what was spent: by day and model with a management key, else in all."""
    key = question.web.get("/api/v1/key", KeyAnswer).data
    if key.is_management_key:
        yield from spend_of_all_keys(question)
        return
    now_ms, total = question.now_ms, nanos(key.usage)
    today, spent_today = day_start(now_ms), nanos(key.usage_daily)
    since, used = question.last_limit(LIFETIME) or (None, None)
    if since is None or used is None:
        # What another key has spent today stands.
        since, spent = max(today, question.read_until_ms or 0), spent_today
    elif total < used:
        since, spent = today, spent_today
    else:
        spent = total - used
    if since >= now_ms:
        return
    limits = [Limit(LIFETIME, total, None)]
    if key.limit is not None:
        left = key.limit_remaining if key.limit_remaining is not None else key.limit
        limits.append(Limit("key", nanos(key.limit - left), nanos(key.limit)))
    late = min(spent, spent_today) if since < today else spent
    costs = (cost(since, today, spent - late), cost(max(since, today), now_ms, late))
    yield replace(span(since, now_ms, costs), limits=tuple(limits))


def spend_of_all_keys(question: Question) -> Iterator[Reading]:
    """Read whole days by model, and today from what each key says of itself."""
    today = day_start(question.now_ms)
    rows = question.web.get("/api/v1/activity", ActivityAnswer).data
    rows = [row for row in rows if question.since_ms <= from_iso(row.date) < today]
    yield Reading(
        question.since_ms,
        today,
        today,
        costs=tuple(
            cost(start, start + DAY_MS, nanos(row.usage), row.model)
            for row in rows
            for start in [from_iso(row.date)]
        ),
        used=tuple(used_of(row) for row in rows),
    )
    keys = question.web.get("/api/v1/keys", KeysAnswer).data
    spent = sum(nanos(key.usage_daily) for key in keys)
    if question.now_ms > today:
        yield span(today, question.now_ms, (cost(today, question.now_ms, spent),))


def used_of(row: ActivityRow) -> Used:
    """Read the tokens of a day; cached ones are part of the prompt."""
    start = from_iso(row.date)
    tokens = Tokens(
        input=max(0, row.prompt_tokens - row.cached_tokens),
        cache_read=row.cached_tokens,
        output=row.completion_tokens,
        reasoning=row.reasoning_tokens,
    )
    return Used(start, start + DAY_MS, tokens, row.requests, row.model)


def cost(since: int, until: int, spent: int, model: str | None = None) -> Cost:
    """State what was spent in a span."""
    return Cost(since, until, spent, model=model)


def span(since: int, until: int, costs: tuple[Cost, ...]) -> Reading:
    """Make the reading of a span; a key's own figure is less than a minute late."""
    return Reading(since, until, until, tuple(c for c in costs if c.nanos))


def credits_left(question: Question) -> Iterator[Reading]:
    """Read the credits left; ordinary keys may not be let."""
    try:
        answer = question.web.get("/api/v1/credits", CreditsAnswer).data
    except AccountError as problem:
        if problem.status == 403:
            return
        raise
    left = nanos(answer.total_credits) - nanos(answer.total_usage)
    yield state(question.now_ms, balances=(Balance("credits", left),))


KIND = Kind(
    name="openrouter",
    title="OpenRouter",
    provider="openrouter",
    hosts=("openrouter.ai",),
    reads=(
        "GET /api/v1/key",
        "GET /api/v1/keys",
        "GET /api/v1/credits",
        "GET /api/v1/activity",
    ),
    credential=Credential(
        what="OpenRouter key",
        who="everyone: any API key tells of itself; a management key tells of all keys,"
        " by day and model",
        where="https://openrouter.ai/settings/keys"
        " (management keys: https://openrouter.ai/settings/management-keys)",
        begins=("sk-or-",),
        warning="an API key can spend; give it a limit, or make one for tokentui alone",
    ),
    feeds=(
        Feed("spend", spend, first_days=30, late_days=2),
        Feed("credits", credits_left),
    ),
    interval_seconds=300,
)
