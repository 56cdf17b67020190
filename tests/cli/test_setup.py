"""`tokentui setup`: a few questions, the config they make, written only on yes."""

from __future__ import annotations

import io
import os
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import builders
import pytest

from tokentui import config as configs
from tokentui.settings import Plan

MAX = '{"oauthAccount": {"organizationType": "claude_max"}}'
FEE = "Monthly fee of claude-max"
PAYS = "Who pays for API keys"
CAP = "Your monthly cap"


@pytest.fixture
def file() -> Path:
    """Name the config."""
    return Path(os.environ["TOKENTUI_CONFIG"])


@pytest.fixture
def answer(ask: Callable, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run setup with these lines piped in."""

    def run(*lines: str) -> Any:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{x}\n" for x in lines)))
        return ask("setup")

    return run


@pytest.fixture
def plan_logs(home: Path) -> Path:
    """Write a session of somebody with Claude Max."""
    builders.write(home / ".claude.json", MAX.encode())
    return builders.write(builders.transcript(home), builders.claude_line())


@pytest.fixture
def key_logs(home: Path) -> Path:
    """Write a session of which nothing tells who pays."""
    return builders.write(builders.transcript(home), builders.claude_line())


def asked(found: Any) -> list[str]:
    """Name the questions in their order."""
    text = found.err + found.out
    questions = (FEE, "On which day", PAYS, CAP, "Write it?")
    return sorted((q for q in questions if q in text), key=text.index)


def test_plan_and_cap(answer: Callable, plan_logs: object, file: Path) -> None:
    """Who has a plan is asked for fee and day; the result is shown, then written."""
    found = answer("100", "12", "1,500", "y")
    assert found.code == 0
    expected = (
        '[plans."claude-max"]\nprovider = "anthropic"\nfee = 100\ncurrency = "USD"\n'
        'renews = 12\n\n[caps.month]\namount = 1500\nper = "month"\n'
    )
    assert expected in found.out
    assert file.read_text() == expected
    config = configs.load(file)
    assert config.plans == (Plan("claude-max", "anthropic", 100, 12),)
    assert [(cap.name, cap.amount) for cap in config.caps] == [
        ("month", 1_500_000_000_000)
    ]


def test_result_counts(answer: Callable, ask: Callable, plan_logs: object) -> None:
    """What was written counts: the fee is in the cap, and nobody asks again."""
    answer("100", "12", "150", "y")
    (cap,) = ask("status", "--json").document["caps"]
    assert (cap["spent"], cap["limit"]) == (100, 150)
    assert "Nothing to write." in answer().out


def test_other_currency(answer: Callable, plan_logs: object, file: Path) -> None:
    """A fee may be in another currency."""
    answer("90.5 eur", "1", "", "y")
    assert configs.load(file).plans[0].currency == "EUR"
    assert tomllib.loads(file.read_text())["plans"]["claude-max"]["fee"] == 90.5


def test_day_is_the_first_unless_said(
    answer: Callable, plan_logs: object, file: Path
) -> None:
    """Who does not know the day gets the first."""
    answer("100", "", "", "y")
    assert configs.load(file).plans[0].renews == 1


def test_plan_that_has_just_begun(
    answer: Callable, plan_logs: object, file: Path
) -> None:
    """A date in place of the day says when the plan began, and so when it renews."""
    answer("100", "2026-11-12", "", "y")
    since = date(2026, 11, 12)
    assert configs.load(file).plans == (
        Plan("claude-max", "anthropic", 100, 12, since=since),
    )


@pytest.mark.parametrize("last", ["n", "", "no"])
def test_not_without_yes(
    answer: Callable, plan_logs: object, file: Path, last: str
) -> None:
    """Anything but yes writes nothing; the lines are shown for copying."""
    found = answer("100", "12", "1500", last)
    assert found.code == 0
    assert "[caps.month]" in found.out
    assert not file.exists()


@pytest.mark.parametrize("lines", [(), ("100",), ("100", "12", "1500")])
def test_end_of_input(
    answer: Callable, plan_logs: object, file: Path, lines: tuple[str, ...]
) -> None:
    """Who leaves in the middle has nothing written."""
    found = answer(*lines)
    assert found.code == 130
    assert not file.exists()


def test_everything_skipped(answer: Callable, plan_logs: object, file: Path) -> None:
    """Every question can be skipped; then there is nothing to write, and it says so."""
    found = answer("", "")
    assert found.code == 0
    assert asked(found) == [FEE, CAP]
    assert "Nothing to write." in found.out
    assert not file.exists()


def test_nothing_to_ask(answer: Callable, plan_logs: object, config: Callable) -> None:
    """Where all is known nothing is asked, and it says so."""
    config(
        '[plans.claude-max]\nprovider = "anthropic"\nfee = 100\nrenews = 12\n'
        '[caps.month]\namount = 5\nper = "month"\n'
    )
    found = answer()
    assert found.code == 0
    assert asked(found) == []
    assert "Nothing to write." in found.out


def test_without_usage(answer: Callable, home: object, file: Path) -> None:
    """On a machine without logs only a cap can be set."""
    found = answer("20", "y")
    assert asked(found) == [CAP, "Write it?"]
    assert configs.load(file).caps[0].amount == 20_000_000_000


# What is there stays


OLD = """# mine, do not touch
timezone = "Europe/Berlin"   # home

[prices."my-model"]
input = 1
"""


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "  # no end of line"])
def test_appends(
    answer: Callable, plan_logs: object, config: Callable, end: str
) -> None:
    """New lines come after what is there, of which no byte changes."""
    file = config("placeholder")
    old = (OLD.rstrip("\n") + end).encode()
    file.write_bytes(old)
    assert answer("100", "12", "1500", "y").code == 0
    assert file.read_bytes().startswith(old)
    loaded = configs.load(file)
    assert (loaded.timezone, len(loaded.prices)) == ("Europe/Berlin", 1)
    assert (len(loaded.plans), len(loaded.caps)) == (1, 1)


def test_lines_of_windows_stay(
    answer: Callable, plan_logs: object, config: Callable
) -> None:
    """Lines that end as on Windows stay so."""
    file = config("placeholder")
    old = OLD.replace("\n", "\r\n").encode()
    file.write_bytes(old)
    answer("100", "12", "1500", "y")
    assert file.read_bytes().startswith(old)


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_link_stays(
    answer: Callable, plan_logs: object, config: Callable, tmp_path: Path
) -> None:
    """A config that is a link into somebody's dotfiles stays one."""
    file = config("placeholder")
    real = builders.write(tmp_path / "dotfiles/tokentui.toml", OLD.encode())
    file.unlink()
    file.symlink_to(real)
    answer("100", "12", "1500", "y")
    assert file.is_symlink()
    assert "[caps.month]" in real.read_text()


@pytest.mark.skipif(os.name != "posix", reason="modes are those of Unix")
def test_private(answer: Callable, plan_logs: object, file: Path) -> None:
    """Only its owner reads the config."""
    answer("100", "12", "", "y")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("old", "lines"),
    [
        # plans that nothing can be added to
        ("plans = {}\n", ("100", "12", "", "y")),
        # no such day, no such currency
        ("", ("100", "32", "", "y")),
        ("", ("100", "twelve", "", "y")),
        ("", ("100 euros", "12", "", "y")),
        ("", ('100 "; x = "', "12", "", "y")),
        ("", ("2000000", "12", "", "y")),
    ],
)
def test_refuses_what_would_not_load(
    answer: Callable,
    plan_logs: object,
    config: Callable,
    old: str,
    lines: tuple[str, ...],
) -> None:
    """What could not be loaded afterwards is not written; the reason is given."""
    file = config(old)
    found = answer(*lines)
    assert found.code == 2
    assert "nothing written" in found.err
    assert file.read_text() == old


