"""The chart of the day: columns, blocks and hours, also when clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.periods import millis
from tokentui.tui.chart import bars, day_chart, hours, level


@pytest.mark.parametrize(
    ("width", "step", "count", "scale", "name"),
    [
        (200, 1, 96, 2, "quarter-hour"),
        (96, 1, 96, 1, "quarter-hour"),
        (95, 2, 48, 1, "half-hour"),
        (47, 4, 24, 1, "hour"),
        (23, 8, 12, 1, "2 hours"),
        (1, 48, 2, 1, "12 hours"),
    ],
)
def test_columns_fit_into_the_width(build, width, step, count, scale, name):
    """The whole day is there, the hours to come included."""
    chart = day_chart(build.snapshot(), width)
    assert (chart.step, chart.count, chart.scale) == (step, count, scale)
    assert chart.name == name
    assert sum(chart.amounts) == 7 * build.dollar


@pytest.mark.parametrize(
    ("now", "quarters"),
    [
        (datetime(2026, 3, 29, 12, tzinfo=UTC), 92),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), 100),
    ],
)
def test_days_on_which_clocks_change_are_shorter_or_longer(build, now, quarters):
    """Hours stand where they are, on the local clock."""
    snapshot = build.snapshot(now_ms=millis(now), day_spend=(1,))
    chart = day_chart(snapshot, 100)
    assert chart.count == quarters
    line = hours(chart, snapshot)
    assert line.index("12") == 48 + (quarters - 96)


def test_zones_with_odd_offsets_have_hours_too(build):
    """Kathmandu is 5 h 45 min ahead; midnight is a quarter-hour all the same."""
    snapshot = replace(build.snapshot(), tz=ZoneInfo("Asia/Kathmandu"))
    line = hours(day_chart(snapshot, 96), snapshot)
    assert line.startswith("00      02      04")


def test_blocks_are_higher_where_more_was_spent(build):
    """A dot for nothing, the smallest block for a little, all rows for the most."""
    spend = build.day_spend(q0=8, q1=4, q2=0.001, q4=1)[:5]
    chart = day_chart(build.snapshot(day_spend=spend), 96)
    assert bars(chart, 1) == ["█▄▁·▁"]
    assert bars(chart, 2) == ["█    ", "██▁·▂"]


@given(st.integers(), st.integers(1), st.integers(1, 300))
def test_a_level_is_never_nothing_for_something(amount, highest, levels):
    """What was spent is seen; credits and nothing are not."""
    found = level(min(amount, highest), highest, levels)
    assert (found > 0) == (amount > 0)
    assert found <= levels
