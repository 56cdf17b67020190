"""Run a course: `python -m tests.soak crash|faults|concurrency|fuzz`."""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak import COURSES, run_course


def main() -> None:
    """Read the words, run what they name, say what was done."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("course", choices=COURSES, nargs="*", default=list(COURSES))
    parser.add_argument("--minutes", type=float, default=None, help="at most so long")
    parser.add_argument("--points", type=int, default=None, help="so many and no more")
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    tests = Path(__file__).parents[1]
    sys.path += [str(tests), str(tests / "accounts")]  # as pytest has it
    seed = given.seed if given.seed is not None else random.randrange(1 << 32)
    for name in given.course:
        begin = time.monotonic()
        say(f"{name}: seed {seed}")
        with TemporaryDirectory(prefix="soak-") as folder:
            seconds = None if given.minutes is None else given.minutes * 60
            done = run_course(name, Path(folder), seed, seconds, given.points)
        said = ", ".join(f"{number:,} {what}" for what, number in done.items())
        say(f"{name}: {said}; all well after {time.monotonic() - begin:.0f} s")


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
