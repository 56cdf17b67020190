"""`tokentui setup`: a few questions, and the config they make."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from asking import Answer

from tokentui.config import load

CONFIG = "TOKENTUI_CONFIG"


def answered(*answers: str) -> Answer:
    """Run it and type answers; what is not answered is skipped."""
    done = subprocess.run(
        [sys.executable, "-m", "tokentui", "setup"],
        input="\n".join([*answers, *[""] * 6]) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def file() -> Path:
    """Name the config of this test."""
    return Path(os.environ[CONFIG])


def test_skipping_all(file: Path) -> None:
    """Who skips every question gets no config."""
    answer = answered()
    assert answer.code == 0
    assert not file.exists()


def test_shows_before_it_writes(file: Path) -> None:
    """What would be written is shown, and without a yes it is not."""
    answer = answered("1500", "n")
    assert (answer.code, file.exists()) == (0, False)
    assert "amount = 1500" in answer.out


def test_writes_on_yes(file: Path) -> None:
    """On yes it is written, valid and private."""
    assert answered("1500", "y").code == 0
    (cap,) = load(file).caps
    assert (cap.amount, cap.per) == (1_500 * 10**9, "month")
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_adds_after_what_is_there(file: Path) -> None:
    """What the user wrote himself stays as it is."""
    mine = '# mine\ntimezone = "UTC"'
    file.parent.mkdir()
    file.write_text(mine, encoding="utf-8")
    answered("1500", "y")
    assert file.read_text(encoding="utf-8").startswith(mine + "\n")
    assert load(file).timezone == "UTC"


def test_bad_answer(file: Path) -> None:
    """An amount that is none is exit 2, without a traceback, and writes nothing."""
    answer = answered("lots", "y")
    assert (answer.code, file.exists()) == (2, False)
    assert "Traceback" not in answer.err
