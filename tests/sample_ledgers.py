"""Ledgers for the screens that ask: the sample month, and one of odd usage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from rich.cells import cell_len
from textual.events import Key
from textual.pilot import Pilot

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
from tokentui.tui.app import Dashboard

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


@cache
def sample_month() -> bytes:
    """Make the sample month, once in a process."""
    with TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.db"
        make_ledger(ledger, NOW)
        return ledger.read_bytes()


def sample_ledger(folder: Path) -> Path:
    """Write the sample month into a folder, and say where it is."""
    ledger = folder / "ledger.db"
    ledger.write_bytes(sample_month())
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


class Shown:
    """A dashboard that runs, and what is to be read on it."""

    def __init__(self, app: Dashboard, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def settle(self) -> None:
        """Wait until answers have come and are painted."""
        quiet = 0
        while quiet < 3:
            quiet = 0 if self._is_busy() else quiet + 1
            await asyncio.sleep(0.008)

    def _is_busy(self) -> bool:
        app, screen = self.app, self.app.screen
        return bool(
            not screen.is_mounted
            or app.message_queue_size
            or screen._layout_required
            or screen._dirty_widgets
            or [each for each in app.workers if not each.is_finished]
            or [each for each in screen.walk_children() if each.message_queue_size]
        )

    async def until(self, words: str) -> None:
        """Wait until the terminal shows some words, for what takes several steps."""
        for _ in range(50):
            if words in self.text:
                return
            await self.settle()
        raise AssertionError(f"{words!r} never came to\n{self.text}")

    async def press(self, *keys: str) -> None:
        """Press keys, each when what the one before it does is done."""
        for key in keys:
            self.send(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type as fast as one can."""
        for letter in text:
            self.send(letter)
        await self.settle()

    def send(self, key: str) -> None:
        """Press a key and wait for nothing."""
        event = Key(NAMES.get(key, key), key if len(key) == 1 else None)
        event.set_sender(self.app)
        assert self.app._driver is not None
        self.app._driver.send_message(event)

    async def click(self, x: int, y: int, times: int = 1) -> None:
        """Click on a cell of the terminal."""
        await self.pilot.click(offset=(x, y), times=times)
        await self.settle()

    async def resize(self, size: tuple[int, int]) -> None:
        """Give the terminal another size."""
        await self.pilot.resize_terminal(*size)
        await self.settle()

    async def tick(self) -> None:
        """Have the feed polled, as it is every second."""
        self.app._tick()
        await self.settle()

    @property
    def lines(self) -> list[str]:
        """What the terminal shows, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(part.text for part in strip) for strip in strips]

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return "\n".join(self.lines)

    def line(self, words: str) -> str:
        """The one line with some words, without the spaces around it."""
        found = [line.strip() for line in self.lines if words in line]
        assert len(found) == 1, f"{words!r} is on {len(found)} lines of\n{self.text}"
        return found[0]


NAMES = {
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "<": "less_than_sign",
    ">": "greater_than_sign",
    ",": "comma",
    "/": "slash",
    "*": "asterisk",
    "?": "question_mark",
    " ": "space",
    "-": "minus",
    ".": "full_stop",
    "=": "equals_sign",
}


@asynccontextmanager
async def running(
    feed: CountingLive, tab: str, size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[Shown]:
    """Run a dashboard that begins with the screen of a tab; the clock stands still."""

    class Board(Dashboard):
        """Begins elsewhere; polls only when a test says so."""

        DEFAULT_MODE = tab

        def _tick_every_second(self) -> None:
            pass

    app = Board(feed, clock=lambda: feed.now, **options)
    async with app.run_test(size=size) as pilot:
        shown = Shown(app, pilot)
        await shown.settle()
        yield shown


def is_whole(lines: list[str], size: tuple[int, int]) -> bool:
    """Claim that a screen has its size and holds nothing that steers a terminal."""
    return (
        {cell_len(line) for line in lines} == {size[0]}
        and len(lines) == size[1]
        and not {c for line in lines for c in line if c < " " or c in "\u202e\u2066"}
    )
