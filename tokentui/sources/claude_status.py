"""Read what Claude Code tells its status line of the windows of the plan.

It sends JSON after each response; `rate_limits` is in it where a plan pays, from 2.1.80
on. This runs as often as a status line is drawn, so that it imports nothing heavy.
"""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tokentui.tuples import NamedTuple

WINDOWS = {"five_hour": 300, "seven_day": 10_080}
"""The windows that are told, with their length in minutes."""

LIMIT = "claude"
TAIL_BYTES = 1 << 18
"""How much of a transcript's end is looked at for the last response."""

EPOCH = datetime.fromtimestamp(0, UTC)
MOST_DOLLARS, MOST_TOKENS = 1e6, 1e9
MOST_PERCENT, LAST_SECOND = 1e6, 1 << 33


class Window(NamedTuple):
    """How much of a window is used, in percent; when it is reset, in UTC ms."""

    minutes: int
    used_percent: float
    resets_at: int | None


class Told(NamedTuple):
    """What was told: of which session, and where its transcript is.

    `cost_nanos`: what the session has cost, with calls that no log shows;
    `context_percent`: how full its context is; `cold_at_ms`: when its cache lapses, and
    `cold_tokens` how many have to be written to it anew then.
    """

    session: str | None = None
    transcript: str | None = None
    windows: tuple[Window, ...] = ()
    cost_nanos: int | None = None
    context_percent: float | None = None
    cold_at_ms: int | None = None
    cold_tokens: int | None = None


def told_by(text: bytes) -> Told:
    """Read what stands on stdin; what makes no sense tells nothing."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return Told()
    if not isinstance(given, dict):
        return Told()
    limits = given.get("rate_limits")
    slots = limits if isinstance(limits, dict) else {}
    windows = [window_of(slots.get(name), WINDOWS[name]) for name in WINDOWS]
    return Told(
        text_of(given.get("session_id")),
        text_of(given.get("transcript_path")),
        tuple(window for window in windows if window is not None),
        nanos_of(within(given, "cost", "total_cost_usd")),
        up_to(within(given, "context_window", "used_percentage"), 100),
        millis_of(within(given, "prompt_cache", "expires_at")),
        count_of(within(given, "prompt_cache", "recache_tokens_if_cold")),
    )


def within(given: dict[str, Any], table: str, key: str) -> float | None:
    """Give a number that stands in a table, if there is one."""
    found = given.get(table)
    return number(found.get(key)) if isinstance(found, dict) else None


def up_to(value: float | None, most: float) -> float | None:
    """Give a number from 0 to `most`, or `None` for any other."""
    return value if value is not None and 0 <= value <= most else None


def nanos_of(dollars: float | None) -> int | None:
    """Give dollars as nano-dollars."""
    fine = up_to(dollars, MOST_DOLLARS)
    return None if fine is None else round(fine * 1e9)


def millis_of(seconds: float | None) -> int | None:
    """Give a time in seconds as UTC milliseconds."""
    fine = up_to(seconds, LAST_SECOND)
    return int(fine * 1000) if fine else None


def count_of(value: float | None) -> int | None:
    """Give a count of tokens."""
    fine = up_to(value, MOST_TOKENS)
    return None if fine is None else int(fine)


def window_of(slot: Any, minutes: int) -> Window | None:
    """Read one window; an odd one is none."""
    if not isinstance(slot, dict):
        return None
    used, resets = number(slot.get("used_percentage")), number(slot.get("resets_at"))
    if used is None or not 0 <= used <= MOST_PERCENT:
        return None
    is_time = resets is not None and 0 < resets < LAST_SECOND
    return Window(minutes, used, int(resets * 1000) if resets and is_time else None)


def number(value: Any) -> float | None:
    """Give a number, or `None` for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def text_of(value: Any) -> str | None:
    """Give a text, or `None` for what is none."""
    return value if isinstance(value, str) and value and "\0" not in value else None


def root_of(transcript: str | None) -> str | None:
    """Name where a transcript lies, as its series do: below `~/.claude/projects`."""
    parents = Path(transcript or "").parents
    is_inside = len(parents) > 2 and parents[1].name == "projects"
    return str(parents[1]) if is_inside else None


def as_of_ms(transcript: str | None, now_ms: int) -> int:
    """Say when the last response came, with which the windows were told.

    A session that rests has its line drawn again, with what it heard long ago.
    """
    try:
        status = os.stat(transcript or "")  # noqa: PTH116 (light)
        if not stat.S_ISREG(status.st_mode):
            return now_ms
        with open(transcript or "", "rb") as file:  # noqa: PTH123 (light)
            file.seek(max(0, status.st_size - TAIL_BYTES))
            tail = file.read(TAIL_BYTES)
    except (OSError, ValueError):
        return now_ms
    at = last_response_ms(tail)
    return min(now_ms, int(status.st_mtime * 1000) if at is None else at)


def last_response_ms(tail: bytes) -> int | None:
    """Give the time of the last response in the end of a transcript, in UTC ms."""
    for line in reversed(tail.splitlines()):
        if b'"assistant"' not in line or b'"<synthetic>"' in line:
            continue
        try:
            record = json.loads(line)
            if record["type"] == "assistant":
                at = datetime.fromisoformat(record["timestamp"])
                return int((at - EPOCH).total_seconds() * 1000)
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            continue
    return None
