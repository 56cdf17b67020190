"""One honest number: every verb states the same sum."""

from __future__ import annotations

from random import Random

import builders
import pytest
from asking import DAY, Ask

RATES = {
    "claude-opus-5-5": (4_000, 200, 5_000, 20_000),
    "claude-sonnet-5-5": (2_000, 100, 2_500, 10_000),
    "unheard-of": None,
}
"""Nano-dollars for a token of input, cache read, cache write and output."""


def test_every_verb(ask: Ask, logs: object) -> None:
    """`usage`, `status` and `cap list` agree on today and on this month."""
    ask("cap", "set", "100", "--per", "day")
    ask("cap", "set", "1000", "--per", "month")
    status = ask("status", "--json").document
    caps = {row["period"]: row for row in ask("cap", "list", "--json").document["rows"]}
    for period, named, exact in (
        ("day", "today", 0.27255),
        ("month", "month", 2.27255),
    ):
        used = ask("usage", "--period", named, "--json").document["total"]
        assert used == status[named]
        assert used["cost_usd"] == caps[period]["spent"] == exact
    assert status["caps"] == [
        {key: row[key] for key in row if key != "origin"} for row in caps.values()
    ]


def test_every_table(ask: Ask, logs: object) -> None:
    """People read the same cents wherever they look."""
    ask("cap", "set", "1000", "--per", "month")
    total = ask("usage", "--period", "month").lines[-1].split()[-1]
    (month,) = (line for line in ask("status").lines if line.startswith("month"))
    (cap,) = (line for line in ask("cap", "list").lines if line.startswith("month"))
    line = ask("status", "--line", "{month}").out.strip()
    assert {total, month.split()[1], cap.split()[1], line} == {"$2.27"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_history(ask: Ask, home: object, seed: int) -> None:
    """Whatever was used, the sum is that of tokens times rates, wherever it stands."""
    chance = Random(seed)
    month_start = -(19 * DAY + 36_000)
    lines, today, month = [], 0, 0
    for number in range(60):
        model = chance.choice(list(RATES))
        seconds = chance.choice((month_start - 1, month_start, -36_001, -36_000, 7_199))
        tokens = [chance.choice((0, 1, 37, 99_999, 250_001)) for _ in range(3)]
        output = chance.choice((9, 4_096, 77_777))
        fresh, read, written = tokens
        lines.append(
            builders.claude_line(
                f"msg_01{number}",
                seconds,
                model=model,
                input=fresh,
                read=read,
                written=written,
                output=output,
                request=f"r{number}",
            )
        )
        rates = RATES[model]
        if rates is not None:
            counts = (*tokens, output)
            cost = sum(count * rate for count, rate in zip(counts, rates, strict=True))
            month += cost * (seconds >= month_start)
            today += cost * (seconds >= -36_000)
    builders.write(builders.transcript(home), *lines)
    ask("cap", "set", "1000")
    ask("cap", "set", "1000", "--per", "day")
    status = ask("status", "--json").document
    spent = {cap["period"]: cap["spent"] for cap in status["caps"]}
    for period, named, nanos in (("day", "today", today), ("month", "month", month)):
        used = ask("usage", "--by", "model", "--period", named, "--json").document
        assert used["total"]["cost_usd"] == nanos / 10**9
        assert used["total"] == status[named]
        assert spent[period] == nanos / 10**9
        rows = [row["cost_usd"] or 0 for row in used["rows"]]
        assert sum(rows) == pytest.approx(nanos / 10**9, abs=1e-12)
