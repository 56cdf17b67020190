"""What the areas of the first screen wish for, in the order of their weight."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tokentui.tui.widgets.room import Want, shared_out, up_to

LOW_ROWS = 24
"""Rows of figures below which at most two sessions are listed."""

ALL = 999


@dataclass(frozen=True, slots=True)
class Shape:
    """What is side by side: `small` below 80 columns, then `normal`, `wide`, `huge`.

    `rows` are those that all areas share. From `is_tall` on figures may be large, and
    with `is_airy` there is an empty row below each area.
    """

    width: str
    rows: int
    is_tall: bool = False
    is_high: bool = False
    is_airy: bool = False

    @property
    def air(self) -> int:
        """Empty rows below an area."""
        return 1 if self.is_airy else 0


@dataclass(frozen=True, slots=True)
class Lines:
    """How many lines each area has to show; 0 where it has nothing to say."""

    day: int
    month: int
    burn: int
    models: int
    running: int = 0
    caps: int = 0
    quotas: int = 0
    payers: int = 0


def wishes(shape: Shape, lines: Lines) -> list[Want]:
    """Return what the areas want: spend and burn, what runs, models, limits, the rest.

    Where nothing runs the latest responses come before the limits.
    """
    air = shape.air
    latest = [] if shape.width == "huge" else [Want("latest", (3, 4, 6, 9, ALL))]
    is_early = not lines.running and shape.width != "small"
    return [
        spending(shape, lines),
        *pace(shape, lines),
        *running(shape, lines),
        Want("models", up_to(lines.models, 3, 5, 7, 11), must=True, air=air),
        *(latest if is_early else []),
        *limits(shape, lines),
        *chart(shape),
        *([] if is_early else latest),
        *payers(shape, lines),
    ]


def shared(shape: Shape, lines: Lines) -> tuple[dict[str, int], bool]:
    """Return the height of each area, 0 for those that give way, and if it is airy.

    There is air only in a tall window where it costs no area its second step.
    """
    if shape.is_tall:
        airy = wishes(replace(shape, is_airy=True), lines)
        given = shared_out(shape.rows, airy)
        if all(given[want.name] >= want.steps[:2][-1] for want in airy):
            return given, True
    return shared_out(shape.rows, wishes(shape, lines)), False


def spending(shape: Shape, lines: Lines) -> Want:
    """Return the want of today and the month, side by side or not."""
    if shape.width in ("wide", "huge"):
        rows = max(lines.day, lines.month)
    else:
        rows = lines.day + shape.air + lines.month
    return Want("spending", (rows,), must=True, air=shape.air)


def pace(shape: Shape, lines: Lines) -> list[Want]:
    """Return the want of the burn, or of it and the chart where that is beside it."""
    if shape.width in ("small", "huge"):
        return [Want("burn", (lines.burn,), must=True, air=shape.air)]
    return [Want("chart", (4, 4, 5, 7), must=True, air=shape.air)]


def running(shape: Shape, lines: Lines) -> list[Want]:
    """Return the want of the running sessions."""
    if not lines.running:
        return []
    if shape.rows < LOW_ROWS:
        return [Want("running", (2, min(lines.running, 3)), air=shape.air)]
    return [Want("running", up_to(lines.running, 2, 4, 5, 7), air=shape.air)]


def limits(shape: Shape, lines: Lines) -> list[Want]:
    """Return the wants of caps and of plan windows, with payers if beside them."""
    wants = []
    if lines.caps:
        wants.append(Want("caps", up_to(lines.caps, 2, 3, 5, 7), air=shape.air))
    if shape.width == "wide" and lines.quotas and lines.payers:
        both = max(lines.quotas, lines.payers)
        wants.append(Want("plans", up_to(both, 2, 3, 4, 7), air=shape.air))
    elif lines.quotas:
        wants.append(Want("quotas", up_to(lines.quotas, 2, 3, 4, 7), air=shape.air))
    return wants


def chart(shape: Shape) -> list[Want]:
    """Return the want of the chart where nothing is beside it."""
    if shape.width == "huge":
        most = 18 if shape.is_high else 10
        return [Want("chart", (4, 5, 7, 10, most), air=shape.air)]
    return [Want("chart", (3, 3, 4, 7))] if shape.width == "small" else []


def payers(shape: Shape, lines: Lines) -> list[Want]:
    """Return the want of the payers where they are not beside plan windows."""
    if not lines.payers or (shape.width == "wide" and lines.quotas):
        return []
    least = min(lines.payers, 3)
    return [Want("payers", up_to(lines.payers, least, 4, 5), air=shape.air)]
