"""What a slice of the ledger would have cost on another route, by several estimates.

Tokens are taken as they were, cached where they were cached as far as the other cache
allows, at the prices of the hour. Each estimate then says how many they would be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import cast

from tokentui.prices.rates import Rate
from tokentui.prices.remembered import Rates
from tokentui.queries.slices import LABELS, Piece
from tokentui.routes.caching import as_cached_at
from tokentui.routes.estimates import Estimates, Tallies
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
from tokentui.routes.quality import Pair, Quality
from tokentui.routes.tokenizers import tokenizer_factor

Name = Callable[[str | None, str], str]
"""Gives the bare name of a model as a provider sells it."""


class Repricing:
    """Prices one slice on any route."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        rates: Rates,
        name: Name,
        own: OwnRatios,
        quality: Quality,
    ) -> None:
        self.pieces = pieces
        self._rates = rates
        self._name = name
        self._own = own
        self.quality = quality
        self._before: dict[Piece, tuple[Rate, Parts] | None] = {}

    def only(self, some: Sequence[Piece]) -> Repricing:
        """Take some of the pieces, and what is known of them by now."""
        part = Repricing(some, self._rates, self._name, self._own, self.quality)
        part._before = self._before
        return part

    def on(self, route: Route) -> Estimates | None:
        """Estimate what the slice costs on a route; `None` if a part has no price."""
        tallies = Tallies()
        # Only the user's own ratios differ by project.
        some = self.pieces if self._own.knows(route.name) else self._coarse
        for piece in some:
            base = self._name(piece.provider, piece.model)
            if base == route.name:
                tallies.stay(piece.nanos)
                continue
            rate = sold(self._rates, route, piece.tier, piece.geo, piece.at_ms)
            if rate is None:
                return None
            self._move(tallies, piece, base, route, rate)
        return tallies.estimates()

    def at_effort(self, pair: Pair) -> tuple[int, int] | None:
        """Estimate what the slice costs on the models that it is on, less hard at work.

        By the tokens of a benchmark, and by what a task costs there; `None` if a part
        of the slice was not priced by token.
        """
        tokens = task = 0.0
        for piece in self._coarse:
            before = self._as_it_was(piece)
            if before is None:
                return None
            (rate, here), fees = before, piece.fees
            read, written = here.prompt * pair.input_ratio, here.output
            tokens += read + written * pair.output_ratio + fees
            ratio = task_ratio(pair, rate.bands[0], rate.bands[0])
            task += (piece.nanos - fees) * ratio + fees
        return round(tokens), round(task)

    def _move(
        self, to: Tallies, piece: Piece, base: str, route: Route, rate: Rate
    ) -> None:
        """Add what a piece would cost on a route, by each estimate."""
        first, fees = rate.bands[0], piece.fees
        charges_writes = first.cache_write != first.input
        tokens = as_cached_at(piece, route.provider, charges_writes)
        same = there = parts(piece, tokens, rate)
        to.same.add(sum(same) + fees)
        to.input.add(same.prompt)

        factor = tokenizer_factor(base, route.name)
        if factor is None:
            to.tokenizer.add(None)
        else:
            if factor != 1:
                there = parts(piece, tokens, rate, factor)
            scaled = (there.prompt + there.visible) * factor + there.reasoning
            to.tokenizer.add(scaled + fees)
        if route.context is None:
            to.unfit = None
        elif to.unfit is not None and not piece.is_sum:
            is_longer = piece.longest > in_tokens_of_base(route.context, factor or 1)
            to.unfit += piece.responses * is_longer

        before = self._as_it_was(piece)
        to.base_input.add(None if before is None else before[1].prompt)

        pair = self.quality.pair(base, piece.effort, piece.source, route.name)
        if pair is None:
            to.benchmark.add(None)
            to.benchmark_input.add(None)
        else:
            to.pairs[pair] = None
            read = there.prompt * pair.input_ratio
            to.benchmark.add(read + there.output * pair.output_ratio + fees)
            to.benchmark_input.add(same.prompt * pair.input_ratio)
        if pair is None or before is None:
            to.task.add(None)
        else:
            there_over_here = task_ratio(pair, before[0].bands[0], first)
            to.task.add((piece.nanos - fees) * there_over_here + fees)

        own = self._own.ratio(piece.project, base, route.name)
        if own is None:
            to.own.add(None)
        else:
            to.own.add(there.prompt * own.input + there.output * own.output + fees)
        if pair is None and own is None and not is_newer(route.name, base):
            to.is_evident = False

    def _as_it_was(self, piece: Piece) -> tuple[Rate, Parts] | None:
        """Give the rate of the route that a piece was on, and its parts there."""
        if piece not in self._before:
            rate = self._rates.rate(key_of(piece), piece.at_ms)
            self._before[piece] = rate and (rate, parts(piece, as_it_was(piece), rate))
        return self._before[piece]

    @cached_property
    def _coarse(self) -> list[Piece]:
        return without_projects(self.pieces)


def without_projects(pieces: Iterable[Piece]) -> list[Piece]:
    """Sum pieces that only differ in the project, and in when they were."""
    sums: dict[tuple[object, ...], list[int]] = {}
    heads: dict[tuple[object, ...], Piece] = {}
    for each in pieces:
        piece = each._replace(project=None)
        key = piece[1:LABELS]
        more = cast("tuple[int, ...]", piece[LABELS:])
        counts = sums.get(key)
        if counts is None:
            heads[key], sums[key] = piece, list(more)
            continue
        counts[0] = max(counts[0], piece.longest)
        for place in range(1, len(counts)):
            counts[place] += more[place]
    return [Piece._make((*heads[key][:LABELS], *sums[key])) for key in heads]
