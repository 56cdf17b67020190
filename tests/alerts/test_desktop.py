"""A real desktop: dunst, on a display and a message bus of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = ("dbus-run-session", "xvfb-run", "dunst")
has_desktop = pytest.mark.skipif(
    any(shutil.which(program) is None for program in PROGRAMS),
    reason=f"needs {', '.join(PROGRAMS)}",
)

SEND = """
from tokentui.alerts.channels import send
from tokentui.alerts.message import Message
from tokentui.settings import Channel
send(
    Channel("desk", "desktop"),
    Message("cap", "month", "cap month: 82 % used, ≥$1,230 <b>", True, ""),
)
"""

SHELL = """
dunst -conf /dev/null >/dev/null 2>&1 &
for _ in $(seq 300); do
  dunstctl is-paused >/dev/null 2>&1 && break
  sleep 0.1
done
"$PYTHON" -c "$SEND"
echo "exit $?" >&2
dunstctl history-pop >/dev/null 2>&1
dunstctl close-all
dunstctl history
kill %1
"""
"""Waits for dunst, sends, and asks dunst what it has shown."""


def session(shell: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell on a display and a bus of its own."""
    environment = os.environ | {
        "XDG_RUNTIME_DIR": str(folder),
        "PYTHON": sys.executable,
        "SEND": SEND,
    }
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    return subprocess.run(
        ["xvfb-run", "-a", "dbus-run-session", "--", "bash", "-c", shell],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make the folder of what runs."""
    made = tmp_path / "run"
    made.mkdir(mode=0o700)
    return made


@has_desktop
def test_shows_it(folder: Path) -> None:
    """The notification service has shown the text, as one of tokentui and urgent."""
    done = session(SHELL, folder)
    assert "exit 0" in done.stderr, done.stderr
    (shown,) = json.loads(done.stdout)["data"][0]
    assert shown["appname"]["data"] == "tokentui"
    assert shown["summary"]["data"] == "tokentui"
    assert "cap month: 82 % used, ≥$1,230 " in shown["body"]["data"]
    assert shown["timeout"]["data"] == 0  # dunst leaves critical ones until closed


def test_nobody_shows_it(folder: Path) -> None:
    """Where there is no desktop that is the failure, in one line."""
    nowhere = {
        "XDG_RUNTIME_DIR": str(folder),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/",
    }
    done = subprocess.run(
        [sys.executable, "-c", SEND],
        capture_output=True,
        text=True,
        env=os.environ | nowhere,
        check=False,
    )
    *_, last = done.stderr.splitlines()
    assert last.startswith("tokentui.errors.TokentuiError: python")
    assert "exit 1: " in last
