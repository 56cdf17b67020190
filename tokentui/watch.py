"""Follow the logs and keep the ledger current, until told to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from tokentui.errors import TokentuiError
from tokentui.ingest import RefreshReport, enabled, refresh
from tokentui.settings import Config
from tokentui.sources import SOURCES

QUIET_MS = 50
"""Changes that come within this time are read together."""

LOOK_ANYWAY_MS = 5_000
"""How often to look without being told: folders may appear, notification may fail."""


def watch(
    ledger: Path, config: Config, stop: Event, on_error: Callable[[str], None]
) -> Iterator[RefreshReport]:
    """Read what is new now and at every change; yield what was read.

    A failure is reported and followed by another try; a started batch is finished
    before the end.
    """
    while not stop.is_set():
        try:
            yield refresh(ledger, config)
        except TokentuiError as problem:
            on_error(str(problem))
        wait_for_change(watched_folders(config), stop)


def watched_folders(config: Config) -> list[str]:
    """List the folders of all sources that exist now."""
    return [
        str(place)
        for name, paths in enabled(config).items()
        for place in SOURCES[name].places(paths)
        if place.is_dir()
    ]


def wait_for_change(folders: list[str], stop: Event) -> None:
    """Return when something changed below the folders, when told to stop, or later."""
    if not folders:
        stop.wait(LOOK_ANYWAY_MS / 1000)
        return
    from watchfiles import watch as changes

    for _ in changes(
        *folders,
        stop_event=stop,
        debounce=QUIET_MS,
        step=10,
        rust_timeout=LOOK_ANYWAY_MS,
        yield_on_timeout=True,
        watch_filter=None,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        return
