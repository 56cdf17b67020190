"""Copy all that can be read of a damaged ledger into a sound one of the same schema.

SQLite gives up a statement at the first damaged page, so rows are asked for in ranges,
which are halved until only the unreadable ones are left out. Tables whose key is text
are read from both ends instead, which loses what lies between two damaged pages.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tokentui.errors import LedgerError
from tokentui.ledger.connection import address
from tokentui.ledger.schema import LATEST, migrations

TYPES = {
    "INTEGER": "'integer', 'null'",
    "REAL": "'real', 'integer', 'null'",
    "TEXT": "'text', 'null'",
    "BLOB": "'blob', 'text', 'null'",
}
"""What SQLite calls the values that belong into a column; others are not copied."""

DAMAGES = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_READ", "SQLITE_IOERR_SHORT")
"""How the names of errors begin that tell of what is read, not of what is written."""

SPARSE = ("forgotten",)
"""Tables whose rows have any numbers, not those from 1 on."""

MOST_PIECES = 1 << 20
"""A damaged range is cut into so many pieces at most."""

PROBED = 4096
"""So often a range is probed before it is cut: whole stretches are lost together."""

MANY = 100_000
"""Tables of so many rows have small ones, dozens on each page."""

PREFIXES = 1 << 16
"""Keys that are hashes are cut by their first two bytes."""

ROWS_AT_ONCE = 256
SMALLEST_ROW = 40
"""Bytes that a row takes at least where there are many of them, to guess how many."""


class Table(NamedTuple):
    """A table: its columns and those of its key, in order, with their types.

    `has_numbers`: its key is the number of the row.
    """

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    has_numbers: bool

    @property
    def names(self) -> str:
        """Name the columns, as SQL."""
        return ", ".join(self.columns)

    @property
    def sane(self) -> str:
        """Say which rows have values of the types that they should have, as SQL."""
        return " AND ".join(
            f"typeof({name}) IN ({TYPES[kind]})" for name, kind in self.columns.items()
        )


class Span(NamedTuple):
    """A range of keys, as numbers; `value` makes a key of one.

    It is cut into pieces of `least`. Pages have at least `stride` keys that follow
    each other, if that is not 0.
    """

    low: int
    high: int
    value: Callable[[int], object]
    least: int = 1
    stride: int = 0


def salvage(source: Path, target: Path) -> frozenset[str]:
    """Make a sound ledger of what can be read of another one, which stays as it is.

    Gives the tables that could not be read wholly. The target must not be there yet.

    Raises:
        LedgerError: It is a newer tokentui's, or no ledger.
        sqlite3.Error: Nothing can be read.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(target, isolation_level=None, uri=True)) as connection:
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        # Without this SQLite refuses a file whose end is missing.
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("PRAGMA cell_size_check = ON")
        make_schema(connection, attach(connection, source))
        tables = [table_of(connection, name) for name in names_of(connection)]
        return frozenset(each.name for each in tables if not copied(connection, each))


def attach(connection: sqlite3.Connection, source: Path) -> int:
    """Attach a ledger as `old`, only to read; give its schema's number.

    Raises:
        LedgerError: It is a newer tokentui's, or no ledger.
        sqlite3.Error: It cannot be read at all.
    """
    connection.execute("ATTACH ? AS old", (address(source, "mode=ro"),))
    (version,) = connection.execute("PRAGMA old.user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM old.sqlite_master").fetchone()
    if version == 0 and tables:
        raise LedgerError(f"{source} is a database of another program")
    if version == 0:
        raise sqlite3.OperationalError("no such table, nor any other: it is empty")
    if version > LATEST:
        raise LedgerError(
            f"{source} was written by a newer tokentui; upgrade with"
            " `pip install -U tokentui`"
        )
    return int(version)


def make_schema(connection: sqlite3.Connection, version: int) -> None:
    """Make the tables that a ledger had after so many migrations."""
    import sqlite_utils

    steps, database = migrations(), sqlite_utils.Database(connection)
    names = [step.name for step in steps.pending(database)]
    steps.apply(database, stop_before=names[version:])
    connection.execute(f"PRAGMA user_version = {version}")


def names_of(connection: sqlite3.Connection) -> list[str]:
    """Name the tables of a ledger."""
    rows = connection.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table'"
        " AND name NOT GLOB 'sqlite*' AND name NOT GLOB '_sqlite*'"
    )
    return [name for (name,) in rows]


def table_of(connection: sqlite3.Connection, name: str) -> Table:
    """Describe a table."""
    rows = connection.execute(f"PRAGMA main.table_info({name})").fetchall()
    key = [(place, column) for _, column, _, _, _, place in rows if place]
    (has_numbers,) = connection.execute(
        "SELECT NOT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?",
        (name,),
    ).fetchone()
    return Table(
        name,
        {column: kind for _, column, kind, *_ in rows},
        tuple(column for _, column in sorted(key)),
        bool(has_numbers),
    )


def copied(connection: sqlite3.Connection, table: Table) -> bool:
    """Copy the rows of a table that can be read; claim that these were all."""
    span = span_of(connection, table)
    if span is None:
        is_whole = copy_from_ends(connection, table)
    else:
        is_whole = copy_span(connection, table, span)
    try:
        old, new = (
            connection.execute(
                f"SELECT count(*) FROM {schema}.{table.name} NOT INDEXED"
            ).fetchone()
            for schema in ("old", "main")
        )
    except sqlite3.Error as error:
        refuse_other_errors(error)
        return False
    return is_whole and bool(old == new)


