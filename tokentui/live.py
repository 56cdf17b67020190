"""Keep a snapshot current: read what is new in the logs, look again when it matters."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tokentui.ingest import RefreshReport, refresh
from tokentui.ledger.connection import open_for_reading
from tokentui.settings import Config
from tokentui.snapshot import Snapshot, take

LOOK_AGAIN_MS = 5_000
"""Burn and forecast move with the clock alone, but slowly."""


def system_clock() -> datetime:
    """Give the time now, aware."""
    return datetime.now(UTC)


class Live:
    """The ledger as a live feed, whether or not a daemon writes it too.

    Its methods may be called from one worker thread; it holds no connection between
    calls that another thread could use.
    """

    def __init__(
        self,
        ledger: Path,
        config: Config,
        tz: ZoneInfo,
        clock: Callable[[], datetime] = system_clock,
        *,
        reads_logs: bool = True,
    ) -> None:
        self.ledger = ledger
        self.config = config
        self.tz = tz
        self._clock = clock
        self._reads_logs = reads_logs
        self._connection: sqlite3.Connection | None = None
        self._version: int | None = None
        self._taken_ms = 0
        self.report: RefreshReport | None = None

    def poll(self) -> Snapshot | None:
        """Read new log lines; give a snapshot if anything may have changed.

        Raises:
            TokentuiError: The ledger cannot be used; the next call tries again.
        """
        if self._reads_logs:
            self.report = refresh(self.ledger, self.config)
        connection = self._connection
        if connection is None:
            connection = open_for_reading(self.ledger)
            self._connection = connection
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        now = self._clock()
        now_ms = int(now.timestamp() * 1000)
        is_old = not 0 <= now_ms - self._taken_ms < LOOK_AGAIN_MS
        if version == self._version and not is_old:
            return None
        self._version, self._taken_ms = version, now_ms
        return take(connection, self.config, self.tz, now)

    def close(self) -> None:
        """Let go of the ledger."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
