"""What a benchmark says, in the words of every face."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokentui.routes.quality import Pair

UNPROVEN_POINTS = 8
"""Points of a benchmark of 113 tasks below which a difference proves nothing."""


def pair_line(pair: Pair) -> str:
    """Name a benchmark's two rows for people, and whose figures they are."""
    base, other = pair.base, pair.other
    assumed = " (assumed)" if pair.is_assumed else ""
    return (
        f"{base.benchmark} {base.version}, {base.harness}, {base.date}:"
        f" {base.model} {base.effort}{assumed} solved {base.score:.1f} %,"
        f" {other.model} {other.effort} {other.score:.1f} %"
        f" on {pair.input_ratio:.1f} times the input"
        f" and {pair.output_ratio:.1f} times the output"
    )
