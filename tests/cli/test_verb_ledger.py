"""`tokentui ledger`: where it is, whether it is sound, copies, new prices."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import builders
import contract
import pytest
from asking import Ask


def change(ledger: Path, statement: str) -> None:
    """Change a ledger behind the program's back."""
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute(statement)
        connection.commit()


def test_path(ask: Ask, ledger: Path, tmp_path: Path) -> None:
    """The path is printed and nothing else; `--ledger` beats the environment."""
    assert ask("ledger", "path").out == f"{ledger}\n"
    other = tmp_path / "other.db"
    assert ask("--ledger", str(other), "ledger", "path").out == f"{other}\n"
    assert not ledger.exists()
    assert not other.exists()


def test_check_of_a_sound_ledger(ask: Ask, logs: object) -> None:
    """A sound ledger has no fault."""
    ask("refresh")
    answer = ask("ledger", "check", "--json")
    assert answer.code == 0
    assert contract.faults(answer.document, contract.LEDGER_CHECK) == []
    assert answer.document["rows"] == []
    assert ask("ledger", "check").code == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rollup SET cost = cost + 1 WHERE cost > 0",
        "UPDATE rollup SET output = 0",
        "DELETE FROM rollup",
        "UPDATE event SET cost = NULL",
        "DELETE FROM series",
    ],
)
def test_check_of_changed_sums(
    ask: Ask, logs: object, ledger: Path, statement: str
) -> None:
    """Sums that differ from their events are exit 1 and told, to scripts too."""
    ask("refresh")
    change(ledger, statement)
    answer = ask("ledger", "check", "--json")
    assert answer.code == 1
    assert contract.faults(answer.document, contract.LEDGER_CHECK) == []
    assert answer.document["rows"]
    assert answer.err.startswith(f"tokentui: {ledger}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rollup SET requests = 7",
        "UPDATE rollup SET unpriced = 1",
        "UPDATE rollup SET reasoning = 9",
        "DELETE FROM event",
    ],
)
def test_check_of_every_sum(
    ask: Ask, logs: object, ledger: Path, statement: str
) -> None:
    """Every figure of every sum is compared with the events, both ways."""
    ask("refresh")
    change(ledger, statement)
    assert ask("ledger", "check").code == 1


def test_backup(ask: Ask, logs: object, tmp_path: Path) -> None:
    """A backup is a ledger of its own with the same figures, private to its owner."""
    ask("refresh")
    copy = tmp_path / "copy.db"
    assert ask("ledger", "backup", str(copy)).code == 0
    words = ("usage", "--by", "model", "--no-refresh", "--json")
    assert ask("--ledger", str(copy), *words).out == ask(*words).out
    assert ask("--ledger", str(copy), "ledger", "check").code == 0
    if os.name == "posix":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_backup_with_receipts(
    ask: Ask, logs: object, ledger: Path, tmp_path: Path
) -> None:
    """Receipts lie beside the copy, private; those that lie there are not overwritten.

    A second backup into the same folder copies what is new, and one that would have to
    overwrite another file fails naming it.
    """
    ask("refresh")
    receipts = ledger.parent / "claims"
    builders.write(receipts / "1/ab-max.pdf", b"one")
    builders.write(receipts / "1/.ab-half.tmp", b"half")
    folder = tmp_path / "kept"
    folder.mkdir()
    answer = ask("ledger", "backup", str(folder / "a.db"))
    assert "1 receipt beside it" in answer.out
    copied = folder / "claims/1/ab-max.pdf"
    assert [p for p in (folder / "claims").rglob("*") if p.is_file()] == [copied]
    assert copied.read_bytes() == b"one"
    if os.name == "posix":
        assert stat.S_IMODE(copied.stat().st_mode) == 0o600
        assert stat.S_IMODE(copied.parent.stat().st_mode) == 0o700
    builders.write(receipts / "2/cd-pro.pdf", b"two")
    assert "1 receipt beside it" in ask("ledger", "backup", str(folder / "b.db")).out
    again = ask("ledger", "backup", str(ledger.parent / "c.db"))
    assert "receipt beside" not in again.out
    builders.write(copied, b"another")
    answer = ask("ledger", "backup", str(folder / "d.db"))
    assert (answer.code, str(copied) in answer.err) == (1, True)
    assert copied.read_bytes() == b"another"


