"""Compare a report of ccusage with the ledger, and explain each row that differs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.imports.rows import BadFile, UsageFile
from tokentui.prices.rates import RateBook
from tokentui.prices.remembered import Rates
from tokentui.queries.against import counted, shared_sessions
from tokentui.reconcile.against import (
    ZERO,
    Pair,
    better_zone,
    local_days,
    pairs,
)
from tokentui.reconcile.prices import is_same as is_same_price
from tokentui.reconcile.prices import price_reasons
from tokentui.reconcile.tokens import explain_all
from tokentui.text import many

KNOWN_THERE = ("claude-code", "codex")
"""The sources of this program that a report of all agents would tell of."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of both, with the reasons for what differs in tokens and in price."""

    pair: Pair
    tokens: tuple[str, ...]
    price: tuple[str, ...]

    @property
    def has_tokens(self) -> bool:
        """Both count the same."""
        return self.pair.difference == ZERO

    @property
    def has_price(self) -> bool:
        """Both have the same price, or a row of one alone, whose price is no matter."""
        pair = self.pair
        if not pair.is_theirs or not pair.events:
            return True
        if pair.ours_nanos is None or pair.theirs_nanos is None:
            return pair.ours_nanos is pair.theirs_nanos
        return is_same_price(pair.ours_nanos, pair.theirs_nanos)

    @property
    def agrees(self) -> bool:
        """Nothing differs."""
        return self.has_tokens and self.has_price

    @property
    def is_explained(self) -> bool:
        """All that differs has a reason."""
        return bool(self.has_tokens or self.tokens) and bool(
            self.has_price or self.price
        )


def explained(
    connection: sqlite3.Connection, file: UsageFile, tz: ZoneInfo, book: RateBook
) -> tuple[list[Difference], list[str]]:
    """Explain each row of a report, and what the ledger has beside it.

    Also gives what is to be known of the whole.

    Raises:
        BadFile: The report is not one by day.
    """
    if not file.format.endswith("daily"):
        raise BadFile("only reports by day can be compared: `ccusage daily --json`")
    sources = {row.source for row in file.rows}
    if file.is_of_all:
        sources |= set(KNOWN_THERE)
    last = max(row.until for row in file.rows) + timedelta(days=1)
    events = counted(connection, sorted(sources), periods.day_start(last, tz))
    found = pairs(file.rows, events, local_days(tz, events))
    same = sum(p.is_theirs and p.difference == ZERO for p in found.values())
    zone = None
    if any(pair.difference != ZERO for pair in found.values()):
        zone = better_zone(found.values(), events, same)
    why = explain_all(found, events, shared_sessions(connection), zone)
    rates = Rates(book)
    rows = []
    for key, pair in found.items():
        row = Difference(pair, why.get(key, ()), ())
        if not row.has_price:
            row = Difference(pair, row.tokens, price_reasons(pair, rates))
        rows.append(row)
    rows.sort(key=lambda row: (row.pair.key.source, row.pair.key))
    notes = []
    if zone is not None:
        notes.append(
            f"days of UTC{zone.hours:+g} fit {many(len(zone.fits), 'row')}, those of"
            f" {tz} only {same}: give the report's zone by --timezone"
        )
    if not file.is_of_all:
        notes.append(f"compared: {', '.join(sorted(sources))} only")
    return rows, notes
