"""Bring alerts to one channel, in a thread of its own: a channel that hangs or fails
keeps nobody waiting, and what waits is in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

from tokentui.alerts.channels import send
from tokentui.alerts.message import Message
from tokentui.errors import TokentuiError
from tokentui.ledger.alerts import GIVEN_UP, SENT, WAITING, keep_delivery
from tokentui.ledger.connection import explaining, open_for_reading, open_for_writing
from tokentui.periods import iso, millis
from tokentui.queries.alerts import Due, due, next_due_ms
from tokentui.settings import Channel

FIRST_PAUSE_MS = 15_000
LONGEST_PAUSE_MS = 3_600_000
GIVE_UP_MS = 24 * 3_600_000
"""A channel that fails is tried again after a pause that doubles, for a day."""

LOOK_SECONDS = 60.0
"""How often to look for what waits without being told of it."""


class Courier:
    """Sends what waits for one channel, from `start` to `end`."""

    def __init__(
        self,
        ledger: Path,
        channel: Channel,
        tz: ZoneInfo,
        clock: Callable[[], datetime],
        tell: Callable[[str], None],
    ) -> None:
        self._ledger = ledger
        self._channel = channel
        self._tz = tz
        self._clock = clock
        self._tell = tell
        self._told = ""
        self._news = Event()
        self._is_over = False
        self._thread = Thread(target=self._run, name=channel.name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look now: something waits."""
        self._news.set()

    def end(self, patience_seconds: float = 0) -> None:
        """Send nothing more; wait a little for what is under way."""
        self._is_over = True
        self._news.set()
        if patience_seconds and self._thread.is_alive():
            self._thread.join(patience_seconds)

    def _run(self) -> None:
        while not self._is_over:
            self._news.clear()
            try:
                pause = self.round()
            except TokentuiError as problem:
                self._say(str(problem))
                pause = LOOK_SECONDS
            except Exception as fault:  # noqa: BLE001 (the edge of a thread)
                self._say(type(fault).__name__)
                pause = LOOK_SECONDS
            self._news.wait(pause)

    def round(self) -> float:
        """Send what is due; give the seconds until it is worth another look.

        Raises:
            TokentuiError: The ledger cannot be used.
        """
        now_ms = millis(self._clock())
        name = self._channel.name
        with (
            explaining(self._ledger),
            closing(open_for_reading(self._ledger)) as connection,
        ):
            waiting = due(connection, name, now_ms)
        for each in waiting:
            if self._is_over:
                break
            self._bring(each)
        with (
            explaining(self._ledger),
            closing(open_for_reading(self._ledger)) as connection,
        ):
            next_ms = next_due_ms(connection, name)
        now_ms = millis(self._clock())
        until = LOOK_SECONDS if next_ms is None else (next_ms - now_ms) / 1000
        return min(max(until, 0.05), LOOK_SECONDS)

    def _bring(self, alert: Due) -> None:
        at = iso(alert.raised_at_ms, self._tz)
        message = Message(alert.rule, alert.what, alert.text, alert.is_urgent, at)
        error = None
        try:
            send(self._channel, message)
        except TokentuiError as problem:
            error = str(problem)
        except Exception as fault:  # noqa: BLE001 (one channel must not stop the others)
            error = type(fault).__name__
        now_ms = millis(self._clock())
        state = SENT if error is None else WAITING
        if error is not None and now_ms - alert.raised_at_ms > GIVE_UP_MS:
            state = GIVEN_UP
        pause_ms = min(FIRST_PAUSE_MS << min(alert.tries, 20), LONGEST_PAUSE_MS)
        with (
            explaining(self._ledger),
            closing(open_for_writing(self._ledger)) as connection,
        ):
            keep_delivery(
                connection,
                alert.number,
                self._channel.name,
                state,
                now_ms + pause_ms,
                error,
            )
        self._say(error or "")

    def _say(self, error: str) -> None:
        """Tell what is wrong, once until it changes."""
        if error != self._told:
            self._told = error
            self._tell(f"channel {self._channel.name}: {error or 'all is well again'}")
