"""What each payer pays: his bills in place of his estimates, and his charges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from tokentui.budget import charges
from tokentui.budget.bases import Counted
from tokentui.budget.bills import Bills
from tokentui.frozen import replace
from tokentui.periods import Period
from tokentui.queries.by_hand import Charge
from tokentui.queries.dollars import Dollars
from tokentui.queries.payers import PayerState, most_payable
from tokentui.queries.sums import EMPTY


def with_bills(
    states: Iterable[PayerState],
    bills: Bills,
    charged: Iterable[Charge],
    period: Period,
    last: date,
    tz: ZoneInfo,
    dollars: Dollars | None = None,
) -> tuple[PayerState, ...]:
    """Put what was billed and charged in a period to its payers.

    Whoever was billed or charged without any usage here is added. `last` is a day not
    before the end of the period. Charges in money without a rate are left out.
    """
    since, until = period.since_ms or 0, period.until_ms or 0
    known = {state.payer: state for state in states}
    counted: dict[str, Counted] = {}
    for payee in bills.listed:
        change = bills.of_payee(payee, since, until)
        if change == Counted() and payee.payer not in known:
            continue
        counted[payee.payer] = counted.get(payee.payer, Counted()).plus(change)
    dues: dict[str, int] = {}
    for charge in charged:
        due = charges.due([charge], since, until, last, tz, dollars)
        if due:
            dues[charge.payer] = dues.get(charge.payer, 0) + due
    for payer in sorted({*counted, *dues} - known.keys()):
        evidence = "billed" if payer in counted else "charge"
        known[payer] = PayerState(payer, False, (evidence,), EMPTY, 0)
    paid = [
        replace(
            state,
            billed_nanos=counted[state.payer].billed
            if state.payer in counted
            else None,
            change_nanos=counted.get(state.payer, Counted()).difference
            + dues.get(state.payer, 0),
        )
        for state in known.values()
    ]
    return tuple(sorted(paid, key=most_payable))
