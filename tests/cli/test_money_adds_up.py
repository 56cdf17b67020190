"""Bills, readings, charges and fees: every face states the same sum, and its parts."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import billing
import builders
import pytest
from asking import DAY, Ask

PLANS = """
[plans.claude-max]
provider = "anthropic"
fee = 100
renews = 12

[payers.company]
paid_by = "employer"
match.project = ["*/billing"]
"""
NOW_DAY = 20


def exact(text: str) -> Any:
    """Read JSON with its amounts as they are written."""
    return json.loads(text, parse_float=Decimal)


@pytest.fixture(params=range(6))
def seed(request: pytest.FixtureRequest) -> int:
    """Number a history."""
    return int(request.param)


@pytest.fixture
def books(ask: Ask, home: Path, ledger: Path, config: Any, seed: int) -> Ask:
    """Make some history of usage, bills, a reading and charges out of a seed."""
    chance = Random(seed)
    config(PLANS)
    lines = [
        builders.claude_line(
            f"msg_01{number}",
            -DAY * chance.randint(0, 40) - chance.randint(0, 36_000),
            input=chance.choice((0, 1, 37, 250_001)),
            output=chance.choice((9, 4_096, 77_777)),
            request=f"r{number}",
            cwd=f"/nowhere/{chance.choice(('acme', 'billing'))}",
        )
        for number in range(40)
    ]
    builders.write(builders.transcript(home), *lines)
    ask("refresh")
    for account in ("one", "two")[: chance.randint(0, 2)]:
        days = chance.sample(range(1, NOW_DAY), 8)
        costs = [
            billing.cost(f"2026-11-{day:02}", chance.choice((-150, 3, 250, 1_999)))
            for day in days
        ]
        settled = f"2026-11-{chance.randint(2, NOW_DAY):02}"
        billing.state(
            ledger, "2026-11-01", "2026-11-20", *costs, settled=settled, account=account
        )
    billing.state(
        ledger, "2026-11-01", "2026-11-20", billing.cost("2026-11-07", 731),
        account="plan", payer="claude-plan",
    )  # fmt: skip
    if chance.random() < 0.5:
        ask("reading", "add", "company", "12.34", "--until", "2026-11-15")
    ask("charge", "add", "25", "--what", "store", "--every", "month", "--on",
        f"2026-10-{chance.randint(1, 31)}")  # fmt: skip
    ask("charge", "add", "3.21", "--what", "GPU", "--payer", "company")
    ask("cap", "set", "1000", "--name", "all")
    ask("cap", "set", "1000", "--name", "each", "--each", "payer")
    return ask


def caps(ask: Ask) -> dict[str, Any]:
    """Give the caps by name, amounts exact."""
    rows = exact(ask("cap", "list", "--json").out)["rows"]
    return {row["name"]: row for row in rows}


def test_usage_is_the_cap_less_what_is_no_usage(books: Ask) -> None:
    """`usage --basis cap` is the month's cap less fees and charges, by any key."""
    cap = caps(books)["all"]
    wanted = cap["spent"] - cap["basis"]["fees_usd"] - cap["basis"]["charges_usd"]
    for by in ((), ("payer",), ("provider",), ("day",), ("week", "payer")):
        keys = [word for key in by for word in ("--by", key)]
        words = ("usage", "--basis", "cap", "--period", "month", "--json", *keys)
        found = exact(books(*words).out)
        assert found["total"]["cost_usd"] == wanted
        rows = sum(row["cost_usd"] or 0 for row in found["rows"])
        assert rows == wanted


def test_billed_and_estimated_are_all_of_it(books: Ask) -> None:
    """Billed, estimated, fees and charges come to what is spent."""
    for cap in caps(books).values():
        basis = cap["basis"]
        parts = (basis["billed_usd"] or 0, basis["estimate_usd"])
        assert sum(parts) + basis["fees_usd"] + basis["charges_usd"] == cap["spent"]


def test_payers_and_fees_come_to_the_cap(books: Ask) -> None:
    """What payers pay, and the fees, come to what an unscoped cap counts."""
    cap = caps(books)["all"]
    payers = exact(books("status", "--json").out)["payers"]
    paid = sum(each["paid_usd"] or 0 for each in payers)
    assert paid + cap["basis"]["fees_usd"] == cap["spent"]


def test_caps_of_each_payer_come_to_the_whole(books: Ask) -> None:
    """One cap for each payer, also those without usage here, leaves nothing out."""
    found = caps(books)
    each = [cap["spent"] for name, cap in found.items() if name.startswith("each ")]
    assert sum(each) == found["all"]["spent"]
    assert {"each claude-plan", "each company"} <= set(found)


def test_explained_lines_add_up(books: Ask) -> None:
    """The lines of `--explain`, read as a sum, come to the figure, to a cent a line."""
    text = books("cap", "list", "all", "--explain").out
    total, lines = Decimal(0), 0
    for line in text.splitlines():
        part = re.fullmatch(
            r"  (estimates at list prices |[+-] )≥?(-?)\$([0-9,.]+)(?: .*)?", line
        )
        if part and " raised " not in line:
            amount = Decimal(part[3].replace(",", "")) * (-1 if part[2] else 1)
            total += -amount if part[1].startswith("-") else amount
            lines += 1
        if figure := re.fullmatch(r"  = ≥?(-?)\$([0-9,.]+) counted", line):
            stated = Decimal(figure[2].replace(",", "")) * (-1 if figure[1] else 1)
            assert abs(total - stated) <= Decimal("0.01") * lines
            assert abs(stated - caps(books)["all"]["spent"]) <= Decimal("0.005")
            return
    raise AssertionError(text)


def test_forecast_is_not_below_what_is_spent(books: Ask) -> None:
    """However it was billed, a period ends at no less than what is spent by now."""
    for cap in caps(books).values():
        ahead = cap["forecast"]
        assert cap["spent"] <= ahead["low"] <= ahead["mid"] <= ahead["high"]


def test_check_follows_the_bill(ask: Ask, logs: object, ledger: Path) -> None:
    """A bill that brings a cap over makes `status --check` end with 5, else with 0."""
    ask("cap", "set", "3")
    assert ask("status", "--check").code == 0
    # 0.27255 of today are reckoned; all before it is billed.
    for cents, code in ((272, 0), (273, 5), (9_000, 5), (-900, 0)):
        day = billing.cost("2026-11-18", cents)
        billing.state(ledger, "2026-11-01", "2026-11-20", day)
        assert ask("status", "--check").code == code


def test_bills_leave_the_events_alone(books: Ask, ledger: Path) -> None:
    """What is billed changes no estimate: `usage` states what it stated without."""
    before = books("usage", "--json").document["total"]
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("DELETE FROM cost")
    assert books("usage", "--json").document["total"] == before
