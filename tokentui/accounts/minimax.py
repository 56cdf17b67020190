"""MiniMax token plan: how much of the windows is used.

The call is undocumented: shapes as several public programs read them in October 2026.
`*_usage_count` is what remains, whatever it is called; newer plans send counts of zero
and only the percent that remains. A status other than 1 says that the plan has no such
window.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Raw, Struct

from tokentui.accounts.kind import MINUTE, Credential, Feed, Kind, Question
from tokentui.accounts.windows import (
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

GENERAL = "general"
IN_FORCE = (1, None)
"""Statuses of a window that the plan has; none is stated by older plans."""


class Remains(Struct):
    model_name: str
    start_time: float | None = None
    end_time: float | None = None
    current_interval_status: int | None = None
    current_interval_total_count: float | None = None
    current_interval_usage_count: float | None = None
    current_interval_remaining_percent: float | None = None
    weekly_end_time: float | None = None
    current_weekly_status: int | None = None
    current_weekly_total_count: float | None = None
    current_weekly_usage_count: float | None = None
    current_weekly_remaining_percent: float | None = None


class BaseResponse(Struct):
    status_code: int


class Answer(Struct):
    base_resp: BaseResponse
    model_remains: list[Raw] | None = None


def usage(question: Question) -> Iterator[Reading]:
    """Read the windows of every model."""
    answer = question.web.get("/v1/token_plan/remains", Answer)
    code = answer.base_resp.status_code
    if code or not answer.model_remains:
        raise AccountError(
            f"no plan is told of (code {code}): this takes the key of a plan; for one"
            " of China set base_url to https://api.minimaxi.com",
            needs_user=True,
        )
    now = question.now_ms
    slots = [alone(slot, Remains) for slot in answer.model_remains]
    windows = [w for slot in slots for w in (windows_of(slot, now) if slot else [None])]
    yield state(now, quotas=readable(windows))


def windows_of(model: Remains, now_ms: int) -> Iterator[Quota | None]:
    """Make the quotas of a model's windows that its plan has."""
    name = word(model.model_name)
    limit_id = "minimax" if name == GENERAL else f"minimax {name or 'other'}"
    if model.current_interval_status in IN_FORCE:
        used = used_percent(
            model.current_interval_total_count,
            model.current_interval_usage_count,
            model.current_interval_remaining_percent,
        )
        resets_at = at_millis(model.end_time)
        yield quota(limit_id, minutes_of(model), used, now_ms, resets_at)
    weekly = used_percent(
        model.current_weekly_total_count,
        model.current_weekly_usage_count,
        model.current_weekly_remaining_percent,
    )
    if model.current_weekly_status in IN_FORCE and weekly is not None:
        yield quota(limit_id, WEEK, weekly, now_ms, at_millis(model.weekly_end_time))


def minutes_of(model: Remains) -> int | None:
    """Give the length of the shorter window, which its ends tell."""
    start, end = at_millis(model.start_time), at_millis(model.end_time)
    return None if start is None or end is None else round((end - start) / 60_000)


def used_percent(
    total: float | None, left: float | None, left_percent: float | None
) -> float | None:
    """Give the percent that is used, by what remains; by counts if there are any."""
    if total and left is not None:
        return share(total - left, total)
    return None if left_percent is None else 100 - left_percent


KIND = Kind(
    name="minimax",
    title="MiniMax token plan",
    provider="minimax",
    hosts=("api.minimax.io",),
    reads=("GET /v1/token_plan/remains",),
    credential=Credential(
        what="MiniMax plan key",
        who="everyone with a token plan",
        where="https://platform.minimax.io/user-center/payment/token-plan; for"
        " minimaxi.com with `--base-url https://api.minimaxi.com`",
        begins=("sk-cp-",),
        warning="the key can use the plan",
    ),
    feeds=(Feed("usage", usage),),
    interval_seconds=5 * MINUTE,
    least_seconds=5 * MINUTE,
    payer="minimax-plan",
)
