"""The screen for caps: how each stands, and keys to set, change and remove them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable

from tokentui.budget.caps import CapState
from tokentui.settings import Cap
from tokentui.tui import cap_words
from tokentui.tui.cap_entry import ORIGIN
from tokentui.tui.cap_table import COLUMNS, facts, row_key, rows_of
from tokentui.tui.keys import bound
from tokentui.tui.lines import flow, heading, indented, muted
from tokentui.tui.questions import CapsChanged
from tokentui.tui.screens.asking import AskingScreen
from tokentui.tui.screens.cap_form import CapForm
from tokentui.tui.screens.confirm import ConfirmDialog
from tokentui.tui.text import clean
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import Grid
from tokentui.tui.widgets.lines_area import Lines
from tokentui.tui.widgets.tabs import Tab

MOST_FACTS = 4
NOTE = "NOTE"


class CapGrid(Grid):
    """Caps, of which one can be changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("open", "select_cursor", "Change", "The cap under the cursor"),
    ]


class CapsScreen(AskingScreen):
    """All caps, and what is known of the one under the cursor."""

    TAB = Tab("caps", "Caps", "Set, change and remove caps")
    HELP = """
## Caps

- Caps set here stand in caps.toml in the state folder, beside your config. Those of the
  config can be changed here, which goes before the config; only you can remove them.
- **on course / NEAR / OVER**: below the share of the cap that warns, above it, met.
- **meets it**: below that share, but met in its period at this rate or as forecast.
- **forecast**: where spend will stand at the end of the period, from your own habits.
- **≥** at least: some responses have no price yet, or the log broke off.
"""
    AUTO_FOCUS = "Grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("add", "add", "Add", "Another cap"),
        bound("remove", "remove", "Remove", "The cap under the cursor"),
        bound("back", "leave", "Back", "To the first screen"),
    ]

    def content(self) -> Iterable[Widget]:
        """Return the caps and the facts of one."""
        yield CapGrid()
        yield Lines(id="facts")

    def repaint(self) -> None:
        """Show how the caps stand."""
        view = self.view
        if view is None:
            return
        count = len(view.snapshot.caps)
        self.query_one("#title", Lines).say(
            lambda width: [heading("Caps", width, f"{count} set" if count else "")]
        )
        self.query_one(Grid).show(COLUMNS, rows_of(view))
        self._tell_of(view)

    def _tell_of(self, view: View) -> None:
        state = self.state
        lines = self.query_one("#facts", Lines)
        if state is None:
            none = muted(f"no caps yet: {self.key_of('add')} adds one")
            lines.say(lambda _: indented([none]))
            return
        position = view.snapshot.caps.index(state) + 1
        name = cap_words.name(state, position, view.hides_projects)
        words = facts(view, state)

        def told(width: int) -> list[Content]:
            return [
                heading(name, width),
                *indented(flow(words, width - 2, MOST_FACTS)),
            ]

        lines.say(told)

    @property
    def state(self) -> CapState | None:
        """The cap under the cursor."""
        states = self.view.snapshot.caps if self.view else ()
        at = self.query_one(Grid).row_at_cursor
        found = (s for i, s in enumerate(states) if row_key(states, i) == at)
        return next(found, None)

    def on_data_table_row_highlighted(self) -> None:
        """Tell of the cap under the cursor."""
        if self.view is not None:
            self.tell()
            self._tell_of(self.view)

    def action_add(self) -> None:
        """Type a new cap."""
        self.tell()
        self.app.push_screen(CapForm(self.questions), self._was_set)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Change a cap."""
        state = self.state
        if state is None or self.view is None:
            return
        if self.view.hides_projects and cap_words.may_name_project(state.cap):
            key = self.key_of("privacy")
            self.tell(f"this cap may tell a project: show names with {key} first", NOTE)
            return
        caps = {cap.name: cap for cap in self.questions.config.caps}
        self.tell()
        self.app.push_screen(
            CapForm(self.questions, caps.get(state.cap.name)), self._was_set
        )

    def _was_set(self, cap: Cap | None) -> None:
        if cap is not None:
            self.post_message(CapsChanged())
            self.notify(f"Cap {clean(cap.name)} is set", timeout=2, markup=False)

    def action_remove(self) -> None:
        """Remove a cap that was set here; say where any other stands."""
        state, view = self.state, self.view
        if state is None or view is None:
            return
        position = view.snapshot.caps.index(state) + 1
        name = cap_words.name(state, position, view.hides_projects)
        if state.cap.origin != ORIGIN:
            origin = clean(state.cap.origin)
            self.tell(
                f"cap {name} stands in {origin}: it can only be removed there", NOTE
            )
            return
        self.tell()
        dialog = ConfirmDialog(
            "Remove a cap",
            f"Remove the cap {name}: {cap_words.limit(state)} a {state.cap.per}?",
            lambda: self.questions.remove_cap(state.cap.name),
        )
        self.app.push_screen(dialog, self._was_removed)

    def _was_removed(self, is_gone: object) -> None:
        if is_gone is None:
            return
        self.post_message(CapsChanged())
        if not is_gone:
            self.tell(
                "the cap stands in the config: it can only be removed there", NOTE
            )
