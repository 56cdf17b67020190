"""The cache of another provider: what it would have held, and what not."""

from __future__ import annotations

from pathlib import Path

import pytest
from repriced import USD, costs, event, used

PROMPT = 100_000


def two(minutes: float, model: str, first: dict, second: dict, provider: str):
    """Make two responses of a thread, so many minutes apart."""
    return used(
        event(0, **first), event(minutes, **second), model=model, endpoint=provider
    )


WRITTEN = {"cache_write": PROMPT}
READ = {"cache_read": PROMPT, "cache_write": 1_000}
AGAIN = {"cache_write": PROMPT + 1_000}


@pytest.mark.parametrize(
    ("minutes", "usd"),
    [
        # 101,000 written at 2.50 and 100,000 read at 0.10.
        (4, 0.2625),
        (6, 0.5025),
        (29, 0.5025),
    ],
)
def test_shorter_lifetime(ledger: Path, minutes: float, usd: float) -> None:
    """What OpenAI held for half an hour Claude would have written again after 5 min."""
    made = two(minutes, "gpt-6.1-sol", WRITTEN, READ, "openai")
    assert costs(ledger, made, on="claude-sonnet-5-5").same == round(usd * USD)


@pytest.mark.parametrize(("minutes", "usd"), [(6, 0.2625), (29, 0.2625), (31, 0.5025)])
def test_longer_lifetime(ledger: Path, minutes: float, usd: float) -> None:
    """What lapsed after 5 min at Claude would have been there for half an hour."""
    made = two(minutes, "claude-opus-4-8", WRITTEN, AGAIN, "anthropic")
    assert costs(ledger, made, on="gpt-6.1-sol").same == round(usd * USD)


def test_no_lapse(ledger: Path) -> None:
    """What was written again at once is no lapse: another cache would miss it too."""
    made = two(1, "claude-opus-4-8", WRITTEN, AGAIN, "anthropic")
    assert costs(ledger, made, on="gpt-6.1-sol").same == round(0.5025 * USD)


def test_a_shorter_prompt_is_no_lapse(ledger: Path) -> None:
    """After a compaction the prompt is another one, which no cache has."""
    made = two(10, "claude-opus-4-8", WRITTEN, {"cache_write": 20_000}, "anthropic")
    assert costs(ledger, made, on="gpt-6.1-sol").same == round(0.3 * USD)


@pytest.mark.parametrize(("minutes", "usd"), [(29, 0.2625), (40, 0.5025)])
def test_an_hour(ledger: Path, minutes: float, usd: float) -> None:
    """Without a write for an hour it is one for the usual time, at its price."""
    made = two(
        minutes,
        "claude-opus-4-8",
        {"cache_write_1h": PROMPT},
        {"cache_read": PROMPT, "cache_write_1h": 1_000},
        "anthropic",
    )
    assert costs(ledger, made, on="gpt-6.1-sol").same == round(usd * USD)


def test_same_cache(ledger: Path) -> None:
    """Among models with the same cache nothing is other than it was."""
    made = two(
        40,
        "claude-opus-4-8",
        {"cache_write_1h": PROMPT},
        {"cache_read": PROMPT, "cache_write_1h": 1_000},
        "anthropic",
    )
    # 101,000 written for an hour at 4, 100,000 read at 0.10.
    assert costs(ledger, made, on="claude-sonnet-5-5").same == round(0.414 * USD)


def test_no_stated_lifetime(ledger: Path) -> None:
    """A cache whose lifetime nobody states held what was held; writes cost input."""
    made = two(40, "claude-opus-4-8", WRITTEN, READ, "anthropic")
    # 101,000 at 1.40 and 100,000 read at 0.26.
    assert costs(ledger, made, on="glm-5.2").same == round(0.1674 * USD)


def test_threads_apart(ledger: Path) -> None:
    """The wait is that of the thread, whatever a sub-agent did in between."""
    main = two(6, "gpt-6.1-sol", WRITTEN, READ, "openai")
    other = used(
        event(5, input=10), model="gpt-6.1-sol", endpoint="openai", agent="explore"
    )
    found = costs(ledger, main, other, on="claude-sonnet-5-5")
    assert found.same == round((0.5025 + 0.00002) * USD)
