"""The list prices of genai-prices: its providers, its models and when they change.

The only module that knows how the library is made.
Source: https://github.com/pydantic/genai-prices, release 0.2.3, read 2026-11-25.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tokentui.errors import TokentuiError
from tokentui.prices.draft import Draft
from tokentui.prices.exact import is_exact
from tokentui.prices.overlay import (
    DAY_MS,
    EPOCH,
    KINDS,
    Ladder,
    Span,
    between_daily,
    midnight,
    milliseconds,
    moment,
)

if TYPE_CHECKING:
    from genai_prices.types import (
        ConditionalPrice,
        ModelInfo,
        PriceVariant,
        Provider,
        TieredPrices,
    )

    Condition = ConditionalPrice | PriceVariant

FEES = {
    "web_searches_kcount": "web_search",
    "storage_searches_kcount": "file_search",
    "social_searches_kcount": "x_search",
    "code_executions_kcount": "code_execution",
}
"""What the library prices per 1,000, and the kind of fee that it is here.

Names: `data_units.py` of genai-prices 0.2.3, read 2026-11-25.
"""

UNCOUNTED = ("requests_kcount", "output_reasoning_mtok", "output_citation_mtok")
"""Prices of what is not counted apart here; a model that has one stays unpriced.

Names: as for `FEES`.
"""


@dataclass(frozen=True, slots=True)
class Listing:
    """A model that a provider of the library sells, perhaps out of another's list.

    `release` is the library's name and version, `as_of` the day that its prices are of
    when they have none of their own.
    """

    seller: Provider
    model: ModelInfo
    release: str
    as_of: date

    @property
    def id(self) -> str:
        """The library's name of the model, in its own case."""
        return self.model.id

    @property
    def context(self) -> int | None:
        """The longest prompt in tokens, if that is known."""
        return self.model.context_window

    @property
    def is_deprecated(self) -> bool:
        """Whether the library says that the model's end is near, whatever the time."""
        return bool(self.model.deprecated)

    def draft(self, tier: str, at: int) -> Draft | None:
        """Price a tier at a moment (UTC ms).

        `None` if it is not listed, or if it charges for what is not counted here.
        """
        now, context = moment(at), None
        dated: list[Condition] = [*stages(self.model)]
        if tier != "standard":
            # For a tier that it does not have the library gives the standard price.
            context = {"processing": tier, "service_tier": tier, "speed": tier}
            variants = self._variants(context, now)
            if not variants:
                return None
            dated += variants
        price = self.model.get_prices(now, context)
        if any(getattr(price, unit, None) is not None for unit in UNCOUNTED):
            return None
        ladders = {kind: ladder(getattr(price, f"{kind}_mtok")) for kind in KINDS}
        starts = [
            start for one in dated if (start := start_date(one)) and start <= now.date()
        ]
        return Draft(
            {kind: steps for kind, steps in ladders.items() if steps},
            [self.release],
            (self.seller.pricing_urls or [""])[0],
            str(max(starts, default=self.as_of)),
        )

    def fees(self, at: int) -> dict[str, int]:
        """Give nano-dollars per unit by kind of fee, at a moment (UTC ms)."""
        price = self.model.get_prices(moment(at))
        return {
            kind: round(steps[0][1] * 10**6)
            for unit, kind in FEES.items()
            if (steps := ladder(getattr(price, unit, None)))
        }

    def starts(self) -> set[int]:
        """Give the moments (UTC ms) from which on a dated price holds."""
        dates = map(start_date, conditions(self.model))
        return {midnight(start) for start in dates if start}

    def span(self, at: int) -> Span:
        """Give the time around a moment (UTC ms) in which no listed price changes."""
        # At no cost: the library is loaded, or there would be no listing.
        from genai_prices.types import TimeOfDateConstraint

        span = Span()
        for condition in conditions(self.model):
            limit = condition.constraint
            if start := start_date(condition):
                span = span.meet(Span(midnight(start)).state(at)[1])
            elif isinstance(limit, TimeOfDateConstraint):
                edges = [time_of_day(limit.start_time), time_of_day(limit.end_time)]
                span = span.meet(between_daily(at, edges))
        return span

    def _variants(self, context: dict[str, str], now: datetime) -> list[PriceVariant]:
        # The library has no tiers for a model out of another provider's list.
        if not any(self.model is one for one in self.seller.models):
            return []
        return [
            variant
            for variant in self.model.price_variants or ()
            if variant.when.items() <= context.items()
            and (variant.constraint is None or variant.constraint.active(now))
        ]


