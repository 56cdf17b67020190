"""Ledgers for the screens that ask: the sample month, and one of odd usage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from shown import BERLIN, NOW, HandClock

from tokentui.demo import CONFIG
from tokentui.events import (
    MAIN_THREAD,
    ORIGINAL,
    Batch,
    Series,
    Tokens,
    UsageEvent,
)
from tokentui.ingest import writer_for
from tokentui.ledger.connection import open_for_writing
from tokentui.live import Live
from tokentui.periods import millis


class CountingLive(Live):
    """A live feed without logs that counts what it is asked, at a time that stands."""

    def __init__(self, ledger: Path, state: Path) -> None:
        self.clock = HandClock()
        self.asked: list[str] = []
        super().__init__(
            ledger, CONFIG, BERLIN, self.clock, state=state, reads_logs=False
        )

    def table(self, *question: Any) -> Any:
        """Count and answer."""
        self.asked.append("table")
        return super().table(*question)


def series(**labels: Any) -> Series:
    """Name a series of Claude Code at Anthropic, but for what is given."""
    given = {
        "source": "claude-code",
        "session": "0123456789abcdef",
        "model": "claude-opus-5-5",
        "project": "/home/me/src/acme",
        "branch": "main",
        "tier": "standard",
        "agent": "main",
        "endpoint": "anthropic",
        "account": "api key",
    }
    return Series(**(given | labels))


def event(
    at: datetime, *, is_partial: bool = False, requests: int | None = 1, **counts: int
) -> UsageEvent:
    """Make a response of a series that `add` will name."""
    tokens = Tokens(**({"input": 100, "cache_read": 20_000, "output": 500} | counts))
    rest = {"standing": MAIN_THREAD | ORIGINAL} if is_partial else {}
    name = f"{millis(at)} {tokens}".encode()
    return UsageEvent(
        key=blake2b(name, digest_size=16).digest(),
        series=0,
        at=millis(at),
        own_at=millis(at),
        tokens=tokens,
        requests=requests,
        **rest,
    )


def add(ledger: Path, usage: Iterable[tuple[Series, list[UsageEvent]]]) -> Path:
    """Write responses into a ledger, and say where it is."""
    batch = Batch([], [], [])
    for labels, events in usage:
        batch.series.append(labels)
        number = len(batch.series) - 1
        batch.events.extend(replace(each, series=number) for each in events)
    connection = open_for_writing(ledger)
    try:
        writer_for(connection, CONFIG).record(batch, [])
    finally:
        connection.close()
    return ledger


def ago(minutes: float) -> datetime:
    """Say when it was so many minutes ago."""
    return NOW - timedelta(minutes=minutes)
