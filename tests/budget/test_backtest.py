"""A slice of the backtest: how often the range holds."""

from __future__ import annotations

import backtest
import builders
import pytest


def test_ranges_hold_eight_times_in_ten() -> None:
    """Between seven and nine of ten weeks and months end within their range."""
    found = backtest.tallies(seeds=8, cuts=3)
    for period in (*backtest.PERIODS, "both"):
        assert 0.7 <= found["all", period].coverage <= 0.9
    assert 0.7 <= found["first days", "both"].coverage <= 0.95
    assert found["all", "both"].count == len(backtest.PROFILES) * 8 * 3 * 2


def test_ranges_are_of_use() -> None:
    """Ranges hold without being as wide as what they are about."""
    tally = backtest.tallies(seeds=4, cuts=3)["usual", "month"]
    assert backtest.mean(tally.widths) < 0.8


def test_tree(home: object, tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    """Weekly forecasts of a folder of logs are shown with what came."""
    lines = [
        builders.claude_line(
            f"msg_01{n:020d}", n * 86_400, request=f"{n}", output=50_000
        )
        for n in range(-30, 1)
    ]
    builders.write(builders.transcript(tmp_path / "home"), *lines)
    backtest.show_tree(tmp_path)
    shown = capsys.readouterr().out.splitlines()
    assert "31 days" in shown[0]
    # 21 October, a Wednesday, to 20 November: whole weeks begin on 26 October
    assert [line.split()[0] for line in shown[2:8:2]] == [
        "2026-10-26",
        "2026-11-02",
        "2026-11-09",
    ]
    assert shown[2].split()[5] == "7.00"
