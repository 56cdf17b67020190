"""Compare what was used with other routes, by asking ledger and price book."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tokentui.attribution import provider_of, rate_key
from tokentui.prices.book import Book
from tokentui.prices.rates import RateKey
from tokentui.prices.remembered import Rates
from tokentui.queries.slices import (
    Used,
    count_runs,
    pieces,
    run_tokens,
    used_models,
)
from tokentui.queries.sums import Sums, Usage, total
from tokentui.routes.candidates import CANDIDATES
from tokentui.routes.constraints import ANY, Constraints
from tokentui.routes.eras import Changing
from tokentui.routes.estimates import Estimates
from tokentui.routes.family import is_newer, version
from tokentui.routes.own import OwnRatios
from tokentui.routes.pricing import Route, in_tokens_of_base
from tokentui.routes.repricing import Repricing
from tokentui.routes.suggestion import Risk
from tokentui.routes.tokenizers import tokenizer_factor
from tokentui.routes.verdict import verdict
from tokentui.spelling import bare


class Alternative(NamedTuple):
    """A route and what the slice would cost on it; `None` if it has no price.

    `denied` is why the user does not want it suggested, `risks` what it may cost beside
    money.
    """

    route: Route
    estimates: Estimates | None
    verdict: str
    why: str | None
    denied: str | None = None
    risks: tuple[Risk, ...] = ()


class Comparison(NamedTuple):
    """What was used, in how many runs, and what else could have been."""

    used: Sums
    runs: int
    alternatives: tuple[Alternative, ...]


class Names:
    """Names models in one way, however they are logged or asked for."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._known: dict[tuple[str | None, str], str] = {}

    def __call__(self, provider: str | None, model: str) -> str:
        """Give the bare name of a model as a provider sells it."""
        key = provider, model
        if key not in self._known:
            known = self._book.known(rate_key(provider, model, None, None))
            self._known[key] = bare(known.model if known else model)
        return self._known[key]

    def is_known(self, model: str) -> bool:
        """Claim that the price book has a model."""
        provider = provider_of(model, None)[0]
        return self._book.known(rate_key(provider, model, None, None)) is not None

    def route(self, model: str, provider: str | None = None) -> Route:
        """Find a model by name, at its vendor unless told where."""
        provider = provider or provider_of(model, None)[0] or ""
        known = self._book.known(rate_key(provider, model, None, None))
        if known is None:
            return Route(provider, model, bare(model), None)
        return Route(known.provider, model, bare(known.model), known.context)


def compare(
    connection: sqlite3.Connection,
    usage: Usage,
    routes: Iterable[Route],
    book: Book,
    names: Names,
    constraints: Constraints = ANY,
) -> Comparison:
    """Price some usage, whose span is closed, on other routes.

    None of them is left out here: `Constraints.choose` says which may be suggested.
    """
    used, wanted = used_models(connection, usage), list(routes)
    rates = Rates(book)
    changing = Changing(rates, usage.since_ms or 0, usage.until_ms or 0)
    keys = {rate_key(*each) for each in used}
    keys |= {key for route in wanted for key in keys_on(route, used)}
    slice_ = pieces(
        connection, usage, cuts(used, wanted, changing, names), changing.eras(keys)
    )
    own = own_ratios(connection, wanted, names)
    repricing = Repricing(slice_, rates, names, own, constraints.quality)
    sums = total(connection, usage)
    found = []
    for route in wanted:
        estimates = repricing.on(route)
        found.append(
            Alternative(
                route,
                estimates,
                *verdict(sums.cost_nanos, estimates),
                constraints.why_denied(route),
                constraints.risks(route),
            )
        )
    return Comparison(sums, count_runs(connection, usage), tuple(found))


def newest_of_family(
    name: str, names: Names, constraints: Constraints = ANY
) -> Route | None:
    """Find the newest model worth a look that is the same but for a higher version."""
    routes = constraints.choose(names.route(model) for model in CANDIDATES).routes
    newer = [route for route in routes if is_newer(route.name, name)]
    return max(newer, key=lambda route: version(route.name), default=None)


def keys_on(route: Route, used: Iterable[Used]) -> set[RateKey]:
    """List the rates that some usage may have on a route."""
    tiers = {
        (tier, route.geo or each.geo) for each in used for tier in (each.tier, None)
    }
    return {rate_key(route.provider, route.model, *place) for place in tiers}


def cuts(
    used: Sequence[Used], routes: Iterable[Route], changing: Changing, names: Names
) -> list[int]:
    """List the prompt lengths, as they were counted, beyond which a price changes.

    Also those beyond which a prompt does not fit.
    """
    found = {over for each in used for over in changing.overs(rate_key(*each))}
    bases = {names(each.provider, each.model) for each in used}
    for route in routes:
        limits = {over for key in keys_on(route, used) for over in changing.overs(key)}
        if route.context is not None:
            limits.add(route.context)
        factors = {tokenizer_factor(base, route.name) or 1 for base in bases} | {1}
        found |= {in_tokens_of_base(limit, f) for limit in limits for f in factors}
    return sorted(cut for cut in found if cut > 0)


def own_ratios(
    connection: sqlite3.Connection, routes: Sequence[Route], names: Names
) -> OwnRatios:
    """Compare the user's own runs, if there are any on one of the routes."""
    ever = {names(u.provider, u.model) for u in used_models(connection, Usage())}
    has_runs = any(route.name in ever for route in routes)
    return OwnRatios(run_tokens(connection) if has_runs else (), names)
