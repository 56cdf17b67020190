"""`tokentui cap raise`, and listing and explaining single caps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import builders
import pytest


def raises(ask: Callable, name: str = "month") -> list[dict]:
    """Give the raises of a cap."""
    rows = {row["name"]: row for row in ask("cap", "list", "--json").document["rows"]}
    return rows[name]["raises"]


@pytest.fixture
def month(ask: Callable, logs: object) -> None:
    """Set a cap of $10 a month."""
    ask("cap", "set", "10")


@pytest.mark.parametrize("amount", ["200", "+200", "$200", "+$200", "200.00"])
def test_amount(ask: Callable, month: object, amount: str) -> None:
    """A raise is written as people do, with or without a plus."""
    answer = ask("cap", "raise", "month", amount)
    assert answer.code == 0
    assert "raised by $200.00 until 2026-12-01T00:00:00+00:00" in answer.out
    assert [each["amount"] for each in raises(ask)] == [200]


def test_without_a_ledger(ask: Callable, home: Path, ledger: Path) -> None:
    """A raise can be made before anything was read."""
    ask("cap", "set", "10")
    assert not ledger.exists()
    assert ask("cap", "raise", "month", "5").code == 0
    assert [each["amount"] for each in raises(ask)] == [5]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("nothing", "5"), "there are: month"),
        (("month", "lots"), "no amount"),
        (("month", "--", "-5"), "negative"),
        (("month", "5", "--until", "2026-11-20"), "is past"),
        (("month", "5", "--until", "tomorrow"), "no date"),
        (("month", "5", "--until", "now"), "is past"),
    ],
)
def test_refused(
    ask: Callable, month: object, words: tuple[str, ...], reason: str
) -> None:
    """What makes no sense is exit 2 with a reason, and raises nothing."""
    answer = ask("cap", "raise", *words)
    assert (answer.code, answer.out) == (2, "")
    assert reason in answer.err
    assert raises(ask) == []


def test_raise_by_nothing(ask: Callable, month: object) -> None:
    """A raise by nothing is none."""
    assert ask("cap", "raise", "month", "0").code == 2


def test_raise_of_tokens(ask: Callable, logs: object) -> None:
    """A cap on tokens is raised by tokens."""
    ask("cap", "set", "1M", "--unit", "tokens", "--name", "t")
    assert "raised by 500k until" in ask("cap", "raise", "t", "500k").out
    (row,) = ask("cap", "list", "--json").document["rows"]
    assert (row["limit"], row["raises"][0]["amount"]) == (1_500_000, 500_000)


def test_quota_is_not_raised(ask: Callable, logs: object) -> None:
    """What a provider sets cannot be raised."""
    ask("cap", "set", "80", "--unit", "quota:claude-max", "--name", "q")
    answer = ask("cap", "raise", "q", "5")
    assert answer.code == 2
    assert "provider" in answer.err


def test_raise_survives_a_new_amount(ask: Callable, month: object) -> None:
    """A raise is of the name, whatever the cap is set to afterwards."""
    ask("cap", "raise", "month", "5")
    ask("cap", "set", "20")
    (row,) = ask("cap", "list", "--json").document["rows"]
    assert row["limit"] == 25


def test_reason_is_shown_clean(ask: Callable, month: object) -> None:
    """The reason is shown to people, without what could move their cursor."""
    ask("cap", "raise", "month", "5", "--because", "release\x1b[2J\nweek")
    for answer in (ask("status"), ask("cap", "list", "--explain")):
        assert "\x1b" not in answer.out
        assert "release" in answer.out
    assert raises(ask)[0]["because"].startswith("release")


def test_list_by_name(ask: Callable, month: object) -> None:
    """A name or glob chooses the caps that are listed."""
    ask("cap", "set", "5", "--per", "day")
    ask("cap", "set", "9", "--per", "day", "--model", "claude-*")

    def names(glob: str) -> list[str]:
        rows = ask("cap", "list", glob, "--json").document["rows"]
        return [row["name"] for row in rows]

    assert names("month") == ["month"]
    assert names("day*") == ["day", "day claude-*"]
    assert names("nothing") == []


def test_each_is_named_by_value(ask: Callable, month: object) -> None:
    """One cap for each source is listed with the source's name, and raised as one."""
    ask("cap", "set", "1", "--each", "source", "--name", "s")
    ask("cap", "raise", "s", "2")
    rows = ask("cap", "list", "s *", "--json").document["rows"]
    assert [(row["name"], row["limit"]) for row in rows] == [
        ("s claude-code", 3),
        ("s codex", 3),
    ]


def test_each_value_means_itself(ask: Callable, logs: Path) -> None:
    """A value with the signs of a glob in it is only itself."""
    builders.append(
        builders.transcript(logs),
        builders.claude_line("msg_01G", 60, request="g", model="claude-[opus]-*"),
    )
    ask("cap", "set", "10", "--each", "model", "--name", "m")
    rows = ask("cap", "list", "m claude-*", "--json").document["rows"]
    spent = {row["name"]: row["basis"]["estimate_usd"] for row in rows}
    assert spent["m claude-[opus]-*"] == 0  # it is unpriced
    assert spent["m claude-sonnet-5-5"] == 0.022


def test_explained(ask: Callable, month: object) -> None:
    """An explanation adds up, down to the sessions: 0.244 + 2 + 0.022 + 0.00655."""
    lines = ask("cap", "list", "month", "--explain").lines
    assert "  limit $10.00 as set" in lines
    assert "  estimates at list prices $2.27" in lines
    rows = [line.split() for line in lines if "019f0000" in line or "5e551011" in line]
    assert [(row[1], row[3], row[-1]) for row in rows] == [
        ("acme", "2", "$2.24"),
        ("billing", "1", "$0.02"),
        ("acme", "1", "$0.01"),
    ]
