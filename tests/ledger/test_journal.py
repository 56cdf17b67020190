"""The journal is on its way before the ledger is closed: to disk, and folded in."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from builders import append, claude_line, events, refresh, transcript, write

from tokentui.ledger.connection import open_for_writing
from tokentui.ledger.journal import WORTH_ASKING, Journal, fold_in

LINUX = pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="needs Linux")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Open a new ledger with a table to fill."""
    with closing(open_for_writing(tmp_path / "ledger.db")) as opened:
        opened.execute("CREATE TABLE filler (bytes BLOB)")
        yield opened


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Note from where on, and how many bytes, the system is asked to write."""
    asked: list[tuple[int, int]] = []
    advise = os.posix_fadvise

    def noting(file: int, since: int, size: int, advice: int) -> None:
        assert advice == os.POSIX_FADV_DONTNEED
        asked.append((since, size))
        advise(file, since, size, advice)

    monkeypatch.setattr(os, "posix_fadvise", noting)
    return asked


def fill(connection: sqlite3.Connection, size: int) -> None:
    """Write so many random bytes."""
    connection.execute("INSERT INTO filler VALUES (?)", (os.urandom(size),))


def journal_size(tmp_path: Path) -> int:
    """Give the bytes of the journal."""
    return (tmp_path / "ledger.db-wal").stat().st_size


@LINUX
def test_each_byte_is_asked_for_once(
    connection: sqlite3.Connection, asked: list[tuple[int, int]], tmp_path: Path
) -> None:
    """What is new since the last time, once there is enough of it."""
    before = journal_size(tmp_path)
    journal = Journal(connection)
    ends = []
    for size in (10, 3 * WORTH_ASKING, 10, WORTH_ASKING // 2, 2 * WORTH_ASKING):
        fill(connection, size)
        journal.start_writing()
        ends.append(journal_size(tmp_path))
    assert asked == [(before, ends[1] - before), (ends[1], ends[4] - ends[1])]
    (kept,) = connection.execute("SELECT sum(length(bytes)) FROM filler").fetchone()
    assert kept == 20 + 11 * WORTH_ASKING // 2
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@LINUX
def test_a_refresh_asks(home: Path, ledger: Path, asked: list[tuple[int, int]]) -> None:
    """What a refresh commits is on its way to disk before the ledger is closed."""
    write(transcript(home), claude_line())
    with patch("tokentui.ledger.journal.WORTH_ASKING", 1):
        refresh(ledger, home)
    assert asked


def test_folder_whose_name_is_no_text(home: Path, tmp_path: Path) -> None:
    """A ledger may lie anywhere."""
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/odd-\xff"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this system has no such names")
    ledger = folder / "ledger.db"
    write(transcript(home), claude_line())
    refresh(ledger, home)
    assert len(events(ledger, "at")) == 1
    append(transcript(home), claude_line("msg_01BBBBBBBBBBBBBBBB", 1))
    refresh(ledger, home)
    assert len(events(ledger, "at")) == 2


@LINUX
@pytest.mark.parametrize("fault", ["refused", "unknown", "gone"])
def test_no_advice_is_no_failure(
    fault: str,
    connection: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """It only saves time: without it all is as before."""
    journal = Journal(connection)
    fill(connection, 2 * WORTH_ASKING)
    if fault == "refused":

        def refuse(*_: int) -> None:
            raise OSError(29, "Illegal seek")

        monkeypatch.setattr(os, "posix_fadvise", refuse)
    elif fault == "unknown":
        monkeypatch.delattr(os, "posix_fadvise")
    else:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
        assert not (tmp_path / "ledger.db-wal").exists()
    journal.start_writing()
    (kept,) = connection.execute("SELECT sum(length(bytes)) FROM filler").fetchone()
    assert kept == 2 * WORTH_ASKING


def held_without_journal(tmp_path: Path) -> int:
    """Give the bytes of filler that the file of the ledger holds by itself."""
    alone = tmp_path / "alone.db"
    alone.write_bytes((tmp_path / "ledger.db").read_bytes())
    with closing(sqlite3.connect(alone)) as opened:
        return int(
            opened.execute(
                "SELECT coalesce(sum(length(bytes)), 0) FROM filler"
            ).fetchone()[0]
        )


def test_folded_in_beside_a_writer(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    """What is committed goes into the file, what is not goes on; nobody waits."""
    fill(connection, 100_000)
    connection.execute("BEGIN IMMEDIATE")
    fill(connection, 1)
    assert connection.in_transaction
    fold_in(tmp_path / "ledger.db")
    assert held_without_journal(tmp_path) == 100_000
    connection.execute("COMMIT")
    connection.close()
    assert held_without_journal(tmp_path) == 100_001
    assert not (tmp_path / "ledger.db-wal").exists()


KILLED = """
import os, sys
from pathlib import Path
from tokentui.ledger.connection import open_for_writing
opened = open_for_writing(Path(sys.argv[1]))
opened.execute("CREATE TABLE filler (bytes BLOB)")
opened.execute("INSERT INTO filler VALUES (zeroblob(100000))")
os._exit(0)
"""


def test_who_closes_last_folds_in_the_rest(tmp_path: Path) -> None:
    """The writer may be gone by then, without a word."""
    ledger = tmp_path / "ledger.db"
    subprocess.run([sys.executable, "-c", KILLED, ledger], check=True)
    assert journal_size(tmp_path) > 100_000
    fold_in(ledger)
    assert held_without_journal(tmp_path) == 100_000
    assert not (tmp_path / "ledger.db-wal").exists()


@pytest.mark.parametrize("name", ["none", "folder", "odd ?#%41"])
def test_nothing_to_fold_in(name: str, tmp_path: Path) -> None:
    """No ledger is made of that, and nothing is said."""
    (tmp_path / "folder").mkdir()
    fold_in(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
