"""Ctrl-Z, fg and bg on `tokentui run`, typed into a real shell on a real terminal."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="needs a Unix terminal")
BASH = shutil.which("bash") or ""
pytestmark = pytest.mark.skipif(
    not BASH or not Path("/proc/self/stat").exists(), reason="needs bash and /proc"
)

PATIENCE_SECONDS = 60.0
"""How long to wait before giving up; never how long a thing may take."""

AGENT = """
import os, signal, sys
print("agent", os.getpid(), "is up", flush=True)
try:
    with open("/dev/tty") as terminal:
        for line in terminal:
            print("agent heard", line.strip().upper(), flush=True)
            if line == "rest\\n":
                os.kill(os.getpid(), signal.SIGSTOP)
except KeyboardInterrupt:
    print("agent was interrupted", flush=True)
    sys.exit(7)
"""
"""It reads the terminal, in the background that stops it; at `rest` it stops itself."""

WORKER = """
import os, sys, time
print("agent", os.getpid(), "is up", flush=True)
while not os.path.exists("done"):
    time.sleep(0.02)
print("agent is done", flush=True)
"""
"""It reads nothing, and ends when there is a file `done`."""


class Terminal:
    """A terminal with a program in it, and all that was shown on it."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.shown = ""
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(PS1="ready> ", TERM="dumb")
            os.execv(words[0], words)

    def type(self, text: str) -> None:
        """Press keys; what was shown before is forgotten."""
        self.shown = ""
        os.write(self._terminal, text.encode())

    def wait_for(self, text: str) -> str:
        """Wait until a text is shown; give all that is."""
        return self.until(lambda: text in self.shown, f"shows {text}")

    def until(self, holds: Callable[[], bool], what: str) -> str:
        """Wait until something holds; give all that is shown."""
        os.set_blocking(self._terminal, False)
        until = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            with contextlib.suppress(BlockingIOError, OSError):
                self.shown += os.read(self._terminal, 65536).decode()
            assert time.monotonic() < until, f"never {what}:\n{self.shown}"
            time.sleep(0.01)
        return self.shown

    def asks(self, question: str, answer: str) -> None:
        """Type a command into the shell and wait for what it prints."""
        self.type(f"{question}\n")
        self.wait_for(answer)

    def close(self) -> None:
        """Hang up, and end what does not heed that."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.close(self._terminal)
        os.waitpid(self.pid, 0)


def state(pid: int) -> str:
    """Give the letter of a process's state: R, S, T where it is stopped, gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "gone"
    return stat.rpartition(")")[2].split()[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with two commands: `go` runs the agent, `work` the worker."""
    (tmp_path / "here").mkdir()
    for name, agent in (("go", AGENT), ("work", WORKER)):
        words = ["run", "--max", "5", "--", sys.executable, "-c", agent]
        command = shlex.join([sys.executable, "-m", "tokentui", *words])
        file = tmp_path / "here" / name
        file.write_text(f"#!/bin/sh\nexec {command}\n", encoding="utf-8")
        file.chmod(0o700)
    return tmp_path / "here"


@pytest.fixture
def open_terminal(folder: Path) -> Iterator[Callable[..., Terminal]]:
    """Open terminals that are closed after the test."""
    opened = []

    def open_terminal(*words: str) -> Terminal:
        opened.append(Terminal(folder, *words))
        return opened[-1]

    yield open_terminal
    for each in opened:
        each.close()


@pytest.fixture
def shell(open_terminal: Callable[..., Terminal]) -> Terminal:
    """Open a terminal with a shell."""
    terminal = open_terminal(BASH, "--norc", "--noprofile", "--noediting", "-i")
    terminal.wait_for("ready> ")
    return terminal


def agent_of(terminal: Terminal) -> int:
    """Wait for the agent; give its process."""
    shown = terminal.wait_for(" is up")
    return int(shown.rpartition(" is up")[0].split()[-1])


def test_stopped_and_continued(shell: Terminal) -> None:
    """Ctrl-Z gives the terminal to the shell, `fg` gives it to the agent again."""
    shell.type("./go\n")
    agent = agent_of(shell)
    shell.asks("one", "agent heard ONE")
    shell.type("\x1a")
    shell.wait_for("Stopped")
    shell.wait_for("ready> ")
    assert state(agent) == "T"
    shell.asks("echo $((6 * 7))", "42")
    shell.asks("jobs", "Stopped")
    for word in ("two", "three"):
        shell.type("fg\n")
        shell.wait_for("./go")
        shell.asks(word, f"agent heard {word.upper()}")
        shell.type("\x1a")
        shell.wait_for("Stopped")
    shell.asks("fg", "./go")
    shell.asks("rest", "Stopped")  # as agents do that take every key themselves
    shell.asks("fg", "./go")
    shell.type("\x03")
    shell.wait_for("agent was interrupted")
    shell.wait_for("ready> ")
    shell.asks("echo code $?", "code 7")
    assert state(agent) == "gone"


def test_continued_in_the_background(shell: Terminal, folder: Path) -> None:
    """After `bg` the agent works on and the shell keeps the terminal."""
    shell.type("./work\n")
    agent = agent_of(shell)
    shell.type("\x1a")
    shell.wait_for("Stopped")
    shell.asks("bg; echo $((6 * 7))", "42")
    shell.until(lambda: state(agent) != "T", "runs")
    shell.asks("echo $((7 * 9))", "63")
    shell.asks("touch done; wait %1; echo code $?", "code 0")
    assert "agent is done" in shell.shown
    shell.asks("echo $((7 * 8))", "56")


def test_background_agent_that_wants_the_terminal(shell: Terminal) -> None:
    """It waits, as the shell's own jobs do, until `fg` gives the terminal to it."""
    shell.type("./go &\n")
    agent = agent_of(shell)
    shell.until(lambda: state(agent) == "T", "is stopped")
    shell.asks("echo $((6 * 7))", "42")
    shell.asks("while jobs %1 | grep -q Running; do sleep 0.1; done; jobs", "Stopped")
    shell.asks("fg", "./go")
    shell.asks("one", "agent heard ONE")


def test_brought_to_the_foreground(shell: Terminal) -> None:
    """An agent that works in the background is given the terminal by `fg`."""
    shell.type("./work &\n")
    agent_of(shell)
    shell.asks("echo $((6 * 7))", "42")
    shell.asks("fg", "./work")
    shell.type("\x1a")
    shell.wait_for("Stopped")
    shell.asks("kill %1; wait %1; echo $((7 * 8))", "56")


def test_agent_behind_a_pipe(shell: Terminal, folder: Path) -> None:
    """Ctrl-Z stops it too where its input is no terminal, and `fg` continues it."""
    shell.type("echo hello | ./work | cat\n")
    agent = agent_of(shell)
    shell.type("\x1a")
    shell.wait_for("Stopped")
    assert state(agent) == "T"
    shell.type("fg\n")
    shell.until(lambda: state(agent) != "T", "runs")
    (folder / "done").touch()
    shell.wait_for("agent is done")
    shell.wait_for("ready> ")


def test_without_a_shell(open_terminal: Callable[..., Terminal], folder: Path) -> None:
    """Where no shell would continue it, as in a window of its own, it works on."""
    window = open_terminal(str(folder / "go"))
    agent_of(window)
    for word in ("one", "two"):
        window.asks(word, f"agent heard {word.upper()}")
        window.type("\x1a")
    window.asks("three", "agent heard THREE")
