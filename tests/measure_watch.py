"""Measure `tokentui watch`: how soon a line is in the ledger, and what idling costs.

`python -m tests.measure_watch [LEDGER]` starts the real program in a folder of its own,
on a copy of a ledger if one is given, appends single lines at random moments, leaves it
alone for a minute, then appends 100,000 at once. Linux only (/proc).
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

LINES, BURST, IDLE_SECONDS = 150, 100_000, 60


def line(name: str) -> bytes:
    """Write a response of now."""
    seconds = time.time() - builders.START.timestamp()
    return builders.claude_line(f"msg_{name}", seconds, request=name)


def opened(ledger: Path) -> closing[sqlite3.Connection]:
    """Open the ledger to read."""
    return closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True, timeout=60))


def last_row(ledger: Path) -> int:
    """Give the number of the last event that is kept."""
    with opened(ledger) as connection:
        return int(connection.execute("SELECT max(id) FROM event").fetchone()[0] or 0)


def count(ledger: Path, after: int) -> int:
    """Count the events that are kept behind a row, which is quick for a few."""
    ask = "SELECT count(*) FROM event WHERE id > ?"
    with opened(ledger) as connection:
        return int(connection.execute(ask, (after,)).fetchone()[0])


def wait_for(ledger: Path, row: int, begin: float) -> float:
    """Wait until there is a row; give the milliseconds since `begin`."""
    with opened(ledger) as connection:
        version = None
        while True:
            now = connection.execute("PRAGMA data_version").fetchone()
            if now != version:
                version = now
                if last_row(ledger) >= row:
                    return (time.monotonic() - begin) * 1000
            time.sleep(0.001)


def busy(process: int) -> float:
    """Give the seconds of a processor that all threads of a process have used."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return (
        sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9
    )


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
    run = [sys.executable, "-m", "tokentui"]
    # The rules of another config are applied once, which is not what is measured.
    subprocess.run([*run, "refresh"], stdout=subprocess.DEVNULL, check=True)
    row = last_row(ledger)
    process = subprocess.Popen(
        [*run, "watch", "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(3)  # until it watches
    chance = random.Random(1)
    waits = []
    for number in range(LINES):
        time.sleep(chance.uniform(0.05, 0.6))
        begin = time.monotonic()
        builders.append(log, line(f"one{number}"))
        row += 1
        waits.append(wait_for(ledger, row, begin))
    waits.sort()
    say(f"one line: median {waits[LINES // 2]:.0f} ms, ", end="")
    say(f"95th percentile {waits[LINES * 95 // 100]:.0f} ms, most {waits[-1]:.0f} ms")

    time.sleep(10)
    used, begin = busy(process.pid), time.monotonic()
    time.sleep(IDLE_SECONDS)
    share = (busy(process.pid) - used) / (time.monotonic() - begin)
    say(f"idle for {IDLE_SECONDS} s: {share:.2%} of a processor, ", end="")
    say(f"{memory(process.pid):.0f} MB")

    lines = [line(f"many{number}") for number in range(BURST)]
    begin = time.monotonic()
    builders.append(log, *lines)
    taken = wait_for(ledger, row + BURST, begin)
    say(f"burst of {BURST:,} lines: {taken / 1000:.1f} s, ", end="")
    say(f"{count(ledger, row):,} kept; ", end="")
    time.sleep(10)
    say(f"{memory(process.pid):.0f} MB ({memory(process.pid, 'VmHWM'):.0f} at most)")
    process.send_signal(signal.SIGTERM)
    process.wait()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        measure(Path(folder), Path(sys.argv[1]) if len(sys.argv) > 1 else None)
