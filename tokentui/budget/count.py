"""Count every cap: ask the ledger what its period holds, then see how it stands."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.budget import plans
from tokentui.budget.burn import WINDOWS
from tokentui.budget.caps import (
    CapFacts,
    CapState,
    Raise,
    cap_state,
    cap_usage,
    spent_of,
)
from tokentui.budget.forecast import (
    LONGEST_PAST_DAYS,
    Ahead,
    Day,
    Forecast,
    carried_on,
    forecast,
)
from tokentui.periods import Period, millis
from tokentui.queries.history import History, distinct
from tokentui.queries.quotas import QuotaState, quota_states
from tokentui.queries.scheduled import price_changes
from tokentui.queries.sums import Usage, total
from tokentui.settings import Cap, Config, Plan

HOUR_MS = 3_600_000
FEE_PERIODS = ("month", "quarter", "year")
"""A plan's fee counts in caps of these periods, never in those of days or weeks."""

NARROWING = ("source", "client", "project", "model", "label")
"""A cap narrowed to one of these has no share in a plan's fee."""


class Counter:
    """Counts caps at one moment, with one ledger, config and time zone."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        config: Config,
        tz: ZoneInfo,
        now: datetime,
        quotas: tuple[QuotaState, ...],
    ) -> None:
        self._connection = connection
        self._config = config
        self._tz = tz
        self._now = now.astimezone(UTC)
        self._now_ms = millis(now)
        self._quotas = quotas
        self._histories: dict[str, History] = {}
        self._pasts: dict[str, list[Day]] = {}

    def states(self) -> tuple[CapState, ...]:
        """Give the state of every cap, one for each value where `each` asks for it."""
        return tuple(
            self.state(cap, name)
            for configured in self._config.caps
            for cap, name in self._each(configured)
        )

    def _each(self, cap: Cap) -> list[tuple[Cap, str]]:
        if cap.each is None:
            return [(cap, cap.name)]
        usage = cap_usage(cap, self._window(cap))
        return [
            (only(cap, cap.each, value), f"{cap.name} {value}")
            for value in distinct(self._connection, cap.each, usage)
        ]

    def _window(self, cap: Cap) -> Period:
        return periods.period_window(cap.per, self._tz, self._now, cap.starts)

    def state(self, cap: Cap, name: str) -> CapState:
        """Give the state of one cap in the period that holds now."""
        period = self._window(cap)
        if cap.unit.startswith("quota:"):
            facts = CapFacts(percent=self._percent(cap.unit.removeprefix("quota:")))
            return cap_state(cap, name, period, facts, self._now_ms)
        usage = cap_usage(cap, period)
        sums = total(self._connection, usage)
        raises = raises_of(self._connection, cap.name, self._now_ms)
        facts = CapFacts(
            sums,
            self._fees(cap, period.since_ms or 0, self._now_ms + 1),
            self._carried(cap, period) if cap.carry else 0,
            self._pace(cap, usage),
            raises,
        )
        # The forecast wants to know the limit, which the state works out.
        limit = cap_state(cap, name, period, facts, self._now_ms).limit
        spent = spent_of(cap, sums) + facts.fees
        ahead = self._forecast(cap, period, spent, facts.pace, limit)
        return cap_state(
            cap, name, period, replace(facts, forecast=ahead), self._now_ms
        )

    def _pace(self, cap: Cap, usage: Usage) -> int:
        minutes = WINDOWS[-1]
        since = self._now_ms - minutes * 60_000
        window = Usage(since, self._now_ms + 1, usage.only, usage.without)
        return spent_of(cap, total(self._connection, window)) * 60 // minutes

    def _percent(self, name: str) -> float | None:
        used = [
            quota.used_percent
            for quota in self._quotas
            if name in (quota.payer, f"{quota.payer} {quota.window}", quota.limit_id)
        ]
        return max(used, default=None)

    def _carried(self, cap: Cap, period: Period) -> int:
        """Give what the period before left over; that one had no raise and no carry."""
        last_moment = datetime.fromtimestamp((period.since_ms or 1) / 1000 - 1, UTC)
        before = periods.period_window(cap.per, self._tz, last_moment, cap.starts)
        spent = spent_of(cap, total(self._connection, cap_usage(cap, before)))
        spent += self._fees(cap, before.since_ms or 0, before.until_ms or 0)
        return max(0, int(cap.amount) - spent)

    def _fees(self, cap: Cap, since_ms: int, until_ms: int) -> int:
        if cap.unit != "usd" or cap.per not in FEE_PERIODS:
            return 0
        count = plans.spread if cap.spread else plans.due
        return sum(
            count(plan, since_ms, until_ms, self._tz)
            for plan in self._config.plans
            if plans.is_counted(plan) and has_share(cap, plan)
        )

    def _forecast(
        self, cap: Cap, period: Period, spent: int, pace: int, limit: int
    ) -> Forecast:
        today = periods.local_day(self._now, self._tz)
        midnight = periods.day_start(today, self._tz)
        until = period.until_ms or self._now_ms
        past, ahead = self._habits(cap, today, until)
        spent_today = 0
        if not any(day.spent for day in past):
            today_usage = cap_usage(cap, Period(midnight, until))
            spent_today = spent_of(cap, total(self._connection, today_usage))
        hours_left = (until - self._now_ms) / HOUR_MS
        found = forecast(spent, past, ahead, limit, spent_today)
        fees = self._fees_ahead(cap, until)
        meets = found.met_after_hours
        total_fees = 0
        for hours, nanos in fees:
            # A fee to come is no spend yet, but on its day it may meet the cap.
            total_fees += nanos
            reached = found.hours_until(limit - total_fees, spent)
            if reached is not None and (meets is None or meets > hours):
                meets = max(reached, hours)
                break
        found = replace(found, met_after_hours=meets)
        found = carried_on(found, spent, pace, hours_left, limit)
        total_fees = sum(nanos for _, nanos in fees)
        return replace(
            found,
            low=found.low + total_fees,
            mid=found.mid + total_fees,
            high=found.high + total_fees,
        )

    def _fees_ahead(self, cap: Cap, until: int) -> list[tuple[float, int]]:
        """List the fees to come, with the hours until each; one spread out is now."""
        whole = self._fees(cap, self._now_ms + 1, until)
        if cap.spread or not whole:
            return [(0.0, whole)] if whole else []
        return sorted(
            ((fee.at_ms - self._now_ms) / HOUR_MS, fee.nanos)
            for plan in self._config.plans
            if plans.is_counted(plan) and has_share(cap, plan)
            for fee in plans.fees(plan, self._now_ms, until, self._tz)
            if self._now_ms < fee.at_ms < until
        )

    def _habits(self, cap: Cap, today: date, until: int) -> tuple[list[Day], Ahead]:
        """Give the past days of a cap's usage, and what is left of its period."""
        midnight = periods.day_start(today, self._tz)
        first = periods.day_start(today - timedelta(LONGEST_PAST_DAYS), self._tz)
        usage = cap_usage(cap, Period(first, midnight))
        past = self._past(cap.unit, usage, first, midnight)
        end = datetime.fromtimestamp((until - 1) / 1000, UTC)
        last = periods.local_day(end, self._tz)
        days = [today + timedelta(n) for n in range(1, (last - today).days + 1)]
        return past, Ahead(
            today.weekday(),
            min((self._now_ms - midnight) / HOUR_MS, 24.0),
            tuple(day.weekday() for day in days),
            self._factors(usage, [today, *days]) if cap.unit != "tokens" else (),
        )

    def _past(self, unit: str, usage: Usage, first: int, midnight: int) -> list[Day]:
        """Give the past days of some usage, which caps of several periods share."""
        key = repr((unit, usage))
        if key not in self._pasts:
            if unit not in self._histories:
                self._histories[unit] = History(
                    self._connection, first, midnight, self._tz, unit
                )
            found = self._histories[unit].days(usage)
            self._pasts[key] = [Day(d.weekday(), tuple(hours)) for d, hours in found]
        return self._pasts[key]

    def _factors(self, usage: Usage, days: list[date]) -> tuple[float, ...]:
        """Give what price changes that are scheduled make of each day ahead."""
        changes = price_changes(self._connection, usage, self._now_ms)
        if not changes:
            return ()
        factors = []
        for day in days:
            start = periods.day_start(day, self._tz)
            before = [after for at_ms, after in changes if at_ms <= start]
            factors.append(before[-1] if before else 1.0)
        return tuple(factors)


