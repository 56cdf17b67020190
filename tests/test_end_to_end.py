"""The real program in a real terminal: what a person sees while an agent works."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import builders

pty = pytest.importorskip("pty", reason="needs a Unix terminal")
pyte = pytest.importorskip("pyte")

COLUMNS, LINES = 80, 24
PATIENCE_SECONDS = 60.0
"""How long to wait before giving up; never how long a thing may take."""


class Terminal:
    """A terminal with a program in it."""

    def __init__(self, words: list[str]) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.environ.update(TERM="xterm-256color", COLUMNS="80", LINES="24")
            os.execv(sys.executable, [sys.executable, "-m", "tokentui", *words])
        import fcntl
        import struct
        import termios

        size = struct.pack("HHHH", LINES, COLUMNS, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)
        os.set_blocking(self._terminal, False)

    def read(self) -> str:
        """Take what the program has written; give the screen as text."""
        try:
            while data := os.read(self._terminal, 65536):
                self._stream.feed(data)
        except (BlockingIOError, OSError):
            pass
        return "\n".join(self.screen.display)

    def wait_for(self, shows: Callable[[str], bool]) -> str:
        """Wait until the screen shows something."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            text = self.read()
            if shows(text):
                return text
            time.sleep(0.05)
        raise AssertionError(f"never seen; the screen shows\n{self.read()}")

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._terminal, keys.encode())

    def end(self) -> int:
        """Wait for the program to end; give its exit code."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            self.read()
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                os.close(self._terminal)
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        os.kill(self._pid, 9)
        raise AssertionError("it does not end")


@pytest.fixture
def terminal(home: Path) -> Iterator[Callable[..., Terminal]]:
    """Start the program in a terminal, ended after the test if need be."""
    started: list[Terminal] = []

    def start(*words: str) -> Terminal:
        started.append(Terminal(list(words)))
        return started[-1]

    yield start
    for each in started:
        try:
            each.press("q")
            each.end()
        except (OSError, ChildProcessError, AssertionError):
            continue


def now_line(number: int) -> bytes:
    """Write a response of now: 250,000 tokens of input on Opus 5.5 are one dollar."""
    seconds = int(time.time()) - builders.START_MS // 1000
    return builders.claude_line(
        f"msg_01AAAAAAAAAAAAAAAAAAA{number:03}",
        seconds,
        input=250_000,
        read=0,
        output=0,
        request=f"r{number}",
    )


def test_number_moves(home: Path, terminal: Callable[..., Terminal]) -> None:
    """The dashboard shows what is spent today and moves when an agent works."""
    transcript = builders.transcript(home)
    builders.write(transcript, now_line(1), now_line(2))
    program = terminal()
    program.wait_for(lambda text: "$2.00" in text)
    builders.append(transcript, now_line(3))
    program.wait_for(lambda text: "$3.00" in text)
    program.press("q")
    assert program.end() == 0


def test_empty_machine(home: Path, terminal: Callable[..., Terminal]) -> None:
    """A machine without logs gets help: where was looked, and the demo."""
    program = terminal()
    text = program.wait_for(lambda text: "tokentui demo" in text)
    assert "CLAUDE_CONFIG_DIR" in text
    program.press("q")
    assert program.end() == 0


def test_demo(home: Path, ledger: Path, terminal: Callable[..., Terminal]) -> None:
    """The demo shows money at work and leaves nothing behind."""
    program = terminal("demo")
    program.wait_for(lambda text: "demo data" in text and "$" in text)
    program.press("q")
    assert program.end() == 0
    assert not ledger.exists()
