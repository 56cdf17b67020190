"""Suggestions as rows, and one of them as lines that tell all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.cells import chop_cells
from textual.content import Content

from tokentui.amounts import dollars
from tokentui.routes.suggestion import NOTHING, Evidence, Saving, Suggestion
from tokentui.routes.suggestion_words import RESTS_ON, facts
from tokentui.text import many
from tokentui.tui.columns import GridColumn
from tokentui.tui.lines import figure, heading, indented, muted, wrapped
from tokentui.tui.names import key_name
from tokentui.tui.text import LONGEST, clean
from tokentui.tui.times import day, local
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import GridRow

COLUMNS = (
    GridColumn("saves a month", is_right=True, id="saves"),
    GridColumn("rests on", rank=1, id="rests"),
    GridColumn("suggestion", least=24, id="title"),
)
EVIDENCE_COLUMNS = (
    GridColumn("day", id="day"),
    GridColumn("session", least=8, id="session"),
    GridColumn("source", rank=1, id="source"),
    GridColumn("cost", is_right=True, id="cost"),
    GridColumn("why", least=32, id="why"),
)
NAME_WIDTH = 14
KEYS = ("copy_lines", "copy_undo", "open")
"""The actions that are named beside a suggestion."""


def money_range(saving: Saving) -> str:
    """Return `$12.30 to $18.20`, or the one amount that both ends are."""
    low, high = dollars(saving.low), dollars(saving.high)
    return low if low == high else f"{low} to {high}"


def row(key: str, found: Suggestion) -> GridRow:
    """Return the row of a suggestion: the money, or else that it is list value."""
    saves = figure(money_range(found.saves))
    if found.saves == NOTHING:
        saves = muted(f"{money_range(found.saves_in_plans)} list")
    return GridRow(
        key,
        [
            saves,
            muted(RESTS_ON.get(found.confidence, clean(found.confidence))),
            Content(clean(found.title)),
        ],
    )


def evidence_row(key: str, found: Evidence, view: View) -> GridRow:
    """Return the row of a session in which it shows."""
    return GridRow(
        key,
        [
            Content(day(local(found.at_ms, view.snapshot.tz))),
            Content(key_name("session", found.session, view)),
            muted(clean(found.source)),
            Content(dollars(found.nanos)),
            Content(clean(found.why)),
        ],
    )


def panel(
    found: Suggestion, value_nanos: int | None, keys: Mapping[str, str]
) -> Callable[[int], list[Content]]:
    """Return the maker of the lines that tell all of a suggestion under its title."""
    count = len(found.evidence)
    note = f"{many(count, 'session')}, {keys['open']} opens" if count else ""
    title = clean(found.title)

    def lines(width: int) -> list[Content]:
        told = suggestion_lines(found, value_nanos, keys, width - 2)
        return [heading(title, width, note), *indented(told)]

    return lines


def suggestion_lines(
    found: Suggestion, value_nanos: int | None, keys: Mapping[str, str], width: int
) -> list[Content]:
    """Return what it saves and rests on, its risks, and how to switch and go back.

    `value_nanos` is the value of a run that its premium was worked out for.
    """
    said = facts(found, value_nanos)
    return [
        *(line for name, text in said for line in told(name, text, width)),
        *to_copy("to switch", keys["copy_lines"], found.how, width),
        *to_copy("to undo", keys["copy_undo"], found.undo, width),
    ]


def told(name: str, text: str, width: int) -> list[Content]:
    """Return a fact behind its name, in as many lines as it takes."""
    body = wrapped(Content(text), width - NAME_WIDTH)
    return [
        Content.assemble((f"{name if i == 0 else '':<{NAME_WIDTH}}", ".muted"), line)
        for i, line in enumerate(body)
    ]


def to_copy(name: str, key: str, lines: Sequence[str], width: int) -> list[Content]:
    """Return lines to copy, folded where the room ends, below what they are for."""
    if not lines:
        return []
    head = Content.assemble((name, ".muted"), ("  ", ""), (f"{key} copies", ".muted"))
    body = [part for line in lines for part in chop_cells(whole(line), width - 2)]
    return [head, *(Content.styled(f"  {line}", ".accent") for line in body)]


def whole(line: str) -> str:
    """Clean a line without cutting it."""
    return "".join(
        clean(line[at : at + LONGEST]) for at in range(0, len(line), LONGEST)
    )
