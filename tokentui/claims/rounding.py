"""How money is rounded: half-even to the minor unit, once, and parts to add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

NO_CENTS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
MILLS = "BHD IQD JOD KWD LYD OMR TND"
"""The currencies with no decimals, and with three; all others have two (ISO 4217)."""

Exact = Fraction | Decimal | int


def decimals(currency: str) -> int:
    """Give how many decimals amounts of a currency have."""
    return 0 if currency in NO_CENTS.split() else 3 if currency in MILLS.split() else 2


def rounded(amount: Exact, currency: str) -> Decimal:
    """Round an exact amount half-even to the currency's minor unit."""
    places = decimals(currency)
    return Decimal(round(Fraction(amount) * 10**places)).scaleb(-places)


def shared(whole: Decimal, weights: Sequence[Exact], currency: str) -> list[Decimal]:
    """Split a rounded amount by weights, so that the parts add up to it.

    What whole minor units leave over goes to the largest remainders, the first of equal
    ones. Weights are not negative; if all are zero, the last part takes all.
    """
    if not weights:
        raise ValueError("nobody to share with")
    places = decimals(currency)
    units = int(whole.scaleb(places))
    parts = [Fraction(weight) for weight in weights]
    if not any(parts):
        parts[-1] = Fraction(1)
    total = sum(parts)
    exact = [abs(units) * part / total for part in parts]
    sign = -1 if units < 0 else 1
    rounded_parts = adding_up(exact, abs(units))
    return [Decimal(sign * part).scaleb(-places) for part in rounded_parts]


def rounded_together(amounts: Sequence[Exact], currency: str) -> list[Decimal]:
    """Round amounts so that they add up to their rounded sum.

    One that is exact already stays as it is.
    """
    places = decimals(currency)
    exact = [Fraction(amount) * 10**places for amount in amounts]
    total = round(sum(exact, Fraction(0)))
    return [Decimal(part).scaleb(-places) for part in adding_up(exact, total)]


def adding_up(exact: Sequence[Fraction], total: int) -> list[int]:
    """Round numbers up or down so that they add up to their rounded sum."""
    down = [each.numerator // each.denominator for each in exact]
    missing = total - sum(down)
    by_rest = sorted(range(len(exact)), key=lambda i: down[i] - exact[i])
    for place in by_rest[:missing]:
        down[place] += 1
    return down
