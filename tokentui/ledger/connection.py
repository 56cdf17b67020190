"""Open the ledger: one way to write, one way to read."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tokentui.errors import LedgerError, NoLedgerError
from tokentui.ledger.schema import LATEST, migrate, refuse_others, version_of
from tokentui.paths import make_private

BUSY_MS = 30_000
"""How long a writer waits for another one; a batch takes some tenths of a second."""

HALF_DONE = (sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY)
"""What SQLite says who may only read, of a ledger whose last writer was killed."""

AT_REST = "mode=ro&immutable=1"


def open_for_writing(path: Path, patience_ms: int | None = None) -> sqlite3.Connection:
    """Open, make or migrate the ledger; the caller handles its transactions.

    It waits for other writers as long as `patience_ms`, or as `BUSY_MS`.

    Raises:
        LedgerError: It cannot be opened, is damaged or too new.
    """
    connection = None
    patience_ms = BUSY_MS if patience_ms is None else patience_ms
    try:
        make_private(path.parent)
        if not path.exists():
            # Private from the first byte, whatever the umask.
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        wait = patience_ms / 1000
        connection = sqlite3.connect(path, isolation_level=None, timeout=wait)
        connection.create_function("fold", 1, fold, deterministic=True)
        refuse_others(connection)
        keep_journal_aside(connection, wait)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA wal_autocheckpoint = 16000")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA temp_store = MEMORY")
        migrate(connection)
        connection.execute(
            "CREATE TEMP TABLE touched (bucket INTEGER, series INTEGER,"
            " PRIMARY KEY (bucket, series)) WITHOUT ROWID"
        )
        connection.execute("CREATE TEMP TABLE touched_hour (hour INTEGER PRIMARY KEY)")
    except (sqlite3.Error, OSError) as error:
        close(connection)
        raise explained(path, error) from error
    except BaseException:
        close(connection)
        raise
    return connection


def close(connection: sqlite3.Connection | None) -> None:
    """Close a connection, if there is one."""
    if connection is not None:
        connection.close()


def keep_journal_aside(connection: sqlite3.Connection, seconds: float) -> None:
    """Let readers and a writer work at once; SQLite does not wait here by itself."""
    until = time.monotonic() + seconds
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            if mode != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def fold(text: object) -> str:
    """Compare text without case, in every alphabet; SQLite's own knows only A to Z."""
    return str(text).casefold() if text is not None else ""


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open the ledger read-only.

    Raises:
        NoLedgerError: There is none.
        LedgerError: It cannot be read, or its schema is not this version's.
    """
    try:
        if not path.exists():
            raise NoLedgerError(f"no ledger at {path}; run `tokentui refresh` first")
        connection, version = read_only(path, "mode=ro")
    except (sqlite3.Error, OSError) as error:
        if code_of(error) not in HALF_DONE:
            raise explained(path, error) from error
    else:
        if version == LATEST:
            return connection
        connection.close()
    # One of another version, or with what a writer that was killed left half done: who
    # writes migrates it and undoes that, or says why not.
    open_for_writing(path).close()
    return open_for_reading(path)


def read_only(path: Path, mode: str) -> tuple[sqlite3.Connection, int]:
    """Connect to a ledger that is there, and give its version.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    connection = sqlite3.connect(
        address(path, mode),
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_MS / 1000,
    )
    try:
        connection.create_function("fold", 1, fold, deterministic=True)
        return connection, version_of(connection)
    except sqlite3.Error as error:
        connection.close()
        # Where nothing can be put beside it and nobody has, nobody is writing.
        if code_of(error) == sqlite3.SQLITE_READONLY_DIRECTORY and mode != AT_REST:
            return read_only(path, AT_REST)
        raise


def address(path: Path, mode: str) -> str:
    """Name a ledger as SQLite has it where the name says how it may be opened."""
    return f"{path.absolute().as_uri()}?{mode}"


def code_of(error: Exception) -> int | None:
    """Give SQLite's own number of an error."""
    return getattr(error, "sqlite_errorcode", None)


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Say of SQLite's errors inside what is wrong with the ledger.

    Raises:
        LedgerError: In their place, but for a question that was taken back.
    """
    try:
        yield
    except sqlite3.Error as error:
        if str(error) == "interrupted":
            raise
        raise explained(path, error) from error


def explained(path: Path, error: Exception) -> LedgerError:
    """Say what is wrong with a ledger and what to do."""
    if os.path.isdir(path):  # noqa: PTH112 (raises nothing)
        named = path / "ledger.db"
        return LedgerError(f"the ledger {path} is a folder; name a file, like {named}")
    text = (isinstance(error, OSError) and error.strerror) or str(error)
    if "malformed" in text or "not a database" in text:
        advice = (
            "it is damaged: `tokentui ledger check` says how, `tokentui ledger rebuild`"
            " makes it anew from what can be read, a backup and the logs"
        )
    elif "locked" in text:
        advice = "another tokentui holds it; try again"
    elif "readonly" in text:
        advice = "it may only be read: --no-refresh shows what it holds"
    elif "full" in text:
        advice = "make room on its disk; nothing that was kept is lost"
    else:
        advice = "check the folder's permissions and free space"
    return LedgerError(f"cannot open the ledger {path}: {text}; {advice}")
