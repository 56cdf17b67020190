"""What was spent, in the claim's currency: exactly, and by which rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction

from tokentui.amounts import NANOS
from tokentui.claims.claim import Rate
from tokentui.claims.spent import Spent
from tokentui.fx import Cross, Rates

CARD = "card statement"
PER_DAY = "per-day"
DIGITS = Context(prec=10)


@dataclass(frozen=True, slots=True)
class Exchange:
    """How a claim exchanges: into what, at the rates of which days.

    `rule` is `claim-date`, one rate of the day `on` for all, or `per-day`, that of each
    day. `paid` are amounts of card statements in the claim's currency, by the name of
    what was spent; they go before any rate.
    """

    currency: str
    rule: str
    on: date
    rates: Rates
    paid: Mapping[str, Decimal]

    def cross(self, currency: str, day: date) -> Cross | None:
        """Give the rate of a currency for what was spent on a day."""
        day = day if self.rule == PER_DAY else self.on
        return self.rates.cross(currency, self.currency, day)

    def at_claim_date(self, nanos: int) -> Fraction | None:
        """Give nano-dollars at the claim date's rate, whatever the rule."""
        cross = self.rates.cross("USD", self.currency, self.on)
        return None if cross is None else cross.value * Fraction(nanos, NANOS)


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What was spent, exactly in the claim's currency, whole and by local day."""

    spent: Spent
    rate: Rate | None
    days: tuple[tuple[date, Fraction], ...]

    @property
    def whole(self) -> Fraction:
        """All of it."""
        return sum((amount for _, amount in self.days), Fraction(0))


def exchanged(
    spent: Iterable[Spent], exchange: Exchange
) -> tuple[list[Exchanged], list[Spent]]:
    """Exchange what was spent; give also what no rate is known for."""
    done: list[Exchanged] = []
    unknown: list[Spent] = []
    for each in spent:
        is_cut = exchange.rule == PER_DAY and each.currency != exchange.currency
        for part in each.by_day() if is_cut else [each]:
            found = at_rate(part, exchange)
            if found is None:
                unknown.append(part)
            else:
                done.append(found)
    return done, unknown


def at_rate(spent: Spent, exchange: Exchange) -> Exchanged | None:
    """Exchange one amount, by its card statement or by the rate of its day."""
    cross = exchange.cross(spent.currency, spent.days[0][0])
    paid = exchange.paid.get(spent.name)
    if paid is not None and spent.nanos:
        value = Fraction(paid) * NANOS / spent.nanos
        spread = None if cross is None else decimal(value / cross.value - 1)
        rate = Rate(decimal(value), spent.first, CARD, spread=spread)
        return Exchanged(spent, rate, in_days(spent, value))
    if cross is None:
        return None
    if spent.currency == exchange.currency:
        return Exchanged(spent, None, in_days(spent, cross.value))
    rate = Rate(decimal(cross.value), cross.day, cross.source, cross.is_provisional)
    return Exchanged(spent, rate, in_days(spent, cross.value))


def in_days(spent: Spent, value: Fraction) -> tuple[tuple[date, Fraction], ...]:
    """Exchange each day's part."""
    return tuple((day, value * Fraction(nanos, NANOS)) for day, nanos in spent.days)


def decimal(value: Fraction) -> Decimal:
    """Write a rate with ten digits, for people; sums are reckoned with all of it."""
    quotient = DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
    return quotient.normalize(DIGITS)
