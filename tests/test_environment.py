"""Programs that are started see no key that the environment holds."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tokentui.alerts.channels import send
from tokentui.alerts.message import tried
from tokentui.cli import watch_install
from tokentui.environment import key_variable, without_keys
from tokentui.git import ask
from tokentui.settings import Channel
from tokentui.statusline import said_by, started

posix = pytest.mark.skipif(os.name == "nt", reason="a script stands in for programs")

KEY = "sk-planted-6b86b273ff34fce1"


@pytest.mark.parametrize(
    ("name", "variable"),
    [("work", "TOKENTUI_KEY_WORK"), ("my-team.2", "TOKENTUI_KEY_MY_TEAM_2")],
)
def test_names(name: str, variable: str) -> None:
    """A variable is named by the account, in capitals, with `_` for all else."""
    assert key_variable(name) == variable


STARTED: dict[str, Callable[[str], object]] = {
    "alert": lambda program: send(
        Channel("it", "command", command=(program,)), tried("")
    ),
    "status line": lambda program: said_by(started(shlex.quote(program), b"{}")),
    "git": lambda program: ask.answer(str(Path(program).parent), "rev-list"),
    "service": lambda program: watch_install.run([program]),
}
"""What starts a program, by where; `run` has a test of its own."""


@posix
@pytest.mark.parametrize("where", STARTED)
def test_no_key(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of accounts and channels are left out; the rest is passed on."""
    seen = tmp_path / "seen"
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{sys.executable} -c '{SHOW}' > {seen}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TOKENTUI_KEY_IT", KEY)
    monkeypatch.setenv("TOKENTUI_LEDGER", "kept")
    STARTED[where](str(program))
    assert seen.read_text().split() == ["TOKENTUI_LEDGER=kept"]


SHOW = (
    "import os;"
    '[print(f"{k}={v}") for k, v in os.environ.items()'
    f' if "{KEY}" in v or k == "TOKENTUI_LEDGER"]'
)


def test_our_own_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others do not see is still there for us."""
    monkeypatch.setenv("TOKENTUI_KEY_IT", KEY)
    assert "TOKENTUI_KEY_IT" not in without_keys()
    assert os.environ["TOKENTUI_KEY_IT"] == KEY
