"""What vendors state beside prices: where prompts go, open weights, what goes away.

Rows and their origin: `vendors.json`. What is not in it is unknown, not harmless.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from tokentui.spelling import bare

FILE = Path(__file__).with_name("vendors.json")


class Place(NamedTuple):
    """Where a provider processes prompts; `None` is not known.

    `on_request`: regions it also offers, and `how` to ask for one.
    """

    provider: str
    regions: tuple[str, ...] | None
    on_request: tuple[str, ...]
    how: str | None
    source: str
    read: str


class Weights(NamedTuple):
    """Whether a model's weights can be downloaded, and under which licence."""

    model: str
    open: bool
    licence: str | None
    source: str
    read: str


class Availability(NamedTuple):
    """That a model goes away, or is not for everybody."""

    model: str
    text: str
    source: str
    read: str


class Stated:
    """The rows that come with the program; the file is read at the first question."""

    def place(self, provider: str) -> Place | None:
        """Say where a provider processes prompts."""
        return self._places.get(provider)

    def weights(self, model: str) -> Weights | None:
        """Say whether the weights of a model, by its bare name, are open."""
        return self._weights.get(model)

    def availability(self, model: str) -> Availability | None:
        """Say what is known of a model's going away, by its bare name."""
        return self._availability.get(model)

    @cached_property
    def _rows(self) -> dict[str, list[dict[str, Any]]]:
        rows: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text("utf-8"))
        return rows

    @cached_property
    def _places(self) -> dict[str, Place]:
        found = {}
        for row in self._rows["regions"]:
            lists = {
                key: None if row[key] is None else tuple(row[key])
                for key in ("regions", "on_request")
            }
            found[row["provider"]] = Place(**(row | lists))
        return found

    @cached_property
    def _weights(self) -> dict[str, Weights]:
        return {bare(row["model"]): Weights(**row) for row in self._rows["weights"]}

    @cached_property
    def _availability(self) -> dict[str, Availability]:
        rows = self._rows["availability"]
        return {bare(row["model"]): Availability(**row) for row in rows}
