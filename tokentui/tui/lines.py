"""Parts of lines that all areas share: headings, bars, and text that flows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from textual.content import Content

GAP = " · "


def heading(title: str, width: int, *notes: str) -> Content:
    """Return `── Title ────── note ──`, with the first of the notes that fits."""
    note = next((each for each in notes if len(title) + len(each) + 10 <= width), "")
    start = Content.assemble(("── ", ".rule"), (title, ".title"), (" ", ".rule"))
    end = Content.assemble((f" {note} ", ".muted"), ("──", ".rule"))
    end = end if note else Content()
    rule = "─" * max(0, width - start.cell_length - end.cell_length)
    return Content.assemble(start, (rule, ".rule"), end).truncate(width, ellipsis=True)


def bar(share: Decimal | float, width: int, style: str) -> Content:
    """Return a bar that is empty only for nothing and full only for all."""
    halves = int(min(max(share, 0), 1) * width * 2)
    if 0 < share < 1:
        halves = min(max(halves, 1), width * 2 - 1)
    filled = "━" * (halves // 2) + "╸" * (halves % 2)
    track = "─" * (width - len(filled))
    return Content.assemble((filled, style), (track, ".track"))


def flow(parts: Sequence[Content], width: int, most: int) -> list[Content]:
    """Set parts into at most so many lines; a last `…` says that some did not fit."""
    lines: list[Content] = []
    for i, part in enumerate(parts):
        has_more = len(lines) == most and i + 1 < len(parts)
        room = width - (len(GAP) + 1 if has_more else 0)
        joined = _joined(lines[-1], part) if lines else part
        if lines and joined.cell_length <= room:
            lines[-1] = joined
        elif len(lines) < most:
            lines.append(part.truncate(width, ellipsis=True))
        else:
            lines[-1] = _joined(lines[-1], Content.styled("…", ".muted"))
            lines[-1] = lines[-1].truncate(width, ellipsis=True)
            break
    return lines


def muted(text: str) -> Content:
    """Return text that stands back."""
    return Content.styled(text, ".muted")


def figure(text: str) -> Content:
    """Return an amount as it stands out."""
    return Content.styled(text, ".figure")


def wrapped(content: Content, width: int) -> list[Content]:
    """Wrap a text."""
    return [line.rstrip() for line in content.wrap(max(1, width))]


def indented(lines: Sequence[Content]) -> list[Content]:
    """Set lines in by one cell, under the titles of headings."""
    return [line.pad_left(1) for line in lines]


def _joined(line: Content, part: Content) -> Content:
    return Content.assemble(line, (GAP, ".rule"), part)
