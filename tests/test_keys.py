"""Keys in the config: what is no action, no key or not to be told apart is refused."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tokentui.cli import run
from tokentui.cli.setup import EXAMPLE
from tokentui.config import load
from tokentui.errors import ConfigError
from tokentui.keys import AT_HAND, Keys
from tokentui.tui.tabbed import TABS


def loaded(tmp_path: Path, lines: str) -> Keys:
    """Load a config with such keys."""
    file = tmp_path / "config.toml"
    file.write_text(f"[display.keys]\n{lines}\n", encoding="utf-8")
    return load(file).display.keys


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ('export = "E"', ("E",)),
        ('export = "/"\nfilter = "f"', ("/",)),
        ('export = ["ctrl+e", "F2"]', ("ctrl+e", "f2")),
        ('export = ["alt+e", "shift+f2", "alt+e"]', ("alt+e", "shift+f2")),
        ('export = "k"\ncopy = "e"', ("k",)),
        ('export = "é"', ("é",)),
    ],
)
def test_keys_are_read(tmp_path: Path, line: str, keys: tuple[str, ...]) -> None:
    """A key or several; two actions may swap theirs; all others stay."""
    read = loaded(tmp_path, line)
    assert read.export == keys
    assert read.quit == ("q",)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('exprot = "e"', "display.keys.exprot: unknown key; did you mean export?"),
        ('export = "pagup"', "keys.export: no key 'pagup'; did you mean pageup?"),
        ('export = "shift+e"', "no key 'shift+e'; did you mean E?"),
        ('export = "\\u001b"', r"no key '\x1b'; write a character, ctrl+e"),
        ('export = " "', "no key ' '; write a character"),
        ('quit = "ctrl+c"', "display.keys.quit: ctrl+c keeps its meaning"),
        ("export = []", "display.keys.export: expected a key like e, ctrl+e or f2"),
        ("export = [1]", "display.keys.export: expected a key"),
        ("export = true", "display.keys.export: expected a key"),
        ('export = "d"', "d is both export and by_day on the screen Usage"),
        ('add = "x"', "x is both add and remove on the screen Caps"),
        ('dismiss = "up"', "up is both up and dismiss on the first screen"),
        ('privacy = "7"', "7 is both screens and privacy on the first screen"),
        ('screens = ["f1", "q"]', "q is both screens and quit on the first screen"),
        ('yes = "n"', "n is both yes and no in a question"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, line: str, words: str) -> None:
    """The error names the file, the key, and the nearest one that there is."""
    with pytest.raises(ConfigError) as told:
        loaded(tmp_path, line)
    assert str(told.value).startswith(f"{tmp_path / 'config.toml'}: display.keys")
    assert words in str(told.value)


def test_every_verb_refuses_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, whether or not the verb shows a screen."""
    file = tmp_path / "config/config.toml"
    file.parent.mkdir()
    file.write_text("[display.keys]\nexprot = 'e'\n")
    assert run(["status"]) == 2
    assert "did you mean export?" in capsys.readouterr().err


def test_screens_that_are_not_given_keep_their_keys(tmp_path: Path) -> None:
    """Two function keys for the first two, numbers for the rest."""
    keys = loaded(tmp_path, 'screens = ["f1", "f2"]').screen_keys
    assert keys == ("f1", "f2", "3", "4", "5", "6", "7", "8", "9")


def test_every_action_is_at_hand_somewhere() -> None:
    """No action is forgotten where keys are compared."""
    found = set(" ".join(AT_HAND.values()).split())
    assert found == {key.name for key in fields(Keys)}


def test_example_states_the_usual_keys() -> None:
    """The example has the keys that there are without a config."""
    example = EXAMPLE.read_text(encoding="utf-8")
    table = example.partition("\n[display.keys]")[2].partition("[privacy]")[0]
    stated = dict(re.findall(r'(\w+) = \[?("[^\]\n#]+")', table))
    stated |= dict(re.findall(r"(by_\w+) (\w)\b", table))
    usual = Keys()
    for action, keys in stated.items():
        of = getattr(usual, action)[: len(TABS) if action == "screens" else None]
        assert keys.replace('"', "").strip().split(", ") == list(of)
    assert len(stated) > 25
