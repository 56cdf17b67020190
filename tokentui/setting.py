"""Where things are and what time it is, for one run of the program."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tokentui import paths, periods
from tokentui.settings import Config
from tokentui.stored import whole_config
from tokentui.tuples import NamedTuple


class Setting(NamedTuple):
    """Where things are and what time it is, for one run of a verb."""

    ledger: Path
    config: Config
    config_file: Path
    state: Path
    tz: ZoneInfo
    now: datetime


def setting_now(
    ledger: str | None = None, config: str | None = None, timezone: str | None = None
) -> Setting:
    """Read the config and say where things are, at the time of now.

    Raises:
        TokentuiError: The config cannot be used, or there is no such zone or home.
    """
    config_file = paths.config_path(config)
    state = paths.state_dir()
    loaded = whole_config(config_file, state)
    return Setting(
        paths.ledger_path(ledger),
        loaded,
        config_file,
        state,
        periods.zone(timezone or loaded.timezone),
        datetime.now(UTC),
    )
