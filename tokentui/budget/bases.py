"""What counts of a payer's money: billed up to where that is known, estimated after.

A bill is spread over its span as the estimates are; where there are none, evenly. One
that is not settled yet counts at least what is estimated, since more may come.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import floor
from typing import TYPE_CHECKING

from tokentui.queries.billed import Bill
from tokentui.queries.estimates import Estimates
from tokentui.tuples import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

LEAST_TO_CALIBRATE = 1_000_000_000
"""Estimates below a dollar are too small to tell how far off they are."""


MOST_OFF = 4
"""Estimates further off than so many times miss usage; that they are not priced right
is not what a reading shows then, and what comes after it stays as estimated."""


class Counted(NamedTuple):
    """What bills change in a span, in nano-dollars.

    `billed`: what counts as billed. `replaced`: the estimates that it stands for.
    `calibrated`: what is added to later estimates, which a reading showed to be off.
    """

    billed: int = 0
    replaced: int = 0
    calibrated: int = 0

    @property
    def difference(self) -> int:
        """What is added to the sum of all estimates."""
        return self.billed - self.replaced + self.calibrated

    def plus(self, other: Counted) -> Counted:
        """Add what two payers' bills change."""
        return Counted(
            self.billed + other.billed,
            self.replaced + other.replaced,
            self.calibrated + other.calibrated,
        )


def counted(
    bills: Sequence[Bill], estimates: Estimates, since_ms: int, until_ms: int
) -> Counted:
    """Say what bills change in a half-open span; bills are in order and apart."""
    total = Counted()
    first = bisect_right(bills, since_ms, key=lambda each: each.until_ms)
    last = bisect_left(bills, until_ms, key=lambda each: each.since_ms)
    for place in range(max(0, first - 1), last):
        bill = bills[place]
        if place >= first:
            total = total.plus(part_of(bill, estimates, since_ms, until_ms))
        next_start = bills[place + 1].since_ms if place + 1 < len(bills) else until_ms
        upto = min(until_ms, next_start)
        total = total.plus(calibrated(bill, estimates, since_ms, upto))
    return total


def part_of(bill: Bill, estimates: Estimates, since_ms: int, until_ms: int) -> Counted:
    """Give the part of a bill that lies in a span, and the estimates it replaces."""
    start, end = max(bill.since_ms, since_ms), min(bill.until_ms, until_ms)
    whole = estimates.between(bill.since_ms, bill.until_ms)
    # Taken as a difference, parts add up to the bill, to the last nano-dollar.
    billed = spread(bill, estimates, whole, end) - spread(bill, estimates, whole, start)
    if not bill.is_settled and bill.nanos < whole:
        return Counted(billed=billed, replaced=billed)
    return Counted(billed=billed, replaced=estimates.between(start, end))


def spread(bill: Bill, estimates: Estimates, whole: int, at_ms: int) -> int:
    """Give what of a bill lies before a time in it, `whole` being its estimates."""
    if whole > 0:
        return bill.nanos * estimates.between(bill.since_ms, at_ms) // whole
    passed = at_ms - bill.since_ms
    return bill.nanos * passed // (bill.until_ms - bill.since_ms)


def calibrated(
    reading: Bill, estimates: Estimates, since_ms: int, until_ms: int
) -> Counted:
    """Correct the estimates after a reading by how far off they were in it."""
    start = max(reading.until_ms, since_ms)
    factor = factor_of(reading, estimates)
    if factor is None or start >= until_ms:
        return Counted()
    before, after = (
        floor(estimates.between(reading.until_ms, at_ms) * (factor - 1))
        for at_ms in (start, until_ms)
    )
    return Counted(calibrated=after - before)


def factor_of(reading: Bill, estimates: Estimates) -> Fraction | None:
    """Give by what estimates are to be multiplied, if a reading can tell."""
    if not reading.is_by_hand:
        return None
    from fractions import Fraction  # 3 ms, only where there is a reading

    whole = estimates.between(reading.since_ms, reading.until_ms)
    if whole < LEAST_TO_CALIBRATE:
        return None
    if not whole <= reading.nanos * MOST_OFF <= whole * MOST_OFF**2:
        return None
    return Fraction(reading.nanos, whole)
