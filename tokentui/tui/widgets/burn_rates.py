"""How fast money goes: the burn rate over three windows."""

from __future__ import annotations

from textual.content import Content

from tokentui.amounts import dollars
from tokentui.budget.burn import Burn
from tokentui.tui.lines import flow, heading, indented
from tokentui.tui.widgets.area import Area

COLUMN_BELOW = 40
"""Cells of width below which the rates stand below each other."""


class BurnRates(Area):
    """Dollars an hour over the last 5, 15 and 60 minutes."""

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return the rates in a column, or in one line where that fits."""
        if self.view is None:
            return []
        burns = self.view.snapshot.burns
        inner = width - 2
        if width < COLUMN_BELOW:
            rates = [rate(burn, inner) for burn in burns]
        else:
            rates = flow([rate(burn, 0) for burn in burns], inner, 2)
        return [heading("Burn", width), *indented(rates)]


def rate(burn: Burn, width: int) -> Content:
    """Return `15 min  $7.20/h`, with the figure at the right end of the width."""
    window = f"{burn.window_minutes} min"
    figure = f"{dollars(burn.nanos_per_hour, burn.is_lower_bound)}/h"
    if not width:
        return Content.assemble((window, ".muted"), " ", (figure, ".figure"))
    window = window.rjust(6)
    gap = " " * max(1, width - len(window) - len(figure))
    return Content.assemble((window, ".muted"), gap, (figure, ".figure")).truncate(
        width, ellipsis=True
    )
