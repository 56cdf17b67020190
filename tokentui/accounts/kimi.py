"""Kimi Code: how much of the plan's windows is used, in requests.

The call is undocumented: shapes as several public programs read them in October 2026.
`usage` is the week, `limits` are windows whose length they tell. Counts come as numbers
or text; what is used may be left out, and is then what does not remain.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Raw, Struct

from tokentui.accounts.kind import MINUTE, Credential, Feed, Kind, Question
from tokentui.accounts.windows import (
    DAY,
    NULL,
    WEEK,
    alone,
    at_iso,
    is_empty,
    quota,
    readable,
    share,
)
from tokentui.errors import AccountError
from tokentui.events import Quota
from tokentui.statements import Reading, state

LIMIT = "kimi"
UNIT_MINUTES = {"TIME_UNIT_MINUTE": 1, "TIME_UNIT_HOUR": 60, "TIME_UNIT_DAY": DAY}


class Detail(Struct):
    limit: float
    used: float | None = None
    remaining: float | None = None
    resetTime: str | None = None
    resetAt: str | None = None
    reset_at: str | None = None


class Window(Struct):
    duration: int
    timeUnit: str


class PlanLimit(Struct):
    window: Window
    detail: Detail


class Answer(Struct):
    usage: Raw = NULL
    limits: list[Raw] | None = None


def usage(question: Question) -> Iterator[Reading]:
    """Read the week and the shorter windows."""
    answer = question.web.get("/coding/v1/usages", Answer)
    now = question.now_ms
    slots = [] if is_empty(answer.usage) else [alone(answer.usage, Detail)]
    windows = [window_of(WEEK, detail, now) for detail in slots]
    for slot in answer.limits or ():
        limit = alone(slot, PlanLimit)
        minutes = None if limit is None else minutes_of(limit.window)
        windows.append(window_of(minutes, limit.detail if limit else None, now))
    if not windows:
        raise AccountError(
            "the answer tells of no window; a newer tokentui may know its shape"
        )
    yield state(now, quotas=readable(windows))


def minutes_of(window: Window) -> int | None:
    """Give a window's length in minutes; of an unknown unit it is not known."""
    unit = UNIT_MINUTES.get(window.timeUnit)
    return None if unit is None else unit * window.duration


def window_of(minutes: int | None, detail: Detail | None, now_ms: int) -> Quota | None:
    """Make the quota of a window, if it is told how much of it is used."""
    if detail is None:
        return None
    used = detail.used
    if used is None and detail.remaining is not None:
        used = detail.limit - detail.remaining
    resets_at = at_iso(detail.resetTime or detail.resetAt or detail.reset_at)
    return quota(LIMIT, minutes, share(used, detail.limit), now_ms, resets_at)


KIND = Kind(
    name="kimi",
    title="Kimi Code plan",
    provider="moonshot",
    hosts=("api.kimi.com",),
    reads=("GET /coding/v1/usages",),
    credential=Credential(
        what="Kimi Code API key",
        who="everyone with a Kimi plan that has Kimi Code",
        where="https://www.kimi.com/code/console",
        begins=("sk-kimi-",),
        warning="the key can use the plan",
    ),
    feeds=(Feed("usage", usage),),
    interval_seconds=5 * MINUTE,
    least_seconds=5 * MINUTE,
    payer="kimi-plan",
)
