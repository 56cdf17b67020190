"""The same model slower, later, or in a batch: what that costs, and when it is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from repriced import Made, event, used
from wasted import dollars, only, suggested

from tokentui.routes.levers.tiers import fast_off, off_peak, slower_tier

M = 1_000_000
OPENAI = {"endpoint": None, "source": "codex"}


def million(minutes: float = 0, **labels: Any) -> Made:
    """Make a response to a million tokens, of Opus 5.5 unless told otherwise."""
    return used(
        event(minutes, input=M), **({"model": "claude-opus-5-5", "tier": None} | labels)
    )


@pytest.mark.parametrize(
    ("labels", "usd"),
    [
        ({"tier": "fast"}, 4),
        ({"tier": "fast", "model": "claude-opus-4-6"}, 25),
        ({"tier": "priority", "model": "gpt-6.1-terra", **OPENAI}, 2),
    ],
)
def test_fast(ledger: Path, labels: dict[str, Any], usd: float) -> None:
    """Fast costs twice the usual price, six times on Opus 4.6.

    A million tokens are $4 on Opus 5.5, $5 on Opus 4.6; on GPT-6.1 Terra, above 272k
    tokens, $2.
    """
    found = only(ledger, fast_off, million(**labels))
    assert dollars(found.saves) == (0, usd, usd)
    assert found.how[0] == "/fast off"
    assert found.risks[0].kind == "latency"


def test_fast_where_nobody_waits(ledger: Path) -> None:
    """In a run that a script had started nobody was the faster for it."""
    made = million(tier="fast", entrypoint="sdk-cli"), million(1, tier="fast")
    assert dollars(only(ledger, fast_off, *made).saves) == (4, 8, 8)


@pytest.mark.parametrize("tier", [None, "standard", "batch", "priority"])
def test_not_fast(ledger: Path, tier: str | None) -> None:
    """At the usual price, or below it, there is nothing to turn off.

    What Anthropic calls priority costs the usual price.
    """
    assert suggested(ledger, fast_off, million(tier=tier)) == []


PEAK = -10 * 60
"""Minutes from the start, a Tuesday noon of UTC, to 2 o'clock."""

DEEPSEEK = {"model": "deepseek-v4-pro", "endpoint": None}


def test_peak(ledger: Path) -> None:
    """DeepSeek V4-Pro costs $1.32 a million at 2 o'clock, and $0.66 from 4 on."""
    found = only(ledger, off_peak, million(PEAK, **DEEPSEEK))
    assert dollars(found.saves) == (0, 0.66, 0.66)
    assert found.title == "deepseek-v4-pro outside the peak hours"
    assert "(01:00-04:00 UTC)" in found.counted
    assert found.how[1] == "echo 'COMMAND' | TZ=UTC at 04:00"


def test_both_peaks(ledger: Path) -> None:
    """The hours are those in which something was used."""
    labels = {**DEEPSEEK, "entrypoint": "sdk-cli"}
    made = million(PEAK, **DEEPSEEK), million(PEAK + 300, **labels)
    found = only(ledger, off_peak, *made)
    assert dollars(found.saves) == (0.66, 1.32, 1.32)
    assert "(01:00-04:00, 06:00-10:00 UTC)" in found.counted
    assert found.how[1].endswith("at 10:00")


@pytest.mark.parametrize(
    ("minutes", "labels"),
    [
        (0, DEEPSEEK),
        (PEAK + 4 * 24 * 60, DEEPSEEK),  # a Saturday
        (PEAK, {}),
        (PEAK, {"model": "glm-5.2", "endpoint": None}),
    ],
)
def test_off_peak(ledger: Path, minutes: float, labels: dict[str, Any]) -> None:
    """Nothing is found at other hours, at weekends and at other vendors."""
    assert suggested(ledger, off_peak, million(minutes, **labels)) == []


TERRA = {"model": "gpt-6.1-terra", "entrypoint": "codex_exec", **OPENAI}


def test_flex(ledger: Path) -> None:
    """What `codex exec` did is half price at the flex tier: $1 of $2 above the line."""
    found = only(ledger, slower_tier, million(**TERRA))
    assert dollars(found.saves) == (1, 1, 1)
    assert found.how[1] == 'codex exec -c \'service_tier="flex"\' "PROMPT"'
    assert {risk.kind for risk in found.risks} == {"latency", "availability"}


def test_batch(ledger: Path) -> None:
    """A run of `claude -p` of one response could be one of a batch, at half price."""
    found = only(ledger, slower_tier, million(entrypoint="sdk-cli"))
    assert dollars(found.saves) == (2, 2, 2)
    assert "v1/messages/batches" in found.how[1]
    assert {risk.kind for risk in found.risks} == {"latency"}


CLAUDE_RUN = {"model": "claude-opus-5-5", "tier": None, "entrypoint": "sdk-cli"}
IN_A_HURRY = [
    ("somebody waits", million(**{**TERRA, "entrypoint": "codex_cli_rs"})),
    ("nobody knows", million()),
    ("a plan pays", million(**TERRA, account="chatgpt plus")),
    ("flex already", million(**TERRA, tier="flex")),
    ("no such tier", million(model="glm-5.2", endpoint=None, entrypoint="sdk-cli")),
    ("a dialogue", used(event(0, input=M), event(1, input=M), **CLAUDE_RUN)),
]


@pytest.mark.parametrize(
    "made", [m for _, m in IN_A_HURRY], ids=[n for n, _ in IN_A_HURRY]
)
def test_not_slower(ledger: Path, made: Made) -> None:
    """Nothing is found where a slower tier cannot be had, or would be felt."""
    assert suggested(ledger, slower_tier, made) == []
