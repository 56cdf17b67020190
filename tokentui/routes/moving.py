"""What one piece of work would cost on another route, by each estimate.

Tokens are taken as they were, cached where they were cached as far as the other cache
allows, at the prices of the hour. Each estimate then says how many they would be there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tokentui.prices.rates import Rate
from tokentui.prices.remembered import Rates
from tokentui.queries.slices import Piece
from tokentui.routes.caching import as_cached_at
from tokentui.routes.estimates import Moved
from tokentui.routes.family import is_newer
from tokentui.routes.own import OwnRatios
from tokentui.routes.pricing import (
    Parts,
    Route,
    as_it_was,
    in_tokens_of_base,
    key_of,
    parts,
    sold,
    task_ratio,
)
from tokentui.routes.quality import Quality
from tokentui.routes.tokenizers import tokenizer_factor

Name = Callable[[str | None, str], str]
"""Gives the bare name of a model as a provider sells it."""


class Kin(NamedTuple):
    """How many tokens of a model one of another is, and whether it is its successor."""

    factor: float | None
    is_newer: bool


class Moving:
    """Moves pieces to routes, and remembers what came of it."""

    def __init__(
        self, rates: Rates, name: Name, own: OwnRatios, quality: Quality
    ) -> None:
        self.rates = rates
        self.name = name
        self.own = own
        self.quality = quality
        self._here: dict[Piece, tuple[Rate, Parts] | None] = {}
        self._moved: dict[tuple[Piece, Route], Moved | None] = {}
        self._kin: dict[tuple[str, str], Kin] = {}

    def kin(self, base: str, model: str) -> Kin:
        """Say what two models, by bare names, have to do with each other."""
        key = base, model
        if key not in self._kin:
            self._kin[key] = Kin(tokenizer_factor(base, model), is_newer(model, base))
        return self._kin[key]

    def base(self, piece: Piece) -> str:
        """Name the model of a piece."""
        return self.name(piece.provider, piece.model)

    def here(self, piece: Piece) -> tuple[Rate, Parts] | None:
        """Give the rate of the route that a piece was on, and its parts there."""
        if piece not in self._here:
            rate = self.rates.rate(key_of(piece), piece.at_ms)
            self._here[piece] = rate and (rate, parts(piece, as_it_was(piece), rate))
        return self._here[piece]

    def there(self, route: Route, piece: Piece) -> Rate | None:
        """Give the rate that a piece would have on a route."""
        return sold(self.rates, route, piece.tier, piece.geo, piece.at_ms)

    def output_ratio(self, piece: Piece, route: Route) -> float | None:
        """Give how many times the output of a piece a route needs, if runs tell."""
        base = self.base(piece)
        if base == route.name:
            return 1.0
        own = self.own.ratio(piece.project, base, route.name)
        if own is not None:
            return own.output
        pair = self.quality.pair(base, piece.effort, piece.source, route.name)
        return None if pair is None else pair.output_ratio

    def moved(self, piece: Piece, route: Route) -> Moved | None:
        """Say what a piece costs on a route; `None` if that has no price for it."""
        key = piece, route
        if key not in self._moved:
            rate = self.there(route, piece)
            self._moved[key] = rate and self._move(piece, route, rate)
        return self._moved[key]

    def _move(self, piece: Piece, route: Route, rate: Rate) -> Moved:
        base, first, fees = self.base(piece), rate.bands[0], piece.fees
        charges_writes = first.cache_write != first.input
        tokens = as_cached_at(piece, route.provider, charges_writes)
        same = there = parts(piece, tokens, rate)

        tokenizer = None
        factor, is_successor = self.kin(base, route.name)
        if factor is not None:
            if factor != 1:
                there = parts(piece, tokens, rate, factor)
            scaled = (there.prompt + there.visible) * factor + there.reasoning
            tokenizer = scaled + fees
        unfit = None
        if route.context is not None:
            limit = in_tokens_of_base(route.context, factor or 1)
            is_longer = not piece.is_sum and piece.longest > limit
            unfit = piece.responses * is_longer

        before = self.here(piece)
        benchmark = benchmark_input = task = None
        pair = self.quality.pair(base, piece.effort, piece.source, route.name)
        if pair is not None:
            read = there.prompt * pair.input_ratio
            benchmark = read + there.output * pair.output_ratio + fees
            benchmark_input = same.prompt * pair.input_ratio
        if pair is not None and before is not None:
            there_over_here = task_ratio(pair, before[0].bands[0], first)
            task = (piece.nanos - fees) * there_over_here + fees

        own = None
        ratio = self.own.ratio(piece.project, base, route.name)
        if ratio is not None:
            own = there.prompt * ratio.input + there.output * ratio.output + fees
        return Moved(
            same=sum(same) + fees,
            tokenizer=tokenizer,
            benchmark=benchmark,
            task=task,
            own=own,
            base_input=None if before is None else before[1].prompt,
            input=same.prompt,
            benchmark_input=benchmark_input,
            unfit=unfit,
            pair=pair,
            is_evident=pair is not None or ratio is not None or is_successor,
        )
