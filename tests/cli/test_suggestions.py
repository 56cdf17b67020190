"""Suggestions as `tokentui routes` shows them, to people and to scripts."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import contract
import hostile
import pytest
import sample_ledgers
import weeks
from asking import NOW, Ask

from tokentui.periods import millis
from tokentui.routes import levers
from tokentui.routes.suggestion import NOTHING, Evidence, Risk, Saving, Suggestion

USD = 10**9
SAID = Suggestion(
    lever="made-up",
    title="Do it otherwise",
    saves=Saving(3 * USD, 5 * USD, 9 * USD),
    saves_in_plans=NOTHING,
    confidence="measured",
    evidence=(
        Evidence("5e551011-0000-4000", "claude-code", millis(NOW), USD, "2 of them"),
        Evidence("another", "codex", millis(NOW), USD // 2, "1 of them"),
    ),
    how=("export OTHERWISE=1",),
    undo=("unset OTHERWISE",),
)


@pytest.fixture
def suggest(monkeypatch: pytest.MonkeyPatch):
    """Let a lever find what the test says."""

    def say(**given: Any) -> Suggestion:
        found = SAID._replace(**given)
        monkeypatch.setattr(levers, "LEVERS", (lambda work: [found],))
        return found

    return say


@pytest.fixture
def week(home: Path) -> Path:
    """Write the worked week of $157.50 into the ledger of the verbs."""
    return weeks.worked_week(Path(os.environ["TOKENTUI_LEDGER"]))


def test_document(ask: Ask, week: Path, suggest: Any) -> None:
    """Scripts read a suggestion in the shape of the contract; money in dollars."""
    suggest(
        saves_in_plans=Saving(0, USD, 2 * USD),
        risks=(Risk("quality", "worse answers"),),
        task_value_nanos=40 * USD,
        success_premium=0.0675,
        counted="what was counted",
        saves=Saving(30 * USD, 50 * USD, 90 * USD),
    )
    found = ask("routes", "--json").document
    assert contract.faults(found, contract.ROUTES) == []
    assert found["suggestions"] == [
        {
            "lever": "made-up",
            "title": "Do it otherwise",
            "saves_usd_per_month": {"low": 30, "mid": 50, "high": 90},
            "confidence": "measured",
            "evidence": [
                {
                    "session": "5e551011-0000-4000",
                    "day": "2026-11-20",
                    "usd": 1,
                    "why": "2 of them",
                    "source": "claude-code",
                },
                {
                    "session": "another",
                    "day": "2026-11-20",
                    "usd": 0.5,
                    "why": "1 of them",
                    "source": "codex",
                },
            ],
            "break_even": {"task_value_usd": 40, "success_premium": 0.0675},
            "risk": [
                {
                    "kind": "quality",
                    "text": "worse answers",
                    "source": None,
                    "read": None,
                }
            ],
            "how": ["export OTHERWISE=1"],
            "undo": ["unset OTHERWISE"],
            "saves_plan_list_usd_per_month": {"low": 0, "mid": 1, "high": 2},
            "counted": "what was counted",
        }
    ]


def test_day_is_local(ask: Ask, week: Path, suggest: Any) -> None:
    """The day of a session is that of the zone that was asked for."""
    evidence = SAID.evidence[0]._replace(at_ms=millis(NOW.replace(hour=23)))
    suggest(saves=Saving(0, 50 * USD, 90 * USD), evidence=(evidence,))
    words = ("routes", "--json", "--timezone", "Europe/Berlin")
    (found,) = ask(*words).document["suggestions"]
    assert found["evidence"][0]["day"] == "2026-11-21"


def test_lines(ask: Ask, week: Path, suggest: Any) -> None:
    """People read suggestions first, with one session and the lines to copy."""
    suggest(
        saves=Saving(30 * USD, 50 * USD, 90 * USD),
        risks=(Risk("quality", "worse answers"),),
        counted="what was counted",
    )
    lines = ask("routes").lines
    assert lines[:15] == [
        "$157.50 at list prices: 1,000 responses in 40 runs",
        "",
        "1. Do it otherwise",
        "   saves         $30.00 to $90.00 a month, probably $50.00",
        "   rests on      your logs",
        "   counted       what was counted",
        "   quality       worse answers",
        "   most in       session 5e551011… of 2026-11-20: $1.00, 2 of them",
        "   to switch",
        "      export OTHERWISE=1",
        "   to undo",
        "      unset OTHERWISE",
        "",
        "Suggestions overlap, so their savings are not to be added up.",
        "",
    ]
    assert lines[15].startswith("instead on")


def test_plan_is_apart(ask: Ask, home: Path, suggest: Any) -> None:
    """List value inside a plan is no money, and never added to what is."""
    weeks.worked_week(Path(os.environ["TOKENTUI_LEDGER"]), account="claude_max")
    amount = Saving(50 * USD, 50 * USD, 50 * USD)
    suggest(saves=NOTHING, saves_in_plans=amount)
    lines = ask("routes").lines
    assert lines[3] == (
        "   in plans      $50.00 a month: list value inside flat plans, no money unless"
        " a plan gets smaller"
    )


def test_worth_it(ask: Ask, week: Path, suggest: Any) -> None:
    """Both break-evens are said; the premium only for a value that was given."""
    suggest(
        saves=Saving(30 * USD, 50 * USD, 90 * USD),
        task_value_nanos=540 * USD,
        success_premium=0.0675,
    )
    said = "break-even    today's way pays where a run is worth more than $540.00"
    assert any(said in line for line in ask("routes").lines)
    premium = "at $400.00 a run today's way must succeed 6.75 points"
    assert not any(premium in line for line in ask("routes").lines)
    assert any(premium in line for line in ask("routes", "--value", "400").lines)


def test_narrow(ask: Ask, week: Path, suggest: Any, narrow: None) -> None:
    """On a narrow terminal texts are broken below their names, lines to copy never."""
    long = "export " + "A" * 90 + "=1"
    suggest(
        saves=Saving(30 * USD, 50 * USD, 90 * USD), counted="word " * 16, how=(long,)
    )
    lines = ask("routes").lines
    start = lines.index("   counted       " + "word " * 7 + "word")
    assert lines[start + 1] == " " * 17 + "word " * 7 + "word"
    assert f"      {long}" in lines


@pytest.mark.parametrize("name", [n for n in hostile.HOSTILE if n != "\ud800"])
def test_hostile_names(ask: Ask, week: Path, suggest: Any, name: str) -> None:
    """What a log calls things cannot steer a terminal, in words or in a document."""
    evidence = SAID.evidence[0]._replace(session=name, source=name, why=name)
    suggest(
        title=name,
        saves=Saving(30 * USD, 50 * USD, 90 * USD),
        evidence=(evidence,),
        how=(name,),
        undo=(name,),
        counted=name,
        risks=(Risk(name, name),),
    )
    for words in (("routes",), ("routes", "--json")):
        answer = ask(*words)
        assert answer.code == 0
        unsafe = [c for c in answer.out if c < " " and c != "\n"]
        assert unsafe == []
        assert not set("\x7f\u202e\u2066\u200b\ufeff") & set(answer.out) or words[1:]


@pytest.mark.parametrize("name", [n for n in hostile.HOSTILE if n != "\ud800"])
def test_hostile_session(ask: Ask, home: Path, name: str) -> None:
    """A session of any name is evidence of what was wasted in it, and no more."""
    made = [
        sample_ledgers.event(NOW - timedelta(minutes=ago), cache_read=0, **counts)
        for ago, counts in (
            (40, {"cache_write": 9_000_000}),
            (20, {"cache_write": 9_000_001}),
        )
    ]
    labels = sample_ledgers.series(session=name, project=name, agent="main")
    sample_ledgers.add(Path(os.environ["TOKENTUI_LEDGER"]), [(labels, made)])
    suggested = ask("routes", "--json").document["suggestions"]
    (found,) = [each for each in suggested if each["lever"] == "cache-lapses"]
    assert [each["session"] for each in found["evidence"]] == [name]
    text = ask("routes").out
    assert "paid again after 1 break of up to 20 min" in text
    assert not [c for c in text if c != "\n" and (c < " " or c in "\x7f\u202e\u2066")]


WORTH = [
    # $157.50 in the 30 days asked for, of which a twentieth is $7.875.
    (7.87, 0),
    (7.88, 1),
]


@pytest.mark.parametrize(("usd", "count"), WORTH)
def test_a_twentieth(
    ask: Ask, week: Path, suggest: Any, usd: float, count: int
) -> None:
    """Below a twentieth of what is spent nothing is suggested, and that is said."""
    amount = round(usd * USD)
    suggest(saves=Saving(0, amount, amount))
    assert len(ask("routes", "--json").document["suggestions"]) == count
    said = any(line.startswith("Nothing is suggested") for line in ask("routes").lines)
    assert said is not bool(count)


@pytest.mark.parametrize(("usd", "count"), [(4.28, 0), (4.29, 1)])
def test_a_dollar_a_week(
    ask: Ask, home: Path, suggest: Any, usd: float, count: int
) -> None:
    """Below a dollar a week, $4.2857 a month, nothing is suggested."""
    made = [sample_ledgers.event(NOW - timedelta(hours=1), input=1_000_000, output=0)]
    labels = sample_ledgers.series()
    sample_ledgers.add(Path(os.environ["TOKENTUI_LEDGER"]), [(labels, made)])
    amount = round(usd * USD)
    suggest(saves=Saving(0, amount, amount))
    assert len(ask("routes", "--json").document["suggestions"]) == count


def test_enough_in_plans(ask: Ask, home: Path, suggest: Any) -> None:
    """A saving inside plans is measured by what is used inside plans."""
    weeks.worked_week(Path(os.environ["TOKENTUI_LEDGER"]), account="claude_max")
    for usd, count in WORTH:
        amount = round(usd * USD)
        suggest(saves=NOTHING, saves_in_plans=Saving(0, amount, amount))
        assert len(ask("routes", "--json").document["suggestions"]) == count


SPANS = [
    (("--last", "30d"), 30),
    (("--period", "month"), 20),  # the 1st to the 20th, today
    (("--since", "2026-11-16", "--until", "2026-11-18"), 2),
    (("--since", "2026-11-20"), 1),
]


@pytest.mark.parametrize(("words", "days"), SPANS)
def test_days(
    ask: Ask,
    week: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    days: int,
) -> None:
    """A month is made of the days that were asked for and have begun."""
    asked = []
    monkeypatch.setattr(levers, "LEVERS", (lambda work: asked.append(work.days) or [],))
    assert ask("routes", *words).code == 0
    assert asked == [days]


def test_one_route(ask: Ask, week: Path) -> None:
    """With `--to` only that route is an alternative, be it among the usual or not."""
    for model, usd in (("glm-5.2", 56.88), ("claude-opus-5-5", 96)):
        found = ask("routes", "--to", model, "--json").document
        (row,) = found["alternatives"]
        assert (row["model"], row["same_tokens_usd"]) == (model, usd)
    answer = ask("routes", "--to", "glm-5.20", "--json")
    assert answer.document["alternatives"][0]["verdict"] == "unpriced"
    assert "glm-5.20 has no price" in answer.document["warnings"][0]


def test_one_model(ask: Ask, week: Path, suggest: Any) -> None:
    """With `--model` suggestions are for what was used of it."""
    suggest(saves=Saving(0, USD, USD))
    found = ask("routes", "--model", "no-such", "--json").document
    assert (found["cost_usd"], found["suggestions"]) == (0, [])
    assert ask("routes", "--value", "much").code == 2
