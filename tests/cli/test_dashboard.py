"""The bare command and `demo`, which want a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from asking import Ask

from tokentui.cli import dashboard
from tokentui.live import Live


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


def test_knows_the_caps_of_the_config_apart(
    ask: Ask, config: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of a cap that `cap set` made can be taken back on screen."""
    config('[caps.day]\namount = 25\nper = "day"\n')
    assert ask("cap", "set", "30", "--per", "day").code == 0
    opened: list[Live] = []

    def board(feed: Live, **_: object) -> SimpleNamespace:
        opened.append(feed)
        return SimpleNamespace(run=lambda: None)

    monkeypatch.setattr("tokentui.tui.app.Dashboard", board)
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"{dashboard.__name__}.sys.{stream}.isatty", lambda: True)
    dashboard.open_dashboard(None, None)
    (feed,) = opened

    def caps() -> list[tuple[str, int, str]]:
        return [(cap.name, int(cap.amount), cap.origin) for cap in feed.config.caps]

    assert caps() == [("day", 30 * 10**9, "caps.toml")]
    assert feed.remove_cap("day")
    assert caps() == [("day", 25 * 10**9, "config.toml")]
