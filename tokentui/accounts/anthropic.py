"""Anthropic: what an organisation is billed and what it used, by day and model.

Usage and Cost API: https://platform.claude.com/docs/en/build-with-claude/usage-cost-api,
read in October 2026. Money is cents as decimal strings; days are UTC and grow for about
five minutes after a request. Priority Tier is in usage and never in costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Generic

from msgspec import Struct

from tokentui.accounts.buckets import Bucket, Page, RowT, rows
from tokentui.accounts.daily import day_by_day
from tokentui.accounts.kind import (
    DAY_MS,
    HOUR,
    Credential,
    Feed,
    Kind,
    Question,
    bearer,
)
from tokentui.accounts.units import Count, currency, from_iso, nanos, to_iso
from tokentui.accounts.web import all_pages
from tokentui.events import Tokens
from tokentui.settings import Account
from tokentui.statements import ESTIMATE, Cost, Reading, Used

CENTS = 100
USUAL_CONTEXT = "0-200k"
DAYS_PER_PAGE = "31"


class Day(Struct, Generic[RowT]):
    starting_at: str
    ending_at: str
    results: list[RowT]


class Days(Page[RowT], Generic[RowT], kw_only=True):
    data: list[Day[RowT]]

    def buckets(self) -> list[Bucket[RowT]]:
        """Give what is said of each day."""
        return [
            (from_iso(day.starting_at), from_iso(day.ending_at), day.results)
            for day in self.data
        ]


class CostRow(Struct):
    amount: Decimal
    currency: str
    cost_type: str | None = None
    description: str | None = None
    model: str | None = None
    workspace_id: str | None = None
    service_tier: str | None = None
    context_window: str | None = None
    token_type: str | None = None

    @property
    def dims(self) -> tuple[str | None, ...]:
        """All that tells one row of a day from another, but for the geography."""
        return (
            self.currency,
            self.cost_type,
            self.description,
            self.model,
            self.workspace_id,
            self.service_tier,
            self.context_window,
            self.token_type,
        )


class CacheWrites(Struct):
    ephemeral_5m_input_tokens: Count
    ephemeral_1h_input_tokens: Count


class UsageRow(Struct):
    uncached_input_tokens: Count
    cache_creation: CacheWrites
    cache_read_input_tokens: Count
    output_tokens: Count
    model: str | None = None
    service_tier: str | None = None
    context_window: str | None = None
    api_key_id: str | None = None

    @property
    def dims(self) -> tuple[str | None, ...]:
        """What usage is grouped by."""
        return self.model, self.service_tier, self.context_window, self.api_key_id

    @property
    def tier(self) -> str | None:
        """The service tier, with the context window where that is a long one."""
        if self.context_window in (None, USUAL_CONTEXT):
            return self.service_tier
        return f"{self.service_tier or 'standard'} {self.context_window}"


def costs(question: Question) -> Iterator[Reading]:
    """Read what was billed by day, line item and workspace."""
    path = "/v1/organizations/cost_report"
    params = days(question, "workspace_id", "description")
    yield Reading(
        question.since_ms,
        question.now_ms,
        question.settled(hours_late=1),
        costs=tuple(
            Cost(
                since,
                until,
                nanos(row.amount, CENTS),
                currency(row.currency),
                model=row.model,
                what=row.description or row.cost_type,
                key=row.workspace_id,
            )
            for since, until, row in rows(question, path, Days[CostRow], params)
        ),
    )


def usage(question: Question) -> Iterator[Reading]:
    """Read the tokens by day, model, tier and API key."""
    path = "/v1/organizations/usage_report/messages"
    groups = "model", "service_tier", "context_window", "api_key_id"
    params = days(question, *groups)
    yield Reading(
        question.since_ms,
        question.now_ms,
        question.settled(hours_late=1),
        used=tuple(
            Used(
                since,
                until,
                tokens_of(row),
                model=row.model,
                tier=row.tier,
                key=row.api_key_id,
            )
            for since, until, row in rows(question, path, Days[UsageRow], params)
        ),
    )


class Money(Struct):
    amount: Decimal
    currency: str


class ModelUse(Struct):
    model: str
    estimated_cost: Money


class CodeRow(Struct):
    customer_type: str
    model_breakdown: list[ModelUse]


class CodePage(Struct):
    data: list[CodeRow]
    has_more: bool
    next_page: str | None = None


def claude_code(question: Question) -> Iterator[Reading]:
    """Read what Claude Code's usage is reckoned to cost, by API key and by plan.

    What keys used is billed in the costs and plans bill nothing, so that these are
    estimates of Anthropic's own, which no sum takes.
    """
    yield from day_by_day(question, hours_late=1, costs=lambda s: code_day(question, s))


def code_day(question: Question, start: int) -> Iterator[Cost]:
    """Read one day of all users."""
    path = "/v1/organizations/usage_report/claude_code"
    params = [("starting_at", to_iso(start)[:10]), ("limit", "1000")]

    def read(token: str | None) -> tuple[list[CodeRow], str | None]:
        more = [] if token is None else [("page", token)]
        page = question.web.get(path, CodePage, [*params, *more])
        return page.data, page.next_page if page.has_more else None

    for row in all_pages(read):
        for use in row.model_breakdown:
            yield Cost(
                start,
                start + DAY_MS,
                nanos(use.estimated_cost.amount, CENTS),
                currency(use.estimated_cost.currency),
                ESTIMATE,
                model=use.model,
                what=f"Claude Code, {row.customer_type}",
            )


def days(question: Question, *groups: str) -> list[tuple[str, str]]:
    """Ask for days up to now; an end would leave out the day that is not over."""
    return [
        ("starting_at", to_iso(question.since_ms)),
        ("bucket_width", "1d"),
        ("limit", DAYS_PER_PAGE),
        *(("group_by[]", group) for group in groups),
    ]


def tokens_of(row: UsageRow) -> Tokens:
    """Read the tokens of a row; its counts are disjoint like ours."""
    return Tokens(
        input=row.uncached_input_tokens,
        cache_read=row.cache_read_input_tokens,
        cache_write=row.cache_creation.ephemeral_5m_input_tokens,
        cache_write_1h=row.cache_creation.ephemeral_1h_input_tokens,
        output=row.output_tokens,
    )


def authorize(secret: str, account: Account) -> Mapping[str, str]:
    """Give the headers for an admin key, or for another credential of a person."""
    is_admin_key = secret.startswith("sk-ant-admin")
    key = {"x-api-key": secret} if is_admin_key else bearer(secret, account)
    return {"anthropic-version": "2023-06-01", **key}


KIND = Kind(
    name="anthropic",
    title="Anthropic API",
    provider="anthropic",
    hosts=("api.anthropic.com",),
    reads=(
        "GET /v1/organizations/cost_report",
        "GET /v1/organizations/usage_report/messages",
        "GET /v1/organizations/usage_report/claude_code",
    ),
    credential=Credential(
        what="Anthropic admin key",
        who="admins of an organisation, which one person can set up too; it begins with"
        " sk-ant-admin, the usual API keys cannot read bills",
        where="https://platform.claude.com/settings/admin-keys",
        begins=("sk-ant-",),
        warning="an admin key can also manage members and keys",
    ),
    feeds=(
        Feed("costs", costs, first_days=90, late_days=3),
        Feed("usage", usage, first_days=30, late_days=3),
        Feed("claude code", claude_code, first_days=7, late_days=1, rest_seconds=HOUR),
    ),
    authorize=authorize,
)
