"""Cut usage into pieces that can be priced on some routes: the ledger is asked once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from tokentui.attribution import rate_key
from tokentui.prices.book import Book
from tokentui.prices.rates import RateKey
from tokentui.prices.remembered import Rates
from tokentui.queries.slices import Used, pieces, run_tokens, used_models
from tokentui.queries.sums import Usage
from tokentui.routes.eras import Changing
from tokentui.routes.moving import Moving, Name
from tokentui.routes.own import OwnRatios
from tokentui.routes.pricing import Route, in_tokens_of_base
from tokentui.routes.quality import Quality
from tokentui.routes.repricing import Repricing
from tokentui.routes.tokenizers import tokenizer_factor


def cut(
    connection: sqlite3.Connection,
    usage: Usage,
    routes: Sequence[Route],
    book: Book,
    name: Name,
    quality: Quality,
    own: OwnRatios | None = None,
) -> Repricing:
    """Cut some usage, whose span is closed, for these routes and no others.

    `own`: what the user's own runs tell of these routes, if that is known already.
    """
    used, rates = used_models(connection, usage), Rates(book)
    changing = Changing(rates, usage.since_ms or 0, usage.until_ms or 0)
    keys = {rate_key(*each) for each in used}
    keys |= {key for route in routes for key in keys_on(route, used)}
    lengths = cuts(used, routes, changing, name)
    slice_ = pieces(connection, usage, lengths, changing.eras(keys))
    own = own or own_ratios(connection, routes, name)
    return Repricing(slice_, Moving(rates, name, own, quality))


def keys_on(route: Route, used: Iterable[Used]) -> set[RateKey]:
    """List the rates that some usage may have on a route."""
    tiers = {
        (tier, route.geo or each.geo) for each in used for tier in (each.tier, None)
    }
    return {rate_key(route.provider, route.model, *place) for place in tiers}


def cuts(
    used: Sequence[Used], routes: Iterable[Route], changing: Changing, name: Name
) -> list[int]:
    """List the prompt lengths, as they were counted, beyond which a price changes.

    Also those beyond which a prompt does not fit.
    """
    found = {over for each in used for over in changing.overs(rate_key(*each))}
    bases = {name(each.provider, each.model) for each in used}
    for route in routes:
        limits = {over for key in keys_on(route, used) for over in changing.overs(key)}
        if route.context is not None:
            limits.add(route.context)
        factors = {tokenizer_factor(base, route.name) or 1 for base in bases} | {1}
        found |= {in_tokens_of_base(limit, f) for limit in limits for f in factors}
    return sorted(cut for cut in found if cut > 0)


def own_ratios(
    connection: sqlite3.Connection, routes: Sequence[Route], name: Name
) -> OwnRatios:
    """Compare the user's own runs, if there are any on one of the routes."""
    ever = {name(u.provider, u.model) for u in used_models(connection, Usage())}
    has_runs = any(route.name in ever for route in routes)
    return OwnRatios(run_tokens(connection) if has_runs else (), name)
