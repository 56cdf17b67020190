"""Long prompts: price lines that were crossed, and what was read over and over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from repriced import Made, event, used
from wasted import dollars, only, suggested

from tokentui.routes.levers.context import below_the_line, compact_earlier

K = 1_000


def haiku(*prompts: int, **labels: Any) -> Made:
    """Make requests of so many tokens, none cached, each answered with 4,000.

    Haiku 5.5: input 0.10, read 0.01, output 0.50 dollars per million; above 100,000
    tokens 0.50, 0.05 and 2.50.
    """
    made = [event(n, input=count, output=4 * K) for n, count in enumerate(prompts)]
    return used(*made, **({"model": "claude-haiku-5-5"} | labels))


def test_one_token_more(ledger: Path) -> None:
    """One token above the line $0.0600005 were paid, and $0.012 below it.

    A compaction reads 100k for $0.001 and writes 5k for $0.0025.
    """
    found = only(ledger, below_the_line, haiku(100_001))
    assert dollars(found.saves) == (0.0445, 0.0445, 0.0445)
    assert found.title == "claude-haiku-5-5: compact before prompts exceed 100k tokens"
    assert found.evidence[0].why == "1 request of up to 100k tokens"
    assert "export CLAUDE_CODE_AUTO_COMPACT_WINDOW=100000" in found.how


@pytest.mark.parametrize(
    ("prompt", "saves"),
    [
        # cost - 0.012 - 0.0035, where 110k cost 0.065, 125k 0.0725 and 200k 0.11.
        (110_000, (0.0495, 0.0495, 0.0495)),
        (110_001, (0, 0.0495, 0.0495)),
        (125_000, (0, 0.057, 0.057)),
        (125_001, (0, 0, 0.057)),
        (200_000, (0, 0, 0.0945)),
    ],
)
def test_how_far_above(
    ledger: Path, prompt: int, saves: tuple[float, float, float]
) -> None:
    """Only what is just above the line surely, or probably, need not be there."""
    assert dollars(only(ledger, below_the_line, haiku(prompt)).saves) == saves


def test_one_compaction_a_stretch(ledger: Path) -> None:
    """Three requests above the line need one compaction before them, not three."""
    found = only(ledger, below_the_line, haiku(101 * K, 101 * K, 101 * K))
    # Three times 0.0605 - 0.012, less 0.0035.
    assert dollars(found.saves)[1] == 0.142


def test_cached_prompt(ledger: Path) -> None:
    """What is cut from a prompt is what was read from the cache, then the rest.

    105k tokens: 100k read and 5k written cost $0.008125; 95k and 5k below the line
    $0.001575. A compaction costs $0.0035.
    """
    made = event(cache_read=100 * K, cache_write=5 * K)
    found = only(ledger, below_the_line, used(made, model="claude-haiku-5-5"))
    assert found.saves.mid == round((0.008125 - 0.001575 - 0.0035) * 1e9)


def test_openai(ledger: Path) -> None:
    """GPT-6.1 Sol: 272,001 tokens and 8k of answer cost $1.208, one less $0.624.

    A compaction reads 272k for $0.0272 and writes 5k for $0.05.
    """
    made = used(
        event(input=272_001, output=8 * K),
        model="gpt-6.1-sol",
        endpoint=None,
        source="codex",
    )
    found = only(ledger, below_the_line, made)
    assert dollars(found.saves) == (0.5068, 0.5068, 0.5068)
    assert found.how[1] == "model_auto_compact_token_limit = 272000"


def test_two_models(ledger: Path) -> None:
    """Each line is a suggestion of its own."""
    other = used(event(input=273 * K), model="gpt-6.1-sol", endpoint=None)
    found = suggested(ledger, below_the_line, haiku(101 * K), other)
    assert {each.title.partition(":")[0] for each in found} == {
        "claude-haiku-5-5",
        "gpt-6.1-sol",
    }


BELOW = [
    ("at the line", haiku(100_000)),
    ("of a model without one", haiku(900 * K, model="claude-opus-5-5")),
    ("as a sum", used(replace(event(input=900 * K), requests=9))),
]


@pytest.mark.parametrize("made", [m for _, m in BELOW], ids=[n for n, _ in BELOW])
def test_below_the_line(ledger: Path, made: Made) -> None:
    """Nothing is found where no request was above a line."""
    assert suggested(ledger, below_the_line, made) == []


def long_session(
    responses: int, first: int = 20 * K, longest: int = 130 * K, **labels: Any
) -> Made:
    """Make a session on Opus 4.8 that reads a long prompt again and again.

    Writes 6.25, reads 0.50, output 25 dollars per million.
    """
    grown = event(1, cache_read=first, cache_write=longest - first)
    again = [event(2 + n, cache_read=longest) for n in range(responses)]
    return used(event(0, cache_write=first), grown, *again, **labels)


def test_read_again(ledger: Path) -> None:
    """A hundred responses read 130k tokens each, where 45k or 30k would have done.

    A compaction reads 130k ($0.065), writes 5k ($0.125), and what it leaves is written
    to the cache ($0.28125 or $0.1875). Each response then reads 85k or 100k less. Above
    half of the prompt, with 70k left, nobody would compact.
    """
    found = only(ledger, compact_earlier, long_session(100))
    assert found.saves == (0, 3_778_750_000, 4_622_500_000)
    assert found.confidence == "price"
    assert "to 25,000 tokens above its first prompt" in found.counted
    assert found.evidence[0].why == "101 responses to more than 120k tokens, up to 130k"
    assert "export CLAUDE_CODE_AUTO_COMPACT_WINDOW=120000" in found.how
    assert found.undo == ("unset CLAUDE_CODE_AUTO_COMPACT_WINDOW",)


def test_lapse_after_it(ledger: Path) -> None:
    """What is not in the prompt is not written again either, after a break."""
    labels, events = long_session(1)
    made = labels, [*events, event(200, cache_write=130 * K)]
    # The response before it reads 85k less, it writes 85k less: 0.0425 and 0.53125.
    found = only(ledger, compact_earlier, made)
    assert found.saves.mid == 42_500_000 + 531_250_000 - 471_250_000


def test_again_and_again(ledger: Path) -> None:
    """A prompt that grows on is compacted each time it is too long.

    From 130k, 45k are left; the 80k that follow make it 125k, and 45k are left again.
    So one response reads 85k less, and fifty 165k. Each time a summary ($0.125) and
    what is left ($0.28125) are written, and 130k ($0.065) or 125k ($0.0625) read.
    """
    growing = [
        event(0, cache_write=20 * K),
        event(1, cache_read=20 * K, cache_write=110 * K),
        event(2, cache_read=130 * K, cache_write=80 * K),
        *(event(3 + n, cache_read=210 * K) for n in range(50)),
    ]
    found = only(ledger, compact_earlier, used(*growing))
    probably = 42_500_000 + 50 * 82_500_000 - 940_000_000
    # With 30k left it is never 120k again. With 70k left 130k are not worth it, and
    # then 210k are: 50 responses read 140k less, for 0.105 + 0.125 + 0.4375 dollars.
    never_again = 51 * 50_000_000 - 377_500_000
    later = 50 * 70_000_000 - 667_500_000
    assert found.saves == (never_again, probably, probably)
    assert never_again < later < probably


SHORT = [
    ("never too long", long_session(100, longest=120 * K)),
    ("long from the start", long_session(100, first=125 * K)),
    ("too few responses", long_session(5)),
    ("a sub-agent", long_session(100, agent="explore")),
]


@pytest.mark.parametrize("made", [m for _, m in SHORT], ids=[n for n, _ in SHORT])
def test_nothing_to_shorten(ledger: Path, made: Made) -> None:
    """Nothing is found where a compaction would not have paid."""
    assert suggested(ledger, compact_earlier, made) == []


def test_compacted_already(ledger: Path) -> None:
    """After a compaction of its own, a session has no prompt that is too long.

    One response read 130k tokens; then the prompt was 50k.
    """
    labels, events = long_session(1)
    short = [event(10, cache_read=20 * K, cache_write=30 * K)]
    short += [event(11 + n, cache_read=50 * K) for n in range(200)]
    assert suggested(ledger, compact_earlier, (labels, [*events, *short])) == []
