"""Bring the ledger up to date before a verb reads it, with a bar if that takes time."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from tokentui.cli.output import note
from tokentui.errors import SOURCE_FAILED
from tokentui.ingest import Progress, RefreshReport, refresh
from tokentui.ledger.connection import explaining, open_for_reading
from tokentui.setting import Setting

WORTH_A_BAR = 48 << 20
"""Unread bytes from which a person wants to see that something happens."""


def freshened(setting: Setting) -> RefreshReport:
    """Read what is new in the logs; what failed is told on stderr."""
    with bar() as started:
        report = refresh(setting.ledger, setting.config, started=started, may_fork=True)
    for source in report.sources:
        for error in source.errors:
            note(f"tokentui: {source.source}: {error}")
    return report


@contextmanager
def opened(
    setting: Setting, is_fresh: bool
) -> Iterator[tuple[sqlite3.Connection, int]]:
    """Give a connection to read, and the exit code so far.

    Raises:
        NoLedgerError: There is no ledger and no log was to be read.
    """
    code = 0
    if is_fresh and freshened(setting).has_failed:
        code = SOURCE_FAILED
    with (
        explaining(setting.ledger),
        closing(open_for_reading(setting.ledger)) as connection,
    ):
        yield connection, code


@contextmanager
def bar() -> Iterator[Callable[[int], Progress]]:
    """Give what shows a progress bar on a terminal, once a long read starts."""
    shown: list[object] = []

    def started(total: int) -> Progress:
        if total < WORTH_A_BAR or not sys.stderr.isatty():
            return lambda _: None
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.progress import (
            Progress as Bar,
        )

        live = Bar(
            TextColumn("reading logs for the first time"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        task = live.add_task("", total=total)
        live.start()
        shown.append(live)
        return lambda n: live.advance(task, n)

    try:
        yield started
    finally:
        for live in shown:
            live.stop()  # type: ignore[attr-defined]
