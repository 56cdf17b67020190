"""Measure `tokentui watch`: how soon a line is in the ledger, and what idling costs.

`python -m tests.measure_watch [LEDGER]` starts the real program in a folder of its own,
on a copy of a ledger if one is given, appends single lines at random moments, then a
burst of 100,000, then leaves it alone. Linux only (/proc).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))
import builders
import conftest

LINES, BURST, IDLE_SECONDS = 150, 100_000, 40


def line(name: str) -> bytes:
    """Write a response of now."""
    seconds = time.time() - builders.START.timestamp()
    return builders.claude_line(f"msg_{name}", seconds, request=name)


def count(ledger: Path) -> int:
    """Count the responses that are kept."""
    with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM event").fetchone()[0])


def wait_for(ledger: Path, expected: int, begin: float) -> float:
    """Wait until so many are kept; give the milliseconds since `begin`."""
    uri = f"{ledger.as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        version = None
        while True:
            now = connection.execute("PRAGMA data_version").fetchone()
            if now != version:
                version = now
                if count(ledger) >= expected:
                    return (time.monotonic() - begin) * 1000
            time.sleep(0.001)


def ticks(process: int) -> int:
    """Give the clock ticks of a processor that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def memory(process: int, key: str = "VmRSS") -> float:
    """Give the megabytes that a process holds."""
    for row in Path(f"/proc/{process}/status").read_text().splitlines():
        if row.startswith(f"{key}:"):
            return int(row.split()[1]) / 1024
    raise ValueError(key)


def say(text: str, end: str = "\n") -> None:
    """Print at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def measure(folder: Path, given: Path | None) -> None:
    """Measure and print."""
    for variable, place in conftest.FOLDERS.items():
        os.environ[variable] = str(folder / place)
    ledger, home = folder / "data/ledger.db", folder / "home"
    log = builders.transcript(home)
    builders.write(log, line("first"))
    if given is not None:
        ledger.parent.mkdir(parents=True)
        shutil.copy(given, ledger)
    builders.write(
        folder / "config/config.toml", b'[caps.m]\namount = 9\nper="month"\n'
    )
    before = count(ledger) if given is not None else 0
    process = subprocess.Popen(
        [sys.executable, "-m", "tokentui", "watch", "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    expected = before + 1
    while not ledger.exists():
        time.sleep(0.1)
    time.sleep(1)  # until it has its tables
    wait_for(ledger, expected, time.monotonic())
    chance = random.Random(1)
    waits = []
    for number in range(LINES):
        time.sleep(chance.uniform(0.05, 0.6))
        begin = time.monotonic()
        builders.append(log, line(f"one{number}"))
        expected += 1
        waits.append(wait_for(ledger, expected, begin))
    waits.sort()
    say(f"one line: median {waits[LINES // 2]:.0f} ms, ", end="")
    say(f"95th percentile {waits[LINES * 95 // 100]:.0f} ms, most {waits[-1]:.0f} ms")

    lines = [line(f"many{number}") for number in range(BURST)]
    begin = time.monotonic()
    builders.append(log, *lines)
    taken = wait_for(ledger, expected + BURST, begin)
    kept = count(ledger)
    say(f"burst of {BURST:,} lines: {taken / 1000:.1f} s, {kept - expected:,} kept")

    time.sleep(10)
    used, begin = ticks(process.pid), time.monotonic()
    time.sleep(IDLE_SECONDS)
    share = (ticks(process.pid) - used) / os.sysconf("SC_CLK_TCK")
    share /= time.monotonic() - begin
    say(f"idle for {IDLE_SECONDS} s: {share:.2%} of a processor, ", end="")
    say(f"{memory(process.pid):.0f} MB ({memory(process.pid, 'VmHWM'):.0f} at most)")
    process.send_signal(signal.SIGTERM)
    process.wait()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        measure(Path(folder), Path(sys.argv[1]) if len(sys.argv) > 1 else None)
