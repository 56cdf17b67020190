"""Breaks that a prompt cache did not outlive: what they cost, and what is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from repriced import Made, at, event, used
from wasted import dollars, only, suggested

from tokentui.periods import millis
from tokentui.routes.levers.cache import compact_before_leaving, hour_of_cache

K = 1_000
WRITTEN, AGAIN = {"cache_write": 150 * K}, {"cache_write": 151 * K}


def session(
    minutes: float,
    first: dict[str, int] = WRITTEN,
    then: dict[str, int] = AGAIN,
    **labels: Any,
) -> Made:
    """Make a session of two responses, so many minutes apart.

    Opus 5.5: input 4, writes 5 and 8, reads 0.20, output 20 dollars per million.
    """
    usual = {"model": "claude-opus-5-5", "session": "breaks"}
    return used(event(0, **first), event(minutes, **then), **(usual | labels))


def test_coffee_break(ledger: Path) -> None:
    """After 14 minutes 150k tokens were written again for $0.75, not read for $0.03.

    An hour's cache had cost 151k tokens less 150k, and the 150k of the beginning, $3 a
    million more: $0.453.
    """
    found = only(ledger, hour_of_cache, session(14))
    assert dollars(found.saves) == (0.267, 0.267, 0.72)
    assert dollars(found.saves_in_plans) == (0, 0, 0)
    assert found.confidence == "measured"
    assert found.how[1:] == ("export ENABLE_PROMPT_CACHING_1H=1",)
    assert found.undo == ("unset ENABLE_PROMPT_CACHING_1H",)
    (seen,) = found.evidence
    assert (seen.session, seen.source, seen.nanos) == ("breaks", "claude-code", 267e6)
    assert seen.at_ms == millis(at(14))
    assert seen.why == "150k tokens paid again after 1 break of up to 14 min"


def test_writes_everywhere(ledger: Path) -> None:
    """What other sessions write costs more for an hour, too: at least, nothing is won.

    Another one wrote 100k tokens, for which an hour costs $0.30 more than the $0.267.
    """
    other = session(1, {"cache_write": 100 * K}, {"cache_read": 100 * K}, session="b")
    found = only(ledger, hour_of_cache, session(14), other)
    assert dollars(found.saves) == (0, 0.267, 0.72)
    assert [each.session for each in found.evidence] == ["breaks"]


def test_older_model(ledger: Path) -> None:
    """A break costs $0.8625 on Opus 4.8, whose reads cost 0.50 and writes 6.25."""
    made = session(14, model="claude-opus-4-8")
    assert dollars(only(ledger, hour_of_cache, made).saves)[2] == 0.8625


def test_part_of_it_read(ledger: Path) -> None:
    """What was read from the cache after all was not paid again: 130k at $4.80."""
    then = {"cache_read": 20 * K, "cache_write": 131 * K}
    found = only(ledger, hour_of_cache, session(14, then=then))
    assert dollars(found.saves)[2] == 0.624


def test_inside_a_plan(ledger: Path) -> None:
    """What a plan pays is list value, and no money."""
    found = only(ledger, hour_of_cache, session(14, account="claude_max"))
    assert dollars(found.saves) == (0, 0, 0)
    assert dollars(found.saves_in_plans) == (0.267, 0.267, 0.72)


HOUR = {"cache_write_1h": 150 * K}
READ = {"cache_read": 150 * K, "cache_write": K}
NO_BREAKS = [
    ("within five minutes", session(5)),
    ("of more than an hour", session(61)),
    ("that the cache outlived", session(14, then=READ)),
    (
        "of which half was read",
        session(14, then={"cache_read": 76 * K, "input": 75 * K}),
    ),
    ("after a compaction", session(14, then={"cache_write": 149 * K})),
    ("with an hour's cache", session(14, HOUR, AGAIN)),
    ("of a small prompt", session(14, {"cache_write": 4 * K}, {"cache_write": 5 * K})),
    ("between two sub-agents", session(14, agent="explore")),
    ("with a cache nobody knows", session(14, model="glm-5.2", endpoint=None)),
    ("with no hour's cache to be had", session(40, model="gpt-6.1-sol", endpoint=None)),
]


@pytest.mark.parametrize(
    "made", [m for _, m in NO_BREAKS], ids=[n for n, _ in NO_BREAKS]
)
def test_no_break(ledger: Path, made: Made) -> None:
    """Nothing is found where no cache of an hour would have helped."""
    assert suggested(ledger, hour_of_cache, made) == []


def test_two_sessions_are_no_break(ledger: Path) -> None:
    """How a session begins is not counted, whatever one before it had in the cache."""
    one = used(event(0, **WRITTEN), model="claude-opus-5-5", session="a")
    two = used(event(14, **AGAIN), model="claude-opus-5-5", session="b")
    assert suggested(ledger, hour_of_cache, one, two) == []


def left_for(minutes: float, **wishes: Any) -> Made:
    """Make a session that begins with 20k tokens, grows to 150k and then rests."""
    kind = wishes.pop("kind", "cache_write")
    return used(
        event(0, **{kind: 20 * K}),
        event(1, cache_read=20 * K, **{kind: 130 * K}),
        event(1 + minutes, **{kind: 150 * K}),
        **({"model": "claude-opus-5-5"} | wishes),
    )


def test_cold_resume(ledger: Path) -> None:
    """After two hours 150k tokens were written again, at $5 a million.

    At most, a new session would have written 20k. Compacted, 45k or 70k had been left,
    for the price of reading 150k ($0.03) and writing a summary of 5k ($0.10).
    """
    found = only(ledger, compact_before_leaving, left_for(120))
    assert dollars(found.saves) == (0.27, 0.395, 0.65)
    assert found.confidence == "price"
    assert found.how == (
        "/compact",
        "# or, where the next task is another one",
        "/clear",
    )
    assert found.risks[0].kind == "quality"
    assert found.evidence[0].why == "150k tokens paid again after 1 break of up to 2 h"


def test_cold_after_an_hours_cache(ledger: Path) -> None:
    """What was written for an hour was written again at $8 a million."""
    found = only(ledger, compact_before_leaving, left_for(61, kind="cache_write_1h"))
    assert dollars(found.saves) == (0.51, 0.71, 1.04)


def test_cold_at_openai(ledger: Path) -> None:
    """At OpenAI the cache lives for half an hour, and no other one is to be had.

    GPT-6.1 Sol: writes 2.50, reads 0.10, output 10 dollars per million.
    """
    made = left_for(31, model="gpt-6.1-sol", endpoint=None, source="codex")
    found = only(ledger, compact_before_leaving, made)
    assert dollars(found.saves) == (0.135, 0.1975, 0.325)
    assert "/new" in found.how


def test_not_worth_a_compaction(ledger: Path) -> None:
    """A prompt of 40k tokens is not worth it; a new session had written 20k less."""
    made = used(
        event(0, cache_write=20 * K),
        event(1, cache_read=20 * K, cache_write=20 * K),
        event(120, cache_write=40 * K),
        model="claude-opus-5-5",
    )
    assert dollars(only(ledger, compact_before_leaving, made).saves) == (0, 0, 0.1)


@pytest.mark.parametrize("minutes", [4, 14, 59])
def test_warm_enough(ledger: Path, minutes: float) -> None:
    """Shorter breaks are another lever's, or nobody's."""
    assert suggested(ledger, compact_before_leaving, left_for(minutes)) == []
