"""A small history of known cost, and ways to ask the command line about it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import builders
import pytest
from asking import A_MONTH_AGO, DAY, NOW, Answer, Ask, stopped

from tokentui.cli import run as run_verb


@pytest.fixture
def ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> Ask:
    """Run a verb in this process at `NOW`; give what it printed and its exit code."""
    monkeypatch.setattr("tokentui.setting.datetime", stopped(NOW))

    def run(*words: str) -> Answer:
        capsys.readouterr()
        code = run_verb(list(words))
        return Answer(code, *capsys.readouterr())

    return run


@pytest.fixture
def program() -> Ask:
    """Run a verb in a process of its own, with a real clock and real pipes."""

    def run(*words: str, **environment: str) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "tokentui", *words],
            capture_output=True,
            env=os.environ | environment,
            timeout=60,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def logs(home: Path) -> Path:
    """Write the history; give the home that it lies in.

    Dollars per million tokens, input, cache read, 5-minute write, 1-hour write, output:
    opus 4, 0.20, 5, 8, 20; sonnet 2 and 10; gpt-5.4 2.50, 0.25 and 15.

    | when | model | dollars |
    |---|---|---|
    | 15 Oct | opus, 100k out | 2.00 |
    | 19 Nov 10:00 | opus, 250k in, 50k out | 1.00 + 1.00 |
    | 20 Nov 10:00 | opus, 1k in, 100k read, 20k + 10k written, 2k out | 0.244 |
    | 20 Nov 11:50 | sonnet, 1k in, 2k out | 0.022 |
    | 20 Nov 11:55 | gpt-5.4, 800 in, 200 read, 300 out | 0.00655 |
    """
    builders.write(
        builders.transcript(home),
        builders.claude_line(
            "msg_01A", A_MONTH_AGO, input=0, output=100_000, request="a"
        ),
        builders.claude_line(
            "msg_01B", -DAY, input=250_000, output=50_000, request="b"
        ),
        builders.claude_line(
            "msg_01C",
            input=1_000,
            output=2_000,
            read=100_000,
            written=30_000,
            split=(20_000, 10_000),
            request="c",
        ),
        builders.claude_line(
            "msg_01D",
            6_600,
            input=1_000,
            output=2_000,
            model="claude-sonnet-5-5",
            request="d",
            cwd="/nowhere/billing",
            gitBranch="ACME-7-fix",
        ),
    )
    builders.write(
        builders.rollout(home),
        builders.codex_meta(seconds=6_890),
        builders.codex_turn(seconds=6_891),
        builders.codex_total((1_000, 200, 300), (1_000, 200, 300), 6_900),
    )
    return home


@pytest.fixture
def config() -> Callable[[str], Path]:
    """Write the config of this test."""
    file = Path(os.environ["TOKENTUI_CONFIG"])

    def write(text: str) -> Path:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def broken_log(home: Path) -> Path:
    """Write a log that cannot be read: a compressed rollout that is none."""
    path = builders.rollout(home, "019f0000-0000-7000-8000-00000000000b", ".jsonl.zst")
    return builders.write(path, b"this is not compressed")


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the terminal 60 columns wide."""
    monkeypatch.setattr("tokentui.cli.output.terminal_width", lambda: 60)
