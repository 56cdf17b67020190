"""README and guide keep their word: their commands exist and the config loads."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click import Context

from tokentui import settings
from tokentui.cli import run
from tokentui.cli.setup import EXAMPLE
from tokentui.cli.verbs import VERBS, group
from tokentui.config import load
from tokentui.queries.usage import KEYS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = sorted((ROOT / "tokentui/guide").glob("*.md"))
TEXTS = (README, *(page.read_text(encoding="utf-8") for page in GUIDE))
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Give the code blocks of a language in the README."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)


def example() -> str:
    """Give the config example."""
    return EXAMPLE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command", ["pip install . && tokentui", "pip install -e '.[test]' && pytest"]
)
def test_set_up_commands(command: str) -> None:
    """The two commands that set it up stand there to be copied, each on its line."""
    assert command in [line for block in blocks("sh") for line in block.splitlines()]


def test_example_loads(tmp_path: Path) -> None:
    """The example is a valid config, and every table of it arrives."""
    file = tmp_path / "config.toml"
    file.write_text(example(), encoding="utf-8")
    config = load(file)
    raw = tomllib.loads(example())
    assert config != settings.Config()
    for table, rows in raw.items():
        kept = getattr(config, table)
        if isinstance(kept, tuple):
            assert [row.name for row in kept] == list(rows)
        else:
            assert kept != getattr(settings.Config(), table) or rows


def test_example_of_the_readme(tmp_path: Path) -> None:
    """The README has a short config, and below it the whole one of the guide."""
    short, whole = blocks("toml")
    assert whole == example()
    file = tmp_path / "config.toml"
    file.write_text(short, encoding="utf-8")
    assert load(file).caps[0].amount == 1500 * 10**9
    assert {*tomllib.loads(short)} <= {*tomllib.loads(whole)}


def test_example_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """`setup --example` prints the guide's file, and neither asks nor reads logs."""
    assert run(["setup", "--example"]) == 0
    assert capsys.readouterr().out.rstrip() == example().rstrip()


def test_every_line_is_optional(tmp_path: Path) -> None:
    """Each table of the example can be left out."""
    tables = re.split(r"^(?=\[)", example(), flags=re.M)
    for missing in range(len(tables)):
        file = tmp_path / f"{missing}.toml"
        kept = [table for n, table in enumerate(tables) if n != missing]
        file.write_text("".join(kept), encoding="utf-8")
        load(file)


def known_keys(made: Any) -> set[str]:
    """List the keys of a table and of the tables in it."""
    keys = set()
    for key in fields(made):
        if key.name in ("name", "origin"):
            continue
        keys.add(key.name.rstrip("_"))
        inner = re.search(r"[A-Z]\w+", str(key.type))
        table = getattr(settings, inner.group(), None) if inner else None
        if table is not None and hasattr(table, "__dataclass_fields__"):
            keys |= known_keys(table)
    return keys


def test_example_is_complete() -> None:
    """Every key that a config may have is in the example, or in a comment of it."""
    words = set(re.findall(r"\w+", example()))
    scopes = {f"not_{scope}" for scope in settings.SCOPES}
    assert known_keys(settings.Config) - scopes - words == set()


def words_of(command: str) -> list[str]:
    """Give the words behind the program's name that are meant for it."""
    words = command.split(" -- ")[0].split()
    return words[words.index("tokentui") + 1 :]


COMMAND = re.compile(r"`((?:[A-Z_]+=\S+ )?tokentui(?: [^`]*)?)`")
COMMANDS = {command for text in TEXTS for command in COMMAND.findall(text)}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_command_exists(command: str) -> None:
    """Every command that README or guide show has its verb, and its options."""
    context = Context(group, info_name="tokentui")
    verb: Any = group
    for word in words_of(command):
        if word.startswith("--") and verb is not group:
            options = {flag for each in verb.params for flag in each.opts}
            assert word in options
        elif hasattr(verb, "get_command") and not word.startswith("-"):
            verb = verb.get_command(context, word)
            assert verb is not None, word


def test_every_verb_is_named() -> None:
    """Every verb of `--help` is in the README."""
    words = map(words_of, COMMAND.findall(README))
    named = {first for first, *_ in filter(None, words)}
    assert set(VERBS) - named == set()


def test_every_key_is_named() -> None:
    """The README lists all keys that usage can be grouped by, and no others."""
    (row,) = (line for line in README.splitlines() if "by any keys:" in line)
    assert sorted(row.split("by any keys:")[1].strip(" |").split()) == sorted(KEYS)


def test_exit_codes_are_named() -> None:
    """The exit codes stand in the README."""
    (line,) = (line for line in README.splitlines() if "Exit codes" in line)
    codes = re.findall(r"\b(\d+) [a-z]", line[line.index("Exit codes") :])
    assert codes == ["0", "1", "2", "3", "4", "5", "130"]


def test_links_lead_somewhere() -> None:
    """Pictures and pages that the README links are there, and it links all pages."""
    linked = re.findall(r"\]\(([^):]+)\)", README)
    assert [path for path in linked if not (ROOT / path).is_file()] == []
    pages = {str(page.relative_to(ROOT)) for page in (*GUIDE, EXAMPLE)}
    assert pages - {*linked} == set()


def test_what_security_rests_on_is_there() -> None:
    """Every module and test that the threat model names exists."""
    named = set(re.findall(r"`((?:tokentui|tests)/[\w/.]+)`", SECURITY))
    assert len(named) > 40
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
