"""The screen for sessions: the latest first, each down to its responses."""

from __future__ import annotations

from tokentui.queries.usage import UsageTable
from tokentui.tui.pivot import Level, Order
from tokentui.tui.pivot_table import PivotTable, trail
from tokentui.tui.questions import Questions
from tokentui.tui.screens.pivot import PivotScreen, Place
from tokentui.tui.session_table import SessionTable
from tokentui.tui.view import View
from tokentui.tui.widgets.tabs import Tab


class SessionsScreen(PivotScreen):
    """All sessions with usage in a period."""

    TAB = Tab("sessions", "Sessions", "Each session, down to its responses")
    HELP = """
## Sessions

- **when** tells the first and the last hour with responses in the period.
- **running**: it had a response within the last 15 minutes; then its pace.
- **Open** a session: each response, how the context grew, cache misses.
- A click on a title sorts by its column, another turns the order.
- **Filter** keeps the sessions whose project, model or name holds what you type.
- **cost** is an estimate at list prices; **list** is list value inside flat plans,
  which nobody pays once more.
"""

    def __init__(self, questions: Questions, *, demo: bool) -> None:
        level = Level("session", ("7d",), is_timed=True)
        super().__init__(questions, level, demo=demo)

    def order_of(self, level: Level) -> Order:
        """Show the latest first."""
        return Order("when")

    def table_of(self, place: Place, answer: UsageTable, view: View) -> PivotTable:
        """Return the table of sessions."""
        return SessionTable(place.level, answer, place.order, place.wanted, view)

    def title_of(self, level: Level, view: View) -> str:
        """Say whose sessions are shown."""
        return f"Sessions: {trail(level, view)}"
