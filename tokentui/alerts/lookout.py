"""Look at the ledger now and then, raise what is new, and send for the couriers.

It has threads of its own, so that neither a look nor a channel holds up the reading.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

from tokentui.alerts.courier import Courier
from tokentui.alerts.rules import Facts, alerts
from tokentui.errors import TokentuiError
from tokentui.ingest import book_for
from tokentui.ledger.alerts import SNOOZED, TOO_MANY, WAITING, Alert, keep, put_out
from tokentui.ledger.connection import explaining, open_for_reading, open_for_writing
from tokentui.periods import local_day, millis
from tokentui.prices.rates import RateKey
from tokentui.queries.alerts import snoozed_until_ms
from tokentui.queries.happening import (
    models_in_use,
    payer_changes,
    repeated_calls,
    unpriced_models,
)
from tokentui.rounds import system_clock
from tokentui.settings import Channel, Config, Hours
from tokentui.snapshot import Snapshot, take

LEAST_SECONDS = 5.0
"""How much time lies between two looks, however much happens."""

MOST_SECONDS = 60.0
"""Windows reset and sources fall silent though nothing happens."""

MOST_AT_ONCE = 20
"""Alerts of one look that are sent; further ones are listed only."""

IN_USE_DAYS = 28

Scheduled = tuple[tuple[str, date, str], ...]


class Lookout:
    """Raises alerts beside other work, from `start` to `end`."""

    def __init__(
        self,
        ledger: Path,
        config: Config,
        tz: ZoneInfo,
        tell: Callable[[str], None],
        clock: Callable[[], datetime] = system_clock,
    ) -> None:
        self._ledger = ledger
        self._config = config
        self._tz = tz
        self._tell = tell
        self._clock = clock
        self._told = ""
        self.snapshot: Snapshot | None = None
        self._news = Event()
        self._stop = Event()
        self._scheduled: tuple[date | None, Scheduled] = (None, ())
        self._couriers = [
            Courier(ledger, channel, tz, clock, tell)
            for channel in config.alerts.channels
        ]
        self._thread = Thread(target=self._run, name="alerts", daemon=True)

    def start(self) -> None:
        """Begin."""
        for courier in self._couriers:
            courier.start()
        self._thread.start()

    def wake(self) -> None:
        """Look soon: the ledger has changed."""
        self._news.set()

    def end(self) -> None:
        """Raise and send nothing more; what is under way may come to its end."""
        self._stop.set()
        self._news.set()
        for courier in self._couriers:
            courier.end(0.5)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._news.clear()
            began = time.monotonic()
            try:
                self.look()
                self._told = ""
            except TokentuiError as problem:
                self._say(f"alerts: {problem}")
            except Exception as fault:  # noqa: BLE001 (the edge of a thread)
                self._say(f"alerts: {type(fault).__name__}: {fault}")
            taken = time.monotonic() - began
            self._stop.wait(max(LEAST_SECONDS, 20 * taken))
            if not self._stop.is_set():
                self._news.wait(MOST_SECONDS)

    def look(self) -> list[Alert]:
        """Raise what is new; give it.

        Raises:
            TokentuiError: The ledger cannot be used.
        """
        now = self._clock()
        if not self._ledger.exists():
            return []
        with (
            explaining(self._ledger),
            closing(open_for_reading(self._ledger)) as connection,
        ):
            facts = self._facts(connection, now)
        found = list(alerts(facts))
        if not found:
            return []
        with (
            explaining(self._ledger),
            closing(open_for_writing(self._ledger)) as connection,
        ):
            new = raise_all(connection, found, self._config, self._tz, millis(now))
        for alert in new:
            self._tell(alert.text)
        for courier in self._couriers if new else ():
            courier.wake()
        return new

    def _facts(self, connection: sqlite3.Connection, now: datetime) -> Facts:
        config, now_ms = self._config, millis(now)
        repeats = config.alerts.repeats
        self.snapshot = snapshot = take(connection, config, self._tz, now)
        return Facts(
            snapshot,
            config,
            repeated_calls(connection, now_ms, repeats) if repeats else (),
            payer_changes(connection, now_ms),
            unpriced_models(connection, snapshot.month_period.since_ms or 0),
            self._changes(connection, now),
        )

    def _changes(self, connection: sqlite3.Connection, now: datetime) -> Scheduled:
        """Ask the price book once a day what it has scheduled for models in use."""
        today = local_day(now, self._tz)
        if self._scheduled[0] != today:
            ahead = timedelta(seconds=self._config.alerts.scheduled)
            found: Scheduled = ()
            if ahead:
                since = millis(now - timedelta(IN_USE_DAYS))
                found = scheduled(
                    connection, self._config, millis(now), since, today + ahead
                )
            self._scheduled = today, found
        return self._scheduled[1]

    def _say(self, text: str) -> None:
        """Tell what is wrong, once until it changes."""
        if text != self._told:
            self._told = text
            self._tell(text)


def scheduled(
    connection: sqlite3.Connection,
    config: Config,
    now_ms: int,
    since_ms: int,
    until: date,
) -> Scheduled:
    """List what the price book has scheduled for models in use, up to a day."""
    models = models_in_use(connection, since_ms)
    book = book_for(config) if models else None
    return tuple(
        (model, day, what)
        for provider, model in models
        if book and (known := book.explain(RateKey(provider, model), now_ms))
        for day, what in known.changes
        if day <= until
    )


def raise_all(
    connection: sqlite3.Connection,
    found: list[Alert],
    config: Config,
    tz: ZoneInfo,
    now_ms: int,
) -> list[Alert]:
    """Keep what is new, with a delivery for each channel that wants it; give it."""
    new: list[Alert] = []
    at_ms = after_quiet(config.alerts.quiet, tz, now_ms)
    connection.execute("BEGIN IMMEDIATE")
    for alert in found:
        number = keep(connection, alert, now_ms)
        if number is None:
            continue
        state = WAITING if len(new) < MOST_AT_ONCE else TOO_MANY
        if snoozed_until_ms(connection, alert.rule, now_ms):
            state = SNOOZED
        names = [each.name for each in config.alerts.channels if wants(each, alert)]
        put_out(connection, number, names, at_ms, state)
        new.append(alert)
    connection.execute("COMMIT")
    return new


def wants(channel: Channel, alert: Alert) -> bool:
    """Claim that a channel takes alerts of a rule."""
    return not channel.rules or alert.rule in channel.rules


def after_quiet(quiet: Hours | None, tz: ZoneInfo, now_ms: int) -> int:
    """Give when something may be sent: now, or when the quiet hours end."""
    if quiet is None:
        return now_ms
    since, until = quiet
    now = datetime.fromtimestamp(now_ms / 1000, tz)
    minute = now.hour * 60 + now.minute
    is_quiet = since <= minute < until if since < until else not until <= minute < since
    if not is_quiet:
        return now_ms
    day = now.date() + timedelta(1 if minute >= until else 0)
    end = datetime(day.year, day.month, day.day, until // 60, until % 60, tzinfo=tz)
    return max(millis(end), now_ms)
