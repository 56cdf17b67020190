"""Usage that left no record of its own, known only from what agents say in total.

Claude Code's newest clients write a session's totals when it ends; compactions, titles
and helpers are in them and in no other record. What exceeds the responses counted is
kept as one event per session and model, of origin `unlogged`.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict

from tokentui.events import Batch, Series, Tokens, UsageEvent
from tokentui.hashes import blake2b
from tokentui.ledger.writer import Writer
from tokentui.tuples import NamedTuple

KINDS = ("input", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning")
SUMS = ", ".join(f"sum(e.{kind})" for kind in KINDS)
FOREVER = 1 << 62


class Total(NamedTuple):
    """What an agent says that a session used of one model, until `at`."""

    model: str
    at: int
    counts: tuple[int, ...]
    web_searches: int


def settle(connection: sqlite3.Connection, writer: Writer) -> int:
    """Keep the difference for every session whose totals or responses changed.

    Called once all files are read, since sub-agents lie in files of their own. Returns
    how many sessions were settled.
    """
    sessions = connection.execute(
        "SELECT DISTINCT source, session FROM session_total WHERE settled = 0"
    ).fetchall()
    for source, session in sessions:
        # Worked out inside the transaction: another process may be writing, too.
        with writer.transaction():
            writer.replace(*difference(connection, source, session))
            connection.execute(
                "UPDATE session_total SET settled = 1 WHERE source = ? AND session = ?",
                (source, session),
            )
    return len(sessions)


def difference(
    connection: sqlite3.Connection, source: str, session: str
) -> tuple[Batch, list[bytes]]:
    """Give what a session's totals exceed its responses by, never below zero.

    Also the keys of events that this takes the place of.
    """
    totals = totals_of(connection, source, session)
    is_shared = connection.execute(
        "SELECT 1 FROM shared_session WHERE session = ?", (session,)
    ).fetchone()
    until = resumed_at(connection, source, session, max(t.at for t in totals))
    counted = counted_until(connection, source, session, until)
    like = series_like(connection, source, session)
    batch, keys = Batch([], [], []), []
    for total in totals:
        logged_name, known, searched = counted.get(
            bare(total.model), (total.model, (0,) * 6, 0)
        )
        rest = [max(0, a - b) for a, b in zip(total.counts, known, strict=True)]
        rest[5] = min(rest[5], rest[4])  # reasoning is part of the output
        tokens = Tokens(*rest)
        searches = max(0, total.web_searches - searched)
        key = unlogged_key(source, session, bare(total.model))
        keys.append(key)
        if is_shared or (not any(rest[:5]) and not searches):
            continue  # of a fork it cannot be told what is its parent's
        batch.series.append(unlogged_series(like, source, session, logged_name))
        batch.events.append(
            UsageEvent(
                key=key,
                series=len(batch.series) - 1,
                at=total.at,
                own_at=total.at,
                tokens=tokens,
                requests=None,
                fees={"web_search": searches} if searches else {},
            )
        )
    return batch, keys


def totals_of(connection: sqlite3.Connection, source: str, session: str) -> list[Total]:
    """Give a session's totals; names that mean one model are added up."""
    by_name: dict[str, Total] = {}
    for model, at, *counts, searches in connection.execute(
        f"SELECT model, at, {', '.join(KINDS)}, web_searches FROM session_total"
        " WHERE source = ? AND session = ? ORDER BY model",
        (source, session),
    ):
        one = by_name.get(bare(model), Total(model, at, (0,) * len(KINDS), 0))
        by_name[bare(model)] = Total(
            one.model,
            max(at, one.at),
            tuple(a + b for a, b in zip(one.counts, counts, strict=True)),
            one.web_searches + searches,
        )
    return list(by_name.values())


def resumed_at(
    connection: sqlite3.Connection, source: str, session: str, at: int
) -> int:
    """Say when the session went on after its totals were written, if it did."""
    row = connection.execute(
        "SELECT min(e.at) FROM series s JOIN event e ON e.series = s.id"
        " WHERE s.session = ? AND s.source = ? AND s.agent = 'main'"
        " AND s.origin = 'response' AND e.at > ?",
        (session, source, at),
    ).fetchone()
    return FOREVER if row[0] is None else int(row[0])


def counted_until(
    connection: sqlite3.Connection, source: str, session: str, until: int
) -> dict[str, tuple[str, tuple[int, ...], int]]:
    """Sum a session's responses by the model that was asked for.

    Gives for each bare model name the name as logged, the counts, and web searches.
    """
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 7)
    names: dict[str, str] = {}
    rows = connection.execute(
        f"SELECT coalesce(s.requested_model, s.model), {SUMS},"
        " sum((SELECT f.units FROM fee f"
        "      WHERE f.event = e.id AND f.kind = 'web_search'))"
        " FROM series s JOIN event e ON e.series = s.id"
        " WHERE s.session = ? AND s.source = ? AND s.origin = 'response' AND e.at < ?"
        " GROUP BY 1",
        (session, source, until),
    )
    for model, *counts in rows:
        names.setdefault(bare(model), model)
        sums[bare(model)] = [
            a + (b or 0) for a, b in zip(sums[bare(model)], counts, strict=True)
        ]
    return {name: (names[name], tuple(c[:6]), c[6]) for name, c in sums.items()}


def series_like(
    connection: sqlite3.Connection, source: str, session: str
) -> dict[str, str | None]:
    """Take the labels that all of a session shares from its main thread."""
    shared = [
        "project",
        "branch",
        "endpoint",
        "client_version",
        "entrypoint",
        "root",
        "label",
    ]
    shared += ["machine", "account", "base_url"]
    row = connection.execute(
        f"SELECT {', '.join(shared)} FROM series"
        " WHERE session = ? AND source = ?"
        " ORDER BY agent = 'main' DESC, id DESC LIMIT 1",
        (session, source),
    ).fetchone()
    return dict(zip(shared, row, strict=True)) if row else {}


def unlogged_series(
    like: dict[str, str | None], source: str, session: str, model: str
) -> Series:
    """Label the usage that left no record like the session it belongs to."""
    return Series(
        source=source, session=session, model=model, origin="unlogged", **like
    )


def unlogged_key(source: str, session: str, model: str) -> bytes:
    """Name the unlogged usage of a session and model for good."""
    text = "\0".join(("unlogged", source, session, model))
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def bare(model: str) -> str:
    """Drop what one place adds to a model's name and another does not."""
    return re.sub(r"(\[[^\]]*\])+$|-20\d{6}$", "", re.sub(r"\[[^\]]*\]$", "", model))
