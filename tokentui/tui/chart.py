"""The day as a chart of blocks: how much was spent in which quarter-hour."""

from __future__ import annotations

from dataclasses import dataclass

from tokentui import periods
from tokentui.snapshot import Snapshot
from tokentui.tui.times import local

BLOCKS = " ▁▂▃▄▅▆▇█"
NOTHING = "·"
QUARTER_MS = 900_000
STEPS = (1, 2, 4, 8, 12, 24, 48)
"""How many quarter-hours one column may stand for: whole parts of a day."""

NAMES = {1: "quarter-hour", 2: "half-hour", 4: "hour"}


@dataclass(frozen=True, slots=True)
class DayChart:
    """A day's spend in columns.

    `amounts` are nano-dollars, one for each column up to now; `count` is how many
    columns the day has, `step` how many quarter-hours each stands for and `scale` how
    many cells it is wide. It begins at `since_ms`.
    """

    amounts: tuple[int, ...]
    count: int
    step: int
    scale: int
    since_ms: int

    @property
    def name(self) -> str:
        """What one column stands for."""
        return NAMES.get(self.step, f"{self.step // 4} hours")

    @property
    def peak(self) -> int:
        """The place of the highest column."""
        return max(range(len(self.amounts)), key=lambda i: self.amounts[i], default=0)

    def at_ms(self, column: int) -> int:
        """Say when a column begins."""
        return self.since_ms + column * self.step * QUARTER_MS


def day_chart(snapshot: Snapshot, width: int) -> DayChart:
    """Lay a day out in columns that fit into a width, the hours to come included."""
    day = periods.period_window("day", snapshot.tz, local(snapshot.now_ms, snapshot.tz))
    since_ms = day.since_ms or 0
    quarters = ((day.until_ms or 0) - since_ms) // QUARTER_MS
    step = next((s for s in STEPS if -(-quarters // s) <= width), STEPS[-1])
    count = -(-quarters // step)
    spend = snapshot.day_spend
    amounts = tuple(sum(spend[i : i + step]) for i in range(0, len(spend), step))
    return DayChart(amounts, count, step, max(1, width // count), since_ms)


def bars(chart: DayChart, height: int) -> list[str]:
    """Return the columns as lines, highest first; a dot where nothing was spent."""
    highest = max(chart.amounts, default=0)
    levels = [level(each, highest, height * 8) for each in chart.amounts]
    lines = []
    for base in range(height * 8 - 8, -1, -8):
        empty = NOTHING if base == 0 else " "
        cells = (BLOCKS[min(max(each - base, 0), 8)] for each in levels)
        line = "".join((empty if cell == " " else cell) * chart.scale for cell in cells)
        lines.append(line)
    return lines


def level(amount: int, highest: int, levels: int) -> int:
    """Return how high a column is: at least one block if anything was spent."""
    return max(1, round(amount * levels / highest)) if amount > 0 else 0


def hours(chart: DayChart, snapshot: Snapshot) -> str:
    """Return the line below the columns: full hours where they begin."""
    cells = [" "] * (chart.count * chart.scale + 2)
    per_hour = 4 * chart.scale / chart.step
    every = next((n for n in (1, 2, 3, 6, 12) if n * per_hour >= 8), 24)
    for column in range(chart.count):
        at = local(chart.at_ms(column), snapshot.tz)
        if at.hour % every == 0 and at.minute < 15 * chart.step:
            start = column * chart.scale
            cells[start : start + 2] = f"{at:%H}"
    return "".join(cells).rstrip()
