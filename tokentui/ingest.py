"""Bring the ledger up to date: read what is new in every source, batch by batch.

A refresh that finds nothing new opens the ledger read-only and imports no parser.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from tokentui import decoder
from tokentui.errors import NoLedgerError
from tokentui.hashes import blake2b
from tokentui.ledger.connection import (
    explaining,
    open_for_reading,
    open_for_writing,
)
from tokentui.ledger.forgotten import hidden
from tokentui.ledger.schema import IMPORTS
from tokentui.periods import utc_day_ms
from tokentui.sources import SOURCES
from tokentui.sources.cursors import Cursor, Pending, stored
from tokentui.sources.folders import FoundFile
from tokentui.tuples import NamedTuple
from tokentui.vendors import tables

if TYPE_CHECKING:
    from tokentui.ledger.writer import Repriced, Writer
    from tokentui.prices.book import Book
    from tokentui.prices.rates import RateBook
    from tokentui.settings import Config
    from tokentui.sources.reading import Parcel

WORTH_A_SECOND_READER = 24 << 20
"""Unread bytes from which a forked reader pays for itself."""

ReadMark = tuple[int, int, int, bool]
"""Size, time and inode that a file had when it was read, and whether that failed."""

Progress = Callable[[int], None]
"""Told how many bytes more have been dealt with."""


class SourceReport:
    """What a refresh did for one source."""

    __slots__ = (
        "bytes_read",
        "errors",
        "events_new",
        "events_updated",
        "files",
        "records_skipped",
        "source",
    )

    def __init__(self, source: str) -> None:
        self.source = source
        self.files = 0
        self.bytes_read = 0
        self.events_new = 0
        self.events_updated = 0
        self.records_skipped = 0
        self.errors: list[str] = []


class RefreshReport(NamedTuple):
    """What a refresh did, source by source, and how long it took."""

    sources: tuple[SourceReport, ...]
    seconds: float

    @property
    def has_failed(self) -> bool:
        """A source could not be read in whole."""
        return any(source.errors for source in self.sources)

    @property
    def is_empty(self) -> bool:
        """Nothing was new."""
        return not any(s.events_new or s.events_updated for s in self.sources)


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep Python from looking for cycles; listing and reading logs make none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@no_collection()
def refresh(
    ledger: Path,
    config: Config,
    *,
    started: Callable[[int], Progress] | None = None,
    may_fork: bool = False,
) -> RefreshReport:
    """Read what is new into the ledger, making it if there is none.

    `started` is told the bytes to come, and gives the progress to report to. Only a
    caller without threads may fork.
    """
    begin = time.perf_counter()
    reports = {name: SourceReport(name) for name in enabled(config)}
    work = changed(ledger, config, reports)
    if work.pending or work.lost or not work.is_settled:
        unread = sum(each.unread for each in work.pending)
        # Reading starts before the ledger is open: a forked child then loses no time.
        with (
            reading(work.pending, ledger if may_fork else None) as parcels,
            explaining(ledger),
            closing(open_for_writing(ledger)) as connection,
        ):
            # Only now, since a bar has a thread, and who has one may not fork.
            report_to = started(unread) if started else None
            keep(connection, config, parcels, reports, report_to)
            connection.executemany(
                "UPDATE cursor SET error = NULL WHERE path = ?",
                [(path,) for path in work.lost],
            )
    return RefreshReport(tuple(reports.values()), time.perf_counter() - begin)


def enabled(config: Config) -> dict[str, tuple[str, ...]]:
    """Name the sources that are read, each with the paths that replace its own."""
    settings = {each.name: each for each in config.sources}
    return {
        name: settings[name].paths if name in settings else ()
        for name in SOURCES
        if name not in settings or settings[name].enabled
    }


class Work(NamedTuple):
    """What a refresh has to do: files to read, and those that failed and are gone.

    `is_settled`: there is a ledger, nothing in it was left half done, and the rules it
    was attributed by are those of now.
    """

    pending: list[Pending]
    lost: set[str]
    is_settled: bool


def changed(ledger: Path, config: Config, reports: dict[str, SourceReport]) -> Work:
    """Find what differs, by size, time or identity, from the last read."""
    try:
        connection = open_for_reading(ledger)
    except NoLedgerError:
        connection = None
    with explaining(ledger), closing(connection) if connection else nullcontext():
        known = read_marks(connection) if connection is not None else {}
        lost = {path for path, mark in known.items() if mark[3]}
        pending: list[Pending] = []
        for name, paths in enabled(config).items():
            report = reports[name]
            for found in SOURCES[name].files(paths, report.errors):
                report.files += 1
                path = stored(found.path)
                lost.discard(path)
                last = last_read(known, path)
                if last != found.mark:
                    pending.append(pending_file(connection, name, found, last))
        is_settled = connection is not None and is_done(connection, config)
    # Oldest first, so that an original is read before what was copied from it.
    pending.sort(key=lambda each: each.found.mtime_ns)
    return Work(pending, lost, is_settled)


def is_behind(connection: sqlite3.Connection, config: Config) -> bool:
    """Claim that a log has changed since it was read; looks into none."""
    known = read_marks(connection)
    return any(
        last_read(known, stored(found.path)) != found.mark
        for name, paths in enabled(config).items()
        for found in SOURCES[name].files(paths)
    )


def is_done(connection: sqlite3.Connection, config: Config) -> bool:
    """Claim that no session is left to settle, and that the rules are those of then."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'rules'").fetchone()
    unsettled = connection.execute(
        "SELECT 1 FROM session_total WHERE settled = 0 LIMIT 1"
    ).fetchone()
    return unsettled is None and row is not None and row[0] == rules_mark(config)


