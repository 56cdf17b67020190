"""Today's spend by quarter-hour."""

from __future__ import annotations

from itertools import groupby

from textual.content import Content

from tokentui.amounts import dollars
from tokentui.tui.chart import NOTHING, bars, day_chart, hours
from tokentui.tui.lines import heading, indented, muted
from tokentui.tui.times import local
from tokentui.tui.widgets.area import Area

WITH_PLANS = (", list value inside plans included", ", with plans")
"""What is said of a peak that nobody may have to pay, the first that fits."""

WANTED_ROWS = 2
"""Rows of blocks if nobody says how many there may be."""


class DaySpend(Area):
    """A chart of the day from midnight to midnight, hours marked below."""

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return the heading, at least one row of blocks, and the hours if they fit."""
        if self.view is None:
            return []
        snapshot = self.view.snapshot
        chart = day_chart(snapshot, max(1, width - 2))
        rows = WANTED_ROWS if height is None else max(1, height - 2)
        peak = chart.amounts[chart.peak] if chart.amounts else 0
        notes = ["nothing yet"]
        if peak > 0:
            at = local(chart.at_ms(chart.peak), snapshot.tz)
            high, time = f"peak {dollars(peak)}", f" at {at:%H:%M}"
            notes = [f"{high}{time}"]
            if snapshot.today.plan_nanos:
                notes = [f"{high}{time}{words}" for words in WITH_PLANS]
                notes.append(f"{high}{WITH_PLANS[-1]}")
        blocks = [coloured(line) for line in bars(chart, rows)]
        lines = [*blocks, muted(hours(chart, snapshot))]
        head = heading(f"Today by {chart.name}", width, *notes)
        return [head, *indented(lines)][:height]


def coloured(line: str) -> Content:
    """Return blocks in colour, and the dots between them standing back."""
    runs = groupby(line, key=NOTHING.__eq__)
    return Content.assemble(
        *(("".join(run), ".muted" if is_dots else ".accent") for is_dots, run in runs)
    )
