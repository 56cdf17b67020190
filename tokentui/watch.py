"""Follow the logs, poll the accounts, keep the ledger current, until told to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf
from pathlib import Path
from threading import Event

from tokentui.errors import TokentuiError
from tokentui.ingest import RefreshReport, enabled, refresh
from tokentui.mounts import are_silent
from tokentui.rounds import Rounds
from tokentui.settings import Config
from tokentui.sources import SOURCES

STEP_MS = 25
"""How long is waited for changes at a time; idle, with 10 it takes twice as long."""

QUIET_MS = 50
"""Changes that come within this time are read together."""

GLANCE_MS = 250
"""How often to see whether it is time to end, or to look without being told."""

POLL_SECONDS = 1.0
"""How often to look where the system tells of nothing."""

AFTER_FAILURE_SECONDS = 1.0

LOOK_ANYWAY_SECONDS = 5.0
"""How often to look without being told: folders may appear, notification may fail."""

LIGHT_SECONDS, LONGEST_REST = 0.01, 12.0
"""A look at many files takes more of a processor than that, and so comes less often."""


def watch(
    ledger: Path, config: Config, stop: Event, on_error: Callable[[str], None]
) -> Iterator[RefreshReport]:
    """Read what is new now and at every change; yield what was read.

    A failure is reported, once until it changes, and followed by another try; a started
    batch is finished before the end. Accounts are polled beside it, as they become due.
    """
    rounds = Rounds(ledger, config, on_error)
    told = ""
    if not stop.is_set():
        rounds.start()
    try:
        while not stop.is_set():
            for _ in reasons_to_look(config, stop):
                report, problem = tried(ledger, config)
                if problem and problem != told:
                    on_error(problem)
                told = problem
                if report is not None:
                    yield report
                else:
                    stop.wait(AFTER_FAILURE_SECONDS)
    finally:
        rounds.end()


def tried(ledger: Path, config: Config) -> tuple[RefreshReport | None, str]:
    """Read what is new; say what went wrong, in the ledger or in files."""
    try:
        report = refresh(ledger, config)
    except TokentuiError as problem:
        return None, str(problem)
    except Exception as fault:  # noqa: BLE001 (the edge of the daemon)
        return None, f"{type(fault).__name__}: {fault}"
    return report, "\n".join(error for each in report.sources for error in each.errors)


def watched_folders(config: Config) -> dict[str, int]:
    """List the folders of all sources that exist now, with what tells them apart."""
    folders = {}
    for name, paths in enabled(config).items():
        for place in SOURCES[name].places(paths):
            with suppress(OSError):
                if place.is_dir():
                    folders[str(place)] = place.stat().st_ino
    return folders


def reasons_to_look(config: Config, stop: Event) -> Iterator[None]:
    """Yield when something may be new, until other folders are to be watched.

    Folders are watched before the first look, so that nothing is missed between.
    """
    folders = watched_folders(config)
    if not folders:
        yield
        stop.wait(LOOK_ANYWAY_SECONDS)
        return
    from watchfiles import watch as changes

    looked = -inf
    often = POLL_SECONDS if are_silent(folders) else LOOK_ANYWAY_SECONDS
    rest = often
    try:
        for change in changes(
            *folders,
            stop_event=stop,
            debounce=QUIET_MS,
            step=STEP_MS,
            rust_timeout=GLANCE_MS,
            yield_on_timeout=True,
            watch_filter=None,
            raise_interrupt=False,
            ignore_permission_denied=True,
            # Its polling compares whole seconds; ours, sizes and nanoseconds.
            force_polling=False,
        ):
            now = time.monotonic()
            if change or now - looked >= rest:
                looked, used = now, time.thread_time()
                yield
                if not change:
                    rest = often * slower_by(time.thread_time() - used)
                if watched_folders(config) != folders:
                    return
    except OSError:
        # A folder went away while it was to be watched, or the system watches no more.
        yield
        stop.wait(AFTER_FAILURE_SECONDS)
    stop.wait(GLANCE_MS / 1000)


def slower_by(used_seconds: float) -> float:
    """Give by how much less often to look, after a look that used a processor."""
    return min(1 + used_seconds / LIGHT_SECONDS, LONGEST_REST)
