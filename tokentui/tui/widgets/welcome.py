"""What stands in place of figures while there are none."""

from __future__ import annotations

from textual.content import Content

from tokentui.tui.lines import muted
from tokentui.tui.text import clean
from tokentui.tui.widgets.area import Area

BLANK = Content("")


class Welcome(Area):
    """Says that logs are being read, or where no usage was found and what to do."""

    def __init__(self, places: tuple[str, ...]) -> None:
        super().__init__()
        self._places = places

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return text that fits the width; without blank lines if it is too high."""
        inner = max(1, width - 4)
        if self.view is None:
            parts = loading(self.reading.seconds, self._places)
        else:
            parts = empty(self._places)
        lines = [line for part in parts for line in wrapped(part, inner)]
        if height is not None and len(lines) > height:
            lines = [line for line in lines if line]
        if height is not None and len(lines) > height > 0:
            lines = [*lines[: height - 1], muted("…")]
        return [line.pad_left(2) for line in lines]


def wrapped(part: Content, width: int) -> list[Content]:
    """Wrap sentences; what is set in is cut, with a sign."""
    if part.plain.startswith("  "):
        return [part.truncate(width, ellipsis=True)]
    return [line.rstrip() for line in part.wrap(width)] if part else [part]


def loading(seconds: int, places: tuple[str, ...]) -> list[Content]:
    """Say what is going on before the first snapshot."""
    so_far = f" ({seconds} s)" if seconds else ""
    return [
        BLANK,
        Content.assemble(("Reading the logs of your coding agents…", ".title"), so_far),
        BLANK,
        Content("The first time all of them are read; later only what is new."),
        *listed("Looking in", places),
    ]


def empty(places: tuple[str, ...]) -> list[Content]:
    """Say that there is no usage, where it was looked for, and what to do about it."""
    return [
        BLANK,
        Content.styled("No usage yet", ".title"),
        BLANK,
        Content("tokentui reads the logs that coding agents leave on this machine."),
        *listed("There is no usage in", places),
        BLANK,
        command("tokentui demo", "the dashboard on sample data"),
        command("tokentui doctor", "what was found, and where"),
        BLANK,
        Content("Logs elsewhere? Start tokentui with"),
        command("CLAUDE_CONFIG_DIR=FOLDER", "Claude Code; commas between"),
        command("CODEX_HOME=FOLDER", "Codex"),
        BLANK,
        muted("This screen fills by itself with the next response of an agent."),
    ]


def listed(title: str, places: tuple[str, ...]) -> list[Content]:
    """Return a title and the folders below it, or nothing."""
    if not places:
        return []
    return [Content(title), *(Content(f"  {clean(place)}") for place in places)]


def command(words: str, does: str) -> Content:
    """Return words to type, and what they do."""
    return Content.assemble("  ", (f"{words:<24}", ".accent"), "  ", (does, ".muted"))
