"""A line to type a part of a name into, there when it is called for."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class Filter(Horizontal):
    """What is wanted; shown while it is typed, and as long as it is not empty."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "Clear"),
        Binding("down", "leave", "To the rows", show=False),
    ]

    class Changed(Message):
        """Something else is wanted."""

        def __init__(self, wanted: str) -> None:
            self.wanted = wanted
            super().__init__()

    class Left(Message):
        """The typing has ended."""

    def __init__(self, title: str = "filter", *, stays: bool = False) -> None:
        super().__init__()
        self._title = title
        self._stays = stays

    def compose(self) -> ComposeResult:
        """Set title and input side by side."""
        yield Static(f"{self._title} ", markup=False)
        yield Input(placeholder="part of a name", compact=True, max_length=200)
        self.set_class(self._stays, "-shown")

    @property
    def input(self) -> Input:
        """Where it is typed."""
        return self.query_one(Input)

    @property
    def wanted(self) -> str:
        """What is wanted, without the spaces around it."""
        return self.input.value.strip()

    def call(self) -> None:
        """Show the line and type into it."""
        self.add_class("-shown")
        self.input.focus()

    def want(self, wanted: str) -> None:
        """Set what is wanted without telling."""
        with self.prevent(Input.Changed):
            self.input.value = wanted
        self.set_class(self._stays or bool(wanted), "-shown")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell at every key."""
        event.stop()
        self.post_message(self.Changed(event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep what is wanted."""
        event.stop()
        self.action_leave()

    def action_leave(self) -> None:
        """Go to the rows."""
        self.set_class(self._stays or bool(self.wanted), "-shown")
        self.post_message(self.Left())

    def action_clear(self) -> None:
        """Want nothing any more."""
        self.input.value = ""
        self.action_leave()
