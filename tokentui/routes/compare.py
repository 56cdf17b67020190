"""Compare what was used with other routes, by asking ledger and price book."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from tokentui.attribution import provider_of, rate_key
from tokentui.prices.book import Book
from tokentui.queries.slices import count_runs
from tokentui.queries.sums import Sums, Usage, total
from tokentui.routes.candidates import CANDIDATES
from tokentui.routes.constraints import ANY, Constraints
from tokentui.routes.cutting import cut
from tokentui.routes.estimates import Estimates
from tokentui.routes.family import is_newer, version
from tokentui.routes.pricing import Route
from tokentui.routes.repricing import Repricing
from tokentui.routes.suggestion import Risk
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
        self._routes: dict[tuple[str | None, str], Route] = {}

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
        key = provider, model
        if key not in self._routes:
            self._routes[key] = self._found(model, provider)
        return self._routes[key]

    def _found(self, model: str, provider: str | None) -> Route:
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
    wanted = list(routes)
    found = cut(connection, usage, wanted, book, names, constraints.quality)
    used, runs = total(connection, usage), count_runs(connection, usage)
    return compared(found, wanted, used, runs, constraints)


def compared(
    repricing: Repricing,
    routes: Iterable[Route],
    used: Sums,
    runs: int,
    constraints: Constraints = ANY,
) -> Comparison:
    """Price what was used, and cut for these routes, on them."""
    found = []
    for route in routes:
        estimates = repricing.on(route)
        judged = verdict(used.cost_nanos, estimates)
        why_denied, risks = constraints.why_denied(route), constraints.risks(route)
        found.append(Alternative(route, estimates, *judged, why_denied, risks))
    return Comparison(used, runs, tuple(found))


def newest_of_family(
    name: str,
    names: Names,
    constraints: Constraints = ANY,
    provider: str | None = None,
) -> Route | None:
    """Find the newest model worth a look that is the same but for a higher version.

    It is that of its vendor unless a provider is named.
    """
    newer = (model for model in CANDIDATES if is_newer(bare(model), name))
    routes = constraints.choose(names.route(model, provider) for model in newer).routes
    return max(routes, key=lambda route: version(route.name), default=None)
