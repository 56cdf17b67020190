"""What stands in place of figures while there are none."""

from __future__ import annotations

from textual.content import Content

from tokentui.tui.lines import muted
from tokentui.tui.text import clean
from tokentui.tui.widgets.area import Area


class Welcome(Area):
    """Says that logs are being read, or where no usage was found and what to do."""

    def __init__(self, places: tuple[str, ...]) -> None:
        super().__init__()
        self._places = places

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return text that fits the width."""
        inner = max(1, width - 4)
        parts = loading(self.reading.seconds) if self.view is None else empty()
        lines: list[Content] = []
        for part in parts:
            if part is PLACES:
                places = [Content(f"  {clean(each)}") for each in self._places]
                lines += places or [muted("  nowhere: no folder was given")]
            else:
                lines += part.wrap(inner) if part else [part]
        return [line.truncate(inner, ellipsis=True).pad_left(2) for line in lines]


PLACES = Content("places")
"""Stands for the folders that were looked at."""


def loading(seconds: int) -> list[Content]:
    """Say what is going on before the first snapshot."""
    so_far = f" ({seconds} s)" if seconds else ""
    return [
        Content(""),
        Content.assemble(("Reading the logs of your coding agents…", ".title"), so_far),
        Content(""),
        Content("The first time all of them are read; later only what is new."),
        Content("Looking in"),
        PLACES,
    ]


def empty() -> list[Content]:
    """Say that there is no usage, where it was looked for, and what to do about it."""
    return [
        Content(""),
        Content.styled("No usage yet", ".title"),
        Content(""),
        Content("tokentui reads the logs that coding agents leave on this machine."),
        Content("There is no usage in"),
        PLACES,
        Content(""),
        command("tokentui demo", "shows the dashboard on sample data"),
        command("tokentui doctor", "says what was looked for and what was found"),
        Content(""),
        Content("Logs elsewhere? Start tokentui with"),
        command("CLAUDE_CONFIG_DIR=FOLDER", "for Claude Code; several with commas"),
        command("CODEX_HOME=FOLDER", "for Codex"),
        Content(""),
        muted("This screen fills by itself with the next response of an agent."),
    ]


def command(words: str, does: str) -> Content:
    """Return words to type, and what they do."""
    return Content.assemble("  ", (f"{words:<24}", ".accent"), "  ", (does, ".muted"))
