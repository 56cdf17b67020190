"""Everything a person wants to know now, taken at once and frozen.

Faces show a snapshot; they do not query, price or add up.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.budget import plans
from tokentui.budget.burn import WINDOWS, Burn, burn_now
from tokentui.budget.caps import CapState
from tokentui.budget.count import Counter
from tokentui.budget.paid import with_bills
from tokentui.frozen import dataclass
from tokentui.periods import Period, millis
from tokentui.queries.accounts import AccountState, account_states
from tokentui.queries.billed import OtherMoney, in_other_money
from tokentui.queries.payers import PayerState, assumed_requests, payer_states
from tokentui.queries.quotas import QuotaState, quota_states
from tokentui.queries.recent import (
    LatestEvent,
    SourceState,
    latest_events,
    source_states,
    spent_by_quarter_hour,
)
from tokentui.queries.sessions import SessionState, running_sessions
from tokentui.queries.sums import Sums, Usage, total
from tokentui.queries.usage import UsageRow, usage_by
from tokentui.settings import Config, Plan

FEED_LENGTH = 40
STALE_AFTER_MS = 30 * 86_400_000
"""Claude Code deletes logs of that age; a source silent for longer is called stale."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """State of the ledger at `now_ms`, in the time zone of days.

    `burns` in the order of the windows of `budget.burn`, of what is payable;
    `day_spend` holds the nano-dollars of each quarter-hour since local midnight. Rows
    by source and model are today's, dearest first; payers are the month's. `assumed`
    counts the month's responses whose provider or payer nothing in the traces tells;
    `unknown_fees` names the plans in use whose fee nobody has stated, `uncounted_fees`
    the month's plans whose fee has no exchange rate to dollars, `other_money` the
    month's bills that have none. `accounts` say what they billed in the month.
    """

    now_ms: int
    tz: ZoneInfo
    today: Sums
    month: Sums
    month_period: Period
    burns: tuple[Burn, ...]
    day_spend: tuple[int, ...]
    caps: tuple[CapState, ...]
    by_source: tuple[UsageRow, ...]
    by_model: tuple[UsageRow, ...]
    latest: tuple[LatestEvent, ...]
    sources: tuple[SourceState, ...]
    assumed: int
    is_ledger_empty: bool
    payers: tuple[PayerState, ...] = ()
    sessions: tuple[SessionState, ...] = ()
    quotas: tuple[QuotaState, ...] = ()
    unknown_fees: tuple[str, ...] = ()
    uncounted_fees: tuple[Plan, ...] = ()
    accounts: tuple[AccountState, ...] = ()
    other_money: tuple[OtherMoney, ...] = ()

    @property
    def burn(self) -> Burn:
        """The burn rate over the longest window."""
        return self.burns[-1]


def take(
    connection: sqlite3.Connection, config: Config, tz: ZoneInfo, now: datetime
) -> Snapshot:
    """Ask the ledger everything at one moment; `now` is aware."""
    now = now.astimezone(UTC)
    now_ms = millis(now)
    day = periods.period_window("day", tz, now)
    month = periods.period_window("month", tz, now)
    today = Usage(day.since_ms, day.until_ms)
    this_month = Usage(month.since_ms, month.until_ms)
    by_source = usage_by(connection, ["source"], today, tz)
    by_model = usage_by(connection, ["source", "model"], today, tz)
    sources = source_states(connection)
    quotas = quota_states(connection, now_ms)
    counter = Counter(connection, config, tz, now, quotas)
    until_now = Period(month.since_ms, now_ms + 1)
    payers = with_bills(
        payer_states(connection, this_month, now_ms),
        counter.bills,
        counter.charges(),
        until_now,
        now.date() + timedelta(1),
        tz,
        counter.dollars,
    )
    days = periods.month_of(periods.local_day(now, tz), 1)
    lasting = [plan for plan in config.plans if plans.lasts(plan, *days)]
    known = {plan.name for plan in lasting}
    return Snapshot(
        now_ms=now_ms,
        tz=tz,
        today=by_source.total,
        month=total(connection, this_month),
        month_period=month,
        burns=tuple(burn_now(connection, now_ms, minutes) for minutes in WINDOWS),
        day_spend=spent_by_quarter_hour(connection, day.since_ms or 0, now_ms + 1),
        caps=counter.states(),
        by_source=tuple(sorted(by_source.rows, key=dearest)),
        by_model=tuple(sorted(by_model.rows, key=dearest)),
        latest=latest_events(connection, FEED_LENGTH, now_ms),
        sources=sources,
        assumed=assumed_requests(connection, this_month),
        is_ledger_empty=all(each.last_event_ms is None for each in sources),
        payers=payers,
        sessions=running_sessions(connection, now_ms),
        quotas=quotas,
        unknown_fees=tuple(
            p.payer for p in payers if p.is_plan and p.payer not in known
        ),
        uncounted_fees=tuple(
            plan for plan in lasting if counter.cannot_count(plan, month)
        ),
        accounts=account_states(
            connection,
            config.accounts,
            month.since_ms or 0,
            month.until_ms or now_ms + 1,
            now_ms,
            quotas,
        ),
        other_money=in_other_money(connection, month.since_ms or 0, now_ms + 1),
    )


def dearest(row: UsageRow) -> tuple[int, tuple[str, ...]]:
    """Sort by cost, most first, then by name."""
    return -(row.sums.cost_nanos or 0), tuple(key or "" for key in row.keys)
