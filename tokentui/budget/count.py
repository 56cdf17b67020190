"""Count every cap: ask the ledger what its period holds, then see how it stands."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.budget import charges, plans
from tokentui.budget.bills import HABIT_DAYS, Bills
from tokentui.budget.burn import WINDOWS
from tokentui.budget.caps import (
    CapFacts,
    CapState,
    Raise,
    cap_state,
    cap_usage,
    spent_of,
)
from tokentui.budget.scopes import Labels, admits, counts_in, is_narrowed
from tokentui.frozen import replace
from tokentui.globs import escaped
from tokentui.periods import Period, millis
from tokentui.queries import by_hand
from tokentui.queries.by_hand import Charge
from tokentui.queries.dollars import DOLLARS, Dollars
from tokentui.queries.quotas import QuotaState, quota_states
from tokentui.queries.sums import Usage, total
from tokentui.settings import Cap, Config, Plan

if TYPE_CHECKING:
    from tokentui.budget.forecast import Ahead, Day, Forecast
    from tokentui.queries.history import History

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
        self.dollars = Dollars(connection)
        self.bills = Bills(connection, self._now_ms, config.accounts)
        self._charges: tuple[Charge, ...] | None = None

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
        from tokentui.queries.history import distinct

        period = self._window(cap)
        used = distinct(self._connection, cap.each, cap_usage(cap, period))
        since = period.since_ms or 0
        unused = {
            name
            for name in self._named(cap.each) - {*used}
            if admits(cap, **{cap.each: name})
            and self._beside_usage(only(cap, cap.each, name), since)
        }
        return [
            (only(cap, cap.each, value), f"{cap.name} {value}")
            for value in sorted({*used, *unused})
        ]

    def _named(self, label: str) -> set[str]:
        """Name whom money goes from, to or is for without any usage, in a label."""
        found = (*self.bills.listed, *self.charges(), *self._config.plans)
        names = {getattr(each, label, None) for each in found}
        if label == "payer":
            names |= {plan.name for plan in self._config.plans}
        return {name for name in names if name}

    def _beside_usage(self, cap: Cap, since_ms: int) -> int:
        """Sum what counts against a cap and is no estimate of usage."""
        until = self._now_ms + 1
        facts = CapFacts(
            fees=self._fees(cap, since_ms, until),
            charged=self._charged(cap, since_ms, until),
            billed=self.bills.counted(cap, since_ms, until),
        )
        return facts.counted(cap)

    def _window(self, cap: Cap) -> Period:
        return periods.period_window(cap.per, self._tz, self._now, cap.starts)

    def state(self, cap: Cap, name: str) -> CapState:
        """Give the state of one cap in the period that holds now."""
        period = self._window(cap)
        facts = self._facts(cap, period)
        if not cap.unit.startswith("quota:"):
            # The forecast wants to know the limit, which the state works out.
            limit = cap_state(cap, name, period, facts, self._now_ms).limit
            facts = replace(facts, forecast=self._forecast(cap, period, facts, limit))
        return cap_state(cap, name, period, facts, self._now_ms)

    def brief_states(self) -> tuple[CapState, ...]:
        """Give the state of every cap as `states` does, without forecasts."""
        return tuple(
            self._brief(cap, name)
            for configured in self._config.caps
            for cap, name in self._each(configured)
        )

    def _brief(self, cap: Cap, name: str) -> CapState:
        period = self._window(cap)
        facts = self._facts(cap, period)
        return cap_state(cap, name, period, facts, self._now_ms)

    def standing(self, labels: Labels) -> tuple[CapState, ...]:
        """Give the state, without a forecast, of the hard caps that usage counts in."""
        found = []
        for cap in self._config.caps:
            value = labels.get(cap.each) if cap.each else None
            if not cap.hard or (cap.each and value is None):
                continue
            if not counts_in(cap, labels, self._quotas):
                continue
            name = f"{cap.name} {value}" if cap.each else cap.name
            narrowed = only(cap, cap.each, value) if cap.each and value else cap
            found.append(self._brief(narrowed, name))
        return tuple(found)

    def _facts(self, cap: Cap, period: Period) -> CapFacts:
        if cap.unit.startswith("quota:"):
            return CapFacts(percent=self._percent(cap.unit.removeprefix("quota:")))
        usage = cap_usage(cap, period)
        sums = total(self._connection, usage)
        since = period.since_ms or 0
        before = self._before(cap, period) if cap.carry else None
        return CapFacts(
            sums,
            self._fees(cap, since, self._now_ms + 1),
            self._uncounted(cap, since if before is None else before.since_ms or 0),
            0 if before is None else self._carried(cap, before),
            int(self._pace(cap, usage) * self._correction(cap)),
            raises_of(self._connection, cap.name, self._now_ms),
            charged=self._charged(cap, since, self._now_ms + 1),
            billed=self.bills.counted(cap, since, self._now_ms + 1),
            is_all_billed=cap.unit == "usd"
            and sums.is_lower_bound
            and self.bills.settle(cap, usage),
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

    def _before(self, cap: Cap, period: Period) -> Period:
        last_moment = datetime.fromtimestamp((period.since_ms or 1) / 1000 - 1, UTC)
        return periods.period_window(cap.per, self._tz, last_moment, cap.starts)

    def _carried(self, cap: Cap, before: Period) -> int:
        """Give what the period before left over; that one had no raise and no carry."""
        since, until = before.since_ms or 0, before.until_ms or 0
        facts = CapFacts(
            total(self._connection, cap_usage(cap, before)),
            self._fees(cap, since, until),
            charged=self._charged(cap, since, until),
            billed=self.bills.counted(cap, since, until),
        )
        return max(0, int(cap.amount) - facts.counted(cap))

    def _charged(self, cap: Cap, since_ms: int, until_ms: int) -> int:
        """Sum the charges that fall due in a span and count against a cap."""
        last = datetime.fromtimestamp(until_ms / 1000, UTC).date() + timedelta(1)
        return charges.due(
            self._shares(cap), since_ms, until_ms, last, self._tz, self.dollars
        )

    def _shares(self, cap: Cap) -> list[Charge]:
        return [each for each in self.charges() if charges.has_share(cap, each)]

    def charges(self) -> tuple[Charge, ...]:
        """List all that was charged beside usage."""
        if self._charges is None:
            self._charges = by_hand.charges(self._connection)
        return self._charges

    def _correction(self, cap: Cap) -> float:
        """Give by what estimates still to come are multiplied, after a reading."""
        if not self.bills.has_reading():
            return 1.0
        since = self._now_ms - HABIT_DAYS * 24 * HOUR_MS
        usage = cap_usage(cap, Period(since, self._now_ms + 1))
        payable = total(self._connection, usage).payable_nanos
        return self.bills.correction(cap, payable)

    def _fees(self, cap: Cap, since_ms: int, until_ms: int) -> int:
        return sum(part or 0 for _, part in self._fee_parts(cap, since_ms, until_ms))

    def _uncounted(self, cap: Cap, since_ms: int) -> tuple[Plan, ...]:
        """Name the plans whose fees until now cannot be added to dollars."""
        parts = self._fee_parts(cap, since_ms, self._now_ms + 1)
        return tuple(dict.fromkeys(plan for plan, part in parts if part is None))

    def _fee_parts(
        self, cap: Cap, since_ms: int, until_ms: int
    ) -> list[tuple[Plan, int | None]]:
        """List what each fee costs in a stretch of time; `None` without a rate."""
        if cap.unit != "usd" or cap.per not in FEE_PERIODS:
            return []
        part_of = plans.spread_of if cap.spread else plans.due_of
        parts = [
            (plan, self._in_dollars(part_of(fee, since_ms, until_ms), plan, fee.at_ms))
            for plan in self._config.plans
            if has_share(cap, plan)
            for fee in plans.fees(plan, since_ms, until_ms, self._tz)
        ]
        return [(plan, part) for plan, part in parts if part != 0]

    def cannot_count(self, plan: Plan, month: Period) -> bool:
        """Claim that a fee that falls due in a month has no exchange rate."""
        since, until = month.since_ms or 0, month.until_ms or 0
        return any(
            plans.due_of(fee, since, until)
            and self._in_dollars(fee.nanos, plan, fee.at_ms) is None
            for fee in plans.fees(plan, since, until, self._tz)
        )

    def _in_dollars(self, nanos: int, plan: Plan, at_ms: int) -> int | None:
        """Exchange a part of a plan's fee at the rate of the day it is due."""
        if plan.currency == DOLLARS or not nanos:
            return nanos
        day = periods.local_day(datetime.fromtimestamp(at_ms / 1000, UTC), self._tz)
        return self.dollars.of(nanos, plan.currency, day)

    def _forecast(
        self,
        cap: Cap,
        period: Period,
        facts: CapFacts,
        limit: int,
    ) -> Forecast:
        from tokentui.budget.forecast import carried_on, forecast  # 6 ms, no hook asks

        correction = self._correction(cap)
        today = periods.local_day(self._now, self._tz)
        midnight = periods.day_start(today, self._tz)
        until = period.until_ms or self._now_ms
        spent = facts.counted(cap)
        past, ahead = self._habits(cap, today, until)
        if correction != 1:
            past = [corrected(day, correction) for day in past]
        spent_today = 0
        if not any(day.spent for day in past):
            today_usage = cap_usage(cap, Period(midnight, until))
            so_far = spent_of(cap, total(self._connection, today_usage))
            spent_today = int(so_far * correction)
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
        found = carried_on(found, spent, facts.pace, hours_left, limit)
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
            fees = [(0.0, whole)] if whole else []
        else:
            fees = [
                ((fee.at_ms - self._now_ms) / HOUR_MS, worth)
                for plan in self._config.plans
                if has_share(cap, plan)
                for fee in plans.fees(plan, self._now_ms, until, self._tz)
                if self._now_ms < fee.at_ms < until
                and (worth := self._in_dollars(fee.nanos, plan, fee.at_ms)) is not None
            ]
        return sorted([*fees, *self._charges_ahead(cap, until)])

    def _charges_ahead(self, cap: Cap, until: int) -> list[tuple[float, int]]:
        last = datetime.fromtimestamp(until / 1000, UTC).date() + timedelta(1)
        due = [
            (periods.day_start(day, self._tz), worth)
            for charge in self._shares(cap)
            for day in charges.due_days(charge, last)
            if (worth := charges.worth(charge, day, self.dollars)) is not None
        ]
        return [
            ((at_ms - self._now_ms) / HOUR_MS, nanos)
            for at_ms, nanos in due
            if self._now_ms < at_ms < until
        ]

    def _habits(self, cap: Cap, today: date, until: int) -> tuple[list[Day], Ahead]:
        """Give the past days of a cap's usage, and what is left of its period."""
        from tokentui.budget.forecast import LONGEST_PAST_DAYS, Ahead

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
        from tokentui.budget.forecast import Day
        from tokentui.queries.history import History

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
        from tokentui.queries.scheduled import price_changes

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


def corrected(day: Day, correction: float) -> Day:
    """Give a past day as it would have been with estimates that are right."""
    from tokentui.budget.forecast import Day

    return Day(day.weekday, tuple(int(hour * correction) for hour in day.hours))


def has_share(cap: Cap, plan: Plan) -> bool:
    """Claim that a plan's fee counts against a cap."""
    if is_narrowed(cap, NARROWING):
        return False
    return admits(cap, payer=plan.name, provider=plan.provider)


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
