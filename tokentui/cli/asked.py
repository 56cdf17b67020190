"""What the options of a verb ask for: which time, and which usage."""

from __future__ import annotations

import sqlite3
from typing import Any

from tokentui import periods
from tokentui.errors import UsageError
from tokentui.periods import Period
from tokentui.queries.sums import LABELS, Usage
from tokentui.setting import Setting


def period_of(given: dict[str, Any], setting: Setting) -> Period:
    """Read the period options.

    Raises:
        UsageError: They contradict each other or cannot be understood.
    """
    since, until = given.get("since"), given.get("until")
    named = [name for name in ("last", "period") if given.get(name)]
    if len(named) + bool(since or until) > 1:
        raise UsageError("give one of --since/--until, --last and --period")
    tz, now = setting.tz, setting.now
    if given.get("last"):
        return periods.last_period(given["last"], tz, now)
    named_cycle = (given.get("period") or "").removeprefix("cycle:")
    if given.get("period") not in (None, named_cycle):
        return cycle_now(named_cycle, setting)
    if given.get("period"):
        return periods.parse_period(given["period"], tz, now)
    period = Period(
        periods.parse_instant(since, tz, now) if since else None,
        periods.parse_instant(until, tz, now) if until else None,
    )
    if None not in (period.since_ms, period.until_ms) and (period.since_ms or 0) > (
        period.until_ms or 0
    ):
        raise UsageError("--since is later than --until")
    return period


def cycle_now(name: str, setting: Setting) -> Period:
    """Give the billing cycle of a plan that holds now.

    Raises:
        UsageError: The config has no such plan.
    """
    for plan in setting.config.plans:
        if plan.name == name:
            return periods.period_window("month", setting.tz, setting.now, plan.renews)
    known = ", ".join(plan.name for plan in setting.config.plans) or "none"
    raise UsageError(f"no plan {name!r} in the config; there are: {known}")


def usage_of(
    connection: sqlite3.Connection, given: dict[str, Any], period: Period
) -> Usage:
    """Say which usage the period and filter options ask for; `last` is a session, too.

    Raises:
        UsageError: A filter is no text that a ledger could hold.
    """
    only = {label: tuple(given.get(label) or ()) for label in LABELS}
    for label, globs in only.items():
        if any(not glob.isprintable() for glob in globs):
            raise UsageError(f"--{label} takes text that can be printed")
    if "last" in only["session"]:
        from tokentui.queries.sessions import last_session

        last = last_session(connection)
        only["session"] = tuple(last if s == "last" else s for s in only["session"])
    return Usage(period.since_ms, period.until_ms, only)
