"""One at a time, and never locked by somebody who is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tokentui.errors import TokentuiError
from tokentui.lock import Lock

HOLD = """
import sys
from pathlib import Path
from tokentui.lock import Lock
lock = Lock(Path(sys.argv[1]))
lock.take()
print("taken", flush=True)
sys.stdin.read()
"""


def holding(path: Path) -> subprocess.Popen[str]:
    """Start a process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "taken\n"
    return process


def test_second_one_is_told_who_runs(tmp_path: Path) -> None:
    """While one has it another cannot, and is told the number of the first."""
    path = tmp_path / "state/watch.lock"
    with holding(path) as process:
        assert (Lock(path).holder() or "").startswith(f"{process.pid} since 20")
        with pytest.raises(TokentuiError, match=f"already running: {process.pid}"):
            Lock(path).take()
        process.communicate("")
    assert Lock(path).holder() is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_crash_lets_go(tmp_path: Path) -> None:
    """A process that is killed holds nothing, though its file is still there."""
    path = tmp_path / "watch.lock"
    with holding(path) as process:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert path.exists()
    lock = Lock(path)
    assert lock.holder() is None
    lock.take()
    assert (lock.holder() or "").startswith(str(os.getpid()))
    lock.let_go()
    assert lock.holder() is None


def test_nowhere(tmp_path: Path) -> None:
    """Where no file can be made that is said, and nobody holds it."""
    (tmp_path / "file").touch()
    lock = Lock(tmp_path / "file/watch.lock")
    assert lock.holder() is None
    with pytest.raises(TokentuiError, match="cannot be made"):
        lock.take()
