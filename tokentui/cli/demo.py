"""`tokentui demo`: the dashboard on built-in sample data."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from tokentui import periods
from tokentui.cli.dashboard import heed_escape
from tokentui.errors import UsageError


@click.command("demo")
def verb() -> None:
    """Open the dashboard on built-in sample data; touches nothing of yours."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the demo needs a terminal")
    heed_escape()
    from tokentui.demo import DemoFeed, make_ledger
    from tokentui.live import system_clock
    from tokentui.tui.app import Dashboard

    with tempfile.TemporaryDirectory(prefix="tokentui-demo-") as folder:
        ledger = Path(folder) / "ledger.db"
        make_ledger(ledger, system_clock())
        feed = DemoFeed(ledger, periods.zone(None), system_clock)
        Dashboard(feed, demo=True).run()
