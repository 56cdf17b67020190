"""All at once on one ledger: nobody hears that it is held, nothing is lost or doubled.

Agents write logs while a daemon, two dashboards, ten status lines, a guard and a report
read and write the ledger. A point is a second of that.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import random
import signal
import struct
import subprocess
import termios
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread

from tests.soak.agents import Agents
from tests.soak.crash import sound
from tests.soak.machine import PROGRAM, Machine, Popen

POINTS = 600
STATUS_LINES, DASHBOARDS = 10, 2
PATIENCE_SECONDS = 60
"""How long a program may take to end, on a machine that has much to do."""

CAPS = """
[caps.month]
amount = 1_000_000
per = "month"
hard = true
"""
HELD = (b"locked", b"busy", b"another tokentui holds")
"""What somebody would read who is told that the ledger is held by another."""


class Load:
    """Who works on a machine's ledger: what they did, and what went wrong."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.stopped = Event()
        self._lock = Lock()

    def repeat(self, what: str, act: Callable[[], None]) -> None:
        """Do something over and over until all stop."""
        while not self.stopped.is_set() and not self.wrong:
            try:
                act()
            except Exception as problem:  # noqa: BLE001 (a thread that ends is unheard)
                self.wrong.append(f"{what}: {problem!r}")
            with self._lock:
                self.done[what] += 1

    def hear(self, who: str, text: bytes) -> None:
        """Look at what was said."""
        held = [words for words in HELD if words in text]
        if held:
            self.wrong.append(f"{who} says {held[0].decode()}: {text[-400:]!r}")

    def ask(self, *words: str, given: object = None) -> None:
        """Run the program once."""
        told = b"" if given is None else json.dumps(given).encode()
        said = self.machine.run(*words, given=told)
        self.hear(words[0], (said.out + said.err).encode())

    def hook(self) -> dict[str, object]:
        """Make what an agent tells its hooks, of any of its sessions."""
        folder = self.machine.home / ".claude/projects"
        log = random.choice([*folder.rglob("*.jsonl"), folder / "-new/none.jsonl"])
        return {
            "session_id": log.stem,
            "transcript_path": str(log),
            "cwd": "/nowhere/acme",
            "hook_event_name": "PreToolUse",
            "model": {"id": "claude-opus-5-5", "display_name": "Opus"},
            "rate_limits": {
                "five_hour": {"used_percentage": 12, "resets_at": time.time() + 9_000}
            },
        }


def course(
    folder: Path, chance: random.Random, points: int, until: float
) -> Counter[str]:
    """Let them work for so many seconds; then all is there, once."""
    machine = Machine(folder, TERM="xterm-256color")
    machine.config.parent.mkdir(parents=True, exist_ok=True)
    machine.config.write_text(CAPS, "utf-8")
    agents = Agents(machine.home, chance)
    agents.grow(2_000)
    machine.run("refresh")
    load = Load(machine)
    with ExitStack() as ends:
        ends.enter_context(daemon(load))
        for _ in range(DASHBOARDS):
            ends.enter_context(dashboard(load))
        ends.enter_context(threads(load))
        while points and time.monotonic() < until and not load.wrong:
            points -= 1
            load.done["seconds"] += 1
            second = time.monotonic() + 1
            while time.monotonic() < second:
                agents.step()
                load.stopped.wait(0.05)
    agents.finish()
    load.ask("refresh")
    load.ask("doctor")  # which tells what guards have noted
    assert load.wrong == [], load.wrong
    sound(machine.ledger, agents.said)
    load.done["responses"] = len(agents.said)
    return load.done


@contextmanager
def threads(load: Load) -> Iterator[None]:
    """Run hooks and reports over and over."""
    deeds: list[tuple[str, Callable[[], None]]] = [
        ("status lines", lambda: load.ask("statusline", given=load.hook()))
    ] * STATUS_LINES
    guard = ("guard", "--agent", "claude-code")
    deeds.append(("guards", lambda: load.ask(*guard, given=load.hook())))
    deeds.append(("tables", lambda: load.ask("usage", "--by", "model", "--json")))
    running = [Thread(target=load.repeat, args=deed, daemon=True) for deed in deeds]
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        load.stopped.set()
        for thread in running:
            thread.join()


@contextmanager
def daemon(load: Load) -> Iterator[None]:
    """Run `watch`, and hear what it says until it is told to end."""
    process = load.machine.start("watch", "--json")
    said: list[bytes] = []
    streams = (process.stdout, process.stderr)
    hearing = [
        Thread(target=lambda each=each: said.extend(each or ()), daemon=True)
        for each in streams
    ]
    for thread in hearing:
        thread.start()
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        end(process)
        for thread, stream in zip(hearing, streams, strict=True):
            thread.join()
            if stream is not None:
                stream.close()
        load.hear("watch", b"".join(said))
        if process.returncode != 0:
            load.wrong.append(f"watch ended with {process.returncode}: {said[-3:]}")
        load.done["lines of watch"] += len(said)


@contextmanager
def dashboard(load: Load) -> Iterator[None]:
    """Run the dashboard in a terminal, and read its screen until it is left."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        PROGRAM,
        env=load.machine.environment,
        cwd=load.machine.folder,
        stdin=there,
        stdout=there,
        stderr=there,
        start_new_session=True,
    )
    os.close(there)
    written = bytearray()

    def read() -> None:
        with suppress(OSError):  # it is gone
            while more := os.read(here, 1 << 16):
                written.extend(more)

    reading = Thread(target=read, daemon=True)
    reading.start()
    try:
        yield
    finally:
        os.write(here, b"q")
        end(process)
        reading.join()
        os.close(here)
        load.hear("a dashboard", bytes(written))
        if process.returncode != 0 or b"By source" not in written:
            text = bytes(written[-400:])
            load.wrong.append(f"a dashboard ended with {process.returncode}: {text!r}")


def end(process: Popen) -> None:
    """Wait until a program that was told to end has ended."""
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
