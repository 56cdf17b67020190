"""`tokentui watch`: follow the logs, poll the accounts, keep the ledger current."""

from __future__ import annotations

import signal
import sys
from threading import Event
from types import FrameType

import click

from tokentui.cli.options import as_json, setting
from tokentui.cli.output import note, show, show_json_line


@click.command("watch")
@as_json
def verb(as_json: bool) -> int:
    """Follow the logs and keep the ledger current until Ctrl-C or SIGTERM.

    Accounts are polled as they become due; what fails is told on stderr, once. With
    --json one line per change of the logs.
    """
    from tokentui.watch import watch

    here = setting()
    stop = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    total = 0
    for report in watch(here.ledger, here.config, stop, lambda text: note(text)):
        new = sum(source.events_new for source in report.sources)
        total += new
        if as_json and not report.is_empty:
            show_json_line(
                {
                    "kind": "watch",
                    "events_new": new,
                    "events_updated": sum(s.events_updated for s in report.sources),
                    "errors": [error for s in report.sources for error in s.errors],
                }
            )
        elif not as_json and sys.stdout.isatty():
            click.echo(f"\r{total:,} responses read since the start", nl=False)
    if not as_json and sys.stdout.isatty():
        show()
    return 0
