"""The keys of the screens that show groups of the ledger."""

from __future__ import annotations

from textual.binding import BindingType

from tokentui.tui.keys import bound

OWN_ACTIONS = (
    *("by", "step", "sort_by", "turn", "filter", "export", "copy"),
    *("mark", "mark_as", "unmark"),
)
"""What letters do, unless they are typed into the filter."""

PIVOT_KEYS: list[BindingType] = [
    bound("before", "step(-1)", "Period", "The one before", show=False),
    bound("after", "step(1)", "Period", "The one after", show=False),
    bound("sort_left", "sort_by(-1)", "Sort", "By the column to the left", show=False),
    bound("sort_right", "sort_by(1)", "Sort", "By the column to the right", show=False),
    bound("turn", "turn", "Sort", "The other way round", show=False),
    bound("filter", "filter", "Filter", "Type a part of a name"),
    bound("export", "export", "Export", "The rows, into a CSV file"),
    bound("copy", "copy", "Copy", "The rows, as text"),
    bound("back", "climb", "Up", "To the level above, or the first screen"),
]
