"""`tokentui doctor`: where it looked, what it found, what is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import billing
import builders
import contract
import pytest
from asking import Ask

from tokentui.guard.state import note_fault


def test_json(ask: Ask, logs: object, broken_log: object) -> None:
    """A document has the same keys whatever was found."""
    builders.append(
        builders.transcript(builders.Path(os.environ["HOME"])),
        builders.claude_line("msg_01X", output=-5, request="x"),
        builders.claude_line("msg_01Y", 60, model="new-model", request="y"),
    )
    document = ask("doctor", "--json").document
    assert contract.faults(document, contract.DOCTOR) == []


def test_facts(ask: Ask, logs, ledger) -> None:
    """It names ledger, config, folders, files and the last event."""
    document = ask("doctor", "--json").document
    assert document["ledger"]["path"] == str(ledger)
    assert document["ledger"]["events"] == 5
    assert document["ledger"]["first_event"] == "2026-10-15T10:00:00+00:00"
    assert document["config"] == {
        "path": os.environ["TOKENTUI_CONFIG"],
        "exists": False,
    }
    claude, codex, cursor = document["sources"]
    assert claude["places"] == [
        {"path": str(logs / ".claude/projects"), "exists": True}
    ]
    assert [place["exists"] for place in codex["places"]] == [True, False]
    assert cursor["places"] == [
        {"path": f"{os.environ['CURSOR_USER_DIR']}/globalStorage", "exists": False}
    ]
    assert (claude["files"], claude["last_event"]) == (1, "2026-11-20T11:50:00+00:00")


def test_people_see_the_same(ask: Ask, logs, ledger) -> None:
    """People are told the same places and figures."""
    text = ask("doctor").out
    for word in (ledger, os.environ["TOKENTUI_CONFIG"], logs / ".claude/projects"):
        assert str(word) in text
    assert "5 events" in text


def test_skipped_record(ask: Ask, logs) -> None:
    """A record that was passed over is counted, with its file, place and reason."""
    size = builders.transcript(logs).stat().st_size
    builders.append(
        builders.transcript(logs),
        builders.claude_line("msg_01X", output=-5, request="x"),
    )
    claude = ask("doctor", "--json").document["sources"][0]
    (example,) = claude["examples"]
    assert claude["records_skipped"] == example["skipped"] == 1
    assert example["path"] == str(builders.transcript(logs))
    assert example["where"].startswith(f"byte {size}:")
    assert "1 records skipped" in ask("doctor").out or "1 record" in ask("doctor").out


def test_unpriced(ask: Ask, home) -> None:
    """Models without a price are listed with how often they answered."""
    builders.write(
        builders.transcript(home),
        builders.claude_line("msg_01A", model="new-model", request="a"),
        builders.claude_line("msg_01B", model="new-model", request="b"),
    )
    (row,) = ask("doctor", "--json").document["unpriced"]
    assert (row["model"], row["provider"], row["requests"]) == ("new-model", None, 2)
    assert "new-model" in ask("doctor").out


def test_rules_that_hold_for_a_time(ask: Ask, logs, config) -> None:
    """Rules are listed; people see those that hold for a time, on 20 November."""
    config(
        """
[plans.claude-max]
provider = "anthropic"
fee = 100
renews = 12
since = 2026-11-20

[payers.company]
match.source = "*"
since = 2026-01-01
until = 2026-11-20

