"""A cheap model first: what that saves by the user's own marks, and when it is none."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sample_ledgers
from repriced import Made, event, used
from wasted import dollars, only, suggested

from tokentui.ledger.connection import open_for_writing
from tokentui.ledger.marks import Mark, keep_mark
from tokentui.routes.levers.cascades import cheap_first
from tokentui.settings import Config, Routes

OPUS = {"model": "claude-opus-5-5"}
HAIKU = "claude-haiku-5-5"
NINE_OF_TWELVE = ["accepted"] * 9 + ["rejected", "rejected", "abandoned"]


def dear(**labels: Any) -> Made:
    """Make a session of a million tokens in short prompts: $4, and $0.10 on Haiku."""
    made = [event(n, input=50_000 + n) for n in range(20)]
    return used(*made, **(OPUS | {"session": "dear"} | labels))


def marked(ledger: Path, verdicts: list[str], model: str = HAIKU) -> None:
    """Write a small session for each verdict, and mark it."""
    labels: dict[str, Any] = {"model": model, "project": "/elsewhere"}
    some = [
        used(event(900 + n, input=100), session=f"small-{n}", **labels)
        for n in range(len(verdicts))
    ]
    sample_ledgers.add(ledger, some)
    with closing(open_for_writing(ledger)) as connection:
        for n, verdict in enumerate(verdicts):
            keep_mark(connection, Mark("claude-code", f"small-{n}", verdict, 0))


def test_by_marks(ledger: Path) -> None:
    """Three of four succeed for $0.10 of a million, and one costs $4 more.

    $0.10002 and a quarter of $4.00076, in place of that: 20 prompts of 50,000 tokens,
    each one longer than the one before.
    """
    marked(ledger, NINE_OF_TWELVE)
    found = only(ledger, cheap_first, dear())
    nanos = 4_000_760_000 - 100_019_000 - 1_000_190_000
    assert found.saves == (nanos, nanos, nanos)
    assert found.confidence == "own"
    assert found.title == (
        "claude-haiku-5-5 first, claude-opus-5-5 where it fails, in Claude Code"
    )
    assert "9 of 12 sessions" in found.counted
    assert "above 2 % of success" in found.counted
    assert found.how[0] == "/model claude-haiku-5-5"
    assert found.how[4] == "/model claude-opus-5-5"
    assert [risk.text for risk in found.risks][1] == "25 % of runs are done twice"
    assert [each.session for each in found.evidence] == ["dear"]


def test_in_a_plan(ledger: Path) -> None:
    """What a plan pays is list value, and no money."""
    marked(ledger, NINE_OF_TWELVE)
    found = only(ledger, cheap_first, dear(account="claude_max"))
    assert dollars(found.saves) == (0, 0, 0)
    assert found.saves_in_plans.mid > 0


@pytest.mark.parametrize(
    "verdicts", [[], ["accepted"] * 9, ["rejected"] * 12], ids=["none", "few", "bad"]
)
def test_not_by_marks(ledger: Path, verdicts: list[str]) -> None:
    """Without ten marks, or where none was accepted, there is nothing to suggest."""
    marked(ledger, verdicts)
    assert suggested(ledger, cheap_first, dear()) == []


def test_does_not_pay(ledger: Path) -> None:
    """A model that costs as much is not tried first, however often it succeeds."""
    marked(ledger, ["accepted"] * 12, model="claude-fable-5-2")
    assert suggested(ledger, cheap_first, dear()) == []


def test_not_wanted(ledger: Path) -> None:
    """A route that the user denies is not tried first either."""
    marked(ledger, NINE_OF_TWELVE)
    config = Config(routes=Routes(unavailable=(HAIKU,)))
    assert suggested(ledger, cheap_first, dear(), config=config) == []
