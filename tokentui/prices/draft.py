"""Prices by kind while rules and overrides are applied to them, and when that is done.

While they are drafted prices are exact fractions; only finished figures are rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tokentui.prices.overlay import KINDS, Ladder, Rule, moment
from tokentui.prices.rates import Band

FOLLOWERS = {
    "input": ("cache_read", "cache_write", "cache_write_1h"),
    "cache_write": ("cache_write_1h",),
}
"""The kinds that lose their list price when the user states that of another."""


@dataclass(frozen=True, slots=True)
class Override:
    """What the user says that a model costs, per million tokens at the standard tier.

    What is not given costs what is: `cache_read` and `cache_write` the `input`,
    `cache_write_1h` the `cache_write`; all else has the list price. Without `provider`
    it holds at every provider, known or not. It holds from `from_ms` on (UTC
    milliseconds), or always. Prices are dollars, and taken as they are.
    """

    input: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    output: Decimal | None = None
    provider: str | None = None
    from_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The price at a moment; equal ones make one rate.

    `bands` are as in `rates.Rate`, `fees` pairs of kind and nano-dollars per unit in
    order of kind. `source` says in words where they come from, `url` where to see them
    ("" for nowhere), `as_of` is the ISO date that they are of ("" for always).
    """

    bands: tuple[Band, ...]
    fees: tuple[tuple[str, int], ...]
    source: str
    url: str
    as_of: str


@dataclass(slots=True)
class Draft:
    """Prices by kind, and where they come from; `url` and `as_of` as in `Figures`."""

    prices: dict[str, Ladder] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    url: str = ""
    as_of: str = ""

    def set(self, rule: Rule) -> None:
        """Replace the prices that a rule states."""
        self.prices |= {kind: rule.ladder(kind) for kind in rule.per_mtok}
        self._note(rule)

    def multiply(self, rule: Rule) -> None:
        """Multiply the prices of a rule's kinds by its factor."""
        factor = Fraction(rule.factor or 1)
        for kind in self.prices.keys() & set(rule.kinds):
            self.prices[kind] = times(self.prices[kind], factor)
        self._note(rule)

    def fill(self, rule: Rule) -> None:
        """Give kinds that have no price a rule's multiple of the input price."""
        for kind, factor in rule.per_input.items():
            if kind not in self.prices and "input" in self.prices:
                self.prices[kind] = times(self.prices["input"], Fraction(factor))

    def override(self, override: Override) -> None:
        """Replace the prices that the user states, and drop those that follow them."""
        given = {
            kind: ((-1, Fraction(price)),)
            for kind in KINDS
            if (price := getattr(override, kind)) is not None
        }
        stale = {kind for stated in given for kind in FOLLOWERS.get(stated, ())}
        kept = {kind: steps for kind, steps in self.prices.items() if kind not in stale}
        self.prices = kept | given
        self.sources, self.url = ["your prices"], ""
        self.as_of = str(moment(override.from_ms).date()) if override.from_ms else ""

    def figures(self, fees: Mapping[str, int]) -> Figures | None:
        """Finish with fees in nano-dollars; `None` unless input and output are priced.

        A band begins wherever a kind has a step.
        """
        ladders = dict(self.prices)
        if "input" not in ladders or "output" not in ladders:
            return None
        # As the library counts: tokens of a kind without a price stay what they are a
        # part of, writes for an hour in writes, cached tokens in input.
        ladders.setdefault("cache_read", ladders["input"])
        ladders.setdefault("cache_write", ladders["input"])
        ladders.setdefault("cache_write_1h", ladders["cache_write"])
        steps = sorted({over for ladder in ladders.values() for over, _ in ladder})
        bands = tuple(
            Band(over, *(femto(ladders[kind], over) for kind in KINDS))
            for over in steps
        )
        source = "; ".join(self.sources)
        return Figures(bands, tuple(sorted(fees.items())), source, self.url, self.as_of)

    def _note(self, rule: Rule) -> None:
        self.sources.append(f"overlay: {rule.what}")
        self.url = rule.source
        self.as_of = max(self.as_of, rule.as_of)


def times(steps: Ladder, factor: Fraction) -> Ladder:
    """Multiply every step of a price."""
    return tuple((over, price * factor) for over, price in steps)


def femto(steps: Ladder, over: int) -> int:
    """Give femto-dollars per token beyond a prompt length; rounds half to even."""
    price = [price for start, price in steps if start <= over][-1]
    return round(price * 10**9)


def dollars(billionths: int) -> Decimal:
    """Turn nano-dollars to dollars, or femto-dollars a token to dollars a million."""
    return Decimal(billionths) / 10**9
