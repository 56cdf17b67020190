"""What holds for all levers that look for waste, whatever there is in a ledger."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
import weeks
from msgspec.structs import replace
from repriced import Made, event, used
from wasted import NO_CONFIG, worked, worth_saying

from tokentui.routes.levers import LEVERS, suggestions

WASTE = {
    "cache-lapses",
    "cold-resumes",
    "long-context",
    "fast-mode",
    "off-peak",
    "flex-batch",
    "retries",
    "loops",
    "runaway",
    "re-reading",
}

MODELS: list[dict[str, Any]] = [
    {"model": "claude-opus-5-5"},
    {"model": "claude-haiku-5-5", "entrypoint": "sdk-cli"},
    {"model": "claude-opus-4-8", "tier": "fast", "account": "claude_max"},
    {"model": "gpt-6.1-sol", "endpoint": None, "entrypoint": "codex_exec"},
    {"model": "deepseek-v4-pro", "endpoint": None},
    {"model": "unheard-of", "endpoint": None},
]


def anything(seed: int) -> list[Made]:
    """Make thirty sessions of any shape."""
    chance = Random(seed)
    made, number = [], 0.0
    for session in range(30):
        minutes, events = chance.uniform(-9_000, 9_000), []
        for _ in range(chance.choice((1, 2, 40))):
            number += 1
            minutes += chance.choice((0.1, 1, 7, 40, 200)) + number / 1e6
            counts = {
                "input": chance.choice((0, 10, 5_000, 110_000)),
                "cache_read": chance.choice((0, 60_000, 140_000, 300_000)),
                "cache_write": chance.choice((0, 900, 150_000)),
                "cache_write_1h": chance.choice((0, 0, 90_000)),
                "output": chance.choice((0, 1, 2_000)),
            }
            made_of = event(minutes, **counts)
            mark = chance.choice((None, 1, 1, 2))
            events.append(replace(made_of, call_mark=mark))
        labels = chance.choice(MODELS)
        agent = chance.choice(("main", "main", "explore"))
        made.append(used(*events, **labels, session=f"s{session}", agent=agent))
    return made


@pytest.mark.parametrize("seed", range(6))
def test_never_more_than_was_spent(ledger: Path, seed: int) -> None:
    """Ranges are ranges, nothing saves more than it cost, and sessions are there.

    A month of 30 days is what was asked for, so nothing is scaled.
    """
    with worked(ledger, anything(seed), NO_CONFIG) as work:
        found = [each for lever in LEVERS for each in lever(work)]
        paid, in_plans = work.used.payable_nanos, work.used.plan_nanos
    assert WASTE & {each.lever for each in found}
    for each in found:
        for saves, spent in ((each.saves, paid), (each.saves_in_plans, in_plans)):
            assert 0 <= saves.low <= saves.mid <= saves.high <= spent
        assert all(0 < seen.nanos <= paid + in_plans for seen in each.evidence)
        assert len({(s.session, s.source) for s in each.evidence}) == len(each.evidence)
        assert each.counted or each.lever not in WASTE


def test_no_price(ledger: Path) -> None:
    """What has no price is wasted by nobody."""
    made = used(event(0, input=90_000), event(1, input=90_000), model="unheard-of")
    assert not WASTE & set(worth_saying(ledger, made))


def test_nothing_used(ledger: Path) -> None:
    """An empty ledger suggests nothing."""
    assert worth_saying(ledger) == []


def test_worked_week(ledger: Path) -> None:
    """In the worked week nothing is wasted: only another model is cheaper."""
    made = list(weeks.week())
    assert not WASTE & set(worth_saying(ledger, *made))


def test_one_pass(ledger: Path) -> None:
    """The work is looked at once for all levers, and once only."""
    with worked(ledger, anything(1), NO_CONFIG) as work:
        asked: list[str] = []
        work.connection.set_trace_callback(asked.append)
        suggestions(work)
    assert sum("ORDER BY s.source, s.session, s.id" in each for each in asked) == 1
