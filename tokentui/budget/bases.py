"""What counts of a payer's money: billed up to where that is known, estimated after.

A bill is spread over its span as the estimates are; where there are none, evenly. One
that is not settled yet counts at least what is estimated, since more may come.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from tokentui.queries.billed import Bill, Estimates

if TYPE_CHECKING:
    from fractions import Fraction

LEAST_TO_CALIBRATE = 1_000_000_000
"""Estimates below a dollar are too small to tell how far off they are."""


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
    bills: Iterable[Bill], estimates: Estimates, since_ms: int, until_ms: int
) -> Counted:
    """Say what bills change in a half-open span; bills do not overlap."""
    total = Counted()
    in_order = list(bills)
    starts = [*(bill.since_ms for bill in in_order[1:]), until_ms]
    for bill, next_start in zip(in_order, starts, strict=False):
        if bill.since_ms < until_ms and bill.until_ms > since_ms:
            total = total.plus(part_of(bill, estimates, since_ms, until_ms))
        upto = min(until_ms, next_start)
        total = total.plus(calibrated(bill, estimates, since_ms, upto))
    return total


def part_of(bill: Bill, estimates: Estimates, since_ms: int, until_ms: int) -> Counted:
    """Give the part of a bill that lies in a span, and the estimates it replaces."""
    start, end = max(bill.since_ms, since_ms), min(bill.until_ms, until_ms)
    whole = estimates.between(bill.since_ms, bill.until_ms)
    inside = estimates.between(start, end)
    if whole > 0:
        billed = part(bill.nanos, inside, whole)
    else:
        billed = part(bill.nanos, end - start, bill.until_ms - bill.since_ms)
    if not bill.is_settled and bill.nanos < whole:
        return Counted(billed=billed, replaced=billed)
    return Counted(billed=billed, replaced=inside)


def part(amount: int, share: int, of: int) -> int:
    """Give the part of an amount that a share of a whole has, to the nearest."""
    return (2 * amount * share + of) // (2 * of)


def calibrated(
    reading: Bill, estimates: Estimates, since_ms: int, until_ms: int
) -> Counted:
    """Correct the estimates after a reading by how far off they were in it."""
    start = max(reading.until_ms, since_ms)
    factor = factor_of(reading, estimates)
    if factor is None or start >= until_ms:
        return Counted()
    later = estimates.between(start, until_ms)
    return Counted(calibrated=round(later * (factor - 1)))


def factor_of(reading: Bill, estimates: Estimates) -> Fraction | None:
    """Give by what estimates are to be multiplied, if a reading can tell."""
    if not reading.is_by_hand:
        return None
    from fractions import Fraction  # 3 ms, only where there is a reading

    whole = estimates.between(reading.since_ms, reading.until_ms)
    if whole < LEAST_TO_CALIBRATE or reading.nanos <= 0:
        return None
    return Fraction(reading.nanos, whole)
