"""On which route each kind of work belongs, and what it would save to move it there.

Classes of models by what vendors sell and benchmarks tell, looked through on
2026-11-22: small ones for what is asked in passing, dear ones where a mistake is dear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tokentui.prices.remembered import Rates
from tokentui.queries.shapes import Shape
from tokentui.queries.shares import Share, shares
from tokentui.queries.slices import Piece
from tokentui.queries.sums import Sums, Usage, total
from tokentui.routes.compare import Alternative
from tokentui.routes.cutting import cut, own_ratios
from tokentui.routes.estimates import Estimates, Range
from tokentui.routes.levers.machines import HOURS, load
from tokentui.routes.own import OwnRatios
from tokentui.routes.pricing import Route
from tokentui.routes.repricing import Repricing
from tokentui.routes.verdict import verdict
from tokentui.routes.waste.found import found
from tokentui.routes.waste.tiers import patient
from tokentui.routes.work import DAYS_OF_MONTH, Work
from tokentui.routes.workloads import Workloads, in_sessions
from tokentui.vendors import vendor_of

BATCH, OWN_ENDPOINT, FRONTIER = "batch", "own endpoint", "frontier"
CLASSES = {
    "small model": (
        "claude-haiku-5-5",
        "gpt-6-luna",
        "glm-5.3-flash",
        "deepseek-flash",
    ),
    "mid model": ("claude-sonnet-5-5", "gpt-6.1-terra", "glm-5.3", "deepseek-v4-pro"),
    "GLM or Sonnet": ("claude-sonnet-5-5", "glm-5.3"),
    FRONTIER: ("claude-opus-5-5", "gpt-6.1-sol"),
}
"""Models of a class; that of the vendor in use is taken, else the first one.

