"""Hardware of one's own, against who sells the same model.

A week of GLM-5.3 is $56.88 by price list, $243.77 a month, for 1.2 million tokens
written, 5.14 million a month. The machine costs $3,650 and lasts five years: $60.00 a
month. It takes 500 watts, 360 kWh a month if it never stops: $90.00 at $0.25. At a
hundred tokens a second it writes for 14.3 hours of it, which is $1.79.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import weeks
from levered import NOTHING, USD, found

from tokentui.routes.levers.machines import own_machine
from tokentui.routes.suggestion import Saving
from tokentui.settings import Config, Machine, Routes

MACHINE = Machine(
    model="glm-5.3",
    price=Decimal(3_650),
    watts=Decimal(500),
    tokens_per_second=Decimal(100),
    price_per_kwh=Decimal("0.25"),
    years=Decimal(5),
)

GLM = {"model": "glm-5.3", "effort": "max", "endpoint": None}


def having(machine: Machine | None, **wanted: object) -> Config:
    """Make the config of who has a machine."""
    return Config(routes=Routes(machine=machine, **wanted))  # type: ignore[arg-type]


def nanos(*usd: float) -> Saving:
    """Give a saving in dollars a month, at least, probably and at most."""
    return Saving(*(round(each * USD) for each in usd))


def test_machine(ledger: Path) -> None:
    """It costs $150.00 if it runs all month, $61.79 if only while it writes."""
    weeks.worked_week(ledger, **GLM)
    (it,) = found(ledger, own_machine, config=having(MACHINE))
    month = 56.88 * 30 / 7
    writing = 1_200_000 * 30 / 7 / 100 / 3_600
    assert it.saves == pytest.approx(
        nanos(month - 150, month - 150, month - 60 - writing * 0.5 * 0.25)
    )
    assert (it.saves_in_plans, it.confidence) == (NOTHING, "price")
    # 160.2 million tokens a week, 686.6 million a month: it needs 150 of 243.77 of it.
    assert it.title == (
        "glm-5.3 on a machine of your own: pays from 422 M tokens or $150.00 a month"
        " (yours: 687 M) on"
    )
    assert "export ANTHROPIC_BASE_URL=http://localhost:4000" in it.how
    texts = [risk.text for risk in it.risks]
    assert texts[0].startswith("it would write for 14 of 720 hours a month")


@pytest.mark.parametrize(
    "otherwise",
    [
        {"price": Decimal(36_500)},
        {"watts": Decimal(5_000)},
        # 1,429 hours a month.
        {"tokens_per_second": Decimal(1)},
        # Of which nobody knows how much it would have to write for the same work.
        {"model": "qwen3-coder-plus"},
    ],
)
def test_no_saving(ledger: Path, otherwise: dict) -> None:
    """One that is too dear, too hungry, too slow, or of which no run tells."""
    weeks.worked_week(ledger, **GLM)
    assert (
        found(ledger, own_machine, config=having(replace(MACHINE, **otherwise))) == []
    )


def test_no_machine(ledger: Path) -> None:
    """Without one in the config nothing is said of any."""
    weeks.worked_week(ledger, **GLM)
    assert found(ledger, own_machine) == []


def test_inside_a_plan(ledger: Path) -> None:
    """What a flat plan pays costs nothing more there."""
    labels = {"model": "claude-opus-4-8", "account": "claude_max"}
    weeks.worked_week(ledger, **labels)
    assert found(ledger, own_machine, config=having(MACHINE)) == []


FLASH = replace(MACHINE, model="glm-5.3-flash")


def test_cheaper_to_buy(ledger: Path) -> None:
    """$157.50 a week on Opus 4.8 is more than the machine, but its vendor sells it.

    By no estimate does that take more than about $18 a week.
    """
    weeks.worked_week(ledger)
    assert found(ledger, own_machine, config=having(FLASH)) == []


def test_not_to_be_bought(ledger: Path) -> None:
    """Who does not want the vendor compares with what is used: $675.00 a month."""
    weeks.worked_week(ledger)
    config = having(FLASH, deny_vendors=("zai",))
    (it,) = found(ledger, own_machine, config=config, value=60)
    now = 157.5 * 30 / 7
    writing = 1_200_000 * 67_491 / 44_476 * 30 / 7 / 100 / 3_600
    assert it.saves == pytest.approx(
        nanos(now - 150, now - 150, now - 60 - writing * 0.5 * 0.25)
    )
    assert it.confidence == "benchmark"
    # By the run: $3.94 on Opus; $150 of $675 of it on the machine.
    assert it.success_premium == pytest.approx(3.9375 * (1 - 150 / now) / 60)
    assert it.risks[0].kind == "quality"
