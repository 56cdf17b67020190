"""`tokentui ledger rebuild`: what it says, its exit codes, and the figures after it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import builders
import contract
import pytest
from asking import Ask

WORDS = ("usage", "--by", "day", "--by", "model", "--json")


def lose(ledger: Path, table: str) -> None:
    """Overwrite the one page of a table."""
    with closing(sqlite3.connect(ledger)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    with ledger.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))


@pytest.fixture
def damaged(ask: Ask, logs: Path, ledger: Path, tmp_path: Path) -> str:
    """Back a ledger up, delete the logs of one agent, lose the events; give figures."""
    figures = ask(*WORDS).out
    assert ask("ledger", "backup", str(tmp_path / "kept/backup.db")).code == 1
    (tmp_path / "kept").mkdir()
    builders.write(ledger.parent / "claims/1/ab-max.pdf", b"paid")
    assert ask("ledger", "backup", str(tmp_path / "kept/backup.db")).code == 0
    shutil.rmtree(logs / ".claude")
    lose(ledger, "event")
    return figures


def test_with_a_backup(ask: Ask, damaged: str, ledger: Path, tmp_path: Path) -> None:
    """The figures are as before; what came from where is said, and the file is kept."""
    before = ledger.read_bytes()
    (ledger.parent / "claims/1/ab-max.pdf").unlink()
    answer = ask("ledger", "rebuild", "--backup", str(tmp_path / "kept/backup.db"))
    assert (answer.code, answer.err) == (0, "")
    *said, kept = answer.lines
    assert said == [
        "the ledger was made anew, with 5 usage events:",
        "  0 from the old ledger",
        "  5 from the backup",
        "  0 from logs",
        "not wholly read: responses",
        "lost: no response, by the old ledger's own sums",
    ]
    aside = ledger.with_name("ledger.db.damaged-2026-11-20T120000")
    assert kept == f"the old ledger is kept as {aside}"
    assert aside.read_bytes() == before
    assert ask(*WORDS).out == damaged
    assert ask("ledger", "check").code == 0
    assert (ledger.parent / "claims/1/ab-max.pdf").read_bytes() == b"paid"


def test_without_one(ask: Ask, damaged: str) -> None:
    """What is lost is said: 4 responses of 4.266 dollars; the logs give the fifth."""
    answer = ask("ledger", "rebuild", "--json")
    assert (answer.code, answer.err) == (0, "")
    document = answer.document
    assert contract.faults(document, contract.LEDGER_REBUILD) == []
    assert document["events_from_logs"] == 1
    assert document["lost"] == {
        "requests": 4,
        "cost_usd": 4.266,
        "since": "2026-10-15T10:00:00+00:00",
        "until": "2026-11-20T12:00:00+00:00",
    }
    rows = ask(*WORDS, "--no-refresh").document["rows"]
    assert [row["model"] for row in rows] == ["gpt-5.4"]


def test_lost_in_words(ask: Ask, damaged: str) -> None:
    """People are told the same, in their zone."""
    answer = ask("ledger", "rebuild", "--timezone", "Europe/Berlin")
    assert (
        "lost: 4 responses of $4.27, between 2026-10-15T12:00:00+02:00 and"
        " 2026-11-20T13:00:00+01:00"
    ) in answer.lines


def test_check_names_the_cure(ask: Ask, damaged: str) -> None:
    """`ledger check` lists the damage and says what makes the ledger anew."""
    answer = ask("ledger", "check")
    assert answer.code == 1
    assert "ledger rebuild" in answer.err


def test_a_log_that_cannot_be_read(ask: Ask, damaged: str, broken_log: Path) -> None:
    """It is exit 3 then, the rest is done, and the log is named."""
    answer = ask("ledger", "rebuild")
    assert answer.code == 3
    assert str(broken_log) in answer.err
    assert ask("ledger", "check").code == 0


def test_no_room(
    ask: Ask, damaged: str, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no room it is exit 1, naming the place; nothing has changed."""
    before = ledger.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tokentui.rebuild.TemporaryDirectory", full)
    answer = ask("ledger", "rebuild")
    assert (answer.code, answer.out) == (1, "")
    assert f"beside {ledger}: No space left" in answer.err
    assert ledger.read_bytes() == before


def test_no_ledger(ask: Ask, ledger: Path, tmp_path: Path) -> None:
    """Without ledger and backup it is exit 4, with a backup that is not, exit 1."""
    assert ask("ledger", "rebuild").code == 4
    answer = ask("ledger", "rebuild", "--backup", str(tmp_path / "none.db"))
    assert (answer.code, "none.db" in answer.err) == (1, True)
    assert not ledger.exists()
