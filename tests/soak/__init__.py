"""Long runs that try to break what must not break: `python -m tests.soak COURSE`.

Each course is a module here with a `course`, which raises `AssertionError` at the first
thing that is wrong, and `POINTS`, how many make a long run.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from importlib import import_module
from math import inf
from pathlib import Path

COURSES = ("crash", "faults", "concurrency", "fuzz")


def run_course(
    name: str,
    folder: Path,
    seed: int,
    seconds: float | None = None,
    points: int | None = None,
) -> Counter[str]:
    """Run a course in a folder for so long or so many points; count what was done.

    Without either it is the long run.
    """
    module = import_module(f"tests.soak.{name}")
    if points is None:
        points = module.POINTS if seconds is None else 1 << 60
    until = inf if seconds is None else time.monotonic() + seconds
    done: Counter[str] = module.course(folder, random.Random(seed), points, until)
    return done
