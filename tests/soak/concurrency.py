"""All at once on one ledger: nobody hears of a lock, nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from tests import builders
from tests.soak.agents import Agents, faults, kept
from tests.soak.machine import PROGRAM, Machine

POINTS = 10_000
"""Runs of the program beside those that stay, about ten minutes of them."""

STATUS_LINES = 10
PATIENCE = 120.0
"""Seconds until something is given up that should end or come."""

COLUMNS, LINES = 120, 40
KEYS = ("1", "2", "3", "4", "5", "6", "[", "]", "m", "p", "o", "s", "\x1b")
CONFIG = """
[caps.month]
amount = 1_000_000
per = "month"
hard = true

[caps.day]
amount = 1_000_000
per = "day"
each = "source"

[guard.run]
usd = 1_000_000
tool_calls = 1_000_000
"""


class Dashboard:
    """The dashboard in a terminal, with somebody at its keys."""

    def __init__(self, machine: Machine) -> None:
        import fcntl
        import termios

        self._terminal, inside = os.openpty()
        size = struct.pack("HHHH", LINES, COLUMNS, 0, 0)
        fcntl.ioctl(inside, termios.TIOCSWINSZ, size)
        self.process = subprocess.Popen(
            PROGRAM,
            env={**machine.environment, "TERM": "xterm-256color"},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        self.shown = b""
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            while text := os.read(self._terminal, 1 << 16):
                self.shown += text
        except OSError:  # it has ended
            return

    def press(self, key: str) -> None:
        """Press a key."""
        assert self.process.poll() is None, self.shown[-3_000:]
        os.write(self._terminal, key.encode())

    def end(self) -> None:
        """Leave, and see that all went well."""
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < until:
            for key in ("\x1b", "q"):
                os.write(self._terminal, key.encode())
                time.sleep(0.3)
        self._reader.join(PATIENCE)
        os.close(self._terminal)
        assert self.process.poll() == 0, self.shown[-3_000:]
        for word in (b"locked", b"Traceback", b"Error"):
            assert word not in self.shown, self.shown[-3_000:]


class Crowd:
    """Those who use one ledger at once; `done` counts what they did."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.machine = Machine(folder)
        self.chance = chance
        builders.write(self.machine.config, CONFIG.encode())
        begin_ms = time.time_ns() // 1_000_000 - 8 * 3_600_000
        home = self.machine.home
        self.agents = Agents(home, chance, begin_ms=begin_ms, pace_ms=60)
        self.agents.grow(100)
        self.machine.run("refresh")
        self.done: Counter[str] = Counter()
        self.stop = Event()
        self.wrong: list[BaseException] = []
        self._told = 0

    def runs(self) -> int:
        """Count the runs of the program so far."""
        return self.done.total() - self.done["response written"]

    def loop(self, name: str, deed: Callable[[], None], pause: float) -> Thread:
        """Do something again and again until all stop, or something is wrong."""

        def go() -> None:
            try:
                while not self.stop.is_set():
                    deed()
                    self.done[name] += 1
                    self.stop.wait(pause)
            except BaseException as problem:  # noqa: BLE001 (told by the main thread)
                self.wrong.append(problem)
                self.stop.set()

        thread = Thread(target=go, name=name)
        thread.start()
        return thread

    def write(self) -> None:
        """Let the agents do one thing."""
        before = len(self.agents.said)
        self.agents.step()
        self.done["response written"] += len(self.agents.said) - before - 1

    def draw_line(self) -> None:
        """Draw a status line, which tells what the session has cost by now."""
        self._told += 1
        line = self.run(
            "statusline", given=self.hook(cost={"total_cost_usd": self._told})
        )
        assert "today" in line, line

    def ask_guard(self) -> None:
        """Ask the guard before a tool; it has nothing to say."""
        assert self.run("guard", given=self.hook(hook_event_name="PreToolUse")) == ""

    def ask(self) -> None:
        """Run a verb that reads what is new first."""
        verbs = (("usage", "--json"), ("status", "--json"), ("refresh", "--json"))
        json.loads(self.run(*self.chance.choice(verbs)))

    def run(self, *words: str, given: bytes = b"") -> str:
        """Run the program, and see that it complains of nothing."""
        said = self.machine.run(*words, given=given)
        assert said.err == "", said
        assert "locked" not in said.out, said
        return said.out

    def hook(self, **given: object) -> bytes:
        """Write what an agent sends of one of the sessions."""
        logs = list(self.machine.home.glob(".claude/projects/*/*.jsonl"))
        log = self.chance.choice(logs) if logs else self.machine.home / "none.jsonl"
        about = {"session_id": log.stem, "transcript_path": str(log)}
        return json.dumps(about | {"cwd": "/nowhere/acme"} | given).encode()

    def see_logs_are_quiet(self) -> None:
        """See that nothing was noted where only `doctor` looks."""
        for name in ("guard/faults.log", "tokentui.log"):
            file = self.machine.state / name
            text = file.read_text() if file.exists() else ""
            assert "locked" not in text and "Error" not in text, text


def course(
    folder: Path, chance: random.Random, points: int, until: float
) -> Counter[str]:
    """Use one ledger from all sides at once, for so long or so many runs."""
    crowd = Crowd(folder, chance)
    watch = crowd.machine.start("watch", "--json")
    dashboards = [Dashboard(crowd.machine) for _ in range(2)]
    drain = Thread(target=watch.stdout.read if watch.stdout else None)
    drain.start()

    def press() -> None:
        chance.choice(dashboards).press(chance.choice(KEYS))

    loops = [
        crowd.loop("response written", crowd.write, 0.02),
        crowd.loop("key pressed", press, 0.3),
        crowd.loop("guard asked", crowd.ask_guard, 0.05),
        crowd.loop("verb run", crowd.ask, 0.1),
    ]
    loops += [
        crowd.loop("status line drawn", crowd.draw_line, 0.05)
        for _ in range(STATUS_LINES)
    ]
    try:
        while not crowd.stop.wait(0.2):
            if crowd.runs() >= points or time.monotonic() > until:
                crowd.stop.set()
        for loop in loops:
            loop.join(PATIENCE)
        if crowd.wrong:
            raise crowd.wrong[0]
        crowd.agents.finish()
        wait_until(lambda: kept(crowd.machine.ledger) == crowd.agents.said)
        watch.send_signal(signal.SIGTERM)
        errors = watch.stderr.read() if watch.stderr else b""
        assert (watch.wait(PATIENCE), errors) == (0, b"")
        for each in dashboards:
            each.end()
    finally:
        crowd.stop.set()
        for process in (watch, *(each.process for each in dashboards)):
            if process.poll() is None:
                process.kill()
    drain.join()
    found = faults(crowd.machine.ledger, crowd.agents.said)
    assert found == [], found
    crowd.see_logs_are_quiet()
    return crowd.done


def wait_until(claim: Callable[[], bool]) -> None:
    """Wait until something is so; the course's own end then says why it is not."""
    until = time.monotonic() + PATIENCE
    while not claim() and time.monotonic() < until:
        time.sleep(0.2)
