"""What each system is given to start the daemon by, read as that system reads it."""

from __future__ import annotations

import configparser
import plistlib
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tokentui.service import Service, service

WORDS = ["/opt/my venv/bin/python", "-m", "tokentui", "watch"]
ENVIRONMENT = {
    "TOKENTUI_LEDGER": '/data/100% "mine"/ledger.db',
    "CODEX_HOME": "",
    "TOKENTUI_KEY_ROUTER": "sk-secret",
    "PATH": "/bin",
}


def made(platform: str) -> Service:
    """Make the service of a platform."""
    home = Path("/home/me")
    return service(platform, home, home / ".config", WORDS, ENVIRONMENT, 501)


def test_systemd() -> None:
    """A user unit: what runs, where things are, no key, started again if it fails."""
    unit = made("linux")
    assert unit.file == Path("/home/me/.config/systemd/user/tokentui-watch.service")
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit.text)
    settings = dict(parser["Service"])
    assert shlex.split(settings["ExecStart"]) == WORDS
    (setting,) = shlex.split(settings["Environment"])
    assert setting.replace("%%", "%") == ('TOKENTUI_LEDGER=/data/100% "mine"/ledger.db')
    assert settings["Restart"] == "on-failure"
    assert parser["Install"]["WantedBy"] == "default.target"
    assert "sk-secret" not in unit.text
    assert unit.start[-1] == (
        "systemctl",
        "--user",
        "enable",
        "--now",
        "tokentui-watch.service",
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_takes_it(tmp_path: Path) -> None:
    """systemd's own reader finds nothing wrong with it."""
    file = tmp_path / "tokentui-watch.service"
    file.write_text(made("linux").text.replace(WORDS[0], "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "tokentui-watch" not in done.stderr


def test_launchd() -> None:
    """An agent: the same, as a property list."""
    agent = made("darwin")
    assert agent.file == Path(
        "/home/me/Library/LaunchAgents/io.github.tokentui.watch.plist"
    )
    listed = plistlib.loads(agent.text.encode())
    assert listed["ProgramArguments"] == WORDS
    assert listed["EnvironmentVariables"] == {
        "TOKENTUI_LEDGER": '/data/100% "mine"/ledger.db'
    }
    assert listed["RunAtLoad"] is True
    assert listed["KeepAlive"] == {"SuccessfulExit": False}
    assert agent.start == (("launchctl", "bootstrap", "gui/501", str(agent.file)),)
    assert agent.stop == (("launchctl", "bootout", f"gui/501/{listed['Label']}"),)


def test_windows() -> None:
    """A scheduled task at log-on: no file, commands that make and remove it."""
    task = made("win32")
    assert task.file is None
    assert '"/opt/my venv/bin/python" -m tokentui watch' in task.start[0]
    assert task.start[0][:4] == ("schtasks", "/create", "/tn", "tokentui-watch")
    assert task.stop[-1] == ("schtasks", "/delete", "/tn", "tokentui-watch", "/f")
