"""A ledger of estimates and bills, filled by hand and asked how a cap stands."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import builders
from builders import ms

from tokentui.budget.caps import CapState
from tokentui.budget.count import Counter
from tokentui.events import UNCOUNTED, Series, Tokens, UsageEvent
from tokentui.ledger.by_hand import keep_reading
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.ledger.statements import keep_costs, keep_span
from tokentui.periods import millis
from tokentui.settings import Cap, Config
from tokentui.statements import Cost, Reading

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
USD = 10**9
DAY = timedelta(days=1)


def at(day: int, hour: int = 10) -> datetime:
    """Name an hour of November."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def cost(
    since: datetime, until: datetime, dollars: float, currency: str = "USD", **more: str
) -> Cost:
    """Bill a span."""
    nanos = round(dollars * USD)
    return Cost(millis(since), millis(until), nanos, currency, **more)


class Ledger:
    """A ledger that is filled by hand, and asked how a cap stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = Config()
        open_for_writing(path).close()

    def spend(self, dollars: float | None, when: datetime, **labels: Any) -> None:
        """Let a response be reckoned to cost so much at list price, or not known."""
        given = {"endpoint": "anthropic", "account": "api key"} | labels
        series = Series("claude-code", "s", "claude-opus-5-5", **given)
        name = f"{when} {labels}".encode()
        key = blake2b(name, digest_size=16).digest()
        moment = millis(when)
        event = UsageEvent(key, 0, moment, moment, Tokens(), standing=UNCOUNTED)
        if dollars is not None:
            stated = round(dollars * USD)
            event = UsageEvent(key, 0, moment, moment, Tokens(1), stated=stated)
        builders.record(self.path, [(series, event)], self.config)

    def bill(
        self, costs: dict[int, float], until: datetime = NOW, settled: int = 25
    ) -> None:
        """Let Anthropic bill days of November, all from the 1st to `until`."""
        with closing(open_for_writing(self.path)) as connection:
            connection.execute(
                "REPLACE INTO account (name, kind, provider, payer, failures, since)"
                " VALUES ('work', 'anthropic', 'anthropic', 'api', 0, 0)"
            )
            reading = Reading(
                ms("2026-11-01"),
                int(until.timestamp() * 1000),
                int(at(settled, 0).timestamp() * 1000),
                tuple(
                    Cost(
                        int(at(day, 0).timestamp() * 1000),
                        int((at(day, 0) + DAY).timestamp() * 1000),
                        round(dollars * USD),
                    )
                    for day, dollars in costs.items()
                ),
            )
            keep_span(connection, "work", "costs", reading, reading.until)
            keep_costs(connection, "work", "costs", reading)

    def tell(
        self,
        account: str,
        kind: str,
        since: datetime,
        until: datetime,
        *costs: Cost,
        settled: datetime | None = None,
        payer: str = "api",
        provider: str | None = None,
    ) -> None:
        """Let an account of some kind state a span; settled as a whole by default."""
        with closing(open_for_writing(self.path)) as connection:
            connection.execute(
                "INSERT OR IGNORE INTO account"
                " (name, kind, provider, payer, failures, since)"
                " VALUES (?, ?, ?, ?, 0, 0)",
                (account, kind, provider or kind, payer),
            )
            start, end = millis(since), millis(until)
            reading = Reading(start, end, millis(settled or until), costs)
            keep_span(connection, account, "it", reading, end)
            keep_costs(connection, account, "it", reading)

    def read_page(
        self,
        payer: str,
        dollars: float,
        until: datetime,
        since: datetime = datetime(2026, 11, 1, tzinfo=UTC),
    ) -> None:
        """Enter what a payer's page said from a time, or of November, up to another."""
        with closing(open_for_writing(self.path)) as connection:
            keep_reading(
                connection,
                f"payer:{payer}",
                millis(since),
                int(until.timestamp() * 1000),
                round(dollars * USD),
                "USD",
            )

    def cap(self, per: str = "month", zone: str = "UTC", **scope: Any) -> CapState:
        """Say how a cap of 100 dollars stands."""
        config = replace(self.config, caps=(Cap("it", 100 * USD, per, **scope),))
        with closing(open_for_reading(self.path)) as connection:
            (state,) = Counter(connection, config, ZoneInfo(zone), NOW, ()).states()
        return state