For long prompts those that have one price for a prompt of any length.
"""

DEFAULTS = {
    "sensitive": OWN_ENDPOINT,
    "high-risk": FRONTIER,
    "bulk": BATCH,
    "long-context": "GLM or Sonnet",
    "sustained": OWN_ENDPOINT,
    "drafting": "mid model",
    "simple": "small model",
}
"""What is none of these stays where it is."""

SELLERS = {"aws": "anthropic", "vertex": "anthropic", "azure": "openai"}
"""Whose models others sell under the names that the price book has for them."""

NO_MACHINE = "no [routes.machine] in the config, so that its cost is not known"
NOT_WRITTEN = "no runs tell how much its model would have to write"
ALL_STAYS = "it is on models that cost no more for the same tokens"
TOO_SLOW = "the machine cannot write so much in a month"
NO_BATCH = (
    "nothing that a script started is sold at a flex tier, and only a run of one"
    " response can be one of a batch"
)


class Place(NamedTuple):
    """Where a kind of work belongs: a class, and a model of it.

    In a batch it is the model in use. `why` is what keeps the rest from being known.
    """

    name: str
    route: Route | None
    why: str | None = None


class Moved(NamedTuple):
    """Work that did cost so much, in nano-dollars, on the route where it belongs."""

    nanos: int
    there: Alternative


class Row(NamedTuple):
    """A kind of work: what was used, mostly where, and what it costs where it belongs.

    `paid` is what would move of the work that somebody pays, `planned` of that inside
    flat plans; `machine` is what hardware of one's own would cost in the span, if it
    only runs while it writes, and if all the time. `None` is not known.
    """

    workload: str
    sessions: int
    used: Sums
    most: tuple[str | None, str]
    place: Place | None
    paid: Moved | None = None
    planned: Moved | None = None
    machine: Range | None = None


def policy(work: Work) -> Iterator[Row]:
    """Go through the kinds of work that there are, in their order."""
    kinds = Workloads(work.config).sorted(work.connection, work.usage)
    routes = [work.names.route(model) for each in CLASSES.values() for model in each]
    if work.on_machine is not None:
        routes.append(work.on_machine)
    own = own_ratios(work.connection, routes, work.names)
    for workload, some in kinds.items():
        row = some and row_of(work, workload, some, own)
        if row:
            yield row


def row_of(
    work: Work, workload: str, some: Sequence[Shape], own: OwnRatios
) -> Row | None:
    """Say all of a kind of work; `None` if none of it is asked for."""
    usage = in_sessions(work.usage, some)
    used, where = total(work.connection, usage), shares(work.connection, usage)
    if not where:
        return None
    most = most_used(where)
    place = place_of(work, workload, *most)
    sessions = len({(share.source, share.session) for share in where})
    row = Row(workload, sessions, used, most, place)
    if place is not None and place.name == BATCH:
        return batched(work, usage, row, place)
    if place is None or place.route is None:
        return row
    quality = work.constraints.quality
    repricing = cut(
        work.connection, usage, [place.route], work.book, work.names, quality, own
    )
    if place.name == OWN_ENDPOINT:
        return on_machine(work, row, place, repricing)
    paid = moved(work, repricing, place, is_plan=False)
    planned = moved(work, repricing, place, is_plan=True)
    if paid is None and planned is None:
        place = place._replace(why=ALL_STAYS)
    return row._replace(place=place, paid=paid, planned=planned)


def most_used(where: Sequence[Share]) -> tuple[str | None, str]:
    """Give provider and model on which most was spent, else most was asked."""
    spent: dict[tuple[str | None, str], list[int]] = defaultdict(lambda: [0, 0])
    for share in where:
        counts = spent[share.provider, share.model]
        counts[0] += share.nanos
        counts[1] += share.responses
    return max(spent, key=lambda each: spent[each])


def place_of(work: Work, workload: str, seller: str | None, model: str) -> Place | None:
    """Say where a kind of work belongs that is mostly on a seller's model.

    `None` if it may stay where it is.
    """
    name = DEFAULTS.get(workload)
    if name is None:
        return None
    if name == OWN_ENDPOINT:
        why = NO_MACHINE if work.on_machine is None else None
        return Place(name, work.on_machine, why)
    if name == BATCH:
        return Place(name, None)
    vendor = vendor_of(model)
    sold = seller if SELLERS.get(seller or "") == vendor else None
    models = sorted(CLASSES[name], key=lambda each: vendor_of(each) != vendor)
    chosen = work.constraints.choose(
        work.names.route(each, sold if vendor_of(each) == vendor else None)
        for each in models
    )
    if chosen.routes:
        return Place(name, chosen.routes[0])
    denied = chosen.left_out[0]
    return Place(name, None, f"{denied.route.model} is left out: {denied.why}")


def moved(
    work: Work, repricing: Repricing, place: Place, *, is_plan: bool
) -> Moved | None:
    """Price what is inside plans, or what is not, where it belongs.

    What is on a model that costs no more for the same tokens stays there, unless what
    matters is that the model is a good one. `None` if nothing moves.
    """
    route = place.route
    assert route is not None
    by_model: dict[str, list[Piece]] = defaultdict(list)
    for piece in repricing.pieces:
        if bool(piece.is_plan) is is_plan:
            by_model[work.names(piece.provider, piece.model)].append(piece)
    moving: list[Piece] = []
    for name, some in by_model.items():
        there = repricing.only(some).on(route)
        is_cheaper = there is None or there.same < sum(each.nanos for each in some)
        if name != route.name and (is_cheaper or place.name == FRONTIER):
            moving += some
    if not moving:
        return None
    nanos = sum(piece.nanos for piece in moving)
    return judged(work, route, nanos, repricing.only(moving).on(route))


def judged(work: Work, route: Route, nanos: int, costs: Estimates | None) -> Moved:
    """Judge a route for work that did cost so much."""
    risks = work.constraints.risks(route)
    return Moved(nanos, Alternative(route, costs, *verdict(nanos, costs), None, risks))


def batched(work: Work, usage: Usage, row: Row, place: Place) -> Row:
    """Say what work costs that is put off, as far as it can be."""
    saved = found(work.connection, usage, Rates(work.book), [patient])[patient]
    if not saved:
        return row._replace(place=place._replace(why=NO_BATCH))
    provider, model = row.most
    paid = row.used.payable_nanos
    there = paid - sum(each.mid for each in saved)
    costs = Estimates(there, None, None, None, None, 0, (), None, None, True)
    route = work.names.route(model, provider)
    return row._replace(paid=judged(work, route, paid, costs))


def on_machine(work: Work, row: Row, place: Place, repricing: Repricing) -> Row:
    """Say what the user's machine would cost in the span for work that it does."""
    machine, route = work.config.routes.machine, place.route
    assert machine is not None
    assert route is not None
    written = repricing.written_on(route)
    if written is None:
        return row._replace(place=place._replace(why=NOT_WRITTEN))
    month = load(machine, work.per_month(written))
    if month.hours > HOURS:
        return row._replace(place=place._replace(why=TOO_SLOW))
    share = work.days / DAYS_OF_MONTH
    low, high = month.low_nanos * share, month.high_nanos * share
    return row._replace(machine=Range(low, high, high))
