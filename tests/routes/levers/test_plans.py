"""Between flat plans and the price list: what a plan holds is known of few.

A week on Opus 5.5 is $96.00 by price list, which is $411.43 a month of 30 days, on
Sonnet 5.5 half of that.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sample_ledgers
import weeks
from levered import NOTHING, PLAIN, USD, found, work_in
from repriced import event, used

from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.routes.levers.by_use import pay_by_use
from tokentui.routes.levers.plans import plan_instead
from tokentui.routes.suggestion import Saving
from tokentui.settings import Config, Payer, Plan

A_MONTH = 96 * 30 / 7
SUNDAY = weeks.MONDAY + timedelta(days=6)


def by_key(ledger: Path, model: str = "claude-opus-5-5") -> None:
    """Write a week that a key paid."""
    evening = weeks.MONDAY.replace(hour=20)
    weeks.worked_week(ledger, model=model, start=evening, project="/by-key")


def in_plan(ledger: Path) -> None:
    """Write a week of Opus 5.5 that a plan paid."""
    weeks.worked_week(ledger, model="claude-opus-5-5", account="claude_max")


def reading(ledger: Path, percent: float, payer: str = "claude-max") -> None:
    """Say how much of the plan's week was used by Sunday, which ends on Monday."""
    ends = millis(weeks.MONDAY.replace(hour=0) + timedelta(days=7))
    row = payer, "claude", 10_080, millis(SUNDAY), percent, ends
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("INSERT INTO quota VALUES (?, ?, ?, ?, ?, ?)", row)


def nanos(*usd: float) -> Saving:
    """Give a saving in dollars a month, at least, probably and at most."""
    return Saving(*(round(each * USD) for each in usd))


def test_new_plan(ledger: Path) -> None:
    """Others found a plan of $20 to hold $147.64 to $1,273.60: a range, no fact."""
    by_key(ledger)
    (it,) = found(ledger, plan_instead)
    assert it.title == "claude-pro at $20.00 a month for what costs $411.43 by use"
    careful = 147.64 - 20
    assert it.saves == pytest.approx(nanos(careful, careful, A_MONTH - 20))
    assert (it.saves_in_plans, it.confidence) == (NOTHING, "benchmark")
    quota = it.counted
    assert quota == (
        "how much it holds is not published: others measured $147.64 on"
        " claude-sonnet-4-6 and $1,273.60 on claude-opus-4-8 a month, on work of"
        " theirs. You use 20.6 times its fee; it pays from $20.00 of that on"
    )
    assert it.how == ("unset ANTHROPIC_API_KEY", "/login")
    assert it.undo == ("/logout", "export ANTHROPIC_API_KEY=<your key>")


def test_codex(ledger: Path) -> None:
    """Codex can be paid by another plan, of which others found $296 to $436.48."""
    labels = {"model": "gpt-6.1-sol", "endpoint": "openai", "source": "codex"}
    weeks.worked_week(ledger, **labels)
    (it,) = found(ledger, plan_instead)
    # $48.00 a week, $205.71 a month, all of which fits.
    assert it.saves == pytest.approx(nanos(*[48 * 30 / 7 - 20] * 3))
    assert it.how == ("codex logout", "codex login")


def test_too_little_for_a_plan(ledger: Path) -> None:
    """What costs less than the fee is paid by use."""
    sample_ledgers.add(ledger, [used(event(input=500_000))])
    assert found(ledger, plan_instead) == []


def test_plan_first(ledger: Path) -> None:
    """A plan whose week is used by 40 % has room for what is paid beside it.

    Its week holds $240.00, its month $1,028.57, of which $411.43 are used.
    """
    in_plan(ledger)
    by_key(ledger, "claude-sonnet-5-5")
    reading(ledger, 40)
    (it,) = found(ledger, plan_instead)
    assert it.title == "claude-max first, before you pay by price list beside it"
    assert it.saves == pytest.approx(nanos(*[48 * 30 / 7] * 3))
    assert it.confidence == "own"
    quota = it.counted
    assert quota.startswith(
        "by your own weeks claude-max holds $1,028.57 of list value"
    )


