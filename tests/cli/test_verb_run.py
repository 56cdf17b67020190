"""`tokentui run`: an agent under a budget and a label."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import builders
import pytest
from asking import Ask

AGENT = """
import json, os, sys, time
from datetime import UTC, datetime
from pathlib import Path

record = json.loads(sys.argv[1])
record["timestamp"] = datetime.now(UTC).isoformat()
record["cwd"] = os.getcwd()
folder = Path(os.environ["CLAUDE_CONFIG_DIR"]) / "projects/-here"
folder.mkdir(parents=True)
(folder / "agent.jsonl").write_text(json.dumps(record) + chr(10))
print("label", os.environ.get("TOKENTUI_LABEL"), flush=True)
for _ in range(int(sys.argv[2]) * 20):
    time.sleep(0.05)
sys.exit(7)
"""


@pytest.fixture
def agent(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write an agent that spends a dollar at once and ends with 7."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    file = tmp_path / "agent.py"
    file.write_text(textwrap.dedent(AGENT), encoding="utf-8")
    line = builders.claude_line("msg_01R", input=0, output=50_000).decode()
    return [sys.executable, str(file), line]


def test_passes_on(program: Ask, agent: list[str]) -> None:
    """The agent's output and exit code are passed on; what it spent is on stderr."""
    answer = program("run", "--max", "5", "--label", "night", "--", *agent, "0")
    assert (answer.code, answer.out) == (7, "label night\n")
    assert "spent $1.00 of $5.00" in answer.err
    used = program("usage", "--by", "label", "--json").document
    assert [(row["label"], row["cost_usd"]) for row in used["rows"]] == [("night", 1)]


def test_keys_are_not_passed_on(program: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads bills is no agent's business; the rest of the environment is."""
    monkeypatch.setenv("TOKENTUI_KEY_WORK", "sk-ant-admin01-planted")
    monkeypatch.setenv("AGENT_OPTION", "kept")
    names = "{'TOKENTUI_KEY_WORK', 'AGENT_OPTION'}"
    show = f"import os; print(sorted({names} & set(os.environ)))"
    answer = program("run", "--", sys.executable, "-c", show)
    assert answer.out == "['AGENT_OPTION']\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals to groups")
def test_stops_at_the_budget(program: Ask, agent: list[str]) -> None:
    """An agent that has spent its budget is stopped, and the exit code is 5."""
    answer = program("run", "--max", "0.50", "--", *agent, "60")
    assert answer.code == 5
    assert "the budget is met" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--",),
        ("--max", "0", "--", "true"),
        ("--max", "lots", "--", "true"),
        ("--", "no-such-program-anywhere"),
    ],
)
def test_refused(ask: Ask, words: tuple[str, ...]) -> None:
    """Nothing to run, no budget or no such program is exit 2 and says so."""
    answer = ask("run", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("tokentui: ")


def test_tokens(program: Ask, agent: list[str]) -> None:
    """A budget of tokens stops it as one of money does: it uses 50,000 and waits."""
    answer = program("run", "--tokens", "50000", "--", *agent, "30")
    assert answer.code == 5
    assert "the budget is met" in answer.err


def test_budget_of_the_config(program: Ask, agent: list[str]) -> None:
    """What `[guard.run]` says holds for a run that says nothing else."""
    config = Path(os.environ["TOKENTUI_CONFIG"])
    builders.write(config, b"[guard.run]\nusd = 1\n")
    answer = program("run", "--", *agent, "30")
    assert answer.code == 5
    assert "spent $1.00 of $1.00" in answer.err


def test_option_before_the_config(program: Ask, agent: list[str]) -> None:
    """An option goes before `[guard.run]`."""
    config = Path(os.environ["TOKENTUI_CONFIG"])
    builders.write(config, b"[guard.run]\nusd = 1\n")
    assert program("run", "--max", "2", "--", *agent, "0").code == 7
