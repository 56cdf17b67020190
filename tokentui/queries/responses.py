"""Single responses: those of a session in order, and the arithmetic of one price."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from tokentui.events import STOP_REASONS
from tokentui.ledger.schema import STATED, TOKEN_KINDS
from tokentui.prices.rates import Band, band_of
from tokentui.queries.sums import Usage

PRICED_KINDS = TOKEN_KINDS[:5]
A_REBUILT_CACHE = 0.5
"""A prompt of which less was read from the cache, though the response before it left it
there, is called a miss."""

SMALLEST_CACHE = 4_096
"""Below so many tokens a miss is not worth a word."""


@dataclass(frozen=True, slots=True)
class Response:
    """One response of a session; `tokens` in the order of `TOKEN_KINDS`.

    `is_miss`: the prompt had to be written to the cache again, or read in full, though
    the response before it in the thread had it there. `origin` as in the ledger.
    """

    key: bytes
    at_ms: int
    source: str
    session: str
    model: str
    agent: str | None
    tokens: tuple[int, ...]
    cost_nanos: int | None
    is_partial: bool
    stop_reason: str | None
    origin: str
    is_miss: bool = False

    @property
    def prompt(self) -> int:
        """Everything the model read."""
        return sum(self.tokens[:4])


def responses(
    connection: sqlite3.Connection, usage: Usage, limit: int = 500
) -> tuple[Response, ...]:
    """List the last responses of some usage, in order of time."""
    condition, globs = usage.condition()
    kinds = ", ".join(f"e.{kind}" for kind in TOKEN_KINDS)
    rows = connection.execute(
        "SELECT e.key, e.at, s.source, s.session, s.model, s.agent, e.cost, e.partial,"
        f" e.stop_reason, s.origin, {kinds} FROM series s"
        " CROSS JOIN event e ON e.series = s.id AND e.at >= ? AND e.at < ?"
        f" WHERE {condition} ORDER BY e.at DESC, e.id DESC LIMIT ?",
        [usage.since_ms or 0, usage.until_ms or 1 << 53, *globs, limit],
    ).fetchall()
    warm: dict[tuple[str, str | None, str], int] = {}
    found = []
    for row in reversed(rows):
        key, at, source, session, model, agent, cost, partial, stop, origin, *tokens = (
            row
        )
        thread = (session, agent, model)
        before = warm.get(thread, 0)
        is_miss = before >= SMALLEST_CACHE and tokens[1] < before * A_REBUILT_CACHE
        if origin == "response":
            warm[thread] = sum(tokens[1:4])
        found.append(
            Response(
                key,
                at,
                source,
                session,
                model,
                agent,
                tuple(tokens),
                cost,
                bool(partial),
                None if stop is None else STOP_REASONS[stop],
                origin,
                is_miss and origin == "response",
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One product of a price: tokens or units, times femto-dollars or nanos each."""

    kind: str
    units: int
    usd_per_million: float | None
    nanos: int | None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How a response's cost came about: its products, the rate's source, the sum.

    `over`: the long-context threshold that the prompt passed, if one. `cost_nanos` is
    less than `list_nanos` by the payer's discount. Where the provider states the whole,
    as `source` says, there are no products.
    """

    lines: tuple[PriceLine, ...]
    over: int | None
    cost_nanos: int | None
    list_nanos: int | None
    source: str | None
    as_of: str | None
    version: str | None
    provider: str | None
    provider_evidence: str | None
    payer: str
    payer_evidence: str


def arithmetic(connection: sqlite3.Connection, key: bytes) -> Arithmetic | None:
    """Explain the cost of one response; `None` if the ledger has none of that key."""
    row = connection.execute(
        f"SELECT e.id, {', '.join(f'e.{kind}' for kind in PRICED_KINDS)}, e.cost,"
        " coalesce(e.list, e.cost), e.requests, r.bands,"
        f" CASE WHEN e.rate = {STATED} THEN 'the provider' ELSE r.source END,"
        " r.as_of, r.version,"
        " s.provider, s.provider_evidence, s.payer, s.payer_evidence FROM event e"
        " JOIN series s ON s.id = e.series LEFT JOIN rate r ON r.id = e.rate"
        " WHERE e.key = ?",
        (key,),
    ).fetchone()
    if row is None:
        return None
    number, counts = row[0], row[1:6]
    cost, list_price, requests, bands, source, as_of, version, *who = row[6:]
    fees = connection.execute(
        "SELECT kind, units, cost FROM fee WHERE event = ? ORDER BY kind", (number,)
    ).fetchall()
    band = None
    if bands is not None:
        # The prompts of several responses are not one long one.
        prompt = sum(counts[:4]) if requests in (0, 1) else 0
        band = band_of([Band(*each) for each in json.loads(bands)], prompt)
    lines = [
        PriceLine(
            kind,
            count,
            None if band is None else getattr(band, kind) / 1e9,
            None if band is None else round(count * getattr(band, kind) / 1e6),
        )
        for kind, count in zip(PRICED_KINDS, counts, strict=True)
        if count
    ]
    lines += [PriceLine(kind, units, None, nanos) for kind, units, nanos in fees]
    over = band.over if band is not None and band.over >= 0 else None
    return Arithmetic(
        tuple(lines), over, cost, list_price, source, as_of, version, *who
    )
