"""Ask the accounts that are due again and again, in a thread beside other work.

A provider that hangs delays neither that work nor the end of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from tokentui.errors import TokentuiError
from tokentui.settings import Config

ROUND_SECONDS = 60.0
"""How often to look which accounts are due; each has its own pace besides."""

Tell = Callable[[str], None]


def system_clock() -> datetime:
    """Give the time now, aware."""
    return datetime.now(UTC)


def in_silence(text: str) -> None:
    """Tell nobody; the ledger keeps what is wrong with an account."""


class Rounds:
    """Polls accounts beside other work, from `start` to `end`; without any it rests."""

    def __init__(
        self,
        ledger: Path,
        config: Config,
        tell: Tell = in_silence,
        clock: Callable[[], datetime] = system_clock,
    ) -> None:
        self._ledger = ledger
        self._config = config
        self._tell = tell
        self._clock = clock
        self._told: dict[str, str] = {}
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin, unless it has begun or there is nothing to ask."""
        if self._thread is None and self._config.accounts:
            # Nobody waits for it: a call that hangs must not hold up the end.
            self._thread = Thread(target=self._run, name="accounts", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Ask nothing more; a call that is under way may still come to its end."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            for name, text in self._round():
                self._tell_once(name, text)
            self._stop.wait(ROUND_SECONDS)

    def _round(self) -> Iterator[tuple[str, str]]:
        """Poll what is due; give what is wrong with each account, or nothing."""
        from tokentui.poll import poll

        try:
            report = poll(self._ledger, self._config, self._clock())
        except TokentuiError as problem:
            yield "", str(problem)
            return
        except Exception as fault:  # noqa: BLE001 (the edge of a thread)
            yield "", f"accounts cannot be asked ({type(fault).__name__})"
            return
        yield "", ""
        for each in report.accounts:
            if each.was_due:
                yield each.account, "; ".join(each.errors)

    def _tell_once(self, name: str, text: str) -> None:
        """Tell what has changed; what is wrong again and again is told once."""
        if text == self._told.get(name, "") or self._stop.is_set():
            return
        self._told[name] = text
        subject = f"account {name}: " if name else ""
        self._tell(subject + (text or "all is well again"))