@pytest.mark.parametrize(
    "lines", [("a lot", "12"), ("-5", "12"), ("100", "12", "much"), ("100eur", "1")]
)
def test_refuses_what_is_no_amount(
    answer: Callable, plan_logs: object, file: Path, lines: tuple[str, ...]
) -> None:
    """What is no amount of money is refused, and nothing is written."""
    found = answer(*lines)
    assert found.code == 2
    assert found.err.splitlines()[-1].endswith("write 1500 or 1500.50") or (
        "negative" in found.err
    )
    assert not file.exists()


def test_broken_config(answer: Callable, plan_logs: object, config: Callable) -> None:
    """A config that does not load is left as it is."""
    file = config("[caps\n")
    found = answer("100", "12", "1500", "y")
    assert found.code == 2
    assert str(file) in found.err
    assert file.read_text() == "[caps\n"


# Who pays


@pytest.mark.parametrize(
    ("word", "name"), [("me", "my-key"), ("employer", "company"), ("client", "client")]
)
def test_who_pays(
    answer: Callable, key_logs: object, file: Path, word: str, name: str
) -> None:
    """Who pays for what nothing tells of is asked, and becomes a payer."""
    found = answer(word, "", "y")
    assert asked(found)[0] == PAYS
    (payer,) = configs.load(file).payers
    assert (payer.name, payer.paid_by) == (name, word)


def test_answer_counts(answer: Callable, ask: Callable, key_logs: object) -> None:
    """Who was said to pay does pay for the usage that was asked about."""
    answer("employer", "", "y")
    (payer,) = ask("status", "--json").document["payers"]
    assert payer["payer"] == "company"
    assert payer["evidence"] == ["rule company"]


def test_other_word_is_not_swallowed(answer: Callable, key_logs: object) -> None:
    """A word that is no answer is not passed over in silence."""
    found = answer("my boss", "", "y")
    assert "my boss" in found.out + found.err


def test_few_questions(answer: Callable, home: Path, file: Path) -> None:
    """No more is asked than four or five things."""
    builders.write(home / ".claude.json", MAX.encode())
    builders.write(builders.transcript(home), builders.claude_line())
    assert answer("100", "12", "1500", "n").err.count(":") <= 5


def test_program(
    program: Callable, plan_logs: object, file: Path, tmp_path: Path
) -> None:
    """With an empty pipe nothing is written and nothing hangs."""
    found = program("setup")
    assert found.code == 130
    assert "Traceback" not in found.err
    assert not file.exists()
