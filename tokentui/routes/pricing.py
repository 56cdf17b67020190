"""A piece of a slice at a rate: which band holds, and what each part of it costs."""

from __future__ import annotations

from typing import NamedTuple

from tokentui.attribution import rate_key
from tokentui.events import Tokens
from tokentui.prices.rates import Band, Rate, RateKey, band_of, cost_nanos, discounted
from tokentui.prices.remembered import Rates
from tokentui.queries.slices import Piece
from tokentui.routes.formulas import effective_input_price, task_cost
from tokentui.routes.quality import Pair, Row


class Route(NamedTuple):
    """A model of a provider, `name` being its bare name.

    `context` is its longest prompt in tokens, if that is known; `geo` the region that
    is asked for, in place of that of the work.
    """

    provider: str
    model: str
    name: str
    context: int | None
    geo: str | None = None


class Parts(NamedTuple):
    """Nano-dollars of what was read, of what was written, and of what was thought."""

    prompt: int
    visible: int
    reasoning: int

    @property
    def output(self) -> int:
        """All that was written."""
        return self.visible + self.reasoning


def parts(piece: Piece, tokens: Tokens, rate: Rate, factor: float = 1) -> Parts:
    """Price a piece's tokens, at the payer's discount; no fees.

    `factor` is how many tokens there one token of it is: that decides how long its
    prompts are, while the tokens are priced as they are given.
    """
    band = rate.bands[0]
    if len(rate.bands) > 1 and not piece.is_sum:
        steps = [
            each._replace(over=in_tokens_of_base(each.over, factor))
            for each in rate.bands
        ]
        band = band_of(steps, piece.longest)
        rate = rate._replace(bands=(band,))

    def cost(some: Tokens) -> int:
        nanos = cost_nanos(some, {}, rate, is_sum=True) or 0
        return discounted(nanos, discount) if discount else nanos

    discount = piece.discount_ppm
    thought = min(tokens.reasoning, tokens.output)
    read = Tokens(
        tokens.input, tokens.cache_read, tokens.cache_write, tokens.cache_write_1h
    )
    return Parts(
        cost(read),
        cost(Tokens(output=tokens.output - thought)),
        cost(Tokens(output=thought)) if thought else 0,
    )


def in_tokens_of_base(limit: int, factor: float) -> int:
    """Give the longest prompt that is within a limit, where `factor` times count."""
    return int(limit / factor)


def as_it_was(piece: Piece) -> Tokens:
    """Give the tokens of a piece."""
    return Tokens(
        piece.input,
        piece.cache_read,
        piece.cache_write,
        piece.cache_write_1h,
        piece.output,
        piece.reasoning,
    )


def key_of(piece: Piece) -> RateKey:
    """Name the rate that a piece was priced at."""
    return rate_key(piece.provider, piece.model, piece.tier, piece.geo)


def sold(
    rates: Rates, route: Route, tier: str | None, geo: str | None, at_ms: int
) -> Rate | None:
    """Give the rate of a route at a tier, or at the standard one if it has no such."""
    geo = route.geo or geo
    rate = rates.rate(rate_key(route.provider, route.model, tier, geo), at_ms)
    if rate is not None:
        return rate
    return rates.rate(rate_key(route.provider, route.model, None, geo), at_ms)


def task_ratio(pair: Pair, before: Band, after: Band) -> float:
    """Give what a benchmark's task costs on the other route, over its cost here."""
    return priced_task(pair.other, after) / priced_task(pair.base, before)


def priced_task(row: Row, band: Band) -> float:
    """Give what a task of a benchmark costs at a band's prices, in femto-dollars."""
    read = effective_input_price(row.cache_share, band.cache_read, band.cache_write)
    return task_cost(row.input, row.output, read, band.output)