class Library:
    """The prices of genai-prices, or of a file that it publishes, used in their place.

    Nothing is imported or read before the first question, and nothing ever fetched.
    What needs the file raises `TokentuiError` if that is missing or broken.
    """

    def __init__(self, data: Path | None = None) -> None:
        """Take the path of the price file, if not the library's own are to be used."""
        self._data = data

    @cached_property
    def release(self) -> str:
        """The library's name and version."""
        from importlib.metadata import version  # 36 ms, unless the library is loaded

        return f"genai-prices {version('genai-prices')}"

    @property
    def version(self) -> str:
        """All that decides its prices. Raises `TokentuiError` without the file."""
        if self._data is None:
            return self.release
        return f"{self.release}, data {short_hash(self._content)}"

    def ids(self, name: str) -> list[str]:
        """List the ids on a provider's list, by the library's name of it.

        None for a name that it does not have. Raises `TokentuiError` as the class says.
        """
        seller = self._sellers.get(name)
        return [model.id for model in seller.models] if seller else []

    def find(
        self, lists: Iterable[str], names: Sequence[str], as_of: date
    ) -> Listing | None:
        """Find the first of some names that matches, on the first list that has one.

        `lists` are the library's names of providers, `names` a model's in lower case.
        `as_of` dates what the library does not. Raises `TokentuiError` as the class
        says.
        """
        sellers = list(self._sellers.values())
        for seller in filter(None, map(self._sellers.get, lists)):
            if model := matching_model(seller, names, sellers):
                return Listing(seller, model, self.release, as_of)
        return None

    @cached_property
    def _sellers(self) -> dict[str, Provider]:
        if self._data is None:
            from genai_prices.data import providers  # 105 to 180 ms

            return {seller.id: seller for seller in providers}
        # Private, but the only reader of the file that the library publishes; the
        # dependency is kept below the next minor version.
        from genai_prices.types import _providers_from_raw

        try:
            sellers = _providers_from_raw(msgspec.json.decode(self._content))
        except (ValueError, TypeError, LookupError, AssertionError) as error:
            raise self._unusable() from error
        return {seller.id: seller for seller in sellers}

    @cached_property
    def _content(self) -> bytes:
        try:
            return self._data.read_bytes() if self._data else b""
        except OSError as error:
            raise self._unusable() from error

    def _unusable(self) -> TokentuiError:
        return TokentuiError(
            f"{self._data} is not a price file; run `tokentui prices refresh`, "
            "or delete it to use the built-in prices"
        )


def short_hash(content: bytes) -> str:
    """Give 8 hex digits that differ where contents do, all but surely."""
    return sha256(content).hexdigest()[:8]


def matching_model(
    seller: Provider, names: Sequence[str], sellers: list[Provider]
) -> ModelInfo | None:
    """Find the model of a provider that the first of some names stands for.

    `sellers` are all providers, on whose lists it may stand. No name is an error.
    """

    def find(name: str) -> ModelInfo | None:
        return seller.find_model(name, all_providers=sellers) if name else None

    by_id = {model.id.lower(): model for model in seller.models}
    for name in names:
        try:
            model = find(name)
            if model and is_exact(name, find):
                return model
        except (LookupError, ValueError, TypeError, re.error):
            continue  # a name out of a log must not stop the run
        # Fireworks' and others' models match by their full path only, not by their id.
        if name in by_id:
            return by_id[name]
    return None


def conditions(model: ModelInfo) -> list[Condition]:
    """List a model's prices that hold under a condition of time or tier."""
    return [*stages(model), *(model.price_variants or ())]


def stages(model: ModelInfo) -> list[ConditionalPrice]:
    """List a model's standard prices over time, of which the last that holds counts."""
    return model.prices if isinstance(model.prices, list) else []


def start_date(condition: Condition) -> date | None:
    """Give the UTC day from which on a price holds, if that is its condition."""
    return getattr(condition.constraint, "start_date", None)


def time_of_day(edge: time) -> int:
    """Count milliseconds since UTC midnight; a time without a zone is UTC."""
    first_day = datetime.combine(EPOCH, edge, edge.tzinfo or UTC)
    return milliseconds(first_day) % DAY_MS


def ladder(price: Decimal | TieredPrices | None) -> Ladder:
    """Give a price of the library as steps, in its own unit; none for no price."""
    if price is None:
        return ()
    if isinstance(price, Decimal):
        return ((-1, Fraction(price)),)
    steps = [(tier.start, Fraction(tier.price)) for tier in price.tiers]
    return ((-1, Fraction(price.base)), *steps)
