"""Have the journal written to disk, and folded into the ledger, while others work.

SQLite does both when the ledger is closed, and is waited for; of a first read of 1 GB
this saves 30 and 20 ms.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from tokentui.ledger.connection import address

WORTH_ASKING = 1 << 20
"""Bytes of a journal from which the system is asked to write them."""


class Journal:
    """The journal of an open ledger, and how much of it is being written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        # As bytes, since names of folders may be no text.
        (ledger,) = connection.execute(
            "SELECT CAST(file AS BLOB) FROM pragma_database_list WHERE name = 'main'"
        ).fetchone()
        self._path: bytes = ledger + b"-wal"
        self._asked = 0
        with suppress(OSError):
            self._asked = os.stat(self._path).st_size  # noqa: PTH116 (light)

    def start_writing(self) -> None:
        """Ask the system to write what is new, and wait for nothing.

        Linux does so when it is told that the bytes are not needed; it drops none that
        are not written yet. Elsewhere nothing happens. SQLite has no lock on this file
        that closing it could undo.
        """
        if not hasattr(os, "posix_fadvise"):
            return
        with suppress(OSError):
            number = os.open(self._path, os.O_RDONLY)
            try:
                new = os.fstat(number).st_size - self._asked
                if new >= WORTH_ASKING:
                    dropped = os.POSIX_FADV_DONTNEED
                    os.posix_fadvise(number, self._asked, new, dropped)
                    self._asked += new
            finally:
                os.close(number)


def fold_in(ledger: Path) -> None:
    """Fold into a ledger what its writer has committed by now, as far as that goes.

    For another process that has nothing else to do. Neither waits for the other, and
    who of them closes the ledger last folds in the rest.
    """
    existing = address(ledger, "mode=rw")
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(existing, timeout=0, uri=True)) as connection,
    ):
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
