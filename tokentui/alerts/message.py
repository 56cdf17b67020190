"""What is sent of an alert, the same on all channels: a title, a text, and facts."""

from __future__ import annotations

import json
from typing import NamedTuple

from tokentui.text import clean


class Message(NamedTuple):
    """An alert to be sent; `at` is an ISO time with its offset."""

    rule: str
    what: str
    text: str
    is_urgent: bool
    at: str

    @property
    def title(self) -> str:
        """Say who tells."""
        return "tokentui"

    @property
    def line(self) -> str:
        """Give the text as one line in which nothing is obeyed."""
        return clean(self.text)

    def document(self) -> dict[str, object]:
        """Give it as `alerts list --json` does."""
        return {"kind": "alert", **self._asdict()}

    def as_json(self) -> bytes:
        """Give it as one line of JSON."""
        return json.dumps(self.document()).encode() + b"\n"


def tried(at: str) -> Message:
    """Make the alert that `alerts test` sends."""
    return Message("test", "test", "a test: alerts of tokentui come here", False, at)
