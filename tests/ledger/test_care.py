"""Checking a ledger finds what is wrong; a backup is whole and private."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from unittest.mock import MagicMock, patch

import builders
import pytest
from builders import claude_line, events, refresh, transcript, write

from tokentui import ingest
from tokentui.config import Config
from tokentui.errors import LedgerError, NoLedgerError
from tokentui.events import Batch, Series, Tokens, UsageEvent
from tokentui.ledger import care
from tokentui.ledger.care import back_up, check_ledger
from tokentui.ledger.connection import open_for_writing


@pytest.fixture
def filled(home: Path, ledger: Path) -> Path:
    """Make a ledger with one response in it."""
    write(transcript(home), claude_line())
    refresh(ledger, home)
    return ledger


def test_sound(filled: Path) -> None:
    """Nothing is wrong with a ledger that a refresh wrote."""
    assert check_ledger(filled) == []


def test_missing(ledger: Path) -> None:
    """A ledger that is not there cannot be checked."""
    with pytest.raises(NoLedgerError):
        check_ledger(ledger)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rollup SET input = input + 1",
        "UPDATE rollup SET cost = NULL",
        "UPDATE event SET output = output + 1",
        "DELETE FROM rollup",
        "DELETE FROM series",
        "DELETE FROM event",
        "UPDATE rollup SET requests = 7",
        "UPDATE scope_hour SET cost = cost + 1",
        "UPDATE scope_hour SET requests = NULL",
        "UPDATE scope_hour SET hour = hour + 1",
        "DELETE FROM scope_hour",
        "UPDATE series_day SET list = list + 1",
        "UPDATE series_day SET cost = NULL",
        "UPDATE series_day SET day = day - 1",
        "DELETE FROM series_day",
        "UPDATE scope SET payer = 'somebody else'",
        "UPDATE scope SET tier = NULL",
    ],
)
def test_wrong_sums(change: str, filled: Path) -> None:
    """Sums that are not those of the events, and events without labels, are told."""
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute(change)
        connection.commit()
    assert len(check_ledger(filled)) == 1


def test_backup(filled: Path, tmp_path: Path) -> None:
    """A backup holds the same events, for its owner only."""
    target = tmp_path / "backup.db"
    back_up(filled, str(target))
    assert events(target, "e.*") == events(filled, "e.*")
    assert check_ledger(target) == []
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_backup_beside_a_writer(ledger: Path, tmp_path: Path) -> None:
    """Each copy made while somebody writes is sound, and has whole transactions only.

    It has at least what was written before it was begun, at most what was after it.
    """
    labels = Series("codex", "s-1", "gpt-b", project="/home/ada/api")
    stop, written = threading.Event(), [0]

    def write_on() -> None:
        with closing(open_for_writing(ledger)) as connection, builders.toy_prices():
            writer = ingest.writer_for(connection, Config())
            while not stop.is_set():
                times = [written[0] * 7_000 + n for n in range(50)]
                batch = Batch([labels], [made(at) for at in times], [])
                writer.record(batch, [])
                written[0] += 1

    open_for_writing(ledger).close()
    thread = threading.Thread(target=write_on)
    thread.start()
    try:
        for number in range(4):
            before, target = written[0], tmp_path / f"{number}.db"
            while written[0] < before + 2:
                time.sleep(0.001)
            before = written[0]
            back_up(ledger, str(target))
            count = len(events(target, "output"))
            assert count % 50 == 0
            assert before <= count // 50 <= written[0] + 1
            assert check_ledger(target) == []
    finally:
        stop.set()
        thread.join()


def made(at: int) -> UsageEvent:
    """Make a response at a time."""
    key = blake2b(str(at).encode(), digest_size=16).digest()
    return UsageEvent(key, 0, at, at, Tokens(output=at % 9))


def test_backup_without_room(filled: Path, tmp_path: Path) -> None:
    """What could not be copied wholly leaves nothing that looks like a backup."""
    target = tmp_path / "copy.db"
    full = MagicMock()
    full.backup.side_effect = sqlite3.OperationalError("disk full")
    with (
        patch.object(care, "open_for_reading", return_value=full),
        pytest.raises(LedgerError, match="disk full"),
    ):
        back_up(filled, str(target))
    assert list(tmp_path.glob("copy.db*")) == []


def test_backup_over_a_file(filled: Path, tmp_path: Path) -> None:
    """A backup never takes the place of a file."""
    target = write(tmp_path / "backup.db", b"precious")
    with pytest.raises(LedgerError, match="name another file"):
        back_up(filled, str(target))
    assert target.read_bytes() == b"precious"
