"""All areas of the first screen, each as high as there is room for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.reactive import var
from textual.widgets import Static

from tokentui.tui.keys import bound
from tokentui.tui.view import View
from tokentui.tui.widgets.area import Area
from tokentui.tui.widgets.breakdown import Breakdown
from tokentui.tui.widgets.burn_rates import BurnRates
from tokentui.tui.widgets.day_spend import DaySpend
from tokentui.tui.widgets.latest import Latest
from tokentui.tui.widgets.other_caps import OtherCaps
from tokentui.tui.widgets.payers import Payers
from tokentui.tui.widgets.quotas import Quotas
from tokentui.tui.widgets.running import Running
from tokentui.tui.widgets.spending import Spending
from tokentui.tui.widgets.wishes import Lines, Shape, shared

NAMES = {
    "running": "running sessions",
    "caps": "other caps",
    "payers": "payers",
    "quotas": "plan windows",
    "plans": "payers, plan windows",
    "chart": "chart",
    "latest": "latest responses",
}
"""The areas that may give way, and what is said of them then."""


class Body(VerticalScroll, inherit_bindings=False):
    """The areas; scrolled where the window is too low even for those that must be."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("up", "scroll_up", "Scroll up", show=False),
        bound("down", "scroll_down", "Scroll down", show=False),
        bound("page_up", "page_up", "Page up", show=False),
        bound("page_down", "page_down", "Page down", show=False),
        bound("top", "scroll_home", "To the top", show=False),
        bound("bottom", "scroll_end", "To the end", show=False),
    ]


class Figures(Vertical):
    """The areas that have something to say, and a line about those without room."""

    view: var[View | None] = var(None)
    now: var[datetime | None] = var(None)

    def __init__(self) -> None:
        super().__init__()
        self._areas: dict[str, Area] = {
            "running": Running(),
            "caps": OtherCaps(),
            "payers": Payers(),
            "quotas": Quotas(),
            "burn": BurnRates(),
            "chart": DaySpend(),
            "models": Breakdown(),
            "latest": Latest(),
        }
        self._day, self._month = Spending("day"), Spending("month")

    def compose(self) -> ComposeResult:
        """Set the areas; what is side by side is up to the styles."""
        areas = self._areas
        with Body(id="body"):
            with Container(id="main"):
                with Container(id="spending"):
                    yield self._day
                    yield self._month
                yield areas["running"].data_bind(Figures.now)
                yield areas["caps"]
                with Container(id="plans"):
                    yield areas["payers"]
                    yield areas["quotas"]
                with Container(id="pace"):
                    yield areas["burn"]
                    yield areas["chart"]
                yield areas["models"]
            yield areas["latest"]
        yield Static(id="dropped", markup=False)

    def on_resize(self) -> None:
        """Share the rows out anew."""
        self._share_out()

    def watch_view(self, view: View | None) -> None:
        """Hand the view to the areas, then see what they need for it."""
        self._day.view = self._month.view = view
        for area in self._areas.values():
            area.view = view
        self._share_out()

    def _share_out(self) -> None:
        """Give each area its height, and say which gave way."""
        if self.view is None or not self.size or not self.is_mounted:
            return
        shape = self._shape()
        given, is_airy = shared(shape, self._lines(shape))
        self.set_class(is_airy, "-airy")
        dropped = [NAMES[name] for name in NAMES if given.get(name) == 0]
        if "plans" in given:
            both = given.pop("plans")
            given |= {"payers": both, "quotas": both}
        if shape.width == "huge":
            given["latest"] = self.size.height
        for name in NAMES.keys() & self._areas.keys() | {"models"}:
            self._give(name, given.get(name, 0))
        has_plans = any(given.get(name) for name in ("payers", "quotas"))
        self.query_one("#plans").display = has_plans
        self._tell(dropped)

    def _give(self, name: str, rows: int) -> None:
        area = self._areas[name]
        area.display = rows > 0
        if rows and name != "latest":
            area.styles.height = rows

    def _tell(self, dropped: list[str]) -> None:
        line = self.query_one("#dropped", Static)
        line.display = bool(dropped)
        said = gave_way(dropped, self.size.width - 2)
        if dropped and line.content != said:
            line.update(said)

    def _shape(self) -> Shape:
        has = self.screen.has_class
        widths = ("small", "normal", "wide", "huge")
        return Shape(
            next((width for width in widths if has(f"-{width}")), "small"),
            self.size.height,
            has("-tall") or has("-high"),
            has("-high"),
        )

    def _lines(self, shape: Shape) -> Lines:
        width = self.size.width
        if shape.width == "huge":
            width = (width - 1) // 2
        is_halved = shape.width in ("wide", "huge")
        half = (width - 1) // 2 if is_halved else width
        is_large = is_halved and shape.is_tall

        def of(name: str, cells: int = width) -> int:
            return len(self._areas[name].lines(cells, None))

        return Lines(
            self._day.rows(half, is_large),
            self._month.rows(half, is_large),
            of("burn"),
            of("models"),
            of("running"),
            of("caps"),
            of("quotas"),
            of("payers"),
        )


def gave_way(names: Sequence[str], width: int) -> str:
    """Say which areas are not shown, the first of them as a number if need be."""
    said = ""
    for unnamed in range(len(names)):
        more = (f"{unnamed} more",) if unnamed else ()
        words = ", ".join((*more, *names[unnamed:]))
        if len(said := f"… {words}: make the window taller") <= width:
            break
    return said
