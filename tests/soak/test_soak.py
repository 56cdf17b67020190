"""A slice of each long run: `python -m tests.soak` is the whole.

`TOKENTUI_SOAK_SECONDS=30 pytest tests/soak` makes the slices longer.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from tests.soak import COURSES, run_course

SECONDS = float(os.environ.get("TOKENTUI_SOAK_SECONDS", "8"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("course", COURSES)
def test_slice(course: str, tmp_path: Path) -> None:
    """Nothing is lost, doubled or wrong in a slice of a long run, never the same."""
    seed = int(os.environ.get("TOKENTUI_SEED") or random.randrange(1 << 32))
    sys.stdout.write(f"TOKENTUI_SEED={seed}\n")
    assert run_course(course, tmp_path, seed, SECONDS).total() > 0
