"""Notes for the first run, one at a time, until they are dismissed."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import var

from tokentui.tui.keys import key_of
from tokentui.tui.lines import indented, muted
from tokentui.tui.text import clean
from tokentui.tui.widgets.area import Area


class Notes(Area):
    """The first note that was not dismissed yet; not there when there is none."""

    notes: var[tuple[str, ...]] = var(())

    def __init__(self, notes: tuple[str, ...]) -> None:
        super().__init__()
        self.set_reactive(Notes.notes, notes)

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return the note in as many lines as it takes."""
        if not self.notes or width <= 2:
            return []
        more = f", {len(self.notes) - 1} more" if len(self.notes) > 1 else ""
        key = muted(f"{key_of(self, 'dismiss')} dismisses{more}")
        note = Content.assemble(("NOTE ", ".accent"), clean(self.notes[0]))
        *lines, last = [line.rstrip() for line in note.wrap(width - 2)]
        ended = Content.assemble(last, "  ", key)
        lines += [ended] if ended.cell_length <= width - 2 else [last, key]
        return indented(lines)

    def watch_notes(self) -> None:
        """Show the next note."""
        self.look_again()
