"""`statusline install` and `uninstall`: Claude Code's one slot, shared, given back."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

import builders
import pytest
from asking import Ask

PUT_IN = ("statusline", "install", "--yes")
PUT_BACK = ("statusline", "uninstall", "--yes")
OTHER = """ccline --tag 'it'"'"'s "mine"' | tr a b"""


def settings() -> Path:
    """Name Claude Code's settings."""
    return Path(os.environ["HOME"]) / ".claude/settings.json"


def slot() -> Any:
    """Give the status line of the settings."""
    return json.loads(settings().read_text("utf-8")).get("statusLine")


def test_alone(ask: Ask, home: Path) -> None:
    """Where there is none ours is put in, and taken out again to the letter."""
    before = b'{"model":   "opus"}\n'
    builders.write(settings(), before)
    assert ask(*PUT_IN, "--line", "{today} it's").code == 0
    words = shlex.split(slot()["command"])
    assert words[-3:] == ["statusline", "--line", "{today} it's"]
    assert slot()["type"] == "command"
    ask(*PUT_BACK)
    assert settings().read_bytes() == before


def test_beside_another(ask: Ask, home: Path) -> None:
    """Another tool's command is called by ours, and is as it was afterwards."""
    there = {"type": "command", "command": OTHER, "padding": 0}
    before = json.dumps({"statusLine": there, "hooks": {"Stop": []}}, indent=4)
    builders.write(settings(), before.encode())
    ask(*PUT_IN)
    assert shlex.split(slot()["command"])[-3:] == ["statusline", "--then", OTHER]
    assert slot()["padding"] == 0
    ask(*PUT_IN, "--line", "{today}")
    assert slot()["command"].count("--then") == 1
    ask(*PUT_BACK)
    assert settings().read_text("utf-8") == before


def test_taken_out_after_other_changes(ask: Ask, home: Path) -> None:
    """What was changed since stays."""
    there = {"type": "command", "command": OTHER}
    builders.write(settings(), json.dumps({"statusLine": there}).encode())
    ask(*PUT_IN)
    given = json.loads(settings().read_text("utf-8")) | {"model": "haiku"}
    settings().write_text(json.dumps(given), "utf-8")
    ask(*PUT_BACK)
    kept = json.loads(settings().read_text("utf-8"))
    assert kept == {"statusLine": there, "model": "haiku"}


def test_others_are_not_taken_out(ask: Ask, home: Path) -> None:
    """A status line that is not ours is left alone."""
    before = json.dumps({"statusLine": {"type": "command", "command": OTHER}})
    builders.write(settings(), before.encode())
    assert "nothing to change" in ask(*PUT_BACK).out
    assert settings().read_text("utf-8") == before


@pytest.mark.parametrize("there", [7, [], {"type": "static", "text": "x"}, {}])
def test_odd_status_line(ask: Ask, home: Path, there: Any) -> None:
    """One that is no command is left alone."""
    before = json.dumps({"statusLine": there})
    builders.write(settings(), before.encode())
    assert ask(*PUT_IN).code == 2
    assert settings().read_text("utf-8") == before
