"""Prepaid balances: what they fell by between two polls was spent.

A balance that rose was topped up; what was spent meanwhile is then not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tokentui.accounts.kind import Question
from tokentui.statements import Balance, Cost, Reading

FELL = "balance fell"
"""What such a cost is for, as far as anybody knows."""


@dataclass(frozen=True, slots=True)
class Purse:
    """Money left in one currency, in nanos: topped up, and granted as a present.

    A present that is used up or expires costs nobody anything.
    """

    currency: str
    topped_up: int
    granted: int = 0


def reading_of(question: Question, purses: Iterable[Purse]) -> Reading:
    """State what is left, and as billed what the topped up part fell by.

    Only purses that the last poll saw, too, tell of the time since. Where one rose, the
    time stays open: more may have been spent than is stated.
    """
    now, purses = question.now_ms, tuple(purses)
    seen = {
        purse: last
        for purse in purses
        if (last := question.last_balance(main_name(purse))) and last[0] < now
    }
    since = max((at for at, _ in seen.values()), default=now)
    falls = {
        purse: left - purse.topped_up
        for purse, (at, left) in seen.items()
        if at == since
    }
    has_risen = any(fall < 0 for fall in falls.values())
    return Reading(
        since,
        now,
        since if has_risen else now,
        costs=tuple(
            Cost(since, now, fall, purse.currency, what=FELL)
            for purse, fall in falls.items()
            if fall > 0
        ),
        balances=tuple(b for purse in purses for b in balances_of(question, purse)),
    )


def balances_of(question: Question, purse: Purse) -> list[Balance]:
    """State what was topped up, and the present where there is or was one."""
    balances = [Balance(main_name(purse), purse.topped_up, purse.currency)]
    name = f"{purse.currency} granted"
    if purse.granted or question.last_balance(name) is not None:
        balances.append(Balance(name, purse.granted, purse.currency))
    return balances


def main_name(purse: Purse) -> str:
    """Name what was topped up; each currency is a balance of its own."""
    return f"{purse.currency} topped up"
