"""The caps beside those of the day and the month: one line each."""

from __future__ import annotations

from textual.content import Content

from tokentui.budget.caps import NEAR, OK, OVER, UNKNOWN, CapState
from tokentui.tui import cap_words
from tokentui.tui.lines import bar, heading, indented, muted
from tokentui.tui.tables import Column, note_of_rows, table
from tokentui.tui.view import View
from tokentui.tui.widgets.area import Area

ORDER = (OVER, NEAR, UNKNOWN, OK)
BAR = 10
COLUMNS = (
    Column("cap", least=14),
    Column("spent", is_right=True),
    Column("of"),
    Column("", rank=2, is_extra=True),
    Column("share", is_right=True),
    Column("state"),
    Column("left", rank=1),
    Column("safe", rank=4),
    Column("met", rank=3),
)


class OtherCaps(Area):
    """Caps of other periods, units and scopes, those in trouble first."""

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return a heading and the caps that fit; nothing if there are none."""
        if self.view is None:
            return []
        states = other_caps(self.view)
        if not states:
            return []
        shown = states if height is None else states[: max(0, height - 1)]
        rows = [row(self.view, state, i + 1) for i, state in enumerate(shown)]
        lines = table(COLUMNS, rows, width - 2)
        note = note_of_rows(len(shown), len(states), lines[0])
        return [heading("Other caps", width, note), *indented(lines[1:])]


def other_caps(view: View) -> list[CapState]:
    """Return the caps that no other area shows, over before near before on course."""
    snapshot = view.snapshot
    main = [cap_words.main_cap(snapshot, per) for per in ("day", "month")]
    others = [state for state in snapshot.caps if state not in main]
    return sorted(others, key=lambda state: ORDER.index(state.state))


def row(view: View, state: CapState, position: int) -> list[Content]:
    """Return the cells of one cap."""
    *figures, share, word = cap_words.standing(view, state, position)
    return [
        *figures,
        bar(state.share, BAR, cap_words.STYLES[state.state]),
        share,
        word,
        Content(cap_words.left(state)),
        Content(cap_words.safe_per_day(state)),
        muted(cap_words.met(state, view.snapshot)),
    ]
