"""Newer models and small ones, of the vendor that is used already.

A week on Opus 4.8 is $157.50, on Opus 5.5 $96.00, on Haiku 5.5 $15.75, but $3.15 if no
prompt exceeds 100,000 tokens.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import sample_ledgers
import weeks
from levered import NOTHING, a_month, found, spoken
from repriced import event, used

from tokentui.routes.levers.models import newer_model, small_side_model
from tokentui.settings import Config, Routes


def test_newer_model(ledger: Path) -> None:
    """Opus 5.5 in place of 4.8 saves $61.50 of $157.50, with nothing but prices."""
    weeks.worked_week(ledger)
    (it,) = found(ledger, newer_model, value=60)
    assert it.title == "claude-opus-5-5 instead of claude-opus-4-8 in Claude Code"
    assert (it.saves, it.saves_in_plans) == (a_month(61.50), NOTHING)
    assert it.confidence == "price"
    # $61.50 in 40 runs, of which each is worth $60.
    assert it.success_premium == pytest.approx(1.5375 / 60)
    assert it.task_value_nanos is None
    assert it.how[0] == "/model claude-opus-5-5"
    assert it.undo[0] == "/model claude-opus-4-8"
    assert len(it.evidence) == 5
    assert it.evidence[0].why == "25 responses on claude-opus-4-8"
    assert it.evidence[0].nanos == 3_937_500_000
    assert it.counted == "1,000 responses in 40 runs, on the same tokens"
    (quality,) = (risk.text for risk in it.risks if risk.kind == "quality")
    assert quality == "no benchmark here has both claude-opus-5-5 and claude-opus-4-8"


def test_newest_already(ledger: Path) -> None:
    """On the newest model of a family there is nothing newer."""
    weeks.worked_week(ledger, model="claude-opus-5-5")
    assert found(ledger, newer_model) == []


def test_newer_tokenizer(ledger: Path) -> None:
    """Opus 5.5 lists 20 % below 4.5, and counts 29 % more tokens: nothing is saved.

    Of fresh input and output, that is; what is read from the cache costs half as much.
    """
    old = {"model": "claude-opus-4-5"}
    fresh = [event(n, input=100_000, output=10_000) for n in range(10)]
    sample_ledgers.add(ledger, [used(*fresh, **old)])
    assert found(ledger, newer_model) == []
    read = [event(20 + n, cache_read=100_000) for n in range(900)]
    sample_ledgers.add(ledger, [used(*read, **old)])
    # 5.00 + 2.50 + 45.00; there 1.29 x (4.00 + 2.00 + 18.00), or as many tokens.
    (it,) = found(ledger, newer_model)
    assert it.saves == a_month(52.50 - 1.29 * 24, 52.50 - 24)


def test_prompts_that_do_not_fit(ledger: Path) -> None:
    """A model that cannot take the prompts is no way to do the work."""
    long = event(cache_read=1_200_000, output=1_000)
    labels = {"model": "gpt-5.6-sol", "endpoint": "openai", "source": "codex"}
    sample_ledgers.add(ledger, [used(long, **labels)])
    assert found(ledger, newer_model) == []


def test_newer_model_inside_a_plan(ledger: Path) -> None:
    """What a flat plan pays is no money: list value is saved, and told apart."""
    weeks.worked_week(ledger, account="claude_max")
    (it,) = found(ledger, newer_model)
    assert (it.saves, it.saves_in_plans) == (NOTHING, a_month(61.50))


def test_newer_model_by_agent(ledger: Path) -> None:
    """Each agent has its own lines, so each is suggested apart."""
    weeks.worked_week(ledger)
    labels = {"model": "gpt-5.6-sol", "endpoint": "openai", "source": "codex"}
    start = weeks.MONDAY.replace(hour=18)
    weeks.worked_week(ledger, start=start, session="other", **labels)
    claude, codex = found(ledger, newer_model)
    assert codex.title == "gpt-6.1-sol instead of gpt-5.6-sol in Codex"
    # 12 + 30 + 60 + 24 = 126.00; half of it but for reads, of which a quarter: 48.00.
    assert codex.saves == a_month(78.00)
    assert codex.how == ("# in ~/.codex/config.toml", 'model = "gpt-6.1-sol"')
    assert codex.undo == ("# in ~/.codex/config.toml", 'model = "gpt-5.6-sol"')
    assert claude.saves == a_month(61.50)


def test_background_model(ledger: Path) -> None:
    """The small model that Claude Code has for the background is set elsewhere."""
    weeks.worked_week(ledger, model="claude-haiku-4-5", split=4)
    (it,) = found(ledger, newer_model)
    assert it.how[1:] == ("export ANTHROPIC_DEFAULT_HAIKU_MODEL=claude-haiku-5-5",)
    assert it.undo == ("unset ANTHROPIC_DEFAULT_HAIKU_MODEL",)


def test_small_side_model(ledger: Path) -> None:
    """Sub-agents on Opus 5.5 do on Haiku 5.5 for $15.75 what costs $96.00.

    Each of their prompts is 159,000 tokens long, where Haiku is five times as dear.
    """
    weeks.worked_week(ledger, model="claude-opus-5-5", agent="explore")
    (it,) = found(ledger, small_side_model)
    assert it.title == "claude-haiku-5-5 for sub-agents of Claude Code"
    assert it.saves == a_month(96.00 - 15.75)
    assert it.confidence == "price"
    assert it.how[1:] == ("export CLAUDE_CODE_SUBAGENT_MODEL=claude-haiku-5-5",)
    assert it.undo == ("unset CLAUDE_CODE_SUBAGENT_MODEL",)
    texts = [risk.text for risk in it.risks]
    assert any("1,000 prompts of 1,000 beyond 100,000 tokens" in each for each in texts)
    # 96.00 / 15.75
    assert "claude-haiku-5-5 stays cheaper up to 6.1 times the tokens" in texts
    assert it.evidence[0].why == "25 responses by sub-agents"


def test_short_prompts_of_sub_agents(ledger: Path) -> None:
    """Below 100,000 tokens it is $3.15, and no word of long prompts."""
    weeks.worked_week(ledger, model="claude-opus-5-5", agent="explore", split=2)
    (it,) = found(ledger, small_side_model)
    assert it.saves == a_month(96.00 - 3.15)
    assert not any("beyond" in risk.text for risk in it.risks)


def test_small_side_model_of_codex(ledger: Path) -> None:
    """Sub-agents of Codex do on Luna for a twentieth what Sol costs, but for reads.

    0.30 + 0.75 + 1.50 + 0.60 of 48.00.
    """
    labels = {"model": "gpt-6.1-sol", "endpoint": "openai", "source": "codex"}
    weeks.worked_week(ledger, agent="review", **labels)
    (it,) = found(ledger, small_side_model)
    assert it.saves == a_month(48.00 - 3.15)
    assert it.how[-1] == 'default_subagent_model = "gpt-6-luna"'


def test_denied(ledger: Path) -> None:
    """A model that the user cannot have is never suggested."""
    weeks.worked_week(ledger, agent="explore")
    gone = Config(routes=Routes(unavailable=("claude-*-5-5",)))
    assert found(ledger, newer_model, config=gone) == []
    assert found(ledger, small_side_model, config=gone) == []


@pytest.mark.parametrize(
    "labels",
    [
        {"agent": "main", "model": "claude-opus-5-5"},
        {"agent": "explore", "model": "claude-haiku-5-5"},
    ],
)
def test_no_dear_sub_agents(ledger: Path, labels: dict) -> None:
    """Work of the main thread is no sub-agent's, and a small model is small already."""
    weeks.worked_week(ledger, **labels)
    assert found(ledger, small_side_model) == []


def test_too_little(ledger: Path) -> None:
    """A saving below a dollar a week is not spoken of."""
    made = [event(n, cache_read=200_000, output=1_000) for n in range(7)]
    sample_ledgers.add(ledger, [used(*made)])
    # 0.70 + 0.175 here and 0.28 + 0.14 there.
    assert [it.saves for it in found(ledger, newer_model)] == [a_month(0.455)]
    assert spoken(ledger) == []
