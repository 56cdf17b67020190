"""The lines of a claim: what was spent, exchanged, rounded together and split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tokentui.amounts import NANOS
from tokentui.claims.claim import BILLED, CLIENT, OTHER, WORK, Line, Receipt
from tokentui.claims.exchange import Exchanged
from tokentui.claims.rounding import rounded, rounded_together
from tokentui.claims.spent import Spent
from tokentui.claims.split import Rule, claimed_of, parts_of
from tokentui.claims.usage import Weights, Whose

NO_RECEIPT = "no receipt"
PROVISIONAL = "provisional rate"


@dataclass(frozen=True, slots=True)
class Attached:
    """What was kept beside a claim for one of its lines, by the line's name.

    `tax` and `paid`, what a card statement says, are in the claim's currency.
    """

    line: str
    receipt: Receipt
    tax: Decimal | None = None
    paid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """By what lines are made: the weights of usage, the rules, and what is attached."""

    weights: Weights
    rules: tuple[Rule, Rule]
    currency: str
    attached: Mapping[str, Sequence[Attached]]
    receipts_from: Decimal


def lines_of(spent: Sequence[Exchanged], by: Reckoning) -> tuple[Line, ...]:
    """Make the lines; a client sees only those of which a part is his."""
    wholes = wholes_of(spent, by.currency)
    made = [line_of(each, whole, by) for each, whole in zip(spent, wholes, strict=True)]
    if by.rules[0].client is not None:
        made = [line for line in made if line.amount]
    return tuple(replace(line, number=n) for n, line in enumerate(made, 1))


def wholes_of(spent: Sequence[Exchanged], currency: str) -> list[Decimal]:
    """Round what was spent: bills so that they add up, each document by itself."""
    bills = [each.whole for each in spent if each.spent.basis == BILLED]
    together = iter(rounded_together(bills, currency))
    return [
        next(together) if each.spent.basis == BILLED else rounded(each.whole, currency)
        for each in spent
    ]


def line_of(each: Exchanged, whole: Decimal, by: Reckoning) -> Line:
    """Make one line, without its number yet."""
    spent = each.spent
    rule = by.rules[1] if spent.is_plan else by.rules[0]
    parts = parts_of(whole, whose_money(spent, by.weights, rule), rule, by.currency)
    amount, share, parts = claimed_of(whole, parts, rule, by.currency)
    attached = by.attached.get(spent.name, ())
    taxes = [one.tax for one in attached if one.tax is not None]
    is_same = spent.currency == by.currency
    original = rounded(Fraction(spent.nanos, NANOS), spent.currency)
    return Line(
        0,
        spent.key,
        spent.first,
        spent.last,
        spent.vendor,
        spent.payer,
        spent.description,
        spent.basis,
        whole if is_same else original,
        spent.currency,
        each.rate,
        whole,
        share,
        amount,
        sum(taxes, rounded(0, by.currency)) if taxes else None,
        parts,
        tuple(one.receipt for one in attached),
        marks_of(each, whole, bool(attached), by.receipts_from),
    )


def marks_of(
    each: Exchanged, whole: Decimal, has_receipt: bool, receipts_from: Decimal
) -> tuple[str, ...]:
    """Say what a reader has to know of a line."""
    marks = list(each.spent.marks)
    if each.rate is not None and each.rate.is_provisional:
        marks.append(PROVISIONAL)
    if not has_receipt and whole and abs(whole) >= receipts_from:
        marks.append(NO_RECEIPT)
    return tuple(marks)


def whose_money(spent: Spent, weights: Weights, rule: Rule) -> Mapping[Whose, int]:
    """Weigh whose a line is: by the usage it paid for, or by what was said of it."""
    if spent.is_charge:
        if spent.client is None:
            return {Whose(WORK): 1}
        is_other = rule.client is not None and spent.client != rule.client
        return {Whose(OTHER) if is_other else Whose(CLIENT, None, spent.client): 1}
    # A fee pays for a month of its own; the claim's time tells what the plan is for.
    first, last = (date.min, date.max) if spent.is_plan else (spent.first, spent.last)
    return weights.of(spent.payer, spent.provider, spent.is_plan, first, last)
