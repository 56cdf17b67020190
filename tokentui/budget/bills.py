"""Ask the ledger for what was billed, once, and say what it changes in any span."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property, reduce
from itertools import pairwise

from tokentui.amounts import money
from tokentui.budget.bases import Counted, counted, factor_of
from tokentui.budget.scopes import admits, is_narrowed
from tokentui.ledger.schema import BUCKET_MS, HOUR_MS
from tokentui.queries.billed import Bill, OtherMoney, Payee, bills
from tokentui.queries.dollars import Dollars
from tokentui.queries.estimates import Estimates, doubtful, estimates
from tokentui.queries.sums import Usage
from tokentui.settings import Account, Cap
from tokentui.spans import Span, merged, outside

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
    """What every payer was billed up to now, and what is estimated of his usage.

    `accounts`: those that are still asked, which may have more to tell. `exchanges`:
    other money counts at the rate of its day, where one is known.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        now_ms: int,
        accounts: Iterable[Account] = (),
        exchanges: bool = True,
    ) -> None:
        self._connection = connection
        self._dollars = Dollars(connection) if exchanges else None
        self._now_ms = now_ms
        self._accounts = {account.name for account in accounts}
        self._estimates: dict[tuple[Payee, int], tuple[int, Estimates]] = {}

    @cached_property
    def listed(self) -> dict[Payee, list[Bill]]:
        """The bills by who has billed whom, oldest first."""
        return bills(self._connection, self._now_ms + 1, self._accounts, self._dollars)

    def counted(self, cap: Cap, since_ms: int, until_ms: int) -> Counted | None:
        """Say what bills change of a cap's span; `None` where none is known of it."""
        payees = [each for each in self.listed if is_counted(cap, each)]
        if not payees:
            return None
        parts = (self.of_payee(payee, since_ms, until_ms) for payee in payees)
        return reduce(Counted.plus, parts)

    def has_reading(self) -> bool:
        """Claim that a person entered what some payer's page said."""
        return any(payee.provider is None for payee in self.listed)

    def span(self, payee: Payee) -> tuple[int, int]:
        """Give from when until when bills of a payee count, in UTC ms.

        From the first reading of a payer's page on it alone counts for him: the same
        work would be billed twice, by the page and by an account.
        """
        now_ms = self._now_ms + 1
        listed = self.listed[payee]
        since = listed[0].since_ms if listed else now_ms
        pages = self.listed.get(Payee(payee.payer, None))
        if payee.provider is None or not pages:
            return since, now_ms
        return since, min(now_ms, pages[0].since_ms)

    def of_payee(self, payee: Payee, since_ms: int, until_ms: int) -> Counted:
        """Say what the bills of one payer to one provider change in a span."""
        until_ms = min(until_ms, self.span(payee)[1])
        if since_ms >= until_ms:
            return Counted()
        ends = {since_ms, until_ms} - {self._now_ms + 1}
        # Local midnights are whole hours of UTC in most zones.
        grain = BUCKET_MS if any(at % HOUR_MS for at in ends) else HOUR_MS
        listed = self.listed[payee]
        found = self._estimates_of(payee, grain, first_needed(listed, since_ms))
        return counted(listed, found, since_ms, until_ms)

    def settle(self, cap: Cap, usage: Usage) -> bool:
        """Claim that bills state all that is not priced in full of a cap's usage."""
        found = doubtful(self._connection, usage, self._now_ms + 1)
        return all(self._is_settled(cap, payee, start) for start, payee in found)

    def _is_settled(self, cap: Cap, payee: Payee, start_ms: int) -> bool:
        """Claim that all of an hour is billed, whatever is known of the usage in it."""
        hour = [(start_ms, min(start_ms + HOUR_MS, self._now_ms + 1))]
        owners = payee, Payee(payee.payer, None)
        return any(
            is_counted(cap, owner) and not outside(self._settled[owner], hour)
            for owner in owners
            if owner in self.listed
        )

    @cached_property
    def _settled(self) -> dict[Payee, list[Span]]:
        """The times for which a payer's bills count and say everything."""
        return {
            payee: merged(
                (bill.since_ms, min(bill.until_ms, self.span(payee)[1]))
                for bill in listed
                if bill.is_settled
            )
            for payee, listed in self.listed.items()
        }

    def correction(self, cap: Cap, payable_nanos: int) -> float:
        """Give by what future estimates of a cap are to be multiplied.

        `payable_nanos`: what all of its usage of the last `HABIT_DAYS` is reckoned to
        cost, of which a reading corrects the part of its payer.
        """
        if payable_nanos <= 0:
            return 1.0
        more = 0.0
        since = self._now_ms - HABIT_DAYS * DAY_MS
        for payee, listed in self.listed.items():
            if not listed or not listed[-1].is_by_hand or not is_counted(cap, payee):
                continue
            found = self._estimates_of(payee, HOUR_MS, listed[-1].since_ms)
            factor = factor_of(listed[-1], found)
            if factor is not None:
                more += float(factor - 1) * found.between(since, self._now_ms + 1)
        return max(0.0, 1.0 + more / payable_nanos)

    def _estimates_of(self, payee: Payee, grain: int, since_ms: int) -> Estimates:
        since_ms = min(since_ms, self._now_ms - HABIT_DAYS * DAY_MS)
        since, found = self._estimates.get((payee, grain), (self._now_ms, Estimates()))
        if since_ms < since:
            sharp = [*loose_ends(self.listed[payee]), self.span(payee)[1]]
            found = estimates(
                self._connection, payee, since_ms, self._now_ms + 1, sharp, grain
            )
            self._estimates[payee, grain] = since_ms, found
        return found


def first_needed(bills: list[Bill], since_ms: int) -> int:
    """Say from when on estimates matter to what bills change after a time.

    A bill that ends before it may have shown how far off estimates are.
    """
    place = bisect_right(bills, since_ms, key=lambda each: each.until_ms)
    nearest = bills[max(0, place - 1) : place + 1]
    return min([since_ms, *(bill.since_ms for bill in nearest)])


def not_added(bill: OtherMoney) -> str:
    """Say what was billed and is in no sum."""
    amount = money(bill.nanos, bill.currency)
    return f"account {bill.account}: {amount} billed not counted: no exchange rate"


def loose_ends(bills: list[Bill]) -> Iterator[int]:
    """List the times at which it matters on which side of them an estimate lies.

    Where one settled bill follows upon another, it does not: both replace estimates.
    """
    yield from (at for bill in (*bills[:1], *bills[-1:]) for at in bill[:2])
    for bill, following in pairwise(bills):
        is_seamless = bill.until_ms == following.since_ms
        if not (is_seamless and bill.is_settled and following.is_settled):
            yield bill.until_ms
            yield following.since_ms


def is_counted(cap: Cap, payee: Payee) -> bool:
    """Claim that bills of a payer to a provider count in a cap, not estimates."""
    if cap.unit != "usd" or is_narrowed(cap, UNBILLED):
        return False
    if payee.provider is None:
        return not is_narrowed(cap, PROVIDER) and admits(cap, payer=payee.payer)
    return admits(cap, payer=payee.payer, provider=payee.provider)
