"""A dashboard that runs in a terminal, at a time that stands, and a reader of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from textual.dom import DOMNode
from textual.events import Key
from textual.pilot import Pilot

from tokentui.tui.app import Dashboard
from tokentui.tui.feed import Feed

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 13, 3, 27, tzinfo=UTC)
"""A Wednesday, 14:03:27 in Berlin, as everywhere in these tests."""

SIZES = [(60, 20), (80, 24), (120, 40), (200, 60)]


@dataclass
class HandClock:
    """A clock that only tests move."""

    now: datetime = field(default_factory=lambda: NOW.astimezone(BERLIN))

    def __call__(self) -> datetime:
        """Give the time."""
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)


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


class TimedFeed(Feed, Protocol):
    """A feed at a time that tests move."""

    clock: HandClock


class Shown:
    """A dashboard that runs, and what is to be read on it."""

    def __init__(self, app: Dashboard, pilot: Pilot[None], clock: HandClock) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock

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
            or screen._callbacks
            or [each for each in app.workers if not each.is_finished]
            or [each for each in screen.walk_children() if has_more_to_do(each)]
        )

    async def until(self, words: str) -> None:
        """Wait until the terminal shows some words, for what takes several steps."""
        for _ in range(50):
            if words in self.text:
                return
            await self.settle()
        raise AssertionError(f"{words!r} never came to\n{self.text}")

    async def soon(self, words: str) -> None:
        """Wait until the terminal shows some words, whatever still goes on."""
        for _ in range(200):
            if words in self.text:
                return
            await self.pilot.pause(0.01)
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

    async def tick(self, seconds: float = 1) -> None:
        """Let a second pass, at whose end the feed is polled."""
        self.clock.forward(seconds)
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


def has_more_to_do(widget: DOMNode) -> bool:
    """Claim that a widget has messages or calls that wait."""
    return bool(widget.message_queue_size or widget._next_callbacks)


@asynccontextmanager
async def running(
    feed: TimedFeed,
    tab: str,
    size: tuple[int, int] = (80, 24),
    *,
    waits: bool = True,
    **options: Any,
) -> AsyncIterator[Shown]:
    """Run a dashboard that begins with the screen of a tab.

    Seconds pass when a test says so, not by themselves.
    """

    class Board(Dashboard):
        """Begins elsewhere; polls only when a test says so."""

        DEFAULT_MODE = tab

        def _tick_every_second(self) -> None:
            pass

    app = Board(feed, clock=feed.clock, **options)
    async with app.run_test(size=size) as pilot:
        shown = Shown(app, pilot, feed.clock)
        if waits:
            await shown.settle()
        yield shown


def is_whole(lines: list[str], size: tuple[int, int]) -> bool:
    """Claim that a screen has its size and holds nothing that steers a terminal."""
    return (
        {cell_len(line) for line in lines} == {size[0]}
        and len(lines) == size[1]
        and not {c for line in lines for c in line if c < " " or c in "\u202e\u2066"}
    )
