"""`tokentui` alone: read what is new, then open the live dashboard."""

from __future__ import annotations

import os
import sys

from tokentui.cli.freshen import freshened
from tokentui.cli.options import setting
from tokentui.config import load
from tokentui.errors import UsageError


def open_dashboard(ledger: str | None, config: str | None) -> None:
    """Show the dashboard until the user leaves it.

    Raises:
        UsageError: There is no terminal to show it on.
    """
    here = setting(ledger, config)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the dashboard needs a terminal; in scripts use `tokentui status`"
            " or `tokentui usage --json`"
        )
    is_first_run = not here.ledger.exists()
    freshened(here)
    heed_escape()
    from tokentui.ingest import enabled
    from tokentui.keys import USUAL
    from tokentui.live import Live
    from tokentui.sources import SOURCES
    from tokentui.tui.app import Dashboard
    from tokentui.tui.kept import Kept

    places = tuple(
        str(place)
        for name, paths in enabled(here.config).items()
        for place in SOURCES[name].places(paths)
    )
    notes = (FIRST_RUN,) if is_first_run else ()
    Dashboard(
        Live(here.ledger, load(here.config_file), here.tz, state=here.state),
        notes=notes,
        places=places,
        hides_projects=here.config.privacy.projects != "show",
        theme=here.config.display.theme,
        keys=here.config.display.keys or USUAL,
        kept=Kept(here.state),
    ).run()


def heed_escape() -> None:
    """Wait half as long as Textual to tell escape from a longer key; it reads this."""
    os.environ.setdefault("ESCDELAY", "50")


FIRST_RUN = (
    "Claude Code deletes its logs after 30 days; tokentui's ledger keeps what it has"
    ' read, from now on. To keep the logs longer: "cleanupPeriodDays": 365 in'
    " ~/.claude/settings.json."
)
