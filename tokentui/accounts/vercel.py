"""Vercel AI Gateway: the credits left, and what was charged by day and model.

Calls: https://vercel.com/docs/ai-gateway, read in November 2026. Money is dollars, days
are UTC and both ends of a report are in it. What own keys at vendors cost (BYOK) is not
charged. The report's tokens are not read: whether its input includes what the cache
read and wrote is not said.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from tokentui.accounts.kind import DAY_MS, HOUR, Credential, Feed, Kind, Question
from tokentui.accounts.units import day_start, from_iso, nanos, to_iso
from tokentui.errors import AccountError
from tokentui.statements import Balance, Cost, Reading, state


class Credits(Struct):
    balance: Decimal


class Row(Struct):
    day: str
    total_cost: Decimal
    model: str | None = None


class Report(Struct):
    results: list[Row]


def credits_left(question: Question) -> Iterator[Reading]:
    """Read the credits left."""
    left = nanos(question.web.get("/v1/credits", Credits).balance)
    yield state(question.now_ms, balances=(Balance("credits", left),))


def spend(question: Question) -> Iterator[Reading]:
    """Read what was charged; plans that have no reports are told so by a 403."""
    params = [
        ("start_date", to_iso(question.since_ms)[:10]),
        ("end_date", to_iso(question.now_ms)[:10]),
        ("date_part", "day"),
        ("group_by", "model"),
    ]
    try:
        report = question.web.get("/v1/report", Report, params)
    except AccountError as problem:
        if problem.status == 403:
            return
        raise
    yield Reading(
        question.since_ms,
        question.now_ms,
        question.settled(hours_late=1),
        costs=tuple(
            Cost(start, start + DAY_MS, nanos(row.total_cost), model=row.model)
            for row in report.results
            for start in [day_start(from_iso(row.day))]
            if row.total_cost and question.covers(start)
        ),
    )


KIND = Kind(
    name="vercel",
    title="Vercel AI Gateway",
    provider="vercel",
    hosts=("ai-gateway.vercel.sh",),
    reads=("GET /v1/credits", "GET /v1/report"),
    credential=Credential(
        what="AI Gateway API key",
        who="every team; what was charged by day is told on paid plans only",
        where="https://vercel.com/dashboard, AI Gateway, API keys",
        warning="an API key can spend, make one for tokentui alone; Vercel takes a fee"
        " for each report, so that it is asked for every six hours only",
    ),
    feeds=(
        Feed("credits", credits_left),
        Feed("spend", spend, first_days=90, late_days=3, rest_seconds=6 * HOUR),
    ),
)
