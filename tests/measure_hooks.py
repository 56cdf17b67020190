"""Measure what agents wait for: `TOKENTUI_LEDGER=... python -m tests.measure_hooks`.

Runs the guard, the status line and `status` as whole processes for the last session of
a ledger, which is copied before. A log of that session is made, to which a response is
added before each run of the second guard and of `status`, as an agent does.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests import builders

RUNS = 15
CAPS = """
[caps.month]
amount = 1_000_000
per = "month"
hard = true

[caps.week]
amount = 1_000_000
per = "week"
each = "payer"
hard = true

[guard.run]
usd = 1_000_000
"""


def main() -> None:
    """Print the median and the least of each, in milliseconds."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        ledger = folder / "ledger.db"
        shutil.copy(os.environ["TOKENTUI_LEDGER"], ledger)
        (folder / "c.toml").write_text(CAPS, "utf-8")
        # As an installed program, which is compiled.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ |= {
            "HOME": name,
            "CLAUDE_CONFIG_DIR": str(folder / ".claude"),
            "CODEX_HOME": str(folder / ".codex"),
            "TOKENTUI_LEDGER": str(ledger),
            "TOKENTUI_CONFIG": str(folder / "c.toml"),
            "TOKENTUI_STATE": str(folder / "state"),
        }
        run("refresh")
        with closing(sqlite3.connect(ledger)) as connection:
            session, project = connection.execute(
                "SELECT session, project FROM series WHERE source = 'claude-code'"
                " ORDER BY id DESC LIMIT 1"
            ).fetchone()
        log = builders.transcript(folder, session)
        told = {
            "session_id": session,
            "transcript_path": str(log),
            "cwd": project,
            "hook_event_name": "PreToolUse",
            "cost": {"total_cost_usd": 1.5},
        }

        def respond() -> None:
            at = time.time() - builders.START_MS / 1000
            name = f"msg_01{time.time_ns()}"
            line = builders.claude_line(name, at, request=name, session=session)
            builders.append(log, line)

        measure("python -c pass", told, lambda: None, "-c", "pass")
        measure("guard, nothing new", told, lambda: None, "-m", "tokentui", "guard")
        measure("guard, one response", told, respond, "-m", "tokentui", "guard")
        usual = ("-m", "tokentui", "statusline")
        measure("statusline", told, lambda: None, *usual)
        fields = "{session} {left} {burn} {cold} {quotas}"
        measure("statusline, all", told, lambda: None, *usual, "--line", fields)
        status = ("-m", "tokentui", "status", "--json")
        measure("status, one response", told, respond, *status)


def measure(title: str, told: object, before: Callable[[], None], *words: str) -> None:
    """Run a command some times and print how long it took, in all and on the CPU."""
    walls, busy = [], []
    run_python(json.dumps(told).encode(), *words)  # compiles what is not yet
    for _ in range(RUNS):
        before()
        since, used = time.perf_counter(), os.times()
        run_python(json.dumps(told).encode(), *words)
        walls.append((time.perf_counter() - since) * 1e3)
        now = os.times()
        busy.append(
            (now.children_user + now.children_system) * 1e3
            - (used.children_user + used.children_system) * 1e3
        )
    print(  # noqa: T201 (a script for people)
        f"{title:22} median {median(walls):4.0f} ms, least {min(walls):4.0f} ms;"
        f" CPU median {median(busy):4.0f} ms, least {min(busy):4.0f} ms"
    )


def run(*words: str) -> None:
    """Run a verb."""
    run_python(b"", "-m", "tokentui", *words)


def run_python(given: bytes, *words: str) -> None:
    """Run Python with something on stdin."""
    subprocess.run(
        [sys.executable, *words], input=given, capture_output=True, check=True
    )


if __name__ == "__main__":
    main()
