"""The screen for accounts: how fresh each is, what it states; keys ask it now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from tokentui.queries.accounts import AccountState
from tokentui.tui import account_words
from tokentui.tui.account_lines import account_lines, no_accounts
from tokentui.tui.account_words import COLUMNS, cells
from tokentui.tui.keys import bound
from tokentui.tui.lines import heading, indented
from tokentui.tui.questions import AccountsAsked, Answered, Questions, Refused
from tokentui.tui.screens.account import AccountCard
from tokentui.tui.screens.asking import AskingScreen, answer_to
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import Grid, GridRow
from tokentui.tui.widgets.lines_area import Lines, nothing
from tokentui.tui.widgets.tabs import Tab

if TYPE_CHECKING:
    from tokentui.poll import PollReport

REST = timedelta(seconds=10)
"""One that was asked is not asked again so soon, however often a key is pressed."""

NOTE = "NOTE"


class AccountGrid(Grid):
    """Accounts, of which one can be looked at as a whole."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("open", "select_cursor", "Open", "All that an account states"),
    ]


class AccountsScreen(AskingScreen):
    """All accounts, and what the one under the cursor states."""

    TAB = Tab("accounts", "Accounts", "What providers state, and how fresh it is")
    HELP = """
## Accounts

- **ok / STALE / ERROR / NO KEY**: read in whole; failed or not asked for a day, so that
  the last good values stand; never read; its key is nowhere.
- **age** is how long ago all of it was read, **next poll** when it is asked by itself.
- **billed** is what the provider states of this month, never an estimate; **balance**
  what is left of prepaid money or credits.
- **limit** is money that a provider or employer sets, **window** a share that a plan
  sets; of several the fullest is told, and **+1** that there is one more.
- **Ask** asks the account under the cursor even if it failed lately, **Ask all** those
  that may be asked. Both go to the providers of your accounts alone.
- Keys are added, changed and removed at the command line only: `tokentui accounts`.
"""
    AUTO_FOCUS = "Grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("ask", "ask", "Ask", "The account under the cursor, now"),
        bound("ask_all", "ask_all", "Ask all", "All accounts, now"),
        bound("back", "leave", "Back", "To the first screen"),
    ]

    def __init__(self, questions: Questions, *, demo: bool) -> None:
        super().__init__(questions, demo=demo)
        self._under_way: frozenset[str] = frozenset()
        self._asked_at: dict[str, datetime] = {}
        self._told_of = ""

    def content(self) -> Iterable[Widget]:
        """Return the accounts and what one of them states."""
        yield AccountGrid()
        yield Lines(id="account")

    def repaint(self) -> None:
        """Show how the accounts stand."""
        view = self.view
        if view is None:
            return
        accounts = view.snapshot.accounts
        said = count(accounts)
        self.query_one("#title", Lines).say(
            lambda width: [heading("Accounts", width, said)]
        )
        grid = self.query_one(Grid)
        grid.display = bool(accounts)
        # Textual 8.2 may miss the layout that a grid of automatic height asks for.
        grid.styles.height = len(accounts) + 1
        rows = [
            GridRow(each.name, cells(view, each, i, each.name in self._under_way))
            for i, each in enumerate(accounts, 1)
        ]
        grid.show(COLUMNS, rows)
        self._tell_of(view)

    def _tell_of(self, view: View) -> None:
        state, lines = self.state, self.query_one("#account", Lines)
        if state is None:
            has_any = bool(view.snapshot.accounts)  # only the cursor has no place yet
            lines.say(nothing if has_any else lambda w: indented(no_accounts(w - 2)))
            return
        position = view.snapshot.accounts.index(state) + 1
        name = account_words.name(view, state, position)
        key = self.key_of("ask")

        def told(width: int) -> list[Content]:
            known = account_lines(view, state, key, width - 2)
            return [heading(name, width), *indented(known)]

        lines.say(told)

    @property
    def state(self) -> AccountState | None:
        """The account under the cursor."""
        states = self.view.snapshot.accounts if self.view else ()
        at = self.query_one(Grid).row_at_cursor
        return next((state for state in states if state.name == at), None)

    def on_data_table_row_highlighted(self) -> None:
        """Tell of the account under the cursor; what was said of another is past."""
        state = self.state
        if self.view is None or state is None:
            return
        if state.name != self._told_of:
            self.tell()
        self._told_of = state.name
        self._tell_of(self.view)

    def on_data_table_row_selected(self) -> None:
        """Tell everything of an account."""
        if self.view is not None and self.state is not None:
            self.app.push_screen(AccountCard(self.view, self.state.name))

    def action_ask(self) -> None:
        """Ask the account under the cursor, be it one that failed lately."""
        if self.state is not None:
            self._ask_if_rested(
                [self.state], force=account_words.is_in_trouble(self.state)
            )

    def action_ask_all(self) -> None:
        """Ask the accounts that may be asked."""
        self._ask_if_rested(self.view.snapshot.accounts if self.view else ())

    def _ask_if_rested(
        self, states: Iterable[AccountState], force: bool = False
    ) -> None:
        now = self.now or self.moment
        names = tuple(
            each.name
            for each in states
            if each.name not in self._under_way
            and not abs(now - self._asked_at.get(each.name, now - REST)) < REST
        )
        self.tell()
        if names:
            self._asked_at |= dict.fromkeys(names, now)
            self._ask_them(names, force)
        elif self.state is not None and not self._under_way:
            self.tell("asked a moment ago", NOTE)

    @work(group="accounts", exit_on_error=False)
    async def _ask_them(self, names: tuple[str, ...], force: bool) -> None:
        self._under_way |= set(names)
        self.repaint()
        try:
            await answer_to(
                self, names, lambda: self.questions.ask_accounts(names, force)
            )
        finally:
            self._under_way -= set(names)
            if self.is_attached:
                self.repaint()

    def on_answered(self, message: Answered) -> None:
        """Say if nobody was asked; what was answered is in the next snapshot."""
        report = cast("PollReport", message.answer)
        if not report.accounts:
            self.tell("sample data: nobody is asked", NOTE)
        elif not any(each.was_due for each in report.accounts):
            self.tell("not asked: it was a moment ago, here or elsewhere", NOTE)
        self.post_message(AccountsAsked())

    def on_refused(self, message: Refused) -> None:
        """Say why nobody could be asked."""
        self.tell(message.text)


def count(accounts: Iterable[AccountState]) -> str:
    """Return `3 ok, 1 stale`."""
    words = [each.state or account_words.UNASKED for each in accounts]
    return ", ".join(f"{words.count(each)} {each}" for each in dict.fromkeys(words))
