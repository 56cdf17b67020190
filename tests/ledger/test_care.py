"""Checking a ledger finds what is wrong; a backup is whole and private."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from builders import claude_line, events, refresh, transcript, write

from tokentui.errors import LedgerError, NoLedgerError
from tokentui.ledger.care import back_up, check_ledger


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


def test_backup_over_a_file(filled: Path, tmp_path: Path) -> None:
    """A backup never takes the place of a file."""
    target = write(tmp_path / "backup.db", b"precious")
    with pytest.raises(LedgerError, match="name another file"):
        back_up(filled, str(target))
    assert target.read_bytes() == b"precious"
