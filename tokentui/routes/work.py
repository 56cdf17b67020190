"""The work that levers look at: some usage, with what it takes to price it anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tokentui.prices.book import Book
from tokentui.prices.remembered import Rates
from tokentui.queries.shares import Share, shares
from tokentui.queries.slices import used_models
from tokentui.queries.sums import Sums, Usage, total
from tokentui.routes.candidates import CANDIDATES, SMALL
from tokentui.routes.compare import Names, newest_of_family
from tokentui.routes.constraints import Constraints, constraints_of
from tokentui.routes.cutting import cut
from tokentui.routes.parts import Labels, Part, parts
from tokentui.routes.pricing import Route
from tokentui.routes.repricing import Repricing
from tokentui.routes.waste.finding import Finding, Look
from tokentui.routes.waste.found import found
from tokentui.settings import Config

DAYS_OF_MONTH = 30
DAY_MS = 86_400_000

Place = tuple[str, str | None, str]
"""An agent, whose prices, and the bare name of a model."""


@dataclass(frozen=True)
class Work:
    """Usage of a closed span, and what ledger, price book and config say of it.

    `days` is how long the span is that was asked for, which may be longer than what the
    ledger has of it. `value_nanos`: what an accepted run is worth, if anybody said.
    `asked` are routes that are asked for beside those that levers know.
    """

    connection: sqlite3.Connection
    usage: Usage
    days: float
    book: Book
    names: Names
    config: Config
    value_nanos: int | None = None
    asked: tuple[Route, ...] = ()

    @cached_property
    def constraints(self) -> Constraints:
        """Which routes may be suggested, and what is known of them."""
        return constraints_of(self.config)

    @cached_property
    def used(self) -> Sums:
        """What was used in all."""
        return total(self.connection, self.usage)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every route that a lever may suggest, or that was asked for, and no other."""
        found = dict.fromkeys((*self.candidates, *self.asked))
        for used in used_models(self.connection, self.usage):
            newest = self.newest(used.provider, self.names(used.provider, used.model))
            if newest is not None:
                found[newest] = None
        if self.on_machine is not None:
            found[self.on_machine] = None
        return tuple(found | dict.fromkeys(self.small.values()))

    @cached_property
    def on_machine(self) -> Route | None:
        """The model of the user's own hardware, at its vendor, to compare with that."""
        machine = self.config.routes.machine
        return None if machine is None else self.names.route(machine.model)

    @cached_property
    def candidates(self) -> list[Route]:
        """The routes that are worth a look, at their vendors."""
        return self.constraints.choose(map(self.names.route, CANDIDATES)).routes

    def newest(self, provider: str | None, name: str) -> Route | None:
        """Find the newest model of a family, as a provider sells it."""
        return newest_of_family(name, self.names, self.constraints, provider)

    @cached_property
    def small(self) -> dict[str, Route]:
        """The small models of those who sell what is used."""
        sellers = {share.provider or "" for share in self.shares} & SMALL.keys()
        routes = (self.names.route(SMALL[each], each) for each in sorted(sellers))
        return {each.provider: each for each in self.constraints.choose(routes).routes}

    @cached_property
    def repricing(self) -> Repricing:
        """All of the work, cut once for all levers."""
        return cut(
            self.connection,
            self.usage,
            self.routes,
            self.book,
            self.names,
            self.constraints.quality,
        )

    @cached_property
    def shares(self) -> list[Share]:
        """Which sessions the work is in, and what each used."""
        return shares(self.connection, self.usage)

    @cached_property
    def wasted(self) -> Mapping[Look, list[Finding]]:
        """What cost more than it had to, by who looks for it."""
        return found(self.connection, self.usage, Rates(self.book))

    @cached_property
    def by_place(self) -> dict[Place, Part]:
        """The work of each agent on each model, the dearest first."""
        return parts(self.repricing, self.shares, self.place)

    def place(self, labels: Labels) -> Place:
        """Tell whose work it is, and on which model."""
        name = self.names(labels.provider, labels.model)
        return labels.source, labels.provider, name

    def per_month(self, nanos: float) -> int:
        """Scale what the span cost to a month."""
        return round(nanos * DAYS_OF_MONTH / self.days)


def days_of(asked: Usage, closed: Usage, now_ms: int) -> int:
    """Count the days of a span until now; one that has begun counts whole.

    `closed` is the same span where the ledger begins and ends.
    """
    since = asked.since_ms if asked.since_ms is not None else closed.since_ms or 0
    until = now_ms if asked.until_ms is None else min(asked.until_ms, now_ms)
    return max(1, -(-(until - since) // DAY_MS))
