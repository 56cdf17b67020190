"""`tokentui guard off`: let all agents go on for a while."""

from __future__ import annotations

import re

import click

from tokentui import periods
from tokentui.cli.options import setting
from tokentui.cli.output import show
from tokentui.errors import UsageError
from tokentui.guard.state import turn_off

MINUTE_MS = 60_000
UNITS = {"m": MINUTE_MS, "h": 60 * MINUTE_MS, "d": 1440 * MINUTE_MS}
LONGEST_MS = 31 * UNITS["d"]


@click.command("off")
@click.option("--for", "span", default="1h", show_default=True, metavar="SPAN")
def verb(span: str) -> None:
    """Let all agents go on for SPAN, such as 30m, 1h or 2d; then it brakes again."""
    here = setting()
    found = re.fullmatch(r"([0-9]{1,4})([mhd])", span)
    length = int(found[1]) * UNITS[found[2]] if found else 0
    if not 0 < length <= LONGEST_MS:
        raise UsageError(f"--for {span!r:.40}: give a span such as 30m, 1h or 2d")
    until = periods.millis(here.now) + length
    turn_off(here.state, until)
    show(f"the guard lets agents go on until {periods.iso(until, here.tz)}")