[endpoints.gateway]
base_url = "https://llm.example.com"
provider = "openrouter"
"""
    )
    document = ask("doctor", "--json").document
    assert contract.faults(document["rules"], contract.DOCTOR["rules"]) == []
    assert [(row["rule"], row["holds"]) for row in document["rules"]] == [
        ("plans.claude-max", True),
        ("payers.company", False),
        ("endpoints.gateway", True),
    ]
    lines = ask("doctor").lines
    assert [line for line in lines if " hold" in line] == [
        "[plans.claude-max] holds: since 2026-11-20",
        "[payers.company] does not hold now: since 2026-01-01, until 2026-11-20",
    ]


def test_without_ledger(ask: Ask, ledger) -> None:
    """On a machine without a ledger it says so, and makes none with `--no-refresh`."""
    answer = ask("doctor", "--no-refresh", "--json")
    assert answer.code == 0
    none = {"path": str(ledger), "exists": False, "problem": None}
    assert answer.document["ledger"] == none
    assert "none yet" in ask("doctor", "--no-refresh").out
    assert not ledger.exists()


def test_damaged_ledger(ask: Ask, logs, ledger) -> None:
    """A damaged ledger is told of, and all that is known without it."""
    ask("refresh")
    broken = b"no database at all\n" * 500
    ledger.write_bytes(broken)
    note_fault(Path(os.environ["TOKENTUI_STATE"]), "out of cheese", 0)
    answer = ask("doctor")
    assert answer.code == 1
    assert "file is not a database; it is damaged:" in answer.err
    assert "cannot be read" in answer.out
    assert "guard failed 1970-01-01T00:00:00+00:00: out of cheese" in answer.out
    document = ask("doctor", "--json").document
    assert "it is damaged" in document["ledger"]["problem"]
    assert document["sources"][0]["places"][0]["exists"]
    assert ledger.read_bytes() == broken


def test_unreadable_file(ask: Ask, logs: object, broken_log) -> None:
    """A file that cannot be read is named, with why."""
    codex = ask("doctor", "--json").document["sources"][1]
    assert [str(broken_log) in error for error in codex["errors"]] == [True]
    assert str(broken_log) in ask("doctor").out


def test_unreadable_file_that_is_gone(ask: Ask, logs: object, broken_log) -> None:
    """A file that could not be read and is gone is not named any more."""
    ask("refresh")
    broken_log.unlink()
    assert str(broken_log) not in ask("doctor").out


def test_bad_config(ask: Ask, config) -> None:
    """A broken config stops it too, naming file and key."""
    file = config('timezon = "UTC"\n')
    answer = ask("doctor")
    assert answer.code == 2
    assert f"{file}: timezon" in answer.err


def test_bill_that_may_be_of_another_payer(
    ask: Ask, logs: object, ledger: Path, config: Callable[[str], Path]
) -> None:
    """Where a rule gives usage to a payer and its bill stays with another, it is said.

    Otherwise both would be counted, and nobody would know.
    """
    config('[payers.company]\nmatch.project = ["*/acme", "*/billing"]\n')
    ask("refresh")
    assert ask("doctor", "--json").document["warnings"] == []
    day = billing.cost("2026-11-18", 100)
    billing.state(ledger, "2026-11-01", "2026-11-20", day, account="work")
    (warning,) = ask("doctor", "--json").document["warnings"]
    assert warning == (
        "account work bills api, but company uses anthropic, too: if the bill is"
        " company's, both are counted until [payers.company] has match.account ="
        " ['work']"
    )
    assert warning in ask("doctor").out.replace("\n", " ") + ask("doctor").err
    billing.state(
        ledger, "2026-11-01", "2026-11-20", day, account="work", payer="company"
    )
    assert ask("doctor", "--json").document["warnings"] == []


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_what_others_may_read(
    ask: Ask, logs: Path, ledger: Path, config: Callable[[str], Path]
) -> None:
    """A ledger, a state folder, and a config with a secret URL that all may use."""
    hook = 'via = "slack"\nurl = "https://hooks.slack.example/T/B/x"\n'
    file = config('[caps.month]\namount = 5\nper = "month"\n')
    state = Path(os.environ["TOKENTUI_STATE"])
    state.mkdir(mode=0o700)
    file.chmod(0o644)
    assert ask("doctor", "--json").document["warnings"] == []
    config(f"[alerts.channels.team]\n{hook}")
    ledger.chmod(0o644)
    state.chmod(0o777)
    assert ask("doctor", "--json").document["warnings"] == [
        f"all users of this machine may read or change {place}: chmod o-rwx {place}"
        for place in (ledger, state, file)
    ]
    for place in (ledger, state, file):
        place.chmod(place.stat().st_mode & 0o770)
    assert ask("doctor", "--json").document["warnings"] == []
