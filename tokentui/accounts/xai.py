"""xAI: what a team has spent by day, and what is left of its prepaid credits.

Management API: https://docs.x.ai/docs/management-api/billing, read in October 2026.
Usage is dollars by UTC day. The balance is cents with the sign turned round: -1000 is
ten dollars left. It learns of usage at the end of the month only, so that it shows too
much until then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from tokentui.accounts.kind import DAY_MS, Credential, Feed, Kind, Question
from tokentui.accounts.units import day_start, from_iso, nanos, path_part
from tokentui.errors import AccountError
from tokentui.statements import Balance, Cost, Reading, state

CENTS = 100
PREPAID = "prepaid before this month's use"


class Point(Struct):
    timestamp: str
    values: Annotated[list[Decimal], Meta(min_length=1)]


class Line(Struct, rename="camel"):
    data_points: list[Point]


class Usage(Struct, rename="camel"):
    time_series: list[Line]
    limit_reached: bool = False


class Total(Struct):
    val: Decimal


class Prepaid(Struct):
    total: Total


def spend(question: Question) -> Iterator[Reading]:
    """Read the dollars of each day, over all models and keys."""
    answer = question.web.post(f"{team_path(question)}/usage", Usage, asked(question))
    if answer.limit_reached:
        raise AccountError("xAI left something out of the answer: it was too long")
    spent: dict[int, int] = defaultdict(int)
    for line in answer.time_series:
        for point in line.data_points:
            spent[day_start(from_iso(point.timestamp))] += nanos(point.values[0])
    yield Reading(
        question.since_ms,
        question.now_ms,
        question.settled(hours_late=1),
        costs=tuple(
            Cost(start, start + DAY_MS, amount)
            for start, amount in sorted(spent.items())
            if amount and question.covers(start)
        ),
    )


def asked(question: Question) -> object:
    """Ask for dollars by day, today included."""
    until = day_start(question.now_ms) + DAY_MS
    return {
        "analyticsRequest": {
            "timeRange": {
                "startTime": written(question.since_ms),
                "endTime": written(until),
                "timezone": "Etc/GMT",
            },
            "timeUnit": "TIME_UNIT_DAY",
            "values": [{"name": "usd", "aggregation": "AGGREGATION_SUM"}],
            "groupBy": [],
            "filters": [],
        }
    }


def written(at_ms: int) -> str:
    """Write a time as xAI reads it: `2026-11-25 00:00:00`."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"


def prepaid(question: Question) -> Iterator[Reading]:
    """Read what is left of prepaid credits."""
    answer = question.web.get(f"{team_path(question)}/prepaid/balance", Prepaid)
    left = -nanos(answer.total.val, CENTS)
    yield state(question.now_ms, balances=(Balance(PREPAID, left),))


def team_path(question: Question) -> str:
    """Give where the bills of the account's team are."""
    return f"/v1/billing/teams/{path_part(question.account.team or '', 'team')}"


KIND = Kind(
    name="xai",
    title="xAI API",
    provider="xai",
    hosts=("management-api.x.ai",),
    reads=(
        "POST /v1/billing/teams/*/usage",
        "GET /v1/billing/teams/*/prepaid/balance",
    ),
    credential=Credential(
        what="xAI management key",
        who="owners of a team, as everyone is of his own; the usual API keys cannot"
        " read bills; give the team's id, as in the console's address, as --team",
        where="https://console.x.ai, Settings, Management Keys",
        warning="a management key can make and delete API keys",
    ),
    feeds=(
        Feed("spend", spend, first_days=90, late_days=3),
        Feed("prepaid", prepaid),
    ),
    needs=("team",),
)
