"""What a claim is asked to be, and what it is made from."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.budget.bills import Bills
from tokentui.globs import any_glob
from tokentui.periods import millis
from tokentui.settings import Config

ME = "me"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which claim: a half-open span in UTC ms, and what differs from the config.

    `client`: it goes to that client, and claims what is the client's. `supersedes`: the
    number of the claim in whose place it stands. `is_statement`: it gets no number.
    `timezone`: whose days its days are.
    """

    since_ms: int
    until_ms: int
    client: str | None = None
    currency: str | None = None
    rate: str | None = None
    markup: Decimal | None = None
    purpose: str | None = None
    supersedes: str | None = None
    is_statement: bool = False
    timezone: str | None = None


class Books:
    """The ledger and the rules that a claim is made from, as of one moment."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        config: Config,
        tz: ZoneInfo,
        now: datetime,
    ) -> None:
        self.connection = connection
        self.config = config
        self.tz = tz
        self.now = now
        self._paid_by = {payer.name: payer.paid_by for payer in config.payers}

    @property
    def now_ms(self) -> int:
        """The moment, in UTC ms."""
        return millis(self.now)

    @cached_property
    def bills(self) -> Bills:
        """What every payer was billed in dollars; other money has lines of its own."""
        return Bills(
            self.connection, self.now_ms, self.config.accounts, exchanges=False
        )

    def paid_by(self, payer: str) -> str:
        """Say who pays a payer's bills: me, if no rule says otherwise."""
        return self._paid_by.get(payer, ME)

    def is_claimed(self, payer: str) -> bool:
        """Claim that a payer's money is the claimant's own, to be paid back."""
        globs = self.config.claims.payers
        return any_glob(globs, payer) if globs else self.paid_by(payer) == ME

    def local_day(self, at_ms: int) -> date:
        """Give the local day that holds a moment."""
        return periods.local_day(datetime.fromtimestamp(at_ms / 1000, UTC), self.tz)
