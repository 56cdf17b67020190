"""LiteLLM proxy: the budget of a key, and what the proxy reckons was used by day.

Calls: https://docs.litellm.ai/docs/proxy/users, read in October 2026. All money is
dollars by the proxy's own price list: an estimate of what the vendors behind it bill.
Days are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from msgspec import Struct

from tokentui.accounts.kind import DAY_MS, Credential, Feed, Kind, Question
from tokentui.accounts.units import Count, day_start, from_iso, nanos, to_iso
from tokentui.accounts.web import all_pages
from tokentui.errors import AccountError
from tokentui.events import Tokens
from tokentui.statements import ESTIMATE, Cost, Limit, Reading, Used, state

KEY = "key"
"""What the budget of a key is called."""

NOT_LET = (401, 403, 404)
"""How a proxy tells a key that it may know of itself only."""


class Info(Struct):
    spend: Decimal
    max_budget: Decimal | None = None
    budget_reset_at: str | None = None


class KeyAnswer(Struct):
    info: Info


class Metrics(Struct):
    spend: Decimal
    prompt_tokens: Count
    completion_tokens: Count
    successful_requests: Count
    cache_read_input_tokens: Count = 0
    cache_creation_input_tokens: Count = 0


class OfModel(Struct):
    metrics: Metrics


class Breakdown(Struct):
    models: dict[str, OfModel]


class Day(Struct):
    date: str
    metrics: Metrics
    breakdown: Breakdown


class Where(Struct):
    has_more: bool


class Page(Struct):
    results: list[Day]
    metadata: Where


@dataclass(slots=True)
class Sum:
    """What a model was used in a day, in dollars and counts of all pages."""

    spend: Decimal = Decimal(0)
    prompt: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    requests: int = 0

    def add(self, metrics: Metrics) -> None:
        """Add what one page tells."""
        self.spend += metrics.spend
        self.prompt += metrics.prompt_tokens
        self.output += metrics.completion_tokens
        self.cache_read += metrics.cache_read_input_tokens
        self.cache_write += metrics.cache_creation_input_tokens
        self.requests += metrics.successful_requests

    @property
    def tokens(self) -> Tokens:
        """The tokens; the prompt includes what the cache read and wrote."""
        return Tokens(
            input=max(0, self.prompt - self.cache_read - self.cache_write),
            cache_read=self.cache_read,
            cache_write=self.cache_write,
            output=self.output,
        )


def budget(question: Question) -> Iterator[Reading]:
    """Read the budget of the key, if it has one, or had."""
    info = question.web.get("/key/info", KeyAnswer).info
    if info.max_budget is None and question.last_limit(KEY) is None:
        return
    ceiling = None if info.max_budget is None else nanos(info.max_budget)
    resets_at = from_iso(info.budget_reset_at) if info.budget_reset_at else None
    limit = Limit(KEY, nanos(info.spend), ceiling, resets_at=resets_at)
    yield state(question.now_ms, limits=(limit,))


def activity(question: Question) -> Iterator[Reading]:
    """Read what was used by day and model, if the key may know."""
    try:
        days = all_pages(lambda page: page_of(question, page))
    except AccountError as problem:
        if problem.status in NOT_LET:
            return
        raise
    sums = {
        key: each for key, each in by_model(days).items() if question.covers(key[0])
    }
    yield Reading(
        question.since_ms,
        question.now_ms,
        question.settled(hours_late=1),
        costs=tuple(
            Cost(start, start + DAY_MS, spent, basis=ESTIMATE, model=model)
            for (start, model), each in sums.items()
            if (spent := nanos(each.spend))
        ),
        used=tuple(
            Used(start, start + DAY_MS, each.tokens, each.requests, model)
            for (start, model), each in sums.items()
            if model is not None
        ),
    )


def page_of(question: Question, page: str | None) -> tuple[list[Day], str | None]:
    """Read one page; the first is 1."""
    number = int(page or 1)
    params = [
        ("start_date", to_iso(question.since_ms)[:10]),
        ("end_date", to_iso(question.now_ms)[:10]),
        ("page", str(number)),
        ("page_size", "1000"),
    ]
    answer = question.web.get("/user/daily/activity", Page, params)
    return answer.results, str(number + 1) if answer.metadata.has_more else None


def by_model(days: list[Day]) -> dict[tuple[int, str | None], Sum]:
    """Add up by day and model, as a page may end within a day.

    What a day has spent beyond its models, as on tools, has no model.
    """
    sums: dict[tuple[int, str | None], Sum] = {}
    for day in days:
        start = day_start(from_iso(day.date))
        rest = day.metrics.spend
        for model, told in day.breakdown.models.items():
            sums.setdefault((start, model), Sum()).add(told.metrics)
            rest -= told.metrics.spend
        sums.setdefault((start, None), Sum()).spend += rest
    return sums


KIND = Kind(
    name="litellm",
    title="LiteLLM proxy",
    provider="litellm",
    hosts=("localhost",),  # never asked: where the proxy is must be given
    reads=("GET /key/info", "GET /user/daily/activity"),
    credential=Credential(
        what="LiteLLM key",
        who="everyone with a key of the proxy; give the proxy's address as --base-url",
        where="the proxy's own page, /ui, or whoever runs it",
        warning="a key can spend; make one for tokentui alone, if you can",
    ),
    feeds=(
        Feed("budget", budget),
        Feed("activity", activity, first_days=90, late_days=3),
    ),
    needs=("base_url",),
)
