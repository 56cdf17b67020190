"""The program as it is: a line in a log, a cap that is met, a message on the phone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import builders
import pytest
from ntfying import Ntfy
from providing import status

PATIENCE = 60
"""Seconds until a test gives up; hardly any is ever waited."""

QUICK = (
    "import tokentui.alerts.lookout as lookout, tokentui.alerts.courier as courier;"
    "lookout.LEAST_SECONDS = 0.1; courier.FIRST_PAUSE_MS = 100;"
    "from tokentui.cli import main; main()"
)
"""The program, but that it looks and tries again sooner."""


@pytest.fixture
def watch(home: Path, ntfy: Ntfy) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start it with a cap of $10 a year and a phone."""
    builders.write(
        Path(os.environ["TOKENTUI_CONFIG"]),
        f"""
[caps.all]
amount = 10
per = "year"
[prices.dear]
input = 1
output = 1
[alerts]
forecast = false
[alerts.channels.phone]
via = "ntfy"
url = "{ntfy.base}/topic"
""".encode(),
    )
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", QUICK, "watch"]
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(words, **pipes))  # type: ignore[call-overload]
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def use(home: Path, name: str, tokens: int) -> None:
    """Use a dollar for a million tokens, now."""
    now = time.time() - builders.START.timestamp()
    line = builders.claude_line(
        f"msg_{name}", now, model="dear", input=0, output=tokens, request=name
    )
    builders.append(builders.transcript(home), line)


def wait_for(claim: Callable[[], bool]) -> None:
    """Wait until something is so."""
    giving_up = time.monotonic() + PATIENCE
    while not claim():
        assert time.monotonic() < giving_up
        time.sleep(0.02)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_end_to_end(
    home: Path, ntfy: Ntfy, watch: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """Each threshold comes once, though it was killed, and though ntfy failed first."""
    builders.write(builders.transcript(home))
    ntfy.spoil(status(503))
    process = watch()
    use(home, "a", 8_500_000)
    wait_for(lambda: len(ntfy.calls) >= 2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    ntfy.spoil(None)
    ntfy.published.clear()
    process = watch()
    wait_for(lambda: len(ntfy.published) == 1)
    use(home, "b", 2_000_000)
    wait_for(lambda: len(ntfy.published) == 2)
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 0
    assert [(each["message"], each["priority"]) for each in ntfy.published] == [
        ("cap all: 85 % used, $8.50 of $10.00, $1.50 left", 3),
        ("cap all: 105 % used, $10.50 of $10.00", 5),
    ]
