"""Ask the ledger for what was billed, once, and say what it changes in any span."""

from __future__ import annotations

import sqlite3

from tokentui.budget.bases import Counted, counted, factor_of
from tokentui.budget.scopes import admits, is_narrowed
from tokentui.queries.billed import Bill, Estimates, Payee, bills, estimates
from tokentui.settings import Cap

DAY_MS = 86_400_000
HABIT_DAYS = 28
"""Over how many past days the estimates are weighed that a reading corrects."""

PROVIDER = ("provider", "not_provider")
UNBILLED = tuple(
    f"{no}{label}"
    for label in ("source", "client", "project", "model", "label")
    for no in ("", "not_")
)
"""A bill is not told apart by these, so a cap narrowed to one counts estimates."""


class Bills:
    """What every payer was billed up to now, and what is estimated of his usage."""

    def __init__(self, connection: sqlite3.Connection, now_ms: int) -> None:
        self._connection = connection
        self._now_ms = now_ms
        self._bills: dict[Payee, list[Bill]] | None = None
        self._estimates: dict[Payee, Estimates] = {}

    def counted(self, cap: Cap, since_ms: int, until_ms: int) -> Counted | None:
        """Say what bills change of a cap's span; `None` where none is known of it."""
        payees = [each for each in self.payees() if is_counted(cap, each)]
        if not payees:
            return None
        total = Counted()
        for payee in payees:
            total = total.plus(self.of_payee(payee, since_ms, until_ms))
        return total

    def payees(self) -> list[Payee]:
        """List who has billed whom."""
        if self._bills is None:
            self._bills = bills(self._connection, self._now_ms + 1)
        return list(self._bills)

    def has_reading(self) -> bool:
        """Claim that a person entered what some payer's page said."""
        return any(payee.provider is None for payee in self.payees())

    def span(self, payee: Payee) -> tuple[int, int]:
        """Give from when until when bills of a payee change something, in UTC ms."""
        assert self._bills is not None
        listed = self._bills[payee]
        return listed[0].since_ms if listed else self._now_ms, self._now_ms + 1

    def of_payee(self, payee: Payee, since_ms: int, until_ms: int) -> Counted:
        """Say what the bills of one payer to one provider change in a span."""
        assert self._bills is not None
        listed = self._bills[payee]
        return counted(listed, self._estimates_of(payee), since_ms, until_ms)

    def correction(self, cap: Cap, payable_nanos: int) -> float:
        """Give by what future estimates of a cap are to be multiplied.

        `payable_nanos`: what all of its usage of the last `HABIT_DAYS` is reckoned to
        cost, of which a reading corrects the part of its payer.
        """
        if payable_nanos <= 0:
            return 1.0
        more = 0.0
        since = self._now_ms - HABIT_DAYS * DAY_MS
        for payee in self.payees():
            last = (
                self._bills[payee][-1] if self._bills and self._bills[payee] else None
            )
            if last is None or not last.is_by_hand or not is_counted(cap, payee):
                continue
            found = self._estimates_of(payee)
            factor = factor_of(last, found)
            if factor is not None:
                more += float(factor - 1) * found.between(since, self._now_ms + 1)
        return max(0.0, 1.0 + more / payable_nanos)

    def _estimates_of(self, payee: Payee) -> Estimates:
        if payee not in self._estimates:
            assert self._bills is not None
            listed = self._bills[payee]
            first = min(
                listed[0].since_ms if listed else self._now_ms,
                self._now_ms - HABIT_DAYS * DAY_MS,
            )
            sharp = (self._now_ms, *(each.until_ms for each in listed[-1:]))
            self._estimates[payee] = estimates(
                self._connection, payee, first, self._now_ms + 1, sharp
            )
        return self._estimates[payee]


def is_counted(cap: Cap, payee: Payee) -> bool:
    """Claim that bills of a payer to a provider count in a cap, not estimates."""
    if cap.unit != "usd" or is_narrowed(cap, UNBILLED):
        return False
    if payee.provider is None:
        return not is_narrowed(cap, PROVIDER) and admits(cap, payer=payee.payer)
    return admits(cap, payer=payee.payer, provider=payee.provider)
