"""Write batches to the ledger: each event once, cursors and rollups with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from tokentui.events import Batch, Quota, Series, Tokens, UsageEvent, merged
from tokentui.ledger.aliases import keep_aliases, known_keys, redirect
from tokentui.ledger.forgotten import drop_hidden, without_forgotten
from tokentui.ledger.listed import lend_labels, without_listed
from tokentui.ledger.rollups import sum_touched
from tokentui.ledger.schema import BUCKET_MS, STATED, refuse_newer
from tokentui.ledger.series import Attribute, SeriesTable
from tokentui.ledger.stamp import Stamp
from tokentui.prices.rates import FOREVER_MS, discounted
from tokentui.sources.cursors import Cursor
from tokentui.tuples import NamedTuple
from tokentui.vendors import PLANS

AT_ONCE = 500
"""Keys asked for in one statement; SQLite allows some thousand parameters."""

EVENT_COLUMNS = (
    "key, series, at, lag, input, cache_read, cache_write, cache_write_1h, output,"
    " reasoning, requests, standing, partial, stop_reason, tool_calls, started_before,"
    " deeds, call_mark, cost, list, rate"
)
NULL = -(1 << 63)
"""Stands for `None` in the row of an event. Python's SQLite module asks each `None` how
it wants to be kept, which takes as long as to bind five numbers."""

REPLACE_EVENT = (
    f"REPLACE INTO event (id, {EVENT_COLUMNS})"
    f" VALUES ({'?, ' * 11}nullif(?, {NULL}), ?, ?{f', nullif(?, {NULL})' * 8})"
)
ADD_EVENT = REPLACE_EVENT.replace("REPLACE", "INSERT") + " ON CONFLICT (key) DO NOTHING"
REPLACE_CURSOR = f"REPLACE INTO cursor VALUES ({', '.join('?' * 12)})"


class Recorded(NamedTuple):
    """How many events a batch added and how many it bettered."""

    new: int
    updated: int


class Repriced(NamedTuple):
    """How many events have another cost now, and by how many nano-dollars in all."""

    events: int
    newly_priced: int
    nanos: int


class Kept(NamedTuple):
    """An event that the ledger has, and the row it is in."""

    id: int
    event: UsageEvent


class Writer:
    """Puts batches into the ledger; what belongs together, in one transaction."""

    def __init__(
        self, connection: sqlite3.Connection, stamp: Stamp, attribute: Attribute
    ) -> None:
        self._connection = connection
        self._stamp = stamp
        self._series = SeriesTable(connection, attribute)
        self._version: int | None = None
        self._touched: set[tuple[int, int]] = set()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all that is done inside, or nothing of it, with its sums."""
        self._connection.execute("BEGIN IMMEDIATE")
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        try:
            if version != self._version:
                refuse_newer(self._connection)  # another one may have made it so
                self._forget_rows()  # or may have taken them out
                self._version = version
            yield
            self._sum_up()
        except BaseException:
            self._connection.execute("ROLLBACK")
            self._forget_rows()  # that were rolled back
            raise
        self._connection.execute("COMMIT")

    def _forget_rows(self) -> None:
        self._series.forget()
        self._stamp.forget()
        self._touched.clear()

    def record(self, batch: Batch, cursors: Iterable[Cursor]) -> Recorded:
        """Keep a batch and how far its files were read, and nothing else, together."""
        with self.transaction():
            return self.keep(batch, cursors)

    def keep(self, batch: Batch, cursors: Iterable[Cursor]) -> Recorded:
        """Keep a batch and how far its files were read, in a transaction."""
        batch = without_forgotten(self._connection, batch)
        recorded = self._record_events(without_listed(self._connection, batch))
        self.lend_labels(batch.series)
        self._keep_totals(batch)
        self._keep_quotas(batch.quotas)
        cursors = list(cursors)
        self._connection.executemany(REPLACE_CURSOR, cursors)
        drop_hidden(self._connection, (cursor.path for cursor in cursors))
        return recorded

    def replace(self, batch: Batch, keys: list[bytes]) -> None:
        """Put a batch in the place of the events with these keys, in a transaction.

        For what is derived and can shrink; responses are only ever added or bettered.
        """
        batch = without_forgotten(self._connection, batch)
        for old in self._kept(keys).values():
            self._delete(old)
        self._record_events(batch)

    def lend_labels(self, series: list[Series]) -> None:
        """Label what providers list of sessions as the agent's own records are."""
        if lend_labels(self._connection, series):
            self.attribute_again()

    def attribute_again(self) -> None:
        """Ask anew who served and who pays, and price anew what that changes."""
        # What was said of plans that had no name yet is kept under the login's.
        self._connection.executemany(
            "UPDATE OR REPLACE quota SET payer = ?2 WHERE payer = ?1", PLANS.items()
        )
        changed = self._series.attribute_again()
        self.reprice([(number,) for number in changed])

    def reprice(self, only: Iterable[tuple[int]] | None = None) -> Repriced:
        """Stamp the events of some series anew, of all if none are named."""
        self._connection.execute("CREATE TEMP TABLE stale (series INTEGER PRIMARY KEY)")
        if only is None:
            self._connection.execute("INSERT INTO stale SELECT id FROM series")
        else:
            self._connection.executemany("INSERT INTO stale VALUES (?)", only)
        rows = self._connection.execute(
            f"SELECT event.id, {EVENT_COLUMNS} FROM stale JOIN event USING (series)"
        )
        fees: dict[int, dict[str, int]] = {}
        for number, kind, units in self._connection.execute(
            "SELECT event, kind, units FROM fee"
        ):
            fees.setdefault(number, {})[kind] = units
        changed: list[tuple[int | None, ...]] = []
        newly_priced = nanos = 0
        for row in rows:
            before, list_before, rate_before = row[-3:]
            event = event_of(row, fees.get(row[0], {}))
            costs = self._costs(event, event.series)
            self._keep_fees(row[0], event, event.series)
            if costs == (before, list_before, rate_before):
                continue
            changed.append((*costs, row[0]))
            self._touch(event)
            newly_priced += before is None and costs[0] is not None
            nanos += (costs[0] or 0) - (before or 0)
        self._connection.execute("DROP TABLE stale")
        self._connection.executemany(
            "UPDATE event SET cost = ?, list = ?, rate = ? WHERE id = ?", changed
        )
        return Repriced(len(changed), newly_priced, nanos)

    def _record_events(self, batch: Batch) -> Recorded:
        began: dict[int, int] = {}
        for event in batch.events:
            if event.at < began.get(event.series, FOREVER_MS):
                began[event.series] = event.at
        series = [
            self._series.number(each, began.get(i, 0))
            for i, each in enumerate(batch.series)
        ]
        events = batch.events
        if any(event.lines for event in events):
            events = self._resolved(events, series)
        known = self._add(events, series)
        bettered = self._better(known, series, set(batch.shared))
        return Recorded(len(events) - len(known), bettered)

    def _add(self, events: list[UsageEvent], series: list[int]) -> list[UsageEvent]:
        """Add those that are new; give those that the ledger has, which refuses them.

        So nothing is looked for that is not there, which most of it is not.
        """
        execute, execute_many = self._connection.execute, self._connection.executemany
        (last,) = execute("SELECT coalesce(max(id), 0) FROM event").fetchone()
        numbered = dict(enumerate(events, last + 1))
        rows = [
            self._row(number, event, series[event.series])
            for number, event in numbered.items()
        ]
        known: list[UsageEvent] = []
        if rows and execute_many(ADD_EVENT, rows).rowcount < len(rows):
            ids = execute("SELECT id FROM event WHERE id > ?", (last,))
            refused = numbered.keys() - {number for (number,) in ids}
            known = [numbered.pop(number) for number in sorted(refused)]
        for number, event in numbered.items():
            place = series[event.series]
            self._touched.add((event.at // BUCKET_MS, place))
            if event.fees:
                self._keep_fees(number, event, place)
        return known

    def _better(
        self, events: list[UsageEvent], series: list[int], shared: set[str]
    ) -> int:
        """Merge events with those that the ledger has; count what this changed.

        Sessions that are `shared`, and those that turn out to be, are kept as such.
        """
        kept = self._kept([event.key for event in events])
        rows: list[tuple[Any, ...]] = []
        for event in events:
            place, old = series[event.series], kept[event.key]
            if place != old.event.series:
                shared |= self._series.sessions_if_two(place, old.event.series)
            event = msgspec.structs.replace(event, series=place)
            best = merged(old.event, event)
            if best == old.event:
                continue
            self._touch(old.event)
            self._touch(best)
            self._connection.execute("DELETE FROM fee WHERE event = ?", (old.id,))
            self._keep_fees(old.id, best, best.series)
            rows.append(self._row(old.id, best, best.series))
            kept[event.key] = Kept(old.id, best)
        self._connection.executemany(REPLACE_EVENT, rows)
        self._keep_shared(shared)
        return len(rows)

    def _costs(
        self, event: UsageEvent, series: int
    ) -> tuple[int | None, int | None, int | None]:
        """Give cost, list price where it differs, and rate."""
        terms = self._series.terms(series)
        price: int | None
        rate: int | None
        if event.stated is not None:
            price, rate = event.stated, STATED
        elif event.is_blank:
            price, rate = None, None
        else:
            price, rate = self._stamp.cost(
                terms.key, event.at, event.tokens, event.fees, is_sum=event.is_sum
            )
        if not terms.discount_ppm or price is None:
            return price, None, rate
        return discounted(price, terms.discount_ppm), price, rate

    def _keep_fees(self, number: int, event: UsageEvent, series: int) -> None:
        """Keep what was billed beside the tokens of an event, and what it costs."""
        terms = self._series.terms(series)
        for kind, units in event.fees.items():
            fee = self._stamp.fee_cost(terms.key, event.at, kind, units)
            if fee is not None:
                fee = discounted(fee, terms.discount_ppm)
            self._connection.execute(
                "REPLACE INTO fee VALUES (?, ?, ?, ?)", (number, kind, units, fee)
            )

    def _row(self, number: int, event: UsageEvent, series: int) -> tuple[Any, ...]:
        """Give the values of `ADD_EVENT` and `REPLACE_EVENT`."""
        tokens, started = event.tokens, event.started_at
        calls, deeds, mark = event.tool_calls, event.deeds, event.call_mark
        requests, stop = event.requests, event.stop_reason
        cost, list_price, rate = self._costs(event, series)
        return (
            number,
            bytearray(event.key),  # of bytes, too, it is asked how they are to be kept
            series,
            event.at,
            event.own_at - event.at,
            tokens.input,
            tokens.cache_read,
            tokens.cache_write,
            tokens.cache_write_1h,
            tokens.output,
            tokens.reasoning,
            NULL if requests is None else requests,
            event.standing,
            +event.is_partial,
            NULL if stop is None else stop,
            NULL if calls is None else calls,
            NULL if started is None else event.at - started,
            NULL if deeds is None else deeds,
            NULL if mark is None else mark,
            NULL if cost is None else cost,
            NULL if list_price is None else list_price,
            NULL if rate is None else rate,
        )

    def _kept(self, keys: list[bytes]) -> dict[bytes, Kept]:
        """Find the events that the ledger has already."""
        kept: dict[bytes, Kept] = {}
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            rows = self._connection.execute(
                f"SELECT id, {EVENT_COLUMNS} FROM event"
                f" WHERE key IN ({','.join('?' * len(some))})",
                some,
            ).fetchall()
            fees = self._fees([row[0] for row in rows])
            for row in rows:
                event = event_of(row, fees.get(row[0], {}))
                kept[event.key] = Kept(row[0], event)
        return kept

    def _fees(self, numbers: list[int]) -> dict[int, dict[str, int]]:
        fees: dict[int, dict[str, int]] = {}
        rows = self._connection.execute(
            "SELECT event, kind, units FROM fee"
            f" WHERE event IN ({','.join('?' * len(numbers))})",
            numbers,
        )
        for number, kind, units in rows:
            fees.setdefault(number, {})[kind] = units
        return fees

    def _resolved(
        self, events: list[UsageEvent], series: list[int]
    ) -> list[UsageEvent]:
        """Give events whose id is not unique the key under which a line is known.

        A fork copies lines into another session, where the same line must not make
        another event. Where a line joins what was kept as two, the two become one.
        """
        resolved: dict[bytes, UsageEvent] = {}
        for event in events:
            if event.lines:
                names = (event.key, *event.lines)
                keys = known_keys(self._connection, names)
                key = keys[0] if keys else event.key
                if len(keys) > 1:
                    event = self._joined(event, keys, series)
                    for twin_key in keys[1:]:
                        if twin_key in resolved:
                            event = merged(event, resolved.pop(twin_key))
                keep_aliases(self._connection, names, key)
                event = msgspec.structs.replace(event, key=key, lines=())
            twin = resolved.get(event.key)
            resolved[event.key] = merged(twin, event) if twin else event
        return list(resolved.values())

    def _joined(
        self, event: UsageEvent, keys: list[bytes], series: list[int]
    ) -> UsageEvent:
        """Take all but the first of the kept events out of the ledger into this one."""
        for other in self._kept(keys[1:]).values():
            self._delete(other)
            if other.event.series not in series:
                series.append(other.event.series)
            place = series.index(other.event.series)
            event = merged(event, msgspec.structs.replace(other.event, series=place))
        redirect(self._connection, keys[1:], keys[0])
        return event

    def _delete(self, old: Kept) -> None:
        self._touch(old.event)
        self._connection.execute("DELETE FROM event WHERE id = ?", (old.id,))
        self._connection.execute("DELETE FROM fee WHERE event = ?", (old.id,))

    def _touch(self, kept: UsageEvent) -> None:
        """Have the quarter-hour of an event that the ledger has summed anew."""
        self._touched.add((kept.at // BUCKET_MS, kept.series))

    def _sum_up(self) -> None:
        """Sum anew the quarter-hours that changed, their hours and days."""
        execute = self._connection.execute
        execute("DELETE FROM touched")
        self._connection.executemany("INSERT INTO touched VALUES (?, ?)", self._touched)
        self._touched.clear()
        sum_touched(self._connection)

    def _keep_shared(self, sessions: set[str]) -> None:
        """Keep that sessions claim responses of each other."""
        for session in sessions:
            new = self._connection.execute(
                "INSERT OR IGNORE INTO shared_session VALUES (?)", (session,)
            ).rowcount
            if new > 0:
                self._connection.execute(
                    "UPDATE session_total SET settled = 0 WHERE session = ?", (session,)
                )

    def _keep_totals(self, batch: Batch) -> None:
        """Keep the latest that agents say of sessions, to be settled anew."""
        for totals in batch.totals:
            self._connection.executemany(
                f"INSERT INTO session_total VALUES ({'?, ' * 11}0)"
                " ON CONFLICT DO UPDATE SET at = excluded.at, input = excluded.input,"
                " cache_read = excluded.cache_read, cache_write = excluded.cache_write,"
                " cache_write_1h = excluded.cache_write_1h, output = excluded.output,"
                " reasoning = excluded.reasoning, web_searches = excluded.web_searches,"
                " settled = 0 WHERE excluded.at >= session_total.at",
                [
                    (
                        totals.source,
                        totals.session,
                        model,
                        totals.at,
                        *msgspec.structs.astuple(tokens),
                        totals.web_searches.get(model, 0),
                    )
                    for model, tokens in totals.models.items()
                ],
            )
        self._connection.executemany(
            "UPDATE session_total SET settled = 0 WHERE source = ? AND session = ?",
            {(each.source, each.session) for each in batch.series},
        )

    def _keep_quotas(self, quotas: list[tuple[str, Quota]]) -> None:
        """Keep what providers said of plans' windows, by payer, as a history."""
        self._connection.executemany(
            "REPLACE INTO quota VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    PLANS.get(login, login),
                    quota.limit_id,
                    quota.window_minutes,
                    quota.as_of,
                    quota.used_percent,
                    quota.resets_at,
                )
                for login, quota in quotas
            ],
        )


def event_of(row: tuple[Any, ...], fees: dict[str, int]) -> UsageEvent:
    """Read an event as the ledger keeps it; its series is the ledger's number."""
    _, key, series, at, lag, *counts = row[:11]
    requests, standing, _, stop_reason, tool_calls, started_before = row[11:17]
    deeds, call_mark, cost, list_price, rate = row[17:22]
    stated = cost if list_price is None else list_price
    return UsageEvent(
        key=key,
        series=series,
        at=at,
        own_at=at + lag,
        tokens=Tokens(*counts),
        requests=requests,
        standing=standing,
        stop_reason=stop_reason,
        tool_calls=tool_calls,
        started_at=None if started_before is None else at - started_before,
        fees=fees,
        stated=stated if rate == STATED else None,
        deeds=deeds,
        call_mark=call_mark,
    )
