"""The daemon as a process of its own calls nobody but the accounts' providers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from threading import Event

import builders
import pytest
from answers_openrouter import SECRET
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends by signals of POSIX")

EAR = """
import os, sys

CALLS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
         "socket.gethostbyname")

def hear(event, arguments):
    if event in CALLS:
        to = arguments[0 if event.startswith("socket.get") else 1]
        if event.startswith("socket.get") or isinstance(to, tuple):
            with open(os.environ["HEARD"], "a") as file:
                file.write(f"{event} {to}\\n")

sys.addaudithook(hear)
"""
"""What Python runs first, and what no code takes off again."""

PATIENCE = 60


@cache
def alone() -> list[str]:
    """Give words that run a program on a machine without any network, if possible."""
    words = ["unshare", "--map-root-user", "--net"]
    if shutil.which(words[0]) is None:
        return []
    can = subprocess.run([*words, "true"], capture_output=True, check=False)
    return words if can.returncode == 0 else []


class Daemon:
    """A daemon with an ear at its sockets."""

    def __init__(self, folder: Path, words: list[str]) -> None:
        self._heard = folder / "heard"
        (folder / "ear").mkdir()
        (folder / "ear/sitecustomize.py").write_text(EAR)
        variables = {"PYTHONPATH": str(folder / "ear"), "HEARD": str(self._heard)}
        self.process = subprocess.Popen(
            [*words, sys.executable, "-m", "tokentui", "watch", "--json"],
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        """Wait for what it prints next."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self) -> str:
        """End it; give what it said on stderr."""
        self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=PATIENCE)
        return said

    def heard(self) -> set[str]:
        """List the calls that it made."""
        if not self._heard.exists():
            return set()
        return set(self._heard.read_text().splitlines())


@pytest.fixture
def watch(tmp_path: Path, home: Path) -> Iterator[Callable[..., Daemon]]:
    """Start a daemon on a log."""
    builders.write(builders.transcript(home), builders.claude_line())
    started: list[Daemon] = []

    def start(words: list[str]) -> Daemon:
        started.append(Daemon(tmp_path, words))
        return started[-1]

    yield start
    for daemon in started:
        daemon.process.kill()
        daemon.process.communicate()


def test_without_accounts(watch: Callable[..., Daemon], home: Path) -> None:
    """Nobody is called, and where there is no network nothing is missed."""
    daemon = watch(alone())
    assert '"events_new": 1' in daemon.line()
    more = builders.claude_line("msg_02", 5, request="b")
    builders.append(builders.transcript(home), more)
    assert '"events_new": 1' in daemon.line()
    assert (daemon.end(), daemon.heard()) == ("", set())


def test_with_an_account(
    watch: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its provider is called and nobody else, also if it sends its callers away."""
    asked = Event()

    def away(request: Request) -> Response:
        asked.set()
        return Response("", 307, {"Location": "http://127.0.0.2:9/take"})

    with HTTPServer(host="127.0.0.1") as provider:
        provider.expect_request("/api/v1/key").respond_with_handler(away)
        builders.write(
            Path(os.environ["TOKENTUI_CONFIG"]),
            f"""
[accounts.router]
kind = "openrouter"
base_url = "http://127.0.0.1:{provider.port}"
""".encode(),
        )
        monkeypatch.setenv("TOKENTUI_KEY_ROUTER", SECRET)
        daemon = watch([])
        assert daemon.line()
        assert asked.wait(PATIENCE)
        assert daemon.process.stderr is not None
        assert "sends elsewhere (307)" in daemon.process.stderr.readline()
        daemon.end()
    assert daemon.heard() == {
        "socket.getaddrinfo 127.0.0.1",
        f"socket.connect ('127.0.0.1', {provider.port})",
    }
