"""The chart of net value: who is best where, and where lines cross."""

from __future__ import annotations

import pytest

from tokentui.routes.net_value import Option, bands
from tokentui.tui.curves import MARGIN, chart, scale_of

DOLLAR = 10**9
THREE = (
    Option("claude-opus-4-5 max", 35 * DOLLAR, 0.93),
    Option("glm-5.2 max", 8 * DOLLAR, 0.88),
    Option("cheap", 1 * DOLLAR, 0.70),
)
SIZES = [(78, 12), (118, 24), (58, 9)]


def drawn(options: tuple[Option, ...], width: int, height: int) -> list[str]:
    """Draw options, as text."""
    return [line.plain for line in chart(options, bands(options), width, height)]


@pytest.mark.parametrize("size", SIZES)
def test_crossings_are_labelled_where_lines_cross(size: tuple[int, int]) -> None:
    """$38.89 and $540 of the fact sheet, each below the mark of its column."""
    *_, axis, below = drawn(THREE, *size)
    marks = [i for i, sign in enumerate(axis) if sign == "┴"]
    assert len(marks) == 2
    for at, text in zip(marks, ("$38.89", "$540.00"), strict=True):
        start = below.index(text)
        assert start <= at < start + len(text)


@pytest.mark.parametrize("size", SIZES)
def test_the_best_is_at_the_top(size: tuple[int, int]) -> None:
    """Below $38.89 the cheap one, up to $540 GLM, then Opus: named above, in style."""
    names, top, *_ = chart(THREE, bands(THREE), *size)
    words = names.plain.split("┊")
    assert [word.split()[0] for word in words] == ["C", "B", "A"]
    scale = scale_of(THREE, bands(THREE), size[0] - MARGIN)
    styles = {}
    for value in (15, 200, 2_000):
        at = MARGIN + scale.column(value * DOLLAR)
        styles[value] = [s.style for s in top.spans if s.start <= at < s.end]
    # Styles go by place: the used one first.
    assert styles == {15: [".title"], 200: [".good"], 2_000: [".figure"]}


def test_a_line_is_as_low_as_it_brings_less() -> None:
    """At the left edge, $7.78, Opus brings 34 less and .23 times 7.78 more: $32.21."""
    lines = drawn(THREE, 118, 24)
    *_, lowest, _, below = lines
    assert below.split()[0] == "$7.78"
    assert lowest.startswith("    -$32.21 ┤─A")


@pytest.mark.parametrize("size", [*SIZES, (200, 60)])
def test_it_has_its_size(size: tuple[int, int]) -> None:
    """No line is wider than there is room, and there are as many as were asked for."""
    lines = drawn(THREE, *size)
    assert len(lines) == size[1]
    assert max(map(len, lines)) <= size[0]


@pytest.mark.parametrize("size", [(40, 20), (120, 6)])
def test_there_is_none_where_it_is_too_small(size: tuple[int, int]) -> None:
    """Then the legend has to do."""
    assert drawn(THREE, *size) == []


def test_one_route_that_is_best_of_all() -> None:
    """Nothing crosses: no mark, and it is named once."""
    options = Option("dear", 5 * DOLLAR, 0.5), Option("better", 1 * DOLLAR, 0.6)
    names, top, *_, axis, _ = drawn(options, 78, 12)
    assert names.split() == ["B", "better"]
    assert "┴" not in axis
    assert "╮" not in top


def test_crossings_close_to_each_other() -> None:
    """Of two labels that would touch only the first is written: the legend has both."""
    # 1 for 10 points more from $10.00 on, then 1 for 9.9 points more from $10.10 on.
    options = (
        Option("a", 1 * DOLLAR, 0.50),
        Option("b", 2 * DOLLAR, 0.60),
        Option("c", 3 * DOLLAR, 0.699),
    )
    below = drawn(options, 78, 12)[-1].split()
    assert "$10.00" in below
    assert "$10.10" not in below


def test_names_cannot_steer_the_terminal() -> None:
    """Whatever a file of scores calls a model."""
    options = Option("x\x1b[31m\n", 1 * DOLLAR, 0.5), Option("y", 2 * DOLLAR, 0.6)
    text = "".join(drawn(options, 118, 12))
    assert "\x1b" not in text
    assert "\n" not in text
