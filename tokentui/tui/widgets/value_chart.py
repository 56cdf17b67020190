"""The chart of routes by what a run is worth, and the legend that has its figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tokentui.amounts import dollars
from tokentui.routes.benchmark_words import unproven_points
from tokentui.routes.net_value import Band, Known, Option, bands
from tokentui.tui import curves
from tokentui.tui.lines import indented, muted, wrapped
from tokentui.tui.tables import Column, table
from tokentui.tui.text import clean
from tokentui.tui.widgets.area import Area

if TYPE_CHECKING:
    from tokentui.routes.elsewhere import Elsewhere
    from tokentui.routes.quality import Pair

HIGHEST = 24
"""Rows beyond which a chart tells no more."""

COLUMNS = (
    Column(""),
    Column("route", least=16),
    Column("a run", is_right=True),
    Column("solved", is_right=True),
    Column("best where a run is worth"),
)


NO_SUCCESS = (
    "How often each route succeeds is not known: no benchmark here has the model at the"
    " effort it was used at, or it was used at several. Marks on the screen Sessions"
    " would tell, ten of it and ten of another model."
)
OWN_MARKS = (
    "A is what was used. Lines: what a run brings less than on the best route. Solved:"
    " how many of the sessions that you marked were accepted."
)


class ValueChart(Area):
    """Lines of net value, their crossings, and what the letters stand for."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Elsewhere | None = None
        self._value_nanos: int | None = None

    def show(self, found: Elsewhere | None, value_nanos: int | None) -> None:
        """Show other routes; `value_nanos` is what a run is worth, if that is known."""
        self._found, self._value_nanos = found, value_nanos
        self.look_again()

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return chart, legend and words; the chart has the room that they leave."""
        if self._found is None or width <= 2:
            return []
        known = self._found.known
        if known is None:
            return indented(wrapped(muted(NO_SUCCESS), width - 2))
        drawn, best = lines_of(known)
        words = source(known.pair)
        below = indented(
            [
                *legend_of(known, drawn, best, self._value_nanos, width - 2),
                *wrapped(muted(words), width - 2),
            ]
        )
        room = HIGHEST if height is None else min(height - len(below), HIGHEST)
        return [*curves.chart(drawn, best, width, room), *below]


def lines_of(known: Known) -> tuple[list[Option], tuple[Band, ...]]:
    """Choose what is drawn: the route that was used, and those that are ever best."""
    best = bands((known.used, *known.others))
    others = [band.option for band in best if band.option != known.used]
    return [known.used, *others], best


def legend_of(
    known: Known,
    drawn: Sequence[Option],
    best: Sequence[Band],
    value_nanos: int | None,
    width: int,
) -> list[Content]:
    """Return a row for each line of the chart, and what no value speaks for."""
    where = {band.option: span_of(band) for band in best}
    brings = (
        []
        if value_nanos is None
        else [f"net at {dollars(value_nanos).removesuffix('.00')}"]
    )
    columns = [*COLUMNS, *(Column(title, is_right=True) for title in brings)]
    rows = []
    for i, each in enumerate(drawn):
        style = curves.style_of(i)
        name = clean(each.name)
        cells = [
            Content.styled(curves.LETTERS[i], style),
            Content.styled(name, style),
            Content(dollars(round(each.cost))),
            Content(f"{each.success * 100:.1f} %"),
            Content(where.get(each, "never")),
        ]
        if value_nanos is not None:
            cells.append(Content(dollars(round(each.brings(value_nanos)))))
        rows.append(cells)
    lines = table(columns, rows, width)
    never = [clean(each.name) for each in known.others if each not in where]
    if never:
        lines += wrapped(muted(f"never best: {', '.join(never)}"), width)
    return lines


def span_of(band: Band) -> str:
    """Say for which values of a run a route brings most."""
    since, until = dollars(round(band.since)), band.until
    if until is None:
        return f"more than {since}" if band.since else "any amount"
    end = dollars(round(until))
    return f"{since} to {end}" if band.since else f"up to {end}"


def source(pair: Pair | None) -> str:
    """Say what lines are, which of them is what was used, and whose rates they are."""
    if pair is None:
        return OWN_MARKS
    base = pair.base
    assumed = ", its effort assumed" if pair.is_assumed else ""
    points = unproven_points(pair)
    doubt = (
        "of how many tasks is not said"
        if points is None
        else f"a difference below {points:.0f} points proves nothing"
    )
    return (
        f"A is what was used{assumed}. Lines: what a run brings less than on the best"
        f" route. Solved: {base.named} ({base.harness}, {base.date}); {doubt}."
    )
