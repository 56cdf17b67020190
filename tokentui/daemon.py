"""The daemon: watch, raise alerts, and read the config anew when it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import NamedTuple

from tokentui import paths, periods
from tokentui.alerts.lookout import Lookout
from tokentui.errors import ConfigError
from tokentui.ingest import RefreshReport
from tokentui.settings import Config
from tokentui.snapshot import Snapshot
from tokentui.stored import whole_config
from tokentui.watch import watch

LARGE_SECONDS = 0.5
"""A read that takes so long, or usage that is attributed anew, leaves memory behind."""


class Orders:
    """What signals ask of the daemon: to end, or to read the config anew."""

    def __init__(self) -> None:
        self.is_over = False
        self._turn = Event()

    def end(self) -> None:
        """End, once what is under way is done."""
        self.is_over = True
        self._turn.set()

    def reload(self) -> None:
        """Begin anew with the config of now."""
        self._turn.set()

    def next_turn(self) -> Event:
        """Give the event that ends what begins now; set at once if all is over."""
        self._turn = Event()
        if self.is_over:
            self._turn.set()
        return self._turn


class Files(NamedTuple):
    """Where the daemon finds what it needs."""

    ledger: Path
    config: Path
    state: Path


class News(NamedTuple):
    """What was read, and how things stood when alerts were last looked for."""

    report: RefreshReport
    snapshot: Snapshot | None


def serve(files: Files, orders: Orders, tell: Callable[[str], None]) -> Iterator[News]:
    """Follow the logs until told to end; yield what was read.

    Raises:
        ConfigError: The config cannot be used at the start; later the old one stays.
    """
    mark, config = mark_of(files), whole_config(files.config, files.state)
    while not orders.is_over:
        for news in turn(files.ledger, config, orders.next_turn(), tell):
            yield news
            if mark_of(files) != mark:
                orders.reload()
        if not orders.is_over:
            mark = mark_of(files)
            try:
                config = whole_config(files.config, files.state)
                tell("read the config anew")
            except ConfigError as problem:
                tell(
                    f"the config before stays, as the new one cannot be used: {problem}"
                )


def turn(
    ledger: Path, config: Config, stop: Event, tell: Callable[[str], None]
) -> Iterator[News]:
    """Follow the logs with one config."""
    lookout = Lookout(ledger, config, periods.zone(config.timezone), tell)
    lookout.start()
    try:
        for report in watch(ledger, config, stop, tell):
            if not report.is_empty:
                lookout.wake()
            if report.seconds > LARGE_SECONDS:
                give_back()
            yield News(report, lookout.snapshot)
    finally:
        lookout.end()


def give_back() -> None:
    """Give back what a large read took, which glibc keeps until it is asked."""
    import ctypes

    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def mark_of(files: Files) -> tuple[tuple[int, int] | None, ...]:
    """Mark the state of the files that make the config."""
    marks: list[tuple[int, int] | None] = []
    for path in (
        files.config,
        paths.caps_path(files.state),
        paths.accounts_path(files.state),
        paths.projects_path(files.state),
    ):
        mark = None
        with suppress(OSError):
            status = path.stat()
            mark = (status.st_mtime_ns, status.st_size)
        marks.append(mark)
    return tuple(marks)
