"""What verbs print: JSON documents, plain tables, lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from tokentui.text import clean, escaped, fit, width
from tokentui.tuples import NamedTuple

SHORTEST = 5
NARROWEST = 60
"""Tables fit this many columns; a wider terminal shows more of the names."""

GAP = "  "
INDENT = " " * 8


class Column(NamedTuple):
    """A table's column; `flexible` ones give way when the terminal is narrow."""

    title: str
    right: bool = False
    flexible: bool = False


def show_json(document: dict[str, Any]) -> None:
    """Print one JSON document, each item of its lists on a line of its own."""
    parts = [f" {one_line(key)}: {lines(value)}" for key, value in document.items()]
    show(escaped("{\n" + ",\n".join(parts) + "\n}"))


def lines(value: Any) -> str:
    """Write a value of a document as JSON, for its place there."""
    if isinstance(value, list) and value:
        # Without indent the encoder is ten times as fast, and rows can be thousands.
        return "[\n  " + ",\n  ".join(map(one_line, value)) + "\n ]"
    return json.dumps(value, indent=1, ensure_ascii=False).replace("\n", "\n ")


one_line = json.JSONEncoder(ensure_ascii=False).encode


def show_json_line(document: Any) -> None:
    """Print a JSON document as one line, at once."""
    show(escaped(one_line(document)))


def show_bytes(pieces: Iterable[bytes]) -> None:
    """Print a file as it is, piece by piece."""
    sys.stdout.flush()
    sys.stdout.buffer.writelines(pieces)
    sys.stdout.buffer.flush()


def show(text: str = "") -> None:
    """Print a line of text, at once."""
    put(text, sys.stdout)


def put(text: str, stream: TextIO | None) -> None:
    """Print a line at once; a program without a console has no streams."""
    if stream is not None:
        stream.write(f"{text}\n")
        stream.flush()


def tell(text: str, indent: str = INDENT) -> None:
    """Print a line for people, broken where the terminal is narrower."""
    for part in broken(text, indent):
        show(part)


def note(text: str) -> None:
    """Print a line beside the data, to stderr, made safe and broken like the others."""
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    for part in broken(clean(text)) if is_terminal else [clean(text)]:
        put(part, sys.stderr)


def say(text: str) -> None:
    """Print lines to stderr, unbroken; what they quote steers no terminal."""
    for each in text.expandtabs(4).splitlines():
        put(clean(each), sys.stderr)


def broken(text: str, indent: str = INDENT) -> list[str]:
    """Break a line where the terminal ends; addresses stay whole."""
    if width(text) <= terminal_width():
        return [text]
    from textwrap import wrap

    return wrap(
        text, terminal_width(), subsequent_indent=indent, break_on_hyphens=False
    )


def terminal_width() -> int:
    """Give the columns there are; a pipe takes what it is given."""
    if sys.stdout is None or not sys.stdout.isatty():
        return 200
    import shutil  # 2 ms, for a terminal only

    return max(NARROWEST, shutil.get_terminal_size().columns)


def show_table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    total: Sequence[str] | None = None,
) -> None:
    """Print a table; names are cleaned, and cut with a sign where they are too long."""
    cells = [[clean(cell) for cell in row] for row in rows]
    last = [[clean(cell) for cell in total]] if total is not None else []
    titles = [column.title for column in columns]
    widths = [max(map(width, each)) for each in zip(titles, *cells, *last, strict=True)]
    gap = shrink(widths, columns, terminal_width())
    show(line(columns, titles, widths, gap))
    rule = gap.join("─" * w for w in widths)
    show(rule)
    for row in cells:
        show(line(columns, row, widths, gap))
    for row in last:
        show(rule)
        show(line(columns, row, widths, gap))


def shrink(widths: list[int], columns: Sequence[Column], most: int) -> str:
    """Take what is too much from the flexible columns, the widest first.

    Gives the gap between columns, which gives way last.
    """
    flexible = [i for i, column in enumerate(columns) if column.flexible]
    excess = sum(widths) + len(GAP) * (len(widths) - 1) - most
    while excess > 0 and flexible:
        widest = max(flexible, key=lambda i: widths[i])
        if widths[widest] <= SHORTEST:
            break
        widths[widest] -= 1
        excess -= 1
    return GAP if excess <= 0 else GAP[1:]


def line(
    columns: Sequence[Column], cells: Sequence[str], widths: list[int], gap: str
) -> str:
    """Lay out one line of a table."""
    laid = []
    for column, cell, columns_wide in zip(columns, cells, widths, strict=True):
        text = fit(cell, columns_wide)
        space = " " * (columns_wide - width(text))
        laid.append(space + text if column.right else text + space)
    return gap.join(laid).rstrip()
