"""The bare command and `demo`, which want a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from asking import Ask


@pytest.mark.parametrize("words", [(), ("demo",)])
def test_without_terminal(ask: Ask, ledger: Path, words: tuple[str, ...]) -> None:
    """Without a terminal it is exit 2, says so, and touches nothing."""
    answer = ask(*words)
    assert (answer.code, answer.out) == (2, "")
    assert "terminal" in answer.err
    assert not ledger.parent.exists()


def test_says_what_to_use_in_scripts(ask: Ask) -> None:
    """The bare command names the verbs that scripts use."""
    answer = ask()
    assert "tokentui status" in answer.err
    assert "tokentui usage --json" in answer.err


def test_broken_config(ask: Ask, config) -> None:
    """A broken config is told before any screen is drawn."""
    file = config('timezon = "UTC"\n')
    answer = ask()
    assert (answer.code, answer.out) == (2, "")
    assert str(file) in answer.err