def caps_now(
    connection: sqlite3.Connection, config: Config, tz: ZoneInfo, now: datetime
) -> tuple[CapState, ...]:
    """Give how all caps stand, and nothing else."""
    quotas = quota_states(connection, millis(now))
    return Counter(connection, config, tz, now, quotas).states()


def only(cap: Cap, label: str, value: str) -> Cap:
    """Narrow a cap to one value of a label."""
    narrowed: dict[str, Any] = {label: (escaped(value),)}
    return replace(cap, **narrowed)


def has_share(cap: Cap, plan: Plan) -> bool:
    """Claim that a plan's fee counts against a cap."""
    if any(getattr(cap, scope) for scope in NARROWING):
        return False
    asked = (
        (cap.payer, plan.name, True),
        (cap.provider, plan.provider, True),
        (cap.not_payer, plan.name, False),
        (cap.not_provider, plan.provider, False),
    )
    return all(
        any(fnmatchcase(value.lower(), glob.lower()) for glob in globs) == wanted
        for globs, value, wanted in asked
        if globs
    )


def escaped(value: str) -> str:
    """Write a value as a glob that matches only itself."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in value)


def raises_of(
    connection: sqlite3.Connection, cap: str, now_ms: int
) -> tuple[Raise, ...]:
    """List the raises of a cap that are in force."""
    rows = connection.execute(
        "SELECT amount, made_at, until, because FROM cap_raise"
        " WHERE cap = ? AND made_at <= ? AND until > ? ORDER BY made_at",
        (cap, now_ms, now_ms),
    )
    return tuple(Raise(*row) for row in rows)
