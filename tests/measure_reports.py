"""Measure how long a claim of many lines takes in every format, and how much memory.

Run as `python -m tests.measure_reports [LINES]`. Each format has a process of its own;
imports count, making the claim does not.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

LINES = 10_000


def measure(name: str, lines: int) -> None:
    """Write one format and print what it took."""
    import odd_claims

    claim = odd_claims.long(lines)
    from tokentui.reports import A4, format_of

    began, worked = time.perf_counter(), time.process_time()
    size = len(format_of(name).written(claim, A4))
    wall, work = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{name:10} {wall:5.2f} s, {work:5.2f} s of a processor,"
        f" {peak:4.0f} MB at most, a file of {size / 1e6:.1f} MB\n"
    )


def main() -> None:
    """Measure the formats one after another."""
    from tokentui.reports import MODULES

    lines = int(sys.argv[1]) if len(sys.argv) > 1 else LINES
    if len(sys.argv) > 2:
        measure(sys.argv[2], lines)
        return
    for name in MODULES:
        command = [sys.executable, "-m", "tests.measure_reports", f"{lines}", name]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