def test_backup_of_a_faulty_ledger(
    ask: Ask, logs: object, ledger: Path, tmp_path: Path
) -> None:
    """Who copies a ledger that has faults is told that the copy has them too."""
    ask("refresh")
    change(ledger, "DELETE FROM rollup")
    answer = ask("ledger", "backup", str(tmp_path / "copy.db"))
    assert answer.code == 1
    assert "quarter-hour sums differ" in answer.err
    assert "ledger rebuild" in answer.err


def test_backup_never_overwrites(
    ask: Ask, logs: object, ledger: Path, tmp_path: Path
) -> None:
    """A file that exists stays as it is, be it the ledger itself."""
    ask("refresh")
    kept = builders.write(tmp_path / "kept", b"precious")
    before = ledger.read_bytes()
    for target in (kept, ledger):
        answer = ask("ledger", "backup", str(target))
        assert (answer.code, answer.out) == (1, "")
        assert str(target) in answer.err
    assert (kept.read_bytes(), ledger.read_bytes()) == (b"precious", before)


def test_backup_into_no_folder(ask: Ask, logs: object, tmp_path: Path) -> None:
    """A folder that is not there is exit 1 naming the file."""
    ask("refresh")
    answer = ask("ledger", "backup", str(tmp_path / "no/copy.db"))
    assert answer.code == 1
    assert "no/copy.db" in answer.err.replace("\\", "/")
    assert "DEBUG" not in answer.err


def test_backup_while_in_use(
    ask: Ask, logs: object, ledger: Path, tmp_path: Path
) -> None:
    """What another process has not committed is not in the copy, and does no harm."""
    ask("refresh")
    with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM event")
        assert ask("ledger", "backup", str(tmp_path / "copy.db")).code == 0
        other.execute("ROLLBACK")
    answer = ask("--ledger", str(tmp_path / "copy.db"), "ledger", "check")
    assert answer.code == 0


@pytest.mark.parametrize("model", ["claude-new-9", "my-finetune"])
def test_reprice_prices_what_was_unpriced(ask: Ask, home, config, model: str) -> None:
    """A price added to the config prices old usage on `ledger reprice`, not before."""
    builders.write(
        builders.transcript(home),
        builders.claude_line("msg_01A", model=model, input=250_000, output=50_000),
    )
    words = ("usage", "--by", "model", "--json")
    assert ask(*words).document["rows"][0]["cost_usd"] is None
    config(f'[prices."{model}"]\ninput = 4\noutput = 20\n')
    assert ask(*words).document["rows"][0]["cost_usd"] is None
    answer = ask("ledger", "reprice", "--json")
    assert contract.faults(answer.document, contract.REPRICE) == []
    assert answer.document == {
        "kind": "reprice",
        "events_changed": 1,
        "newly_priced": 1,
        "change_usd": 2,
    }
    assert ask(*words).document["rows"][0]["cost_usd"] == 2
    assert ask("ledger", "check").code == 0


def test_reprice_with_nothing_new(ask: Ask, logs: object) -> None:
    """With the same prices nothing changes."""
    before = ask("usage", "--by", "model", "--json").out
    answer = ask("ledger", "reprice", "--json")
    assert answer.document["events_changed"] == 0
    assert answer.document["change_usd"] == 0
    assert ask("usage", "--by", "model", "--json").out == before


def test_reprice_of_a_known_model(ask: Ask, logs: object, config) -> None:
    """A price of one's own stands over the list, and taking it away brings it back."""
    words = ("usage", "--model", "claude-sonnet-5-5", "--json")
    assert ask(*words).document["total"]["cost_usd"] == 0.022
    config('[prices."claude-sonnet-5-5"]\ninput = 4\noutput = 20\n')
    assert ask("ledger", "reprice", "--json").document["change_usd"] == 0.022
    assert ask(*words).document["total"]["cost_usd"] == 0.044
    config("")
    assert ask("ledger", "reprice", "--json").document["change_usd"] == -0.022
    assert ask(*words).document["total"]["cost_usd"] == 0.022


@pytest.mark.parametrize(
    "words",
    [("check",), ("backup", "copy.db"), ("reprice",)],
    ids=lambda words: words[0],
)
def test_without_ledger(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Without a ledger it is exit 4, what to do is said, and none is made."""
    monkeypatch.chdir(tmp_path)
    answer = ask("ledger", *words)
    assert (answer.code, answer.out) == (4, "")
    assert "tokentui refresh" in answer.err
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "copy.db").exists()
