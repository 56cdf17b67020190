"""Measure reading and asking: `python -m tests.bench`, with `--help` for its wishes.

Makes a tree of logs and a ledger of many events, once, and runs the program on them as
a person does: whole processes, in turn, medians. `--ccusage` names the native binary of
ccusage, to run in turn with ours on the same tree.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests import big, builders
from tokentui.queries.usage import KEYS

TOKENTUI = (sys.executable, "-m", "tokentui")
MORE_FILES = 2_000


class Run(NamedTuple):
    """How long a process took, in seconds, and the most memory it held, in bytes."""

    seconds: float
    memory: int


class Place:
    """A home with logs, and a ledger of it."""

    def __init__(self, home: Path, state: Path) -> None:
        self.home, self.state = home, state
        self.ledger = state / "ledger.db"

    def run(self, *command: str) -> Run:
        """Run a command until it ends."""
        names = {
            "HOME": str(self.home),
            "CLAUDE_CONFIG_DIR": str(self.home / ".claude"),
            "CODEX_HOME": str(self.home / ".codex"),
            "TOKENTUI_LEDGER": str(self.ledger),
            "TOKENTUI_STATE": str(self.state),
            "TOKENTUI_CONFIG": str(self.state / "config.toml"),
            "TZ": "UTC",
        }
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "PYTHONPATH")}
        since = time.perf_counter()
        process = subprocess.Popen(command, env=kept | names, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 3):
            sys.exit(f"{' '.join(command)}: exit {process.returncode}")
        scale = 1 if sys.platform == "darwin" else 1024
        return Run(time.perf_counter() - since, used.ru_maxrss * scale)

    def empty(self) -> None:
        """Take the ledger away."""
        shutil.rmtree(self.state, ignore_errors=True)
        self.state.mkdir(parents=True)


def main() -> None:
    """Measure all of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mb", type=int, default=200, help="of the tree")
    options.add_argument("--events", type=int, default=1_000_000, help="of the ledger")
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--ccusage", help="its native binary")
    options.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "tokentui-bench"
    )
    wishes = options.parse_args()
    tell(machine())
    reading(wishes.work, wishes.mb, wishes.runs, wishes.ccusage)
    asking(wishes.work, wishes.events, wishes.runs)


def machine() -> str:
    """Name what it runs on."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()},"
        f" Python {platform.python_version()} of {sys.base_prefix}"
    )


def reading(work: Path, megabytes: int, runs: int, ccusage: str | None) -> None:
    """Read a tree first, again, with one line more, and beside more files."""
    place = Place(work / f"tree-{megabytes}", work / "state")
    shutil.rmtree(place.home, ignore_errors=True)
    truth = big.tree(place.home, megabytes)
    size = sum(file.stat().st_size for file in place.home.rglob("*.jsonl"))
    refresh = (*TOKENTUI, "refresh", "--json")
    usage = (*TOKENTUI, "usage", "--by", "day", "--json")
    place.run(*refresh)  # so that all is compiled, and in the page cache
    times: dict[str, list[Run]] = {"cold": [], "warm": [], "ccusage": []}
    for _ in range(runs):
        if ccusage:
            scan = (ccusage, "daily", "--offline", "--json", "-z", "UTC")
            times["ccusage"].append(place.run(*scan))
        place.empty()
        times["cold"].append(place.run(*refresh))
        times["warm"].append(place.run(*usage))
    check(place, truth)
    events = len(builders.events(place.ledger, "e.id"))
    cold = middle(times["cold"])
    tell(f"tree of {size / 1e6:,.0f} MB, {events:,} events, in all of which is right")
    memory = max(run.memory for run in times["cold"]) / 1e6
    tell(f"  cold refresh {cold:.2f} s, {size / 1e6 / cold:,.0f} MB/s, {memory:.0f} MB")
    warm = middle(times["warm"])
    tell(f"  warm usage --by day {warm * 1e3:.0f} ms")
    tell(f"  ledger {place.ledger.stat().st_size / events:.0f} bytes an event")
    if ccusage:
        scan_s = middle(times["ccusage"])
        tell(f"  of ccusage's {scan_s:.2f} s: {cold / scan_s:.2f}, {warm / scan_s:.3f}")
    log = next((place.home / ".claude").rglob("*.jsonl"))
    added = []
    for number in range(runs):
        line = builders.claude_line(f"msg_01added{number:016}", number)
        builders.append(log, line)
        added.append(place.run(*TOKENTUI, "status", "--json"))
    tell(f"  one new line, status --json {middle(added) * 1e3:.0f} ms")
    big.small_files(place.home, MORE_FILES)
    place.run(*refresh)
    more = middle([place.run(*usage) for _ in range(runs)]) - warm
    tell(f"  per 1,000 more files {more * 1e6 / MORE_FILES:.1f} ms")


def check(place: Place, truth: Counter[tuple[str, str]]) -> None:
    """End with an error if the ledger's tokens are not those of the tree."""
    got = {
        (source, kind): tokens
        for source, row in builders.totals(place.ledger, "source").items()
        for kind, tokens in zip(builders.KINDS, row[1:], strict=False)
        if tokens
    }
    if got != +truth:
        sys.exit(f"the ledger has {got}, the tree {truth}")


def asking(work: Path, events: int, runs: int) -> None:
    """Group a large ledger by each key."""
    home = work / f"ledger-{events}"
    place = Place(home / "home", home)
    if not place.ledger.exists():
        place.empty()
        big.ledger(place.ledger, events)
    size = place.ledger.stat().st_size
    tell(f"{place.ledger}: {events:,} events, {size / events:.0f} bytes each")
    place.run(*TOKENTUI, "refresh")
    for key in KEYS:
        command = (*TOKENTUI, "usage", "--by", key, "--json")
        runs_of = [place.run(*command) for _ in range(runs)]
        tell(f"  usage --by {key:9} {middle(runs_of) * 1e3:.0f} ms")


def middle(runs: Sequence[Run]) -> float:
    """Give the median of seconds."""
    return median(run.seconds for run in runs)


def tell(text: str) -> None:
    """Print a line of the result."""
    print(text, flush=True)  # noqa: T201 (a script for people)


if __name__ == "__main__":
    main()
