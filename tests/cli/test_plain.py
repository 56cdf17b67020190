"""Plain words are understood as click understands them, and without it."""

from __future__ import annotations

from inspect import signature
from typing import Any
from unittest.mock import patch

import pytest
from asking import Ask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tokentui.cli import plain, run, verbs

VALUES = ("day", "model", "no key", "", "-1", "--json", "7d", "2026-W47", "Asia/Tokyo")
OTHERS = ("--by=day", "--model", "--basis", "cap", "--accounts", "--help", "-h", "--")


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """Draw a verb and words of it, mostly plain ones."""
    verb = draw(st.sampled_from(sorted(plain.PLAIN)))
    words = [verb]
    for option in draw(st.lists(st.sampled_from(sorted(plain.PLAIN[verb])))):
        words.append(option)
        if plain.PLAIN[verb][option] != plain.FLAG or draw(st.integers(0, 9)) == 9:
            words.append(draw(st.sampled_from(VALUES)))
    if draw(st.integers(0, 4)) == 4:
        place = draw(st.integers(1, len(words)))
        words.insert(place, draw(st.sampled_from(OTHERS)))
    return words


def understood(words: list[str]) -> tuple[int, list[dict[str, Any]]]:
    """Give the exit code, and what the verb was asked for that is not its default."""
    calls: list[dict[str, Any]] = []

    def noting(module: str) -> Any:
        real = signature(__import__(module, fromlist=["answer"]).answer)

        def answer(*given: Any, **named: Any) -> int:
            bound = real.bind(*given, **named)
            bound.apply_defaults()
            asked = bound.arguments | bound.arguments.get("asked", {})
            calls.append({k: v for k, v in asked.items() if v and k != "asked"})
            return 0

        return patch(f"{module}.answer", answer)

    verb = words[0]
    with noting(f"tokentui.cli.{verb}"), noting(f"tokentui.cli.{verb}_answer"):
        code = run(words)
    for call in calls:
        call["here"] = call["here"]._replace(now=None)
    return code, calls


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines())
def test_the_same_with_click(home: object, words: list[str]) -> None:
    """What is answered without click is what click would have asked for."""
    short = understood(words)
    with patch.object(plain, "answer", lambda words: None):
        assert understood(words) == short


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["refresh", "--json"], {"as_json": True}),
        (["status"], {}),
        (["status", "--line", "{cap}", "--check"], {"line": "{cap}", "check": True}),
        (["usage", "--by", "day", "--by", "model"], {"by": ("day", "model")}),
        (["usage", "--last", "7d", "--last", "8d"], None),
        (["usage", "--last"], None),
        (["usage", "--last", ""], None),
        (["usage", "--last", "--json"], None),
        (["usage", "--model", "x"], None),
        (["usage", "model"], None),
        (["status", "--help"], None),
    ],
)
def test_what_is_plain(words: list[str], asked: dict[str, Any] | None) -> None:
    """Options that are known, with values that are none."""
    assert plain.options(words[1:], plain.PLAIN[words[0]]) == asked


@pytest.mark.parametrize("words", [[], ["--help"], ["cap"], ["usages", "--json"]])
def test_other_verbs_are_not_plain(words: list[str]) -> None:
    """They are left to click."""
    assert plain.answer(words) is None


def test_mistakes_are_told_alike(ask: Ask) -> None:
    """A key or time that is none ends with the same words either way."""
    for words in (
        ["usage", "--by", "modle"],
        ["usage", "--last", "soon"],
        ["status", "--timezone", "Mars/Base"],
        ["usage", "--last", "7d", "--period", "week"],
    ):
        short = ask(*words)
        with patch.object(plain, "answer", lambda words: None):
            long = ask(*words)
        assert (short.code, short.out, short.err) == (long.code, long.out, long.err)
        assert short.code == 2


def test_click_reads_the_words_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only then does it expand them on Windows, whose shells do not."""
    read: list[object] = []

    def noting(args: object, **_: object) -> int:
        read.append(args)
        return 0

    monkeypatch.setattr(verbs.group, "main", noting)
    monkeypatch.setattr("sys.argv", ["tokentui", "import", "usage", "~/months.json"])
    assert run() == run(["cap"]) == 0
    assert read == [None, ["cap"]]


def test_the_line_is_as_its_format_says(ask: Ask) -> None:
    """Colours that a prompt is to have are there, also in a pipe."""
    assert ask("status", "--line", "\x1b[32m{state}\x1b[0m").out.startswith("\x1b[32m")