def test_little_room(ledger: Path) -> None:
    """Of a week used by 90 %, $10.67 are left, of which a month has $45.71."""
    in_plan(ledger)
    by_key(ledger, "claude-sonnet-5-5")
    reading(ledger, 90)
    (it,) = found(ledger, plan_instead)
    room = 96 / 0.9 - 96
    assert it.saves == pytest.approx(nanos(*[room * 30 / 7] * 3))


@pytest.mark.parametrize("percent", [None, 9, 100])
def test_no_room_that_is_known(ledger: Path, percent: float | None) -> None:
    """Without a reading, or with one that is too coarse, or of no room: nothing."""
    in_plan(ledger)
    by_key(ledger)
    if percent is not None:
        reading(ledger, percent)
    assert found(ledger, plan_instead) == []


def test_plan_of_the_past(ledger: Path) -> None:
    """A plan that one had tells better than others' what one like it would hold."""
    in_plan(ledger)
    reading(ledger, 40)
    later = weeks.MONDAY + timedelta(days=7)
    weeks.worked_week(ledger, start=later, model="claude-opus-5-5", session="later")
    plan = Plan("claude-max", "anthropic", Decimal(100), 1)
    config = Config(plans=(plan,))
    (it,) = found(ledger, plan_instead, config=config, since=later)
    assert it.saves == pytest.approx(nanos(*[A_MONTH - 100] * 3))
    assert it.confidence == "own"


def test_money_of_others(ledger: Path) -> None:
    """What an employer pays is not moved to a plan of one's own."""
    by_key(ledger)
    config = Config(payers=(Payer("api", paid_by="employer"),))
    assert found(ledger, plan_instead, config=config) == []


def test_pay_by_use(ledger: Path) -> None:
    """A plan of $200 that pays $137.14 of list value a month is $62.86 too dear."""
    in_plan(ledger)
    plan = Plan("claude-max", "anthropic", Decimal(200), 12)
    (it,) = found(ledger, pay_by_use, config=Config(plans=(plan,)), days=21)
    value = 96 * 30 / 21
    assert it.saves == pytest.approx(nanos(*[200 - value] * 3))
    assert (it.saves_in_plans, it.confidence) == (NOTHING, "price")
    assert it.title == (
        "by price list instead of claude-max: $137.14 a month for $200.00, 0.7 times"
        " the fee"
    )
    assert it.how[-1] == "# cancel claude-max before day 12"


def test_since_the_plan_began(ledger: Path) -> None:
    """A plan is judged by the days that it has had, not by all that is looked at."""
    in_plan(ledger)
    plan = Plan("claude-max", "anthropic", Decimal(200), 12, since=weeks.MONDAY.date())
    early = weeks.MONDAY.replace(hour=0) - timedelta(days=7)
    found_ = found(
        ledger, pay_by_use, config=Config(plans=(plan,)), since=early, days=28
    )
    assert found_[0].saves == pytest.approx(nanos(*[200 - 96 * 30 / 21] * 3))


@pytest.mark.parametrize(
    ("fee", "currency", "days"), [(100, "USD", 21), (200, "EUR", 21), (900, "USD", 7)]
)
def test_a_plan_that_pays(ledger: Path, fee: int, currency: str, days: int) -> None:
    """Not below its value, in other money, nor after so few days."""
    in_plan(ledger)
    plan = Plan("claude-max", "anthropic", Decimal(fee), 12, currency)
    assert found(ledger, pay_by_use, config=Config(plans=(plan,)), days=days) == []


def test_value_that_is_not_known(ledger: Path) -> None:
    """With a response that has no price, nobody knows what the plan paid."""
    in_plan(ledger)
    odd = used(event(9), model="claude-odd-9", account="claude_max", session="odd")
    sample_ledgers.add(ledger, [odd])
    plan = Plan("claude-max", "anthropic", Decimal(200), 12)
    assert found(ledger, pay_by_use, config=Config(plans=(plan,)), days=21) == []


def test_a_part_of_the_usage(ledger: Path) -> None:
    """Of a part of the usage it is not known how it would fill a plan."""
    by_key(ledger)
    with closing(open_for_reading(ledger)) as connection:
        work = work_in(connection, None, PLAIN, weeks.MONDAY, 7)
        part = replace(work.usage, only={"model": ("claude-*",)})
        assert list(plan_instead(replace(work, usage=part))) == []
        assert list(pay_by_use(replace(work, usage=part))) == []
