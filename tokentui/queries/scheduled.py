"""What price changes that the book has scheduled will make of one's usage."""

from __future__ import annotations

import json
import sqlite3

from tokentui.ledger.schema import HOUR_MS
from tokentui.queries.sums import Usage, selected

SHORTEST_MS = 2 * 86_400_000
"""A rate of shorter validity is a time of day, not a change of price."""

BEHIND_MS = 28 * 86_400_000
KINDS = ("input", "cache_read", "cache_write", "cache_write_1h", "output")


def price_changes(
    connection: sqlite3.Connection, usage: Usage, now_ms: int
) -> list[tuple[int, float]]:
    """List when prices change and by what factor on the mix of the last weeks.

    Each factor is against the prices of now. Only changes that the ledger has rates for
    are known; the writer keeps those that follow the rates in use.
    """
    future = connection.execute(
        "SELECT provider, model, tier, geo, valid_from, bands FROM rate"
        " WHERE valid_from > ? AND valid_until - valid_from >= ? AND bands IS NOT NULL"
        " AND book = (SELECT book FROM rate ORDER BY id DESC LIMIT 1)"
        " ORDER BY valid_from",
        (now_ms, SHORTEST_MS),
    ).fetchall()
    if not future:
        return []
    since_ms = (now_ms - BEHIND_MS) // HOUR_MS * HOUR_MS
    rows, parameters = selected(Usage(since_ms, None, usage.only, usage.without))
    sums: dict[tuple[str, ...], list[int]] = {}
    for provider, model, tier, geo, *counts in connection.execute(
        "SELECT s.provider, s.model, s.tier, s.geo,"
        f" {', '.join(f'sum(u.{kind})' for kind in KINDS)}, sum(u.list)"
        f" FROM {rows} AND s.is_plan = 0 GROUP BY 1, 2, 3, 4",
        parameters,
    ):
        key = (provider or "", model, tier or "standard", geo or "")
        before = sums.get(key, [0] * len(counts))
        sums[key] = [a + (b or 0) for a, b in zip(before, counts, strict=True)]
    costs = {key: counts[-1] for key, counts in sums.items()}
    whole = sum(costs.values())
    changes = []
    for provider, model, tier, geo, valid_from, bands in future:
        key = (provider, model, tier, geo)
        if key in sums and whole:
            rates = json.loads(bands)[0][1:]
            counts = sums[key][:-1]
            costs[key] = sum(n * r for n, r in zip(counts, rates, strict=True)) // 10**6
            changes.append((valid_from, sum(costs.values()) / whole))
    return changes
