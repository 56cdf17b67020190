"""Ledgers for the screens that ask: the sample month, and one of odd usage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from rich.cells import cell_len

from tokentui.demo import CONFIG, make_ledger
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

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 13, 3, 27, tzinfo=UTC)
"""A Wednesday, 14:03:27 in Berlin, as everywhere in these tests."""

SIZES = [(60, 20), (80, 24), (120, 40), (200, 60)]


class CountingLive(Live):
    """A live feed without logs that counts what it is asked, at a time that stands."""

    def __init__(self, ledger: Path, state: Path) -> None:
        self.now = NOW
        self.asked: list[str] = []
        super().__init__(
            ledger, CONFIG, BERLIN, lambda: self.now, state=state, reads_logs=False
        )

    def forward(self, seconds: float) -> None:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)

    def table(self, *question: Any) -> Any:
        """Count and answer."""
        self.asked.append("table")
        return super().table(*question)


def sample_ledger(folder: Path) -> Path:
    """Make the sample month, and say where it is."""
    ledger = folder / "ledger.db"
    make_ledger(ledger, NOW)
    return ledger


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


def is_whole(lines: list[str], size: tuple[int, int]) -> bool:
    """Claim that a screen has its size and holds nothing that steers a terminal."""
    return (
        {cell_len(line) for line in lines} == {size[0]}
        and len(lines) == size[1]
        and not {c for line in lines for c in line if c < " " or c in "\u202e\u2066"}
    )
