"""The only place that knows where ledger, config, state and log live."""

from __future__ import annotations

import os
from pathlib import Path
from stat import S_ISDIR

from tokentui.errors import UsageError

DAMAGED, REPLACED = "damaged", "replaced"
"""Why an old ledger was kept, which its name begins with behind that of the ledger."""

REBUILDING = ".rebuild-"
"""How the folder is named beside the ledger in which a new one is made."""


def ledger_path(override: str | None = None) -> Path:
    """Return the ledger file: `override`, else `TOKENTUI_LEDGER`, else the default.

    Raises: UsageError, like every function here, if a `~` stands for no known home.
    """
    chosen = _chosen(override, "TOKENTUI_LEDGER")
    if chosen is not None:
        return chosen
    from platformdirs import user_data_path  # 14 ms, not needed when named

    return user_data_path("tokentui") / "ledger.db"


def old_ledgers(ledger: Path) -> list[Path]:
    """List what rebuildings kept of a ledger, or left of it when they were killed.

    Journals, which lie beside it under its name, are left out.
    """
    place = ledger.resolve()
    begins = (REBUILDING, *(f"{place.name}.{why}-" for why in (DAMAGED, REPLACED)))
    return sorted(
        file
        for file in place.parent.iterdir()
        if file.name.startswith(begins) and not file.name.endswith(("-wal", "-shm"))
    )


def config_path(override: str | None = None) -> Path:
    """Return the config file: `override`, else `TOKENTUI_CONFIG`, else the default."""
    chosen = _chosen(override, "TOKENTUI_CONFIG")
    if chosen is not None:
        return chosen
    from platformdirs import user_config_path  # 14 ms, not needed when named

    return user_config_path("tokentui") / "config.toml"


def state_dir() -> Path:
    """Return the folder of lock, log and state: `TOKENTUI_STATE`, else the default."""
    chosen = _chosen(None, "TOKENTUI_STATE")
    if chosen is not None:
        return chosen
    from platformdirs import user_state_path  # 14 ms, not needed when named

    return user_state_path("tokentui")


def log_path() -> Path:
    """Return the daemon's log file."""
    return state_dir() / "tokentui.log"


def lock_path(state: Path) -> Path:
    """Return the file in the state folder that the daemon locks."""
    return state / "watch.lock"


def caps_path(state: Path) -> Path:
    """Return the file in the state folder that `cap set` writes."""
    return state / "caps.toml"


def accounts_path(state: Path) -> Path:
    """Return the file in the state folder that `accounts add` writes."""
    return state / "accounts.toml"


def projects_path(state: Path) -> Path:
    """Return the file in the state folder that `project tag` writes."""
    return state / "projects.toml"


def make_private(folder: Path) -> None:
    """Make `folder` and what is missing above it with mode 0700.

    A folder that exists keeps its mode. Raises: OSError if it cannot be made.
    """
    if not folder.parent.exists():
        make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def open_private(file: Path, how: int) -> int:
    """Open a file to write, made with mode 0600 if there is none; give its number.

    Raises: OSError if it cannot be opened, or is a link, which somebody else may have
        put there to have us write elsewhere.
    """
    return os.open(file, how | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)


def write_private(file: Path, text: bytes) -> None:
    """Put `text` in place of `file` at once, mode 0600, or leave it as it was.

    Raises: OSError if it cannot be written.
    """
    from tempfile import NamedTemporaryFile  # 8 ms, only for those who write

    make_private(file.parent)
    prefix = f".{file.name}."
    with NamedTemporaryFile(dir=file.parent, prefix=prefix, delete=False) as fresh:
        try:
            fresh.write(text)
            fresh.flush()
            os.fsync(fresh.fileno())
            fresh.close()  # Windows replaces no open file
            Path(fresh.name).replace(file)
        finally:
            Path(fresh.name).unlink(missing_ok=True)


def is_open_to_all(place: Path) -> bool:
    """Claim that its mode lets all users read or change a file, or fill a folder."""
    try:
        mode = place.stat().st_mode
    except OSError:
        return False
    return os.name != "nt" and bool(mode & (0o002 if S_ISDIR(mode) else 0o006))


def _chosen(override: str | None, variable: str) -> Path | None:
    text = override or os.environ.get(variable)
    if not text:
        return None
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise UsageError(f"no home folder for {text}; write the path in full") from None