def span_of(connection: sqlite3.Connection, table: Table) -> Span | None:
    """Give the range of a table's keys; `None` if they are no numbers or hashes."""
    first = table.key[0]
    if table.columns[first] == "BLOB":
        return Span(0, PREFIXES, prefix)
    if table.columns[first] != "INTEGER":
        return None
    if table.name in SPARSE:
        low, high = -(1 << 63), (1 << 63) - 1
    else:
        try:
            low, high = connection.execute(
                f"SELECT coalesce((SELECT min({first}) FROM old.{table.name}), 0),"
                f" coalesce((SELECT max({first}) FROM old.{table.name}), 0)"
            ).fetchone()
        except sqlite3.Error as error:
            refuse_other_errors(error)
            if not table.has_numbers:
                return None
            (pages,) = connection.execute("PRAGMA old.page_count").fetchone()
            (size,) = connection.execute("PRAGMA old.page_size").fetchone()
            low, high = 0, pages * size // SMALLEST_ROW
    least = max(1, (high - low) // MOST_PIECES)
    if table.name in SPARSE:
        return Span(low, high + 1, limited, least)
    return Span(low, high + 1, limited, least, 8 if high - low > MANY else 1)


def limited(number: int) -> int:
    """Give a number that SQLite can hold."""
    return min(number, (1 << 63) - 1)


def prefix(number: int) -> bytes:
    """Give the first key of 16 bytes that begins with a number, or one behind all."""
    return number.to_bytes(2, "big") if number < PREFIXES else b"\xff" * 17


def copy_span(connection: sqlite3.Connection, table: Table, span: Span) -> bool:
    """Copy a range of rows; where it cannot be read wholly, its halves."""
    first, ends = table.key[0], (span.value(span.low), span.value(span.high))
    rows = f"FROM old.{table.name} NOT INDEXED WHERE {first} >= ? AND {first} < ?"
    try:
        # To read alone is faster than to write what has to be undone.
        connection.execute(f"SELECT sum({table.sane}) {rows}", ends).fetchone()
        connection.execute(
            f"INSERT OR IGNORE INTO main.{table.name} ({table.names})"
            f" SELECT {table.names} {rows} AND {table.sane}",
            ends,
        )
    except sqlite3.Error as error:
        refuse_other_errors(error)
        width = span.high - span.low
        if width <= span.least:
            return False
        if is_lost(connection, table, span):
            return False
        middle = (span.low + span.high) // 2
        lower = copy_span(connection, table, span._replace(high=middle))
        return copy_span(connection, table, span._replace(low=middle)) and lower
    return True


def is_lost(connection: sqlite3.Connection, table: Table, span: Span) -> bool:
    """Claim that no page in a range can be read, as far as probes tell."""
    width = span.high - span.low
    step = span.stride or max(1, width // PROBED)
    if width > PROBED * step * 2:
        return False  # too long to probe each page
    query = (
        f"SELECT 1 FROM old.{table.name} NOT INDEXED WHERE {table.key[0]} >= ? LIMIT 1"
    )
    for number in range(span.low, span.high, step):
        try:
            connection.execute(query, (span.value(number),)).fetchone()
        except sqlite3.Error as error:
            refuse_other_errors(error)
        else:
            return False
    return True


def copy_from_ends(connection: sqlite3.Connection, table: Table) -> bool:
    """Copy rows from the first one on, and if that fails from the last one back."""
    if copy_from_end(connection, table, ">", "ASC"):
        return True
    copy_from_end(connection, table, "<", "DESC")
    return False


def copy_from_end(
    connection: sqlite3.Connection, table: Table, further: str, order: str
) -> bool:
    """Copy rows one after the other until one cannot be read; claim that none was."""
    key = ", ".join(table.key)
    places = ", ".join("?" * len(table.columns))
    at = [list(table.columns).index(column) for column in table.key]
    after, last, at_once = "1", (), ROWS_AT_ONCE
    while True:
        try:
            rows = connection.execute(
                f"SELECT {table.names}, {table.sane} FROM old.{table.name}"
                f" WHERE {after} ORDER BY {key} {order} LIMIT {at_once}",
                last,
            ).fetchall()
        except sqlite3.Error as error:
            refuse_other_errors(error)
            if at_once == 1:
                return False
            at_once //= 2
            continue
        connection.executemany(
            f"INSERT OR IGNORE INTO main.{table.name} ({table.names})"
            f" VALUES ({places})",
            [row for *row, is_sane in rows if is_sane],
        )
        if len(rows) < at_once:
            return True
        after = f"({key}) {further} ({', '.join('?' * len(at))})"
        last = tuple(rows[-1][place] for place in at)


def refuse_other_errors(error: sqlite3.Error) -> None:
    """Raise an error again that is none of a damaged page that is read."""
    name = getattr(error, "sqlite_errorname", "")
    is_gone = "no such table" in str(error)
    if not (name.startswith(DAMAGES) or is_gone):
        raise error
