"""Another vendor: what all that is known calls cheaper, and lines to go there.

A week on Opus 4.8 at high is $157.50. On GLM-5.3-Flash the same tokens are $6.45, of
which $0.60 are output; at 0.65 of the tokens $4.1925. Its tasks of DeepSWE v1.1 took
9,358,476 tokens read and 67,491 written, those of Opus 3,814,284 and 44,476; it solved
63.39 % of them, and Opus 51.77 %.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import weeks
from levered import NOTHING, a_month, found

from tokentui.routes.levers.vendors import other_vendor
from tokentui.settings import Config, Routes

BENCHMARK = 5.85 * 9_358_476 / 3_814_284 + 0.60 * 67_491 / 44_476


def task() -> float:
    """Price the week by what a task costs: 93.277 and 97.062 % from the cache."""
    there = 9_358_476 * (0.93277 * 0.03 + 0.06723 * 0.15) + 67_491 * 0.5
    here = 3_814_284 * (0.97062 * 0.5 + 0.02938 * 6.25) + 44_476 * 25
    return 157.5 * there / here


def test_flash(ledger: Path) -> None:
    """The flash model is far cheaper by each estimate, and no worse on the tasks."""
    weeks.worked_week(ledger)
    (it,) = found(ledger, other_vendor, value=60)
    assert it.title == "glm-5.3-flash instead of claude-opus-4-8 in Claude Code"
    costs = (6.45, 4.1925, BENCHMARK, task())
    expected = a_month(157.5 - max(costs), 157.5 - min(costs), mid=157.5 - BENCHMARK)
    assert it.saves == pytest.approx(expected, rel=1e-9)
    assert it.saves_in_plans == NOTHING
    assert it.confidence == "benchmark"
    assert it.counted == (
        "1,000 responses in 40 runs. At least by benchmark task, probably by benchmark,"
        " at most by tokenizer: estimates of the cost there"
    )
    # It solves more and costs less: at no value is Opus worth it.
    assert it.task_value_nanos is None
    assert it.success_premium == pytest.approx((157.5 - BENCHMARK) / 40 / 60)
    assert "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic" in it.how
    assert "export ANTHROPIC_AUTH_TOKEN=<your zai key>" in it.how
    assert "export ANTHROPIC_DEFAULT_OPUS_MODEL=glm-5.3-flash" in it.how
    assert "export CLAUDE_CODE_EFFORT_LEVEL=max" in it.how
    assert "unset ANTHROPIC_BASE_URL" in it.undo
    kinds = {risk.kind for risk in it.risks}
    assert kinds == {"quality", "cost", "data", "availability", "licence"}


def test_undo_takes_back_all(ledger: Path) -> None:
    """Every variable that is set can be taken out again, and only these are."""
    weeks.worked_week(ledger)
    (it,) = found(ledger, other_vendor)
    lines = [line.split() for line in it.how if line.startswith("export ")]
    given = {line[1].partition("=")[0] for line in lines}
    taken = {line.split()[1] for line in it.undo if line.startswith("unset ")}
    assert given == taken


def test_nothing_is_clear(ledger: Path) -> None:
    """Of Opus 5.5 no benchmark tells: what lists cheaper may need more tokens."""
    weeks.worked_week(ledger, model="claude-opus-5-5")
    assert found(ledger, other_vendor) == []


def test_disagreement(ledger: Path) -> None:
    """A route by which the estimates disagree is never spoken of.

    GPT-6 Astra at low takes a twelfth of the tokens for the same tasks, yet the same
    tokens cost twice as much there: 30 + 75 + 150 + 60 for 157.50. On the tasks it is
    the best of all that are cheaper.
    """
    weeks.worked_week(ledger)
    (it,) = found(ledger, other_vendor)
    assert "astra" not in it.title


def test_worse_on_the_tasks(ledger: Path) -> None:
    """What solves 8 points less comes after what does not, however cheap it is.

    Opus 5 at high solves 72.83 %, GLM-5.3-Flash 63.39 %, GLM-5.3 68.96 %.
    """
    weeks.worked_week(ledger, model="claude-opus-5")
    (it,) = found(ledger, other_vendor)
    assert it.title == "gemini-3.8-flash instead of claude-opus-5 in Claude Code"


def test_proxy(ledger: Path) -> None:
    """A vendor that does not speak the agent's protocol is reached by a proxy."""
    weeks.worked_week(ledger, model="claude-opus-5")
    (it,) = found(ledger, other_vendor)
    assert it.how[0] == "# with a LiteLLM proxy that has gemini-3.8-flash"
    assert "export ANTHROPIC_BASE_URL=http://localhost:4000" in it.how
    assert "export ANTHROPIC_AUTH_TOKEN=<your LiteLLM key>" in it.how


def test_codex(ledger: Path) -> None:
    """Codex is sent by its config, to who speaks its protocol or to a proxy."""
    labels = {"model": "gpt-5.6-sol", "endpoint": "openai", "source": "codex"}
    weeks.worked_week(ledger, effort="medium", **labels)
    (it,) = found(ledger, other_vendor)
    model, effort = it.how[1:3]
    assert model == 'model = "glm-5.3-flash"'
    assert effort == 'model_reasoning_effort = "max"'
    assert 'base_url = "http://localhost:4000/v1"' in it.how
    assert 'wire_api = "responses"' in it.how
    assert it.undo[1] == 'model = "gpt-5.6-sol"'


def test_denied(ledger: Path) -> None:
    """A vendor that the user does not want is never suggested, but the next one is."""
    weeks.worked_week(ledger)
    (it,) = found(
        ledger, other_vendor, config=Config(routes=Routes(deny_vendors=("zai",)))
    )
    assert it.title == "deepseek-v4-pro instead of claude-opus-4-8 in Claude Code"
    all_of_them = Config(routes=Routes(deny_vendors=("*",)))
    assert found(ledger, other_vendor, config=all_of_them) == []


def test_agent_without_lines(ledger: Path) -> None:
    """An agent that cannot be sent elsewhere is left where it is."""
    weeks.worked_week(ledger, source="cursor")
    assert found(ledger, other_vendor) == []
