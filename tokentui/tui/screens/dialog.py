"""Dialogs: a question over a screen, answered with a key or left with escape."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalGroup
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from tokentui.errors import TokentuiError
from tokentui.tui.lines import heading, indented, muted
from tokentui.tui.questions import Answered, Refused
from tokentui.tui.screens.asking import trouble_lines
from tokentui.tui.widgets.area import STYLES
from tokentui.tui.widgets.lines_area import Lines, nothing

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """A box with a heading, what the dialog is about, trouble, and its keys."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(STYLES)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),  # whatever letters are typed
    ]
    KEYS = "esc leaves"

    def __init__(self, title: str) -> None:
        super().__init__()
        self._heading = title

    def compose(self) -> ComposeResult:
        """Set heading, content, trouble and keys below each other."""
        with VerticalGroup(id="dialog"):
            yield Lines(id="dialog-title")
            yield from self.content()
            yield Lines(id="notice")
            yield Lines(id="dialog-keys")

    def keys(self) -> str:
        """Return the keys that answer."""
        return self.KEYS

    def content(self) -> list[Widget]:
        """Return what the dialog is about."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Say what is asked, and which keys answer."""
        self.query_one("#dialog-title", Lines).say(
            lambda width: [heading(self._heading, width)]
        )
        self.query_one("#dialog-keys", Lines).say(
            lambda width: indented(
                [muted(self.keys()).truncate(width - 1, ellipsis=True)]
            )
        )

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def tell(self, trouble: str = "") -> None:
        """Say what is wrong with the answer."""
        notice = self.query_one("#notice", Lines)
        notice.say(trouble_lines(trouble) if trouble else nothing)

    def do(self, deed: Callable[[], object]) -> None:
        """Do something that takes time; `done` hears of it."""
        self.tell()
        self._do(deed)

    @work(thread=True, exclusive=True, group="deeds", exit_on_error=False)
    def _do(self, deed: Callable[[], object]) -> None:
        # A thread that Python waits for: what is written is written to its end.
        try:
            answer = deed()
        except TokentuiError as error:
            self.post_message(Refused(None, str(error)))
        else:
            self.post_message(Answered(None, answer))

    def on_answered(self, message: Answered) -> None:
        """Go on, now that it is done."""
        self.done(message.answer)

    def done(self, answer: object) -> None:
        """Take what was done."""
        raise NotImplementedError

    def on_refused(self, message: Refused) -> None:
        """Say what is wrong; the dialog stays."""
        self.tell(message.text)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell what no one foresaw."""
        if event.state == WorkerState.ERROR:
            self.tell(f"{type(event.worker.error).__name__}: {event.worker.error}")


def said(text: str) -> Callable[[int], list[Content]]:
    """Return the maker of lines that hold a text."""

    def lines(width: int) -> list[Content]:
        return indented(
            [line.rstrip() for line in Content(text).wrap(max(1, width - 2))]
        )

    return lines
