"""Requests again and again and sessions out of all bounds, and what is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from repriced import Made, event, used
from wasted import dollars, only, suggested

from tokentui.events import MAIN_THREAD
from tokentui.routes.levers.loops import budget_of_a_run, no_retries, no_rounds
from tokentui.settings import Config, Routes

OPUS = {"model": "claude-opus-5-5"}


def asked(*prompts: int, **labels: Any) -> Made:
    """Make requests of so many tokens, a minute apart, each answered with 100.

    Opus 5.5: input 4, output 20 dollars per million.
    """
    made = [event(n, input=count, output=100) for n, count in enumerate(prompts)]
    return used(*made, **(OPUS | labels))


def test_sent_again(ledger: Path) -> None:
    """Of two equal requests the first came to nothing: $0.04 read, $0.002 written."""
    found = only(ledger, no_retries, asked(10_000, 10_000, 11_000))
    assert dollars(found.saves) == (0, 0.042, 0.042)
    assert found.evidence[0].why == "1 request of up to 10.0k tokens sent again"
    assert found.how[1] == "export API_TIMEOUT_MS=3000000"


def test_sent_thrice(ledger: Path) -> None:
    """What was sent three times is no chance."""
    found = only(ledger, no_retries, asked(10_000, 10_000, 10_000))
    assert dollars(found.saves) == (0.084, 0.084, 0.084)


def test_sub_agents_alike(ledger: Path) -> None:
    """Sub-agents may begin alike; what was cut off has surely been asked again."""
    cut = replace(event(0, input=10_000, output=1), standing=MAIN_THREAD)
    after = event(1, input=10_000, output=100)
    found = only(ledger, no_retries, used(cut, after, agent="explore", **OPUS))
    assert found.saves.mid == round((0.04 + 0.00002) * 1e9)


NEVER_AGAIN = [
    ("a dialogue", asked(10_000, 10_001, 10_002)),
    ("small prompts", asked(4_095, 4_095)),
    ("sub-agents that begin alike", asked(10_000, 10_000, agent="explore")),
    ("a labelled loop", asked(10_000, 10_000, 10_000, label="nightly")),
]


@pytest.mark.parametrize(
    "made", [m for _, m in NEVER_AGAIN], ids=[n for n, _ in NEVER_AGAIN]
)
def test_not_again(ledger: Path, made: Made) -> None:
    """Nothing is found where each request was another one, or a loop was meant."""
    assert suggested(ledger, no_retries, made) == []


def test_two_sessions(ledger: Path) -> None:
    """Sessions that begin alike are no retries."""
    made = (
        asked(10_000, 11_000, session="a"),
        used(event(5, input=10_000), **OPUS, session="b"),
    )
    assert suggested(ledger, no_retries, *made) == []


@pytest.mark.parametrize("glob", ["acme", "/home/me/src/*", "*"])
def test_declared(ledger: Path, glob: str) -> None:
    """A project that is declared to go round on purpose has no retries."""
    config = Config(routes=Routes(loops=(glob,)))
    made = asked(10_000, 10_000)
    assert suggested(ledger, no_retries, made, config=config) == []


def test_other_is_declared(ledger: Path) -> None:
    """What is declared of one project says nothing of another."""
    config = Config(routes=Routes(loops=("other",)))
    assert suggested(ledger, no_retries, asked(10_000, 10_000), config=config) != []


def called(*marks: int | None, **labels: Any) -> Made:
    """Make responses to 10,000 tokens and more, each with the mark of its calls."""
    made = [
        replace(event(n, input=10_000 + n), call_mark=mark)
        for n, mark in enumerate(marks)
    ]
    return used(*made, **(OPUS | labels))


def test_going_round(ledger: Path) -> None:
    """Of three equal calls the third is probably in vain, at most the second, too.

    They read 10,001, 10,002 and 10,003 tokens at $4 a million.
    """
    found = only(ledger, no_rounds, called(1, 7, 7, 7, 2))
    assert found.saves == (0, 40_012_000, 40_012_000 + 40_008_000)
    assert found.title == "The same tool call again and again"
    (seen,) = found.evidence
    assert seen.why == "up to 3 equal calls in a row, of 10.0k tokens each"
    assert "/rewind" in found.how


def test_many_rounds(ledger: Path) -> None:
    """Five in a row are no chance: all but two of them were in vain."""
    found = only(ledger, no_rounds, called(*[-7] * 5))
    in_vain = 4_000 * (10_002 + 10_003 + 10_004)
    assert found.saves == (in_vain, in_vain, in_vain + 40_004_000)


GOES_ON = [
    ("two of a kind", called(7, 7, 8, 8)),
    ("others in between", called(7, 8, 7, 8, 7)),
    ("no call is known", called(None, None, None, None)),
    ("sub-agents at once", called(7, 7, 7, 7, agent="explore")),
    ("a labelled loop", called(7, 7, 7, 7, label="poll")),
]


@pytest.mark.parametrize("made", [m for _, m in GOES_ON], ids=[n for n, _ in GOES_ON])
def test_goes_on(ledger: Path, made: Made) -> None:
    """Nothing is found where calls differ, or where it is meant."""
    assert suggested(ledger, no_rounds, made) == []


def test_declared_rounds(ledger: Path) -> None:
    """A project that is declared to go round does so in its calls, too."""
    config = Config(routes=Routes(loops=("acme",)))
    assert suggested(ledger, no_rounds, called(7, 7, 7), config=config) == []


COSTS = [1] * 5 + [2] * 10 + [4] * 5
"""Twenty sessions in dollars; the middle half lies between 2 and, with one more, 4."""


def sessions(*costs: float, **labels: Any) -> list[Made]:
    """Make sessions of so many dollars, at $4 for a million tokens."""
    return [
        used(
            event(n, input=round(usd * 250_000)),
            **(OPUS | {"session": f"s{n}"} | labels),
        )
        for n, usd in enumerate(costs)
    ]


FAR = 4 * 2**1.5
"""Above 4 by one and a half times the factor 2 from 2 to 4: $11.31."""


def test_runaway(ledger: Path) -> None:
    """One session of $100 is far out: a budget had saved what is beyond it."""
    found = only(ledger, budget_of_a_run, *sessions(*COSTS, 100))
    beyond = round(100 - FAR, 4)
    assert dollars(found.saves) == (0, beyond, beyond)
    assert found.title == "A budget of $11.31 for a run"
    assert found.how[0] == "tokentui run --max 11.31 -- claude"
    (seen,) = found.evidence
    assert (seen.session, seen.nanos) == ("s20", round((100 - FAR) * 1e9))
    assert seen.why == "beyond it, of $100.00"
    assert found.risks[0].kind == "quality"


def test_runaway_script(ledger: Path) -> None:
    """Where nobody watched it is surely waste."""
    *made, (labels, events) = sessions(*COSTS, 100)
    alone = replace(labels, entrypoint="sdk-cli"), events
    found = only(ledger, budget_of_a_run, *made, alone)
    assert found.saves.low == found.saves.mid == found.saves.high > 0


def test_runaway_in_a_plan(ledger: Path) -> None:
    """What a plan paid of it is list value."""
    made = sessions(*COSTS, 100, account="claude_max")
    found = only(ledger, budget_of_a_run, *made)
    assert dollars(found.saves) == (0, 0, 0)
    assert dollars(found.saves_in_plans)[1] == round(100 - FAR, 4)


def test_several_threads(ledger: Path) -> None:
    """What a session's sub-agents cost is part of it."""
    more = used(event(99, input=3_750_000), **OPUS, session="s20", agent="explore")
    found = only(ledger, budget_of_a_run, *sessions(*COSTS, 85), more)
    assert found.evidence[0].why == "beyond it, of $100.00"


WITHIN = [
    ("all alike", sessions(*[2] * 25)),
    ("within the spread", sessions(*COSTS, 11)),
    ("too few to know", sessions(*COSTS[:18], 100)),
    ("a labelled run", [*sessions(*COSTS), *sessions(100, session="x", label="run")]),
]


@pytest.mark.parametrize("made", [m for _, m in WITHIN], ids=[n for n, _ in WITHIN])
def test_no_runaway(ledger: Path, made: list[Made]) -> None:
    """Nothing is found where no session is far out, or it was meant to be."""
    assert suggested(ledger, budget_of_a_run, *made) == []
