"""The daemon as it is, killed at random moments: every response is kept exactly once.

`TOKENTUI_KILLS=50 pytest -n 0 tests/test_watch_killed.py` kills it fifty times.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import builders
import pytest

from tokentui.errors import TokentuiError
from tokentui.ledger.connection import open_for_reading

KILLS = int(os.environ.get("TOKENTUI_KILLS", "5"))
SEED = int(os.environ.get("TOKENTUI_SEED", "20261122"))
PATIENCE = 120
"""Seconds until a test gives up; hardly any is ever waited."""


class Client:
    """Writes logs as Claude Code does, and worse: in pieces, moved, rewritten, gone.

    `said` is what it said in whole: model, which names a response, and output tokens.
    """

    def __init__(self, home: Path, ledger: Path, chance: random.Random) -> None:
        self._home = home
        self._ledger = ledger
        self._chance = chance
        self._files: dict[Path, dict[str, int]] = {}
        self._rests: dict[Path, list[tuple[str, int, bytes]]] = {}
        self.said: dict[str, int] = {}

    def step(self) -> None:
        """Do one thing to one file."""
        files = list(self._files)
        deeds = [self._write] * 8 + [self._move, self._rewrite, self._delete]
        deed = self._chance.choice(deeds)
        if not files or (deed == self._write and self._chance.random() < 0.1):
            number = len(self.said)
            file = builders.transcript(self._home, f"s{number}", f"-p{number % 7}")
            self._files.setdefault(file, {})
            files = [file]
        deed(self._chance.choice(files))

    def finish(self) -> None:
        """Write what is left of lines that were begun."""
        for file in list(self._rests):
            self._write_rest(file)

    def _write(self, file: Path) -> None:
        """Append some responses, the last one maybe in part for now."""
        self._write_rest(file)
        lines = [self._response() for _ in range(self._chance.randint(1, 40))]
        text = b"".join(line for _, _, line in lines[:-1])
        name, output, last = lines[-1]
        cut = self._chance.randrange(len(last) + 1)
        builders.append(file, text + last[:cut])
        for each in lines[:-1]:
            self._count(file, *each[:2])
        if cut == len(last):
            self._count(file, name, output)
        else:
            self._rests[file] = [(name, output, last[cut:])]

    def _response(self) -> tuple[str, int, bytes]:
        name = f"m{self._chance.getrandbits(60):x}"
        output = self._chance.randint(1, 9_999)
        at = self._chance.randint(0, 50_000)
        made = {"model": name, "request": name, "output": output}
        return name, output, builders.claude_line(f"msg_{name}", at, **made)

    def _count(self, file: Path, name: str, output: int) -> None:
        self._files[file][name] = self.said[name] = output

    def _write_rest(self, file: Path) -> None:
        for name, output, rest in self._rests.pop(file, []):
            builders.append(file, rest)
            self._count(file, name, output)

    def _move(self, file: Path) -> None:
        """Give the file another name, as one that is rotated or archived."""
        self._write_rest(file)
        if file.exists():
            other = file.with_name(f"moved-{self._chance.getrandbits(40):x}.jsonl")
            file.rename(other)
            self._files[other] = self._files.pop(file)

    def _rewrite(self, file: Path) -> None:
        """Write the file anew, with all that it had, in another order."""
        self._write_rest(file)
        if file.exists():
            lines = file.read_bytes().splitlines(keepends=True)
            self._chance.shuffle(lines)
            fresh = builders.write(file.with_suffix(".tmp"), *lines)
            fresh.replace(file)

    def _delete(self, file: Path) -> None:
        """Delete a file that was read: what nobody could read is nobody's fault."""
        names = self._files[file].keys()
        if file not in self._rests and names <= kept(self._ledger).keys():
            file.unlink(missing_ok=True)
            del self._files[file]


def kept(ledger: Path) -> dict[str, int]:
    """Give what the ledger holds: output tokens by the model that names a response."""
    try:
        with closing(open_for_reading(ledger)) as connection:
            rows = connection.execute(
                "SELECT model, count(*), sum(output) FROM event e"
                " JOIN series s ON s.id = e.series GROUP BY model"
            ).fetchall()
    except (TokentuiError, sqlite3.Error):  # it is being made
        return {}
    assert [row for row in rows if row[1] != 1] == []
    return {model: output for model, _, output in rows}


def start() -> subprocess.Popen[bytes]:
    """Start the daemon as it is."""
    return subprocess.Popen(
        [sys.executable, "-m", "tokentui", "watch", "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_killed(home: Path, ledger: Path) -> None:
    """However often it is killed, all that was said is kept once; sums are right."""
    # Each response has a model of its own, and none of these a price.
    config = Path(os.environ["TOKENTUI_CONFIG"])
    builders.write(config, b"[alerts]\nunpriced = false\n")
    chance = random.Random(SEED)
    client = Client(home, ledger, chance)
    process = start()
    try:
        for _ in range(KILLS):
            until = time.monotonic() + chance.uniform(0.05, 1.5)
            while time.monotonic() < until:
                client.step()
                time.sleep(chance.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            for _ in range(chance.randint(0, 5)):
                client.step()  # while nobody watches
            process = start()
        client.finish()
        giving_up = time.monotonic() + PATIENCE
        while kept(ledger) != client.said and time.monotonic() < giving_up:
            time.sleep(0.1)
        assert kept(ledger) == client.said
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=PATIENCE)[1]
        assert (process.returncode, errors) == (0, b"")
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    assert builders.rollup_faults(ledger) == []
    assert len(client.said) > 20 * KILLS