def last_read(known: dict[str, ReadMark], path: str) -> ReadMark | None:
    """Find what tells whether a file changed, also under the name of a hidden one."""
    return known.get(path) or (known.get(hidden(path)) if known else None)


def read_marks(
    connection: sqlite3.Connection, only: str | None = None
) -> dict[str, ReadMark]:
    """Give what tells whether a file changed, by path; a failed read counts as such."""
    rows = connection.execute(
        "SELECT path, size, mtime_ns, inode, error IS NOT NULL FROM cursor"
        + (" WHERE path = ?" if only is not None else ""),
        () if only is None else (only,),
    )
    return {row[0]: row[1:] for row in rows}


def pending_file(
    connection: sqlite3.Connection | None,
    source: str,
    found: FoundFile,
    last: ReadMark | None,
) -> Pending:
    """Put a file on the list, with how far it was read if `last` tells of a read."""
    row = None
    if connection is not None and last is not None:
        row = connection.execute(
            "SELECT path, source, device, inode, size, mtime_ns, offset, fingerprint,"
            " state, skipped, example, error FROM cursor WHERE path = ?",
            (stored(found.path),),
        ).fetchone()
    return Pending(source, found, Cursor(*row) if row else None)


def reading(
    pending: list[Pending], ledger: Path | None = None
) -> AbstractContextManager[Iterator[Iterator[Parcel]]]:
    """Start reading pending files.

    Who names the ledger may fork: where there is much to read, a child reads as well,
    and folds in the ledger's journal when it has read its share.
    """
    decoder.load()
    from tokentui.sources.reading import read_alone

    unread = sum(each.unread for each in pending)
    if ledger is not None and unread > WORTH_A_SECOND_READER and hasattr(os, "fork"):
        from tokentui.ledger.journal import fold_in
        from tokentui.sources.fork import read_with_child

        return read_with_child(pending, lambda: fold_in(ledger))
    return nullcontext(read_alone(pending))


