"""The card of one account: all that it states, and what is wrong in full."""

from __future__ import annotations

from textual.content import Content

from tokentui.tui.account_lines import account_lines
from tokentui.tui.account_words import name
from tokentui.tui.keys import key_of
from tokentui.tui.screens.card import Card, framed
from tokentui.tui.view import View


class AccountCard(Card):
    """What is known of an account, kept current while it is read."""

    def __init__(self, view: View, account: str) -> None:
        found = {s.name: i for i, s in enumerate(view.snapshot.accounts, 1)}
        self._account = account
        state = view.snapshot.accounts[found[account] - 1]
        super().__init__(name(view, state, found[account]))

    def on_mount(self) -> None:
        """Follow the app."""
        super().on_mount()
        self.watch(self.app, "view", self._tell)

    def _tell(self, view: View | None) -> None:
        accounts = view.snapshot.accounts if view else ()
        state = next((s for s in accounts if s.name == self._account), None)
        if view is None or state is None:
            return
        key = key_of(self, "ask")

        def lines(width: int) -> list[Content]:
            return account_lines(view, state, key, width)

        self.say(framed(lines))
