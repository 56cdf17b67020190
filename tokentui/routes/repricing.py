"""What a slice of the ledger would have cost on another route, by several estimates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import cast

from tokentui.prices.rates import FEMTO_PER_NANO
from tokentui.queries.slices import LABELS, Piece
from tokentui.routes.estimates import Estimates, Tallies
from tokentui.routes.moving import Moving
from tokentui.routes.pricing import (
    Route,
    in_tokens_of_base,
    priced_task,
    task_ratio,
)
from tokentui.routes.quality import Pair
from tokentui.routes.tokenizers import tokenizer_factor


class Repricing:
    """Prices one slice on any route."""

    def __init__(self, pieces: Sequence[Piece], moving: Moving) -> None:
        self.pieces = pieces
        self._moving = moving

    def only(self, some: Sequence[Piece]) -> Repricing:
        """Take some of the pieces; what is known of them by now is not lost."""
        return Repricing(some, self._moving)

    def on(self, route: Route) -> Estimates | None:
        """Estimate what the slice costs on a route; `None` if a part has no price."""
        tallies = Tallies()
        # Only the user's own ratios differ by project.
        knows = self._moving.own.knows(route.name)
        for piece in self.pieces if knows else self._coarse:
            if self._moving.base(piece) == route.name:
                tallies.stay(piece.nanos)
                continue
            moved = self._moving.moved(piece, route)
            if moved is None:
                return None
            tallies.add(moved)
        return tallies.estimates()

    def written_on(self, route: Route) -> int | None:
        """Give how many tokens the slice would write on a route, whatever it costs.

        By the user's own runs, else those of a benchmark; `None` where none tells.
        """
        written = 0.0
        for piece in self.pieces:
            ratio = self._moving.output_ratio(piece, route)
            if ratio is None:
                return None
            written += piece.output * ratio
        return round(written)

    def at_effort(self, pair: Pair) -> tuple[int, int] | None:
        """Estimate what the slice costs on the models that it is on, less hard at work.

        By the tokens of a benchmark, and by what a task costs there; `None` if a part
        of the slice was not priced by token.
        """
        tokens = task = 0.0
        for piece in self._coarse:
            before = self._moving.here(piece)
            if before is None:
                return None
            (rate, here), fees = before, piece.fees
            read, written = here.prompt * pair.input_ratio, here.output
            tokens += read + written * pair.output_ratio + fees
            ratio = task_ratio(pair, rate.bands[0], rate.bands[0])
            task += (piece.nanos - fees) * ratio + fees
        return round(tokens), round(task)

    def task_costs(self, pair: Pair) -> tuple[float, float] | None:
        """Give what a task of a benchmark costs on both routes of a pair of one model.

        In nano-dollars, at the prices of the piece that cost most; `None` where those
        are not known.
        """
        before = self._moving.here(max(self.pieces, key=lambda piece: piece.nanos))
        if before is None:
            return None
        band = before[0].bands[0]
        base, other = (priced_task(row, band) for row in pair[:2])
        return base / FEMTO_PER_NANO, other / FEMTO_PER_NANO

    def beyond(self, route: Route) -> tuple[int, int]:
        """Give the prompt length that is dearer on a route, and how many are longer."""
        limit = count = 0
        for piece in self._coarse:
            rate, base = self._moving.there(route, piece), self._moving.base(piece)
            if rate is None or len(rate.bands) == 1 or base == route.name:
                continue
            limit = rate.bands[1].over
            factor = tokenizer_factor(base, route.name) or 1
            if not piece.is_sum and piece.longest > in_tokens_of_base(limit, factor):
                count += piece.responses
        return limit, count

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
