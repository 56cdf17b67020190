"""A lower effort of the same model, by the tasks of a benchmark.

DeepSWE v1.1, Opus 4.8, tokens read and written for a task: 3,814,284 and 44,476 at
high, 2,851,276 and 36,648 at medium, 1,658,113 and 25,291 at low; 97.062 and 96.959 %
of them from the cache at high and medium. It solves 51.77, 48.67 and 40.80 % of them. A
week at high is $127.50 of input and $30 of output.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import weeks
from levered import NOTHING, a_month, found

from tokentui.routes.levers.efforts import lower_effort
from tokentui.settings import Config, Routes

MEDIUM = 127.5 * 2_851_276 / 3_814_284 + 30 * 36_648 / 44_476
LOW = 127.5 * 1_658_113 / 3_814_284 + 30 * 25_291 / 44_476


def task(tokens: int, output: int, cached: float) -> float:
    """Price a task at $6.25 a million written, $0.50 read, $25 of output."""
    return (tokens * (cached * 0.5 + (1 - cached) * 6.25) + output * 25) / 1e6


BY_TASK = 157.5 * task(2_851_276, 36_648, 0.96959) / task(3_814_284, 44_476, 0.97062)


def test_medium(ledger: Path) -> None:
    """Medium saves a quarter, and each task that it loses saved most."""
    weeks.worked_week(ledger)
    (it,) = found(ledger, lower_effort)
    title = "claude-opus-4-8 at medium instead of high effort in Claude Code"
    assert it.title == title
    assert it.confidence == "benchmark"
    usd = sorted((157.5 - MEDIUM, 157.5 - BY_TASK))
    expected = a_month(usd[0], usd[1], mid=157.5 - MEDIUM)
    assert it.saves == pytest.approx(expected, rel=1e-9)
    assert it.saves_in_plans == NOTHING
    assert it.task_value_nanos == pytest.approx(
        (157.5 - MEDIUM) / 40 / 0.031 * 1e9, rel=1e-6
    )
    assert (it.how, it.undo) == (("/effort medium",), ("/effort high",))
    (risk,) = it.risks
    assert "high solved 51.8 %, claude-opus-4-8 medium 48.7 %" in risk.text
    assert "a difference below 8 points proves nothing" in risk.text


@pytest.mark.parametrize(
    ("value", "effort"),
    [
        # A task in 32 is lost at medium for $0.94 saved in a run, one in 9 at low for
        # $2.12: above $30.22 a task neither is worth it.
        (60, None),
        (31, None),
        (30, "medium"),
        (10, "low"),
    ],
)
def test_what_a_run_is_worth(ledger: Path, value: int, effort: str | None) -> None:
    """Where that is known, what is worth most after its cost is suggested, if any."""
    weeks.worked_week(ledger)
    efforts = [it.how for it in found(ledger, lower_effort, value=value)]
    assert efforts == ([] if effort is None else [(f"/effort {effort}",)])


def test_success_premium(ledger: Path) -> None:
    """High has to succeed so much more often at $30 a task as it costs more."""
    weeks.worked_week(ledger)
    (it,) = found(ledger, lower_effort, value=30)
    assert it.success_premium == pytest.approx((157.5 - MEDIUM) / 40 / 30)


def test_price_of_a_task(ledger: Path) -> None:
    """Opus 5 solves a further task at high for about $63, by what tasks cost there."""
    weeks.worked_week(ledger, model="claude-opus-5")
    (it,) = found(ledger, lower_effort)
    assert it.how == ("/effort medium",)
    (risk,) = it.risks
    assert "each further task that high solves costs $63 there" in risk.text


def test_assumed_effort(ledger: Path) -> None:
    """Where no log tells the effort, the client's default is assumed, and said so."""
    weeks.worked_week(ledger, effort=None)
    (it,) = found(ledger, lower_effort)
    assert "claude-opus-4-8 high (assumed) solved 51.8 %" in it.risks[0].text


def test_codex(ledger: Path) -> None:
    """Codex has its effort in its config."""
    labels = {"model": "gpt-5.6-sol", "endpoint": "openai", "source": "codex"}
    weeks.worked_week(ledger, **labels)
    (it,) = found(ledger, lower_effort)
    key = "model_reasoning_effort"
    assert it.how == ("# in ~/.codex/config.toml", f'{key} = "medium"')
    assert it.undo == ("# in ~/.codex/config.toml", f'{key} = "high"')


def test_least_quality(ledger: Path) -> None:
    """An effort that solves less than the user wants is never suggested."""
    weeks.worked_week(ledger)
    wanted = Config(routes=Routes(min_quality=Decimal("48.7")))
    assert found(ledger, lower_effort, config=wanted) == []


@pytest.mark.parametrize(
    "labels",
    [
        {"effort": "low"},
        {"model": "claude-opus-5-5"},
        {"model": "glm-5.3", "effort": "max", "endpoint": None},
        {"source": "codex", "effort": None},
    ],
)
def test_nothing_lower(ledger: Path, labels: dict) -> None:
    """The lowest effort, models without rows, and unknown efforts are left alone."""
    weeks.worked_week(ledger, **labels)
    assert found(ledger, lower_effort) == []
