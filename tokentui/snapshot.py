"""Everything a person wants to know now, taken at once and frozen.

Faces show a snapshot; they do not query, price or add up.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.budget.burn import WINDOWS, Burn, burn_rate
from tokentui.budget.caps import CapState, cap_state, cap_usage, spent_of
from tokentui.periods import Period, millis
from tokentui.queries.recent import (
    LatestEvent,
    SourceState,
    latest_events,
    source_states,
    spent_by_quarter_hour,
)
from tokentui.queries.sums import Sums, Usage, total
from tokentui.queries.usage import UsageRow, usage_by
from tokentui.settings import Cap, Config

FEED_LENGTH = 40
STALE_AFTER_MS = 30 * 86_400_000
"""Claude Code deletes logs of that age; a source silent for longer is called stale."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """State of the ledger at `now_ms`, in the time zone of days.

    `burns` in the order of the windows of `budget.burn`; `day_spend` holds the
    nano-dollars of each quarter-hour since local midnight. Rows by source and model are
    today's, dearest first.
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
    by_source = usage_by(connection, ["source"], today, tz)
    by_model = usage_by(connection, ["source", "model"], today, tz)
    sources = source_states(connection)
    return Snapshot(
        now_ms=now_ms,
        tz=tz,
        today=by_source.total,
        month=total(connection, Usage(month.since_ms, month.until_ms)),
        month_period=month,
        burns=tuple(burn(connection, Usage(), now_ms, w) for w in WINDOWS),
        day_spend=spent_by_quarter_hour(connection, day.since_ms or 0, now_ms + 1),
        caps=tuple(
            state_of(connection, cap, tz, now) for cap in config.caps if is_counted(cap)
        ),
        by_source=tuple(sorted(by_source.rows, key=dearest)),
        by_model=tuple(sorted(by_model.rows, key=dearest)),
        latest=latest_events(connection, FEED_LENGTH, now_ms),
        sources=sources,
        assumed=assumed_requests(connection, Usage(month.since_ms, month.until_ms)),
        is_ledger_empty=all(each.last_event_ms is None for each in sources),
    )


def burn(
    connection: sqlite3.Connection, usage: Usage, now_ms: int, minutes: int
) -> Burn:
    """Give the burn rate of some usage over the last minutes."""
    window = Usage(now_ms - minutes * 60_000, now_ms + 1, usage.only, usage.without)
    sums = total(connection, window)
    return burn_rate(sums.cost_nanos or 0, minutes, sums.is_lower_bound)


def is_counted(cap: Cap) -> bool:
    """Claim that this version can count a cap."""
    return cap.unit in ("usd", "list-usd", "tokens")


def state_of(
    connection: sqlite3.Connection, cap: Cap, tz: ZoneInfo, now: datetime
) -> CapState:
    """Give one cap's state in the period that holds `now`."""
    now_ms = millis(now)
    period = periods.period_window(cap.per, tz, now, cap.starts)
    usage = cap_usage(cap, period)
    longest = WINDOWS[-1]
    recent = total(
        connection,
        Usage(now_ms - longest * 60_000, now_ms + 1, usage.only, usage.without),
    )
    pace = burn_rate(spent_of(cap, recent), longest, recent.is_lower_bound)
    return cap_state(cap, period, total(connection, usage), pace, now_ms)


def dearest(row: UsageRow) -> tuple[int, tuple[str, ...]]:
    """Sort by cost, most first, then by name."""
    return -(row.sums.cost_nanos or 0), tuple(key or "" for key in row.keys)


def assumed_requests(connection: sqlite3.Connection, usage: Usage) -> int:
    """Count the responses whose payer or provider nothing in the traces tells."""
    narrowed = Usage(usage.since_ms, usage.until_ms)
    row = connection.execute(
        "SELECT sum(r.requests) FROM rollup r JOIN series s ON s.id = r.series"
        " WHERE r.bucket >= ? AND r.bucket < ? AND s.provider_evidence = 'assumed'",
        (
            (narrowed.since_ms or 0) // 900_000,
            -(-(narrowed.until_ms or 1 << 62) // 900_000),
        ),
    ).fetchone()
    return int(row[0] or 0)
