"""What somebody was paid in a time, before it is exchanged, split or rounded.

The arithmetic is that of caps and of `usage --basis billed`, so the figures are theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from tokentui.budget import charges, plans
from tokentui.budget.by_basis import changes_of
from tokentui.claims.asked import Books
from tokentui.claims.claim import BILLED, RECEIPT
from tokentui.queries import by_hand
from tokentui.queries.billed import Payee, other_bills
from tokentui.queries.dollars import DOLLARS
from tokentui.queries.sums import Usage
from tokentui.vendors import title_of

ONE_DAY = timedelta(1)
ENTERED, UNSETTLED = "entered by hand", "bill not settled yet"
"""What a reader has to know of a bill."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Money for one thing, in nanos of its currency by local day.

    `provider` is `None` where all of a payer's are meant. `tag` says whose it is where
    no usage tells: a client, or work. `is_plan`: the fee of a flat plan. `marks` are
    for the reader.
    """

    key: str
    first: date
    last: date
    vendor: str
    payer: str
    provider: str | None
    description: str
    basis: str
    currency: str
    days: tuple[tuple[date, int], ...]
    client: str | None = None
    is_plan: bool = False
    is_charge: bool = False
    marks: tuple[str, ...] = ()

    @property
    def nanos(self) -> int:
        """All of it."""
        return sum(nanos for _, nanos in self.days)

    @property
    def name(self) -> str:
        """Name it for good: what it is for and since when."""
        return f"{self.key} {self.first}"

    def by_day(self) -> Iterator[Spent]:
        """Cut it into days, each with a rate of its own."""
        for day, nanos in self.days:
            text = self.description if len(self.days) == 1 else f"usage billed, {day}"
            first, last = (self.first, self.last) if len(self.days) == 1 else (day, day)
            yield replace(
                self, first=first, last=last, description=text, days=((day, nanos),)
            )


def spent(books: Books, since_ms: int, until_ms: int) -> list[Spent]:
    """List what claimed payers paid in a span and up to now, by key and time."""
    until_ms = min(until_ms, books.now_ms + 1)
    if since_ms >= until_ms:
        return []
    found = [
        *billed(books, since_ms, until_ms),
        *billed_in_other_money(books, since_ms, until_ms),
        *fees(books, since_ms, until_ms),
        *charged(books, since_ms, until_ms),
    ]
    return sorted(found, key=lambda each: (each.first, each.key))


def billed(books: Books, since_ms: int, until_ms: int) -> Iterator[Spent]:
    """List bills in dollars, one for each payer, provider and month."""
    usage = Usage(since_ms, until_ms)
    for payee in books.bills.listed:
        if books.is_claimed(payee.payer):
            changes = changes_of(payee, ("day",), usage, books.tz, books.bills)
            days = [
                (date.fromisoformat(keys[0] or ""), change.billed)
                for keys, change in changes
            ]
            yield from monthly(books, payee, DOLLARS, days, since_ms, until_ms)


def billed_in_other_money(
    books: Books, since_ms: int, until_ms: int
) -> Iterator[Spent]:
    """List bills in other currencies, one for each payer, provider and month."""
    sums: dict[tuple[Payee, str], dict[date, int]] = defaultdict(dict)
    for bill in other_bills(books.connection, since_ms, until_ms):
        if books.is_claimed(bill.payee.payer):
            by_day = sums[bill.payee, bill.currency]
            day = books.local_day(bill.since_ms)
            by_day[day] = by_day.get(day, 0) + bill.nanos
    for (payee, currency), known in sums.items():
        days = sorted(known.items())
        yield from monthly(books, payee, currency, days, since_ms, until_ms)


def monthly(
    books: Books,
    payee: Payee,
    currency: str,
    days: list[tuple[date, int]],
    since_ms: int,
    until_ms: int,
) -> Iterator[Spent]:
    """Put the days of a bill together by local month."""
    start, end = books.local_day(since_ms), books.local_day(until_ms - 1)
    key = " ".join(["bill", payee.payer, payee.provider or ""]).rstrip()
    key = key if currency == DOLLARS else f"{key} {currency}"
    for (year, month), some in groupby(
        days, lambda each: (each[0].year, each[0].month)
    ):
        in_month = tuple((day, nanos) for day, nanos in some if nanos)
        if in_month:
            first = max(start, date(year, month, 1))
            last = min(
                end, (date(year, month, 28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY
            )
            yield Spent(
                key,
                first,
                last,
                title_of(payee.provider) if payee.provider else payee.payer,
                payee.payer,
                payee.provider,
                f"usage billed, {first} to {last}",
                BILLED,
                currency,
                in_month,
                marks=marks_of(books, payee, first, last),
            )


def marks_of(books: Books, payee: Payee, first: date, last: date) -> tuple[str, ...]:
    """Say of a bill what a reader has to know."""
    from tokentui.periods import day_start

    since = day_start(first, books.tz)
    until = min(day_start(last + ONE_DAY, books.tz), books.now_ms + 1)
    held = [
        bill
        for bill in books.bills.listed.get(payee, ())
        if bill.since_ms < until and bill.until_ms > since
    ]
    marks = []
    if any(bill.is_by_hand for bill in held):
        marks.append(ENTERED)
    if any(not bill.is_settled for bill in held):
        marks.append(UNSETTLED)
    return tuple(marks)


def fees(books: Books, since_ms: int, until_ms: int) -> Iterator[Spent]:
    """List the fees of flat plans that fell due."""
    for plan in books.config.plans:
        if not books.is_claimed(plan.name):
            continue
        for fee in plans.fees(plan, since_ms, until_ms, books.tz):
            if since_ms <= fee.at_ms < until_ms:
                first = books.local_day(fee.at_ms)
                last = books.local_day(fee.until_ms - 1)
                yield Spent(
                    f"fee {plan.name}",
                    first,
                    last,
                    title_of(plan.provider),
                    plan.name,
                    plan.provider,
                    f"{plan.name}, {first} to {last}",
                    RECEIPT,
                    plan.currency,
                    ((first, fee.nanos),),
                    is_plan=True,
                )


def charged(books: Books, since_ms: int, until_ms: int) -> Iterator[Spent]:
    """List the charges that fell due."""
    from tokentui.periods import day_start

    last = datetime.fromtimestamp(until_ms / 1000, UTC).date() + ONE_DAY
    for charge in by_hand.charges(books.connection):
        if not books.is_claimed(charge.payer):
            continue
        for day in charges.due_days(charge, last):
            if since_ms <= day_start(day, books.tz) < until_ms:
                yield Spent(
                    f"charge {charge.id}",
                    day,
                    day,
                    charge.what,
                    charge.payer,
                    None,
                    charge.what,
                    RECEIPT,
                    charge.currency,
                    ((day, charge.nanos),),
                    client=charge.client,
                    is_charge=True,
                )
