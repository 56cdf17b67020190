"""The keys of the screens that show groups of the ledger."""

from __future__ import annotations

from textual.binding import Binding, BindingType

OWN_ACTIONS = ("by", "step", "sort_by", "turn", "filter", "export", "copy")
"""What letters do, unless they are typed into the filter."""

PIVOT_KEYS: list[BindingType] = [
    Binding(
        "left_square_bracket",
        "step(-1)",
        "Period before",
        show=False,
        key_display="[",
        id="usage.before",
    ),
    Binding(
        "right_square_bracket",
        "step(1)",
        "Period after",
        show=False,
        key_display="]",
        id="usage.after",
    ),
    Binding(
        "less_than_sign",
        "sort_by(-1)",
        "Sort by column to the left",
        show=False,
        key_display="<",
        id="usage.sort-left",
    ),
    Binding(
        "greater_than_sign",
        "sort_by(1)",
        "Sort by column to the right",
        show=False,
        key_display=">",
        id="usage.sort-right",
    ),
    Binding("comma", "turn", "Turn the order", show=False, id="usage.turn"),
    Binding("slash", "filter", "Filter", key_display="/", id="usage.filter"),
    Binding("e", "export", "Export", id="usage.export"),
    Binding("k", "copy", "Copy", id="usage.copy"),
    Binding("escape", "climb", "Up", id="usage.up"),
]
