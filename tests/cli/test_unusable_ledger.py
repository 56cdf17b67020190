"""A ledger that is damaged or too new: every verb says so and leaves it alone."""

from __future__ import annotations

import io
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import builders
import pytest
from asking import Ask

from tokentui.ledger.connection import open_for_writing
from tokentui.ledger.schema import LATEST
from tokentui.watch import tried

NOVEMBER = ("--period", "2026-11")
VERBS = [
    ("usage",),
    ("daily",),
    ("session",),
    ("status",),
    ("status", "--no-refresh"),
    ("status", "--line", "{today}"),
    ("cap", "list"),
    ("cap", "raise", "month", "+2", "--until", "2026-12-01", "--because", "x"),
    ("refresh",),
    ("alerts", "list"),
    ("alerts", "snooze", "1h"),
    ("reading", "add", "api", "5"),
    ("reading", "list"),
    ("charge", "add", "5", "--what", "seat", "--payer", "api"),
    ("charge", "list"),
    ("claim", "new", *NOVEMBER),
    ("claim", "list"),
    ("export", *NOVEMBER, "--format", "csv"),
    ("project", "list"),
    ("fx", "set", "CHF", "1.1", "--on", "2026-11-02"),
    ("reconcile",),
    ("routes",),
    ("routes", "what-if", "--from", "claude-opus-5-5", "--to", "gpt-5.4"),
    ("routes", "policy"),
    ("outcomes",),
    ("outcomes", "mark", "last", "accepted"),
    ("import", "remove", "--period", "2026-06"),
    ("run", "--", "true"),
    ("ledger", "check"),
    ("ledger", "backup", "copy.db"),
    ("ledger", "reprice"),
    ("ledger", "forget", "--before", "2026-01-01", "--yes"),
]
CAP = '[caps.month]\namount = 1\nper = "month"\nhard = true\n'
HOOK = {"hook_event_name": "UserPromptSubmit", "session_id": builders.SESSION}


@pytest.fixture(params=["newer", "damaged"])
def unusable(
    request: pytest.FixtureRequest,
    logs: Path,
    ledger: Path,
    config: Callable[[str], Path],
) -> str:
    """Make a ledger of a later schema, or of damaged pages; name the cure."""
    config(CAP)
    open_for_writing(ledger).close()
    if request.param == "newer":
        with closing(sqlite3.connect(ledger)) as connection:
            connection.execute(f"PRAGMA user_version = {LATEST + 1}")
        return "pip install -U tokentui"
    with ledger.open("r+b") as file:
        for page in range(1, ledger.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 200)
    return "`tokentui ledger rebuild`"


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_every_verb(
    ask: Ask,
    unusable: str,
    ledger: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    """It is exit 1, one line with the cure, and not a byte of the file is another."""
    monkeypatch.chdir(tmp_path)
    before = ledger.read_bytes()
    answer = ask(*words)
    assert (answer.code, answer.out) == (1, "")
    assert unusable in answer.err
    assert "TOKENTUI_DEBUG" not in answer.err
    assert ledger.read_bytes() == before


def test_doctor(ask: Ask, unusable: str, ledger: Path) -> None:
    """The doctor tells the cure, beside all that can be told without a ledger."""
    before = ledger.read_bytes()
    answer = ask("doctor")
    assert answer.code == 1
    assert unusable in answer.out + answer.err
    assert ledger.read_bytes() == before


def asked_with(monkeypatch: pytest.MonkeyPatch, given: object) -> None:
    """Put JSON on stdin."""
    text = json.dumps(given).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))


def test_guard(
    ask: Ask, unusable: str, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard lets the agent go on, and the cure is in its log."""
    before = ledger.read_bytes()
    asked_with(monkeypatch, HOOK)
    answer = ask("guard")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    log = Path(os.environ["TOKENTUI_STATE"]) / "guard/faults.log"
    assert unusable in log.read_text("utf-8")
    assert ledger.read_bytes() == before


def test_statusline(
    ask: Ask, unusable: str, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status line is the cure, on one line."""
    before = ledger.read_bytes()
    asked_with(monkeypatch, HOOK | {"cost": {"total_cost_usd": 1}})
    answer = ask("statusline")
    assert (answer.code, len(answer.lines)) == (0, 1)
    assert unusable in answer.out
    assert ledger.read_bytes() == before


def test_daemon(unusable: str, home: Path, ledger: Path) -> None:
    """The daemon is told the cure, and goes on trying."""
    before = ledger.read_bytes()
    report, problem = tried(ledger, builders.config_of(home))
    assert report is None
    assert unusable in problem
    assert ledger.read_bytes() == before
