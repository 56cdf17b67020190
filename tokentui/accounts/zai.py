"""Z.ai and Zhipu coding plans: how much of the windows is used.

The call is undocumented: shapes as several public programs read them in October 2026.
There is no call for money. `usage` is the limit and `currentValue` what is used of it;
without them only whole percents are told.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Raw, Struct

from tokentui.accounts.kind import MINUTE, Credential, Feed, Kind, Question
from tokentui.accounts.windows import (
    MONTH,
    WEEK,
    alone,
    at_millis,
    quota,
    readable,
    share,
    word,
)
from tokentui.errors import AccountError
from tokentui.events import Quota
from tokentui.statements import Reading, state

OK = 200
LIMITS = {
    "TOKENS_LIMIT": "zai",
    "CREDIT_LIMIT": "zai",
    "TIME_LIMIT": "zai tools",
}
"""What is limited: the model's use, in tokens or credits, and calls of the tools."""

UNIT_MINUTES = {3: 60, 5: MONTH, 6: WEEK}
"""Units of a window's length: hours, months, weeks; others are not known for sure."""


class PlanLimit(Struct):
    type: str
    unit: int
    number: int
    percentage: float | None = None
    usage: float | None = None
    currentValue: float | None = None
    nextResetTime: float | None = None


class Data(Struct):
    limits: list[Raw]
    level: str | None = None
    planName: str | None = None


class Answer(Struct):
    code: int
    success: bool = True
    data: Data | None = None


def usage(question: Question) -> Iterator[Reading]:
    """Read the windows of the plan."""
    answer = question.web.get("/api/monitor/usage/quota/limit", Answer)
    if answer.code != OK or not answer.success or answer.data is None:
        raise AccountError(
            f"no coding plan is told of (code {answer.code}): this takes the key of a"
            " plan; for one of China set base_url to https://open.bigmodel.cn",
            needs_user=True,
        )
    level = word(answer.data.level or answer.data.planName)
    yield state(
        question.now_ms,
        quotas=readable(windows_of(answer.data.limits, question.now_ms)),
        plan=f"zai-{level.replace(' ', '-')}" if level else None,
    )


def windows_of(slots: list[Raw], now_ms: int) -> Iterator[Quota | None]:
    """Make the quotas of the kinds of limit and units that are known."""
    for slot in slots:
        limit = alone(slot, PlanLimit)
        if limit is None:
            yield None
        elif limit.type in LIMITS and limit.unit in UNIT_MINUTES:
            used = share(limit.currentValue, limit.usage)
            yield quota(
                LIMITS[limit.type],
                UNIT_MINUTES[limit.unit] * limit.number,
                limit.percentage if used is None else used,
                now_ms,
                at_millis(limit.nextResetTime),
            )


KIND = Kind(
    name="zai",
    title="Z.ai coding plan",
    provider="zai",
    hosts=("api.z.ai",),
    reads=("GET /api/monitor/usage/quota/limit",),
    credential=Credential(
        what="Z.ai API key of a coding plan",
        who="everyone with a GLM coding plan",
        where="https://z.ai/manage-apikey/apikey-list; for open.bigmodel.cn with"
        " `--base-url https://open.bigmodel.cn`",
        warning="the key can use the plan",
    ),
    feeds=(Feed("usage", usage),),
    interval_seconds=5 * MINUTE,
    least_seconds=5 * MINUTE,
    payer="zai-plan",
)
