"""Every message of the dashboard."""

from __future__ import annotations

from textual.message import Message

from tokentui.snapshot import Snapshot


class Polled(Message):
    """The feed answered; `snapshot` is `None` if nothing has changed."""

    def __init__(self, snapshot: Snapshot | None, was_asked_for: bool) -> None:
        self.snapshot = snapshot
        self.was_asked_for = was_asked_for
        super().__init__()


class PollFailed(Message):
    """The feed could not answer; `text` says why and what to do."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()