def keep(
    connection: sqlite3.Connection,
    config: Config,
    parcels: Iterator[Iterator[Parcel]],
    reports: dict[str, SourceReport],
    progress: Progress | None,
) -> None:
    """Keep what was read, then what only totals tell of; imports of it give way."""
    from tokentui.ledger.journal import Journal
    from tokentui.ledger.unlogged import settle

    writer, journal = writer_for(connection, config), Journal(connection)
    apply_rules(connection, writer, config)
    for some in parcels:
        done = 0
        with writer.transaction():
            for parcel in some:
                report = reports[parcel.source]
                recorded = writer.keep(parcel.batch, parcel.cursors)
                report.events_new += recorded.new
                report.events_updated += recorded.updated
                report.bytes_read += parcel.bytes_read
                done += parcel.bytes_read
                report.records_skipped += parcel.skipped
                report.errors += [c.error for c in parcel.cursors if c.error]
        journal.start_writing()
        if progress is not None:
            progress(done)
    settle(connection, writer)
    imported = "SELECT 1 FROM reading WHERE account = ? LIMIT 1"
    if connection.execute(imported, (IMPORTS,)).fetchone():
        from tokentui.ledger.imported import give_way  # 5 ms; few have any

        give_way(connection, writer)


def reprice(ledger: Path, config: Config) -> Repriced:
    """Price every event of the ledger anew with the book of today."""
    with explaining(ledger), closing(open_for_writing(ledger)) as connection:
        writer = writer_for(connection, config)
        with writer.transaction():
            return writer.reprice()


def keep_raise(
    ledger: Path, cap: str, amount: int, made_at: int, until: int, because: str | None
) -> None:
    """Keep that a cap was raised, in its unit, from and until UTC milliseconds."""
    with explaining(ledger), closing(open_for_writing(ledger)) as connection:
        connection.execute(
            "INSERT INTO cap_raise (cap, amount, made_at, until, because)"
            " VALUES (?, ?, ?, ?, ?)",
            (cap, amount, made_at, until, because),
        )


def label_sessions(ledger: Path, sessions: tuple[str, ...], label: str) -> None:
    """Label the usage of sessions that has no label yet."""
    from tokentui.ledger.scopes import sum_hours

    with explaining(ledger), closing(open_for_writing(ledger)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "UPDATE series SET label = ?, scope = NULL"
            " WHERE session = ? AND label IS NULL",
            [(label, session) for session in sessions],
        )
        sum_hours(connection)
        connection.execute("COMMIT")


def writer_for(connection: sqlite3.Connection, config: Config) -> Writer:
    """Make a writer that prices and attributes as the config says."""
    from tokentui.attribution import Rules
    from tokentui.ledger.stamp import Stamp
    from tokentui.ledger.writer import Writer
    from tokentui.prices.mark import book_mark

    stamp = Stamp(connection, lambda: rates_for(config), book_mark(config.prices))
    return Writer(connection, stamp, Rules(config).attribute)


def rules_mark(config: Config) -> str:
    """Mark the rules on who served and who pays, and the built-in tables under them."""
    rules = config.endpoints, config.payers, config.projects, config.plans
    globs = {glob for rule in config.payers for glob in rule.match.account}
    named = sorted(globs & {account.name for account in config.accounts})
    return blake2b(f"{rules!r} {named} {tables()}".encode(), digest_size=16).hexdigest()


def apply_rules(connection: sqlite3.Connection, writer: Writer, config: Config) -> None:
    """Attribute all usage anew if the rules or this release's tables are others."""
    mark = rules_mark(config)
    row = connection.execute("SELECT value FROM meta WHERE name = 'rules'").fetchone()
    if row is None or row[0] != mark:
        with writer.transaction():
            writer.attribute_again()
            connection.execute("REPLACE INTO meta VALUES ('rules', ?)", (mark,))


def rates_for(config: Config) -> RateBook:
    """Open the price book as far as rates are asked of it; the user's own need all."""
    if config.prices:
        return book_for(config)
    from tokentui.prices.usual import UsualRates

    return UsualRates(lambda: book_for(config))


def book_for(config: Config) -> Book:
    """Open the price book with the user's own prices over it."""
    from tokentui.prices.book import Book, Override

    return Book(
        {
            price.name: Override(
                price.input,
                price.cache_read,
                price.cache_write,
                price.cache_write_1h,
                price.output,
                from_ms=None if price.from_ is None else utc_day_ms(price.from_),
            )
            for price in config.prices
        }
    )
