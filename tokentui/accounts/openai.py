"""OpenAI: what an organisation is billed and what it used, by day and model.

Usage API: https://platform.openai.com/docs/api-reference/usage, read in October 2026.
Costs are dollars and lag usage by hours; days are UTC. What a ChatGPT plan pays, such
as Codex with its login, is not in it, and there is no call for prepaid credits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Generic

from msgspec import Struct

from tokentui.accounts.buckets import Bucket, Page, RowT, rows
from tokentui.accounts.kind import Credential, Feed, Kind, Question
from tokentui.accounts.units import Count, currency, nanos
from tokentui.errors import AccountError
from tokentui.events import Tokens
from tokentui.periods import month_of, utc_day_ms
from tokentui.statements import Cost, Limit, Reading, Used, state

CENTS = 100
COSTS = "/v1/organization/costs"
MONTH = "month"
"""The one interval of spend limits, and what ours is called."""

NOT_LET = (401, 403, 404)
"""How a key that may read costs is told that it may not read limits, or has none."""


class Day(Struct, Generic[RowT]):
    start_time: Count
    end_time: Count
    results: list[RowT]


class Days(Page[RowT], Generic[RowT], kw_only=True):
    data: list[Day[RowT]]

    def buckets(self) -> list[Bucket[RowT]]:
        """Give what is said of each day; the answer tells seconds."""
        return [
            (day.start_time * 1000, day.end_time * 1000, day.results)
            for day in self.data
        ]


class Amount(Struct):
    value: Decimal
    currency: str


class CostRow(Struct):
    amount: Amount
    line_item: str | None = None
    project_id: str | None = None

    @property
    def dims(self) -> tuple[str | None, ...]:
        """What costs are grouped by."""
        return self.line_item, self.project_id, self.amount.currency

    @property
    def model(self) -> str | None:
        """The model, where the line item begins with one: `gpt-5.6, input_tokens`."""
        found = re.match(r"([A-Za-z0-9][\w.:/-]*), ", self.line_item or "")
        return found[1] if found else None


class UsageRow(Struct):
    input_tokens: Count
    output_tokens: Count
    num_model_requests: Count
    input_cached_tokens: Count | None = None
    input_cache_write_tokens: Count | None = None
    model: str | None = None
    service_tier: str | None = None
    batch: bool | None = None
    api_key_id: str | None = None

    @property
    def dims(self) -> tuple[str | bool | None, ...]:
        """What usage is grouped by."""
        return self.model, self.service_tier, self.batch, self.api_key_id


class SpendLimit(Struct):
    threshold_amount: Count
    currency: str
    interval: str


def costs(question: Question) -> Iterator[Reading]:
    """Read what was billed by day, line item and project."""
    params = [
        *days(question.since_ms, most=180),
        ("group_by[]", "line_item"),
        ("group_by[]", "project_id"),
    ]
    yield Reading(
        question.since_ms,
        question.now_ms,
        question.settled(hours_late=6),
        costs=tuple(
            Cost(
                since,
                until,
                nanos(row.amount.value),
                currency(row.amount.currency),
                model=row.model,
                what=row.line_item,
                key=row.project_id,
            )
            for since, until, row in rows(question, COSTS, Days[CostRow], params)
        ),
    )


def usage(question: Question) -> Iterator[Reading]:
    """Read the tokens of text models by day, model, tier and API key."""
    path = "/v1/organization/usage/completions"
    groups = "model", "service_tier", "batch", "api_key_id"
    params = [
        *days(question.since_ms, most=31),
        *(("group_by[]", group) for group in groups),
    ]
    yield Reading(
        question.since_ms,
        question.now_ms,
        question.settled(hours_late=6),
        used=tuple(
            Used(
                since,
                until,
                tokens_of(row),
                row.num_model_requests,
                model=row.model,
                tier="batch" if row.batch else row.service_tier,
                key=row.api_key_id,
            )
            for since, until, row in rows(question, path, Days[UsageRow], params)
        ),
    )


def days(since_ms: int, most: int) -> list[tuple[str, str]]:
    """Ask for days up to now, at most so many on a page."""
    return [
        ("start_time", str(since_ms // 1000)),
        ("bucket_width", "1d"),
        ("limit", str(most)),
    ]


def tokens_of(row: UsageRow) -> Tokens:
    """Read the tokens of a row; its input includes what the cache read and wrote."""
    cache_read = row.input_cached_tokens or 0
    cache_write = row.input_cache_write_tokens or 0
    return Tokens(
        input=max(0, row.input_tokens - cache_read - cache_write),
        cache_read=cache_read,
        cache_write=cache_write,
        output=row.output_tokens,
    )


def limit(question: Question) -> Iterator[Reading]:
    """Read the organisation's own limit of a month, and what the month has cost."""
    try:
        stated = question.web.get("/v1/organization/spend_limit", SpendLimit)
    except AccountError as problem:
        if problem.status in NOT_LET:
            return
        raise
    # The least limit is a cent; zero is how none is told.
    ceiling = nanos(Decimal(stated.threshold_amount), CENTS) or None
    if stated.interval != MONTH or (not ceiling and not question.last_limit(MONTH)):
        return
    today = datetime.fromtimestamp(question.now_ms / 1000, UTC).date()
    first, next_first = month_of(today, 1)
    month = replace(question, since_ms=utc_day_ms(first))
    code = currency(stated.currency)
    spent = sum(
        nanos(row.amount.value)
        for _, _, row in rows(month, COSTS, Days[CostRow], days(month.since_ms, 31))
        if currency(row.amount.currency) == code
    )
    resets_at = utc_day_ms(next_first)
    yield state(
        question.now_ms, limits=(Limit(MONTH, spent, ceiling, code, resets_at),)
    )


KIND = Kind(
    name="openai",
    title="OpenAI API",
    provider="openai",
    hosts=("api.openai.com",),
    reads=(
        f"GET {COSTS}",
        "GET /v1/organization/usage/completions",
        "GET /v1/organization/spend_limit",
    ),
    credential=Credential(
        what="OpenAI admin key",
        who="owners of an organisation, as everyone is of his own; the usual project"
        " keys cannot read bills",
        where="https://platform.openai.com/settings/organization/admin-keys",
        begins=("sk-admin-",),
        warning="an admin key can manage the organisation; restrict it to reading"
        " usage (api.usage.read)",
    ),
    feeds=(
        Feed("costs", costs, first_days=90, late_days=3),
        Feed("usage", usage, first_days=30, late_days=3),
        Feed("limit", limit),
    ),
)
