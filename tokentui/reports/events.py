"""Raw exports: every response as CSV or as JSON lines, written as it is read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

from tokentui.amounts import usd
from tokentui.ledger.schema import TOKEN_KINDS
from tokentui.periods import iso
from tokentui.queries.events import LABELS, Event
from tokentui.reports.names import ALIAS, SHOW
from tokentui.text import clean, escaped, neutral

PRIVATE = ("project", "branch", "client")
"""Labels that may name what is to stay private."""

COLUMNS = (
    "time",
    "event",
    *LABELS,
    "requests",
    *TOKEN_KINDS,
    "cost_usd",
    "list_usd",
    "is_plan",
    "is_partial",
    "stop_reason",
)

Cell = str | int | float | bool | None
Pieces = Callable[[Iterable[Event], ZoneInfo, str], Iterator[bytes]]


class Line:
    """A file whose `write` gives back what it is given, for `csv.writer`."""

    def write(self, text: str) -> str:
        """Give the line."""
        return text


def as_csv(events: Iterable[Event], tz: ZoneInfo, how: str) -> Iterator[bytes]:
    """Give CSV (RFC 4180) line by line; what is not known is empty."""
    writer = csv.writer(Line())
    yield line(writer.writerow(COLUMNS))
    for each in cells(events, tz, how):
        yield line(writer.writerow([in_csv(cell) for cell in each]))


def as_jsonl(events: Iterable[Event], tz: ZoneInfo, how: str) -> Iterator[bytes]:
    """Give a JSON document a line; what is not known is `null`."""
    for each in cells(events, tz, how):
        shape = dict(zip(COLUMNS, each, strict=True))
        counts = {kind: shape.pop(kind) for kind in TOKEN_KINDS}
        text = json.dumps(shape | {"tokens": counts}, ensure_ascii=False)
        yield f"{escaped(text)}\n".encode()


FORMATS: dict[str, Pieces] = {"events-csv": as_csv, "events-jsonl": as_jsonl}


def cells(
    events: Iterable[Event], tz: ZoneInfo, how: str
) -> Iterator[tuple[Cell, ...]]:
    """Give the cells of each event, private names as `how` says."""
    known: dict[tuple[str, str], str] = {}
    for each in events:
        labels = zip(LABELS, each.labels, strict=True)
        named = (told(label, name, how, known) for label, name in labels)
        cost, listed = each.cost_nanos, each.list_nanos
        yield (
            iso(each.at_ms, tz),
            each.key.hex(),
            *named,
            each.requests,
            *each.tokens,
            None if cost is None else usd(cost),
            None if listed is None else usd(listed),
            each.is_plan,
            each.is_partial,
            each.stop_reason,
        )


def told(
    label: str, name: str | None, how: str, known: dict[tuple[str, str], str]
) -> str | None:
    """Give a name, or what stands in its place: a number, or nothing."""
    if name is None or how == SHOW or label not in PRIVATE:
        return name
    if how != ALIAS:
        return None
    number = 1 + sum(kind == label for kind, _ in known)
    return known.setdefault((label, name), f"{label} {number}")


def in_csv(cell: Cell) -> Cell:
    """Give a cell that neither a terminal nor a spreadsheet obeys."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return neutral(clean(cell)) if isinstance(cell, str) else cell


def line(text: object) -> bytes:
    """Give the line that a writer wrote."""
    return str(text).encode()
