"""Which routes may be suggested: what the user does not want, cannot have, or risks.

What is not known does not pass: a provider of which nobody states where it processes
prompts is in no region, and a model without a score is below every score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import NamedTuple

from tokentui.routes.own_evals import own_rows
from tokentui.routes.pricing import Route
from tokentui.routes.quality import Quality
from tokentui.routes.stated import Stated
from tokentui.routes.suggestion import Risk
from tokentui.settings import Config, Routes
from tokentui.vendors import FAMILIES, HOSTS, MODEL_PROVIDERS, SERVERS, vendor_of

ANYWHERE = "global"
"""The region of providers that process prompts wherever there is room."""


class Denied(NamedTuple):
    """A route that may not be suggested, and why."""

    route: Route
    why: str


class Chosen(NamedTuple):
    """Routes that may be suggested, and those that may not."""

    routes: list[Route]
    left_out: list[Denied]


@dataclass(frozen=True, slots=True)
class Constraints:
    """What the user asks of a route, and what is known of routes to answer it."""

    wanted: Routes = field(default_factory=Routes)
    quality: Quality = field(default_factory=Quality)
    stated: Stated = field(default_factory=Stated)

    def choose(self, routes: Iterable[Route]) -> Chosen:
        """Part routes into those that may be suggested, in their places, and others."""
        chosen = Chosen([], [])
        for route in map(self.placed, routes):
            why = self.why_denied(route)
            if why is None:
                chosen.routes.append(route)
            else:
                chosen.left_out.append(Denied(route, why))
        return chosen

    def placed(self, route: Route) -> Route:
        """Ask for a wanted region, where its provider has one on request only."""
        place = self.stated.place(route.provider)
        if place is None or self._is_inside(place.regions):
            return route
        asked = (each for each in place.on_request if each in self._regions)
        return route._replace(geo=next(asked, route.geo))

    def why_denied(self, route: Route) -> str | None:
        """Say why a route, in its place, may not be suggested; `None`: it may."""
        return "; ".join(self._reasons(route)) or None

    def unknown_vendors(self) -> list[str]:
        """List the globs of `deny_vendors` that no known vendor or seller matches."""
        known = {vendor for _, vendor in FAMILIES} | {*HOSTS.values()}
        known |= {*SERVERS.values(), *MODEL_PROVIDERS.values(), "zhipuai"}
        return [
            glob
            for glob in self.wanted.deny_vendors
            if not any(fnmatchcase(each, glob.casefold()) for each in known)
        ]

    def risks(self, route: Route) -> tuple[Risk, ...]:
        """List what is stated of a route beside its price, and what is not known."""
        place = self.stated.place(route.provider)
        seller = route.provider or "its seller"
        if place is None:
            data = Risk("data", f"it is not known where {seller} processes prompts")
        elif route.geo is not None:
            text = f"prompts stay in {route.geo} only if asked for: {place.how}"
            data = Risk("data", text, place.source, place.read)
        else:
            text = f"{seller} {where(place.regions)}"
            data = Risk("data", text, place.source, place.read)
        found = [data, self._licence(route)]
        gone = self.stated.availability(route.name)
        if gone is not None:
            found.append(Risk("availability", gone.text, gone.source, gone.read))
        return tuple(found)

    def _licence(self, route: Route) -> Risk:
        weights = self.stated.weights(route.name)
        if weights is None:
            return Risk("licence", "it is not known whether its weights are open")
        text = "its weights are not open: others cannot serve it"
        if weights.open:
            licence = weights.licence or "a licence that is not known here"
            text = f"its weights are open, under {licence}"
        return Risk("licence", text, weights.source, weights.read)

    @property
    def _regions(self) -> tuple[str, ...]:
        return tuple(each.casefold() for each in self.wanted.regions)

    def _is_inside(self, regions: tuple[str, ...] | None) -> bool:
        if not self._regions:
            return True
        return regions is not None and set(regions) <= set(self._regions)

    def _reasons(self, route: Route) -> Iterator[str]:
        wanted = self.wanted
        sellers = {route.provider, vendor_of(route.model) or route.provider}
        for glob in wanted.deny_vendors:
            if any(fnmatchcase(each, glob.casefold()) for each in sellers):
                yield f"deny_vendors has {glob}"
        for glob in wanted.unavailable:
            if any(fnmatchcase(each, glob.casefold()) for each in names(route)):
                yield f"unavailable has {glob}"
        if route.geo is None:
            place = self.stated.place(route.provider)
            regions = place and place.regions
            if not self._is_inside(regions):
                seller = route.provider or "its seller"
                yield f"{seller} {where(regions)}; regions has {listed(wanted.regions)}"
        if wanted.open_weights_only:
            weights = self.stated.weights(route.name)
            if weights is None:
                yield "it is not known whether its weights are open"
            elif not weights.open:
                yield "its weights are not open"
        if wanted.min_quality is not None:
            yield from self._too_poor(route, float(wanted.min_quality))

    def _too_poor(self, route: Route, least: float) -> Iterator[str]:
        best = self.quality.best(route.name)
        if best is None:
            yield f"no benchmark has a score of it; min_quality is {least:g} %"
        elif best.score < least:
            yield (
                f"it solved {best.score:.1f} % of {best.named};"
                f" min_quality is {least:g} %"
            )


ANY = Constraints()
"""The constraints of nobody."""


def constraints_of(config: Config) -> Constraints:
    """Make the constraints of a config."""
    least = float(config.routes.min_quality or 0)
    return Constraints(config.routes, Quality(own_rows(config.evals), least))


def names(route: Route) -> set[str]:
    """List the names by which a route's model may be called, without case."""
    models = {route.name, route.model.casefold()}
    return models | {f"{route.provider}/{model}" for model in models}


def where(regions: tuple[str, ...] | None) -> str:
    """Say where prompts are processed."""
    if regions is None:
        return "does not state where it processes prompts"
    if ANYWHERE in regions:
        return "may process prompts anywhere"
    return f"processes prompts in {listed(regions)}"


def listed(regions: Iterable[str]) -> str:
    """List regions for people."""
    return ", ".join(regions)
