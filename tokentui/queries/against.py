"""Every response of some sources, to be compared with what another tool counted."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tokentui.events import HAS_REQUEST_ID, MAIN_THREAD, Tokens


class Counted(NamedTuple):
    """One event of the ledger; `nanos` is its list price, `None` if unpriced."""

    at_ms: int
    source: str
    model: str
    tier: str | None
    provider: str | None
    geo: str | None
    session: str
    origin: str
    requests: int | None
    standing: int
    nanos: int | None
    tokens: Tokens
    fees: Mapping[str, int]

    @property
    def has_request_id(self) -> bool:
        """The record names the request."""
        return bool(self.standing & HAS_REQUEST_ID)

    @property
    def is_main(self) -> bool:
        """The response is of the main thread, not a sub-agent's."""
        return bool(self.standing & MAIN_THREAD)


def counted(
    connection: sqlite3.Connection, sources: Iterable[str], until_ms: int
) -> list[Counted]:
    """List all events of sources before a time, oldest first."""
    fees: dict[int, dict[str, int]] = defaultdict(dict)
    for number, kind, units in connection.execute("SELECT event, kind, units FROM fee"):
        fees[number][kind] = units
    names = list(sources)
    rows = connection.execute(
        "SELECT e.id, e.at, s.source, s.model, s.tier, s.provider, s.geo, s.session,"
        " s.origin, e.requests, e.standing, coalesce(e.list, e.cost), e.input,"
        " e.cache_read, e.cache_write, e.cache_write_1h, e.output, e.reasoning"
        " FROM series s JOIN event e ON e.series = s.id AND e.at < ?"
        f" WHERE s.source IN ({','.join('?' * len(names))}) ORDER BY e.at, e.id",
        [until_ms, *names],
    )
    found = []
    for number, *labels, fresh, read, written, hour, output, reasoning in rows:
        tokens = Tokens(fresh, read, written, hour, output, reasoning)
        found.append(Counted._make([*labels, tokens, fees.get(number, {})]))
    return found


def shared_sessions(connection: sqlite3.Connection) -> set[str]:
    """Name the sessions that claim responses of each other."""
    rows = connection.execute("SELECT session FROM shared_session")
    return {session for (session,) in rows}
