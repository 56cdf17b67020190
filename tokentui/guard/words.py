"""What the guard says: what was spent, what remains open, and how to go on."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.amounts import NANOS, share
from tokentui.guard.asked import Asked
from tokentui.guard.limits import Limit, Verdict
from tokentui.text import clean

OFF = "tokentui guard off --for 1h"
LEAST_RAISE = 5


def stopped(asked: Asked, verdict: Verdict, tz: ZoneInfo) -> str:
    """Say why a prompt or tool was held back."""
    what = "This prompt was not sent." if asked.is_prompt else not_run(asked)
    return f"tokentui: {met(verdict.limits, tz)} {what} {ways_on(verdict.limits)}"


def not_run(asked: Asked) -> str:
    """Say what remains open of a turn."""
    tool = clean(asked.tool or "a tool")
    return f"{tool} was not run; end this turn and call no other tool."


def met(limits: Iterable[Limit], tz: ZoneInfo) -> str:
    """Say which limits are met, what was spent, and when a period ends."""
    return " ".join(f"{used(each)}{begins_anew(each, tz)}." for each in limits)


def used(limit: Limit) -> str:
    """Say what was spent of a limit."""
    return f"{clean(limit.name)}: {limit.spent} of {limit.most} are spent"


def begins_anew(limit: Limit, tz: ZoneInfo) -> str:
    """Say when a cap's period begins anew."""
    if limit.cap is None or limit.cap.period.until_ms is None or limit.cap.is_quota:
        return ""
    at = periods.iso(limit.cap.period.until_ms, tz)[:16].replace("T", " ")
    return f"; it begins anew {at}"


def ways_on(limits: Iterable[Limit]) -> str:
    """Say how a person can go on."""
    raises = [command for each in limits if (command := raised(each))]
    return "To go on: " + " and ".join(raises) + (" or " if raises else "") + OFF


def raised(limit: Limit) -> str | None:
    """Give the command that raises a cap by enough to go on."""
    if limit.cap is None or limit.cap.is_quota:
        return None
    over = max(0, -limit.cap.left)
    unit = NANOS if limit.cap.is_money else 1
    more = -(-over // unit) + (LEAST_RAISE if limit.cap.is_money else 100_000)
    return f"tokentui cap raise {quoted(limit.cap.cap.name)} +{more}"


def quoted(name: str) -> str:
    """Write a cap's name as a word of a command line."""
    import shlex  # 1 ms, for the message only

    return shlex.quote(clean(name))


def near(verdict: Verdict) -> str:
    """Say how far limits are used."""
    return "tokentui: " + "; ".join(
        f"{used(each)}, {share(each.share)}" for each in verdict.limits
    )


def question(asked: Asked, verdict: Verdict) -> str:
    """Let a person decide."""
    how = "Send it again to go on" if asked.is_prompt else "Go on?"
    return f"{near(verdict)}. {how}; nothing is asked again before the limit is met."


def wish(verdict: Verdict) -> str:
    """Ask an agent to wrap up."""
    return (
        f"{near(verdict)}. The budget is nearly used up; when it is, work is stopped."
        " Bring what you are doing to a state that can be left, start nothing new,"
        " and write down what remains to be done."
    )
