"""Where Cursor keeps its data, and how its databases are opened while it runs.

Nothing is written to them; a log that Cursor has open is read with them. The rules are
those of https://www.sqlite.org/wal.html, "Read-Only Databases".
"""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

DATABASE = "state.vscdb"
BUSY_SECONDS = 0.25
"""How long to wait for Cursor's own writing."""

WAL_VERSION = 2
"""Byte 19 of a database whose writers keep a log beside it."""


def cursor_folders() -> list[Path]:
    """Name the `User` folders of Cursor, present or not."""
    named = os.environ.get("CURSOR_USER_DIR", "")
    if named.strip():
        return [Path(named).expanduser()]
    if sys.platform == "darwin":
        base = "~/Library/Application Support"
    elif sys.platform == "win32":
        base = os.environ.get("APPDATA") or "~/AppData/Roaming"
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    folders = [Path(base).expanduser() / "Cursor/User"]
    if os.environ.get("WSL_DISTRO_NAME"):  # the window is a Windows program's
        windows = Path("/mnt/c/Users").glob("*/AppData/Roaming/Cursor/User")
        with suppress(OSError):
            folders += sorted(windows)
    return folders


@contextmanager
def opened(path: Path, may_copy: bool = True) -> Iterator[sqlite3.Connection]:
    """Open a database that another program may be writing, only to read.

    Where that cannot be done in its place, a private copy is read and deleted, if that
    is allowed.

    Raises:
        sqlite3.Error: It cannot be read, or is none.
        OSError: There is no such file, or no room for a copy.
    """
    try:
        connection = connected(path)
    except sqlite3.OperationalError:
        if not may_copy or not beside(path, "-wal").exists():
            raise
    else:
        with closing(connection):
            yield connection
        return
    with copied(path) as copy, closing(connected(copy)) as connection:
        yield connection


def connected(path: Path) -> sqlite3.Connection:
    """Connect to a database and see that it can be read."""
    with path.open("rb") as file:
        header = file.read(20)
    # With no log there, none of its writers is alive, and to open it would leave one.
    is_at_rest = header[19:] == bytes([WAL_VERSION]) and not any(
        beside(path, ending).exists() for ending in ("-wal", "-shm")
    )
    mode = "immutable=1" if is_at_rest else "mode=ro"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
    )
    try:
        connection.execute("PRAGMA query_only = 1")
        connection.execute("PRAGMA trusted_schema = 0")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def copied(path: Path) -> Iterator[Path]:
    """Copy a database with its log to a private folder for a while.

    Raises:
        OSError: There is no room for it.
    """
    import shutil
    from tempfile import TemporaryDirectory  # 8 ms, hardly ever needed

    parts = [path, beside(path, "-wal")]
    with TemporaryDirectory(prefix="tokentui-") as folder:
        needed = sum(part.stat().st_size for part in parts if part.exists())
        if shutil.disk_usage(folder).free < 2 * needed:
            raise OSError(errno.ENOSPC, "no room for a copy, and it is in use")
        for part in parts:
            with suppress(FileNotFoundError):
                shutil.copyfile(part, Path(folder) / part.name)
        yield Path(folder) / path.name


def beside(path: Path, ending: str) -> Path:
    """Name a file that SQLite keeps beside a database."""
    return path.with_name(path.name + ending)
