"""A real keyring: GNOME's, on a message bus of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from answers_openrouter import SECRET, healthy
from asking import Answer
from providing import Provider

PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon")
pytestmark = pytest.mark.skipif(
    any(shutil.which(program) is None for program in PROGRAMS),
    reason=f"needs {' and '.join(PROGRAMS)}",
)

SHELL = """
printf planted-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
echo ready
while read -r line; do eval "$line"; echo "done $?"; done
"""
"""Runs what it is told, line by line, on the bus on which the keyring is unlocked."""


class Bus:
    """A session with a keyring, in which every verb is a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = os.environ | {"XDG_RUNTIME_DIR": str(folder)}
        environment.pop("PYTHON_KEYRING_BACKEND")
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self.process = subprocess.Popen(
            ["dbus-run-session", "--", "bash", "-c", SHELL],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self, *words: str, key: str = "") -> Answer:
        """Run a verb with a key on its stdin."""
        return self.run([sys.executable, "-m", "tokentui", *words], key)

    def run(self, words: list[str], key: str = "") -> Answer:
        """Run a program; what it reads and says goes through files."""
        files = [self.folder / name for name in ("in", "out", "err")]
        files[0].write_text(f"{key}\n")
        where = " ".join(
            f"{sign}'{file}'"
            for sign, file in zip(("<", ">", "2>"), files, strict=True)
        )
        assert self.process.stdin is not None
        command = " ".join(f"'{word}'" for word in words)
        self.process.stdin.write(f"{command} {where}\n")
        self.process.stdin.flush()
        code = int(self._line().removeprefix("done "))
        return Answer(code, *(file.read_text() for file in files[1:]))

    def kept(self) -> str:
        """Ask a fresh process what the keyring holds for the account."""
        code = (
            "import keyring;"
            'print(keyring.get_password("tokentui", "router (openrouter)"))'
        )
        return self.run([sys.executable, "-c", code]).out.strip()

    def end(self) -> None:
        """End the session, and the keyring with it."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    """Start a session with an unlocked keyring."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    session = Bus(folder)
    yield session
    session.end()


def test_key_in_the_keyring(bus: Bus, provider: Provider) -> None:
    """Added it is in the keyring, then it is used, and removed it is gone."""
    healthy(provider)
    given = ("--kind", "openrouter", "--base-url", provider.base, "--no-test")
    answer = bus.ask("accounts", "add", "router", *given, key=SECRET)
    assert (answer.code, answer.out) == (0, "account router: kept\n")
    assert SECRET not in answer.err
    assert bus.kept() == SECRET
    answer = bus.ask("accounts", "test", "router")
    assert (answer.code, answer.lines[0]) == (0, "account router: ok")
    assert {each.headers["Authorization"] for each in provider.calls} == {
        f"Bearer {SECRET}"
    }
    facts = json.loads(bus.ask("doctor", "--json").out)["accounts"]
    assert facts[0]["key"] == "keyring"
    answer = bus.ask("accounts", "remove", "router")
    assert answer.out == "account router: removed, with its key\n"
    assert bus.kept() == "None"


def test_variable_wins(
    bus: Bus, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable takes the place of what the keyring holds."""
    given = ("--kind", "openrouter", "--base-url", provider.base, "--no-test")
    bus.ask("accounts", "add", "router", *given, key=SECRET)
    other = "sk-or-of-the-variable"
    words = [sys.executable, "-m", "tokentui", "accounts", "test", "router"]
    bus.run(["env", f"TOKENTUI_KEY_ROUTER={other}", *words])
    assert {each.headers["Authorization"] for each in provider.calls} == {
        f"Bearer {other}"
    }
