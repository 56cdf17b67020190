"""How each system starts the daemon when the user logs in. Pure: texts and commands."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape  # nosec B406 # writes XML, reads none

NAME = "tokentui-watch"
LABEL = "io.github.tokentui.watch"

PASSED_ON = (
    "TOKENTUI_LEDGER",
    "TOKENTUI_CONFIG",
    "TOKENTUI_STATE",
    "CLAUDE_CONFIG_DIR",
    "CODEX_HOME",
    "CURSOR_USER_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
)
"""Variables that say where things are; none that holds a key."""


class Service(NamedTuple):
    """A file that the system starts the daemon by, and what makes it do so or stop.

    Without a file (Windows) the commands alone do it."""

    file: Path | None
    text: str
    start: tuple[tuple[str, ...], ...]
    stop: tuple[tuple[str, ...], ...]


def service(
    platform: str,
    home: Path,
    config_home: Path,
    words: Sequence[str],
    environment: Mapping[str, str],
    user: int,
) -> Service:
    """Make the service of a platform that runs `words`; `user` is the user's number."""
    passed = {name: environment[name] for name in PASSED_ON if environment.get(name)}
    if platform == "win32":
        return on_windows(words)
    if platform == "darwin":
        return on_macos(home, words, passed, user)
    return on_linux(config_home, words, passed)


def on_linux(
    config_home: Path, words: Sequence[str], passed: Mapping[str, str]
) -> Service:
    """Make a user unit of systemd."""
    settings = "".join(
        f"Environment={quoted(f'{name}={value}')}\n" for name, value in passed.items()
    )
    text = f"""\
[Unit]
Description=tokentui: follow the logs of coding agents, raise alerts

[Service]
ExecStart={" ".join(map(quoted, words))}
ExecReload=/bin/kill -HUP $MAINPID
{settings}Restart=on-failure
RestartSec=10
Nice=10

[Install]
WantedBy=default.target
"""
    unit = f"{NAME}.service"
    control = ("systemctl", "--user")
    return Service(
        config_home / "systemd/user" / unit,
        text,
        ((*control, "daemon-reload"), (*control, "enable", "--now", unit)),
        ((*control, "disable", "--now", unit),),
    )


def quoted(word: str) -> str:
    """Quote a word as systemd reads it (systemd.syntax(7), systemd.service(5))."""
    text = word.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("%", "%%").replace("$", "$$") + '"'


def on_macos(
    home: Path, words: Sequence[str], passed: Mapping[str, str], user: int
) -> Service:
    """Make an agent of launchd."""
    arguments = "".join(f"    <string>{escape(word)}</string>\n" for word in words)
    settings = "".join(
        f"    <key>{name}</key><string>{escape(value)}</string>\n"
        for name, value in passed.items()
    )
    text = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"
  "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>{LABEL}</string>
  <key>ProgramArguments</key>
  <array>
{arguments}  </array>
  <key>EnvironmentVariables</key>
  <dict>
{settings}  </dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key><false/>
  </dict>
  <key>ProcessType</key><string>Background</string>
</dict>
</plist>
"""
    file = home / "Library/LaunchAgents" / f"{LABEL}.plist"
    return Service(
        file,
        text,
        (("launchctl", "bootstrap", f"gui/{user}", str(file)),),
        (("launchctl", "bootout", f"gui/{user}/{LABEL}"),),
    )


def on_windows(words: Sequence[str]) -> Service:
    """Make a scheduled task that begins when the user logs on."""
    run = subprocess.list2cmdline(words)
    task = ("schtasks", "/create", "/tn", NAME, "/sc", "onlogon", "/tr", run, "/f")
    return Service(
        None,
        "",
        (task, ("schtasks", "/run", "/tn", NAME)),
        (("schtasks", "/end", "/tn", NAME), ("schtasks", "/delete", "/tn", NAME, "/f")),
    )


def command_line(words: Sequence[str]) -> str:
    """Show a command as one would type it."""
    return shlex.join(words)
