"""`tokentui watch`: follow the logs, poll the accounts, raise alerts."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, setting
from tokentui.cli.output import note, show, show_json_line
from tokentui.paths import lock_path, log_path
from tokentui.setting import Setting

if TYPE_CHECKING:
    from tokentui.daemon import News, Orders


class Lines:
    """What is printed: one line that changes, or one of JSON for each change."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._is_live = not as_json and sys.stdout.isatty()
        self._total = 0

    def read(self, news: News) -> None:
        """Print what was read."""
        sources = news.report.sources
        new = sum(source.events_new for source in sources)
        self._total += new
        if self._as_json and not news.report.is_empty:
            show_json_line(
                {
                    "kind": "watch",
                    "events_new": new,
                    "events_updated": sum(s.events_updated for s in sources),
                    "errors": [error for s in sources for error in s.errors],
                }
            )
        elif self._is_live:
            click.echo(f"\r\x1b[K{self.words(news)}", nl=False)

    def words(self, news: News) -> str:
        """Say in one line what was read and how things stand."""
        from tokentui import amounts

        said = f"{self._total:,} responses read"
        if (now := news.snapshot) is not None:
            spent = amounts.dollars(now.today.payable_nanos, now.today.is_lower_bound)
            pace = amounts.dollars(now.burn.nanos_per_hour, now.burn.is_lower_bound)
            said += f" · {spent} today · {pace}/h"
        return said

    def beside(self, text: str) -> None:
        """Print a word beside it, on stderr."""
        if self._is_live:
            click.echo("\r\x1b[K", nl=False)
        note(text)

    def end(self) -> None:
        """Leave the line as it is."""
        if self._is_live:
            show()


@click.group("watch", cls=Group, invoke_without_command=True)
@as_json
@click.pass_context
def verb(ctx: click.Context, as_json: bool) -> int:
    """Follow the logs, poll the accounts and raise alerts, until Ctrl-C or SIGTERM.

    What fails is told on stderr and in the log, once. With --json one line per change
    of the logs. SIGHUP, or a change of the config, has it read anew.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    from tokentui.daemon import Files, Orders, serve
    from tokentui.lock import Lock

    here = setting()
    lock = Lock(lock_path(here.state))
    lock.take()
    orders, lines = Orders(), Lines(as_json=as_json)
    obey(orders)
    log = log_writer(lines)
    try:
        for news in serve(
            Files(here.ledger, here.config_file, here.state), orders, log
        ):
            lines.read(news)
    finally:
        lock.let_go()
    lines.end()
    return 0


def log_writer(lines: Lines) -> Callable[[str], None]:
    """Give what tells of something on stderr and in the log."""
    from tokentui.cli.watch_log import writer

    write = writer(log_path())

    def tell(text: str) -> None:
        write(text)
        lines.beside(text)

    return tell


def obey(orders: Orders) -> None:
    """End at Ctrl-C and SIGTERM, read the config anew at SIGHUP."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        orders.end()

    def reload(_signal: int, _frame: FrameType | None) -> None:
        orders.reload()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, reload)


@verb.command("status")
@as_json
def status(as_json: bool) -> int:
    """Say whether it runs, since when, and whether it is installed."""
    from tokentui.cli.output import show_json
    from tokentui.cli.watch_install import service_here
    from tokentui.lock import Lock

    here = setting()
    holder = Lock(lock_path(here.state)).holder()
    document = status_document(holder, here)
    file = service_here().file
    document |= {"service": str(file) if file and file.exists() else None}
    if as_json:
        show_json(document)
        return 0
    show(f"running: {holder}" if holder else "not running")
    show(f"log: {document['log']}")
    show(f"installed: {document['service'] or 'no'}")
    return 0


def status_document(holder: str | None, here: Setting) -> dict[str, Any]:
    """Say who runs it, as JSON."""
    number, _, since = (holder or "").partition(" since ")
    return {
        "kind": "watch-status",
        "running": holder is not None,
        "pid": int(number) if number.isdecimal() else None,
        "since": since or None,
        "log": str(log_path()),
    }


@verb.command("install")
@click.option("--yes", is_flag=True, help="Do not ask.")
def install(yes: bool) -> int:
    """Have the system start it when you log in, after showing what that takes."""
    from tokentui.cli.watch_install import install_here

    return install_here(is_sure=yes)


@verb.command("uninstall")
@click.option("--yes", is_flag=True, help="Do not ask.")
def uninstall(yes: bool) -> int:
    """Undo what `watch install` did, after showing it."""
    from tokentui.cli.watch_install import uninstall_here

    return uninstall_here(is_sure=yes)
