"""Every response of a time, one by one, for whoever wants all there is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from tokentui.events import STOP_REASONS
from tokentui.ledger.schema import TOKEN_KINDS
from tokentui.queries.usage import LABEL_KEYS

LABELS = tuple(label for label in LABEL_KEYS if label != "ticket")
"""Those that a series has; the ticket is read off the branch."""


class Event(NamedTuple):
    """One response, or usage known from a total; what is not known is `None`.

    `labels` in the order of `LABELS`, `tokens` of `TOKEN_KINDS`. `cost_nanos` is an
    estimate less the payer's discount, `list_nanos` without it; a plan's usage costs
    nothing beside its fee, whatever its list value.
    """

    key: bytes
    at_ms: int
    labels: tuple[str | None, ...]
    is_plan: bool
    requests: int | None
    tokens: tuple[int, ...]
    cost_nanos: int | None
    list_nanos: int | None
    is_partial: bool
    stop_reason: str | None


def events(
    connection: sqlite3.Connection, since_ms: int, until_ms: int
) -> Iterator[Event]:
    """Give the events of a half-open span in order of time, as they are read."""
    labels = ", ".join(f"s.{label}" for label in LABELS)
    kinds = ", ".join(f"e.{kind}" for kind in TOKEN_KINDS)
    rows = connection.execute(
        "SELECT e.key, e.at, s.is_plan, e.requests, e.cost, coalesce(e.list, e.cost),"
        f" e.partial, e.stop_reason, {labels}, {kinds} FROM series s"
        " CROSS JOIN event e ON e.series = s.id AND e.at >= ? AND e.at < ?"
        " ORDER BY e.at, e.id",
        (since_ms, until_ms),
    )
    for key, at, is_plan, requests, cost, listed, partial, stop, *rest in rows:
        yield Event(
            key,
            at,
            tuple(rest[: len(LABELS)]),
            bool(is_plan),
            requests,
            tuple(rest[len(LABELS) :]),
            cost,
            listed,
            bool(partial),
            None if stop is None else STOP_REASONS[stop],
        )
