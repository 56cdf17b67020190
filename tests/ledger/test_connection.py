"""Opening the ledger: private, migrated, read beside a writer, clear when it fails."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
import sqlite_utils
from builders import (
    claude_line,
    empty_ledger,
    events,
    refresh,
    rollup_faults,
    totals,
    transcript,
    write,
)

from tokentui import ingest
from tokentui.errors import LedgerError, NoLedgerError
from tokentui.ledger import connection as opening
from tokentui.ledger import schema
from tokentui.ledger.connection import open_for_reading, open_for_writing

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def version_of(path: Path) -> int:
    """Give the schema's number in a file."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def set_version(path: Path, version: int) -> None:
    """Write the schema's number into a file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


def test_missing(ledger: Path) -> None:
    """Without a ledger a reader is told what to do, and none is made."""
    with pytest.raises(NoLedgerError, match="run `tokentui refresh` first") as told:
        open_for_reading(ledger)
    assert str(ledger) in str(told.value)
    assert (told.value.exit_code, ledger.parent.exists()) == (4, False)


@POSIX
def test_private(tmp_path: Path) -> None:
    """Ledger, journal and new folders are for their owner only, whatever the umask."""
    path = tmp_path / "a/b/ledger.db"
    before = os.umask(0)
    try:
        connection = open_for_writing(path)
        connection.execute("INSERT INTO meta VALUES ('a', 'b')")
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
        connection.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(
        ("ledger.db", "ledger.db-wal", "ledger.db-shm"), 0o600
    )
    folders = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b")]
    assert folders == [0o700, 0o700]


@POSIX
def test_modes_are_kept(ledger: Path) -> None:
    """What a user opened to others on purpose stays so."""
    open_for_writing(ledger).close()
    ledger.chmod(0o640)
    open_for_writing(ledger).close()
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "name", ["a b.db", "50%.db", "who?.db", "#1.db", "ä;mode=rw.db"]
)
def test_odd_paths(name: str, tmp_path: Path) -> None:
    """Any path can be a ledger's."""
    if os.name == "nt" and "?" in name:
        pytest.skip("no such name on Windows")
    open_for_writing(tmp_path / name).close()
    with closing(open_for_reading(tmp_path / name)) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (0,)
    names = [each.name for each in tmp_path.iterdir()]
    assert {each.removesuffix("-wal").removesuffix("-shm") for each in names} == {name}


def test_reading_cannot_write(ledger: Path) -> None:
    """A connection for reading changes nothing."""
    open_for_writing(ledger).close()
    with (
        closing(open_for_reading(ledger)) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("INSERT INTO meta VALUES ('a', 'b')")


# Schemas


@pytest.mark.parametrize("is_there", [True, False])
def test_made_from_nothing(is_there: bool, ledger: Path) -> None:
    """A missing or empty file becomes a ledger of the latest schema."""
    if is_there:
        write(ledger)
    open_for_writing(ledger).close()
    assert version_of(ledger) == schema.LATEST
    assert totals(ledger) == {}


def test_empty_file_is_read(ledger: Path) -> None:
    """An empty file, as a process killed at its start leaves it, is an empty ledger."""
    write(ledger)
    assert totals(ledger) == {}
    assert version_of(ledger) == schema.LATEST


def test_writer_that_was_killed_is_undone(ledger: Path) -> None:
    """What a writer that was killed left half done is undone by whoever comes next."""
    other = ledger.with_name("other.db")
    write(other)
    with closing(sqlite3.connect(other, isolation_level=None)) as killed:
        killed.execute("PRAGMA cache_size = 1")  # so that all is written at once
        killed.execute("BEGIN")
        killed.execute("CREATE TABLE half (made TEXT)")
        killed.executemany("INSERT INTO half VALUES (?)", [("x" * 4096,)] * 9)
        for ending in ("", "-journal"):
            shutil.copy(f"{other}{ending}", f"{ledger}{ending}")
    assert b"xxxx" in ledger.read_bytes()
    assert totals(ledger) == {}
    assert version_of(ledger) == schema.LATEST


def test_made_as_by_steps(ledger: Path, tmp_path: Path) -> None:
    """A new ledger is what sqlite-utils makes by steps, and leaves it none to do."""
    open_for_writing(ledger).close()
    with closing(sqlite_utils.Database(tmp_path / "steps.db")) as by_steps:
        schema.migrations().apply(by_steps)
        with closing(sqlite_utils.Database(ledger)) as made:
            assert [table.schema for table in made.tables] == [
                table.schema for table in by_steps.tables
            ]
            names = "SELECT type, name, tbl_name FROM sqlite_master ORDER BY 1, 2"
            assert list(made.query(names)) == list(by_steps.query(names))
            taken = "SELECT id, migration_set, name FROM _sqlite_migrations"
            assert list(made.query(taken)) == list(by_steps.query(taken))
            assert schema.migrations().pending(made) == []
            times = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00"
            for database in (made, by_steps):
                for row in database["_sqlite_migrations"].rows:
                    assert re.fullmatch(times, row["applied_at"])


def test_current_ledger_is_opened_without_migrating(ledger: Path) -> None:
    """A ledger of the latest schema needs no migration, which is slow to import."""
    open_for_writing(ledger).close()
    with patch.object(schema, "migrations", side_effect=AssertionError):
        open_for_writing(ledger).close()
        open_for_reading(ledger).close()


def test_migration_that_was_cut(ledger: Path) -> None:
    """A migration that failed half-way leaves nothing, and the next one succeeds."""
    half = schema.M001[: len(schema.M001) // 2] + "; SELECT no_such_function()"
    with patch.dict(schema.STEPS, m001_ledger=half), pytest.raises(LedgerError):
        open_for_writing(ledger)
    open_for_writing(ledger).close()
    assert totals(ledger) == {}


@pytest.mark.parametrize("opened", [open_for_reading, open_for_writing, totals])
def test_newer(opened: object, ledger: Path) -> None:
    """A newer tokentui's ledger is left as it is, with word of what to do."""
    open_for_writing(ledger).close()
    set_version(ledger, schema.LATEST + 1)
    with pytest.raises(LedgerError, match="newer tokentui") as told:
        opened(ledger)  # type: ignore[operator]
    assert "upgrade" in str(told.value)
    assert told.value.exit_code == 1
    assert version_of(ledger) == schema.LATEST + 1


def test_newer_stops_a_refresh(home: Path, ledger: Path) -> None:
    """A refresh of a newer tokentui's ledger writes nothing."""
    open_for_writing(ledger).close()
    set_version(ledger, schema.LATEST + 1)
    write(transcript(home), claude_line())
    before = ledger.read_bytes()
    with pytest.raises(LedgerError, match="newer tokentui"):
        refresh(ledger, home)
    assert ledger.read_bytes() == before


@LINUX
def test_newer_leaves_no_file_open(ledger: Path) -> None:
    """A ledger that is refused is closed again."""
    open_for_writing(ledger).close()
    set_version(ledger, schema.LATEST + 1)
    with pytest.raises(LedgerError) as told:
        open_for_writing(ledger)
    links = [each for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    assert [each for each in links if str(ledger) in str(each.readlink())] == []
    assert "newer" in str(told.value)


# Damage


def damaged_page(number: int) -> bytes:
    """Overwrite one page of a sound ledger."""
    whole = empty_ledger()
    return whole[: number * 4096] + b"\xa5" * 4096 + whole[(number + 1) * 4096 :]


DAMAGES = {
    "text": b"this is no database, it is a text that somebody put here\n" * 99,
    "header": b"\0" * 100 + empty_ledger()[100:],
    "cut": empty_ledger()[:4096],
    "cut in a page": empty_ledger()[:9000],
    "tables": empty_ledger()[:100] + b"\xa5" * 3996 + empty_ledger()[4096:],
}


@pytest.mark.parametrize(
    "kind",
    DAMAGES,
)
def test_damaged(kind: str, home: Path, ledger: Path) -> None:
    """A damaged ledger is told from other failures, and left as it is."""
    write(ledger, DAMAGES[kind])
    write(transcript(home), claude_line())
    with pytest.raises(LedgerError, match="damaged") as told:
        refresh(ledger, home)
    assert str(ledger) in str(told.value)
    assert told.value.exit_code == 1
    assert ledger.read_bytes() == DAMAGES[kind]


def test_damaged_inside(home: Path, ledger: Path) -> None:
    """Damage that shows only when a table is read is told as clearly."""
    write(transcript(home), claude_line())
    said = []
    for number in range(1, len(empty_ledger()) // 4096):
        write(ledger, damaged_page(number))
        try:
            refresh(ledger, home)
        except LedgerError as problem:
            said.append("damaged" in str(problem))
    assert said
    assert all(said)


def test_a_folder_in_its_place(ledger: Path) -> None:
    """A folder where the ledger should be is called one, and a file is suggested."""
    ledger.mkdir(parents=True)
    words = f"{ledger} is a folder; name a file, like {ledger / 'ledger.db'}"
    for attempt in (open_for_writing, open_for_reading):
        with pytest.raises(LedgerError, match=re.escape(words)):
            attempt(ledger)
    assert not list(ledger.iterdir())


@pytest.mark.parametrize("opened", [open_for_reading, open_for_writing])
def test_closed_to_us(
    opened: Callable[[Path], object], ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger in a folder that may not be looked into is an error in words."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)
    words = f"cannot open the ledger {ledger}: Permission denied; check the folder's"
    with pytest.raises(LedgerError, match=re.escape(words)):
        opened(ledger)


@POSIX
def test_a_file_as_its_folder(ledger: Path) -> None:
    """A file where the ledger's folder should be is an error in words."""
    write(ledger.parent, b"x")
    with pytest.raises(LedgerError, match="check the folder"):
        open_for_writing(ledger)


# Several at once


def test_reading_beside_a_writer(home: Path, ledger: Path) -> None:
    """A reader sees what was committed, at once, while a writer holds a transaction."""
    write(transcript(home), claude_line())
    refresh(ledger, home)
    with closing(open_for_writing(ledger)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM event")
        with patch.object(opening, "BUSY_MS", 0):
            assert events(ledger, "output") == [(100,)]
        writer.execute("COMMIT")
        assert events(ledger, "output") == []


def test_a_refresh_with_nothing_new_waits_for_nobody(home: Path, ledger: Path) -> None:
    """While a writer holds the ledger, a refresh that finds nothing new is through."""
    write(transcript(home), claude_line())
    refresh(ledger, home)
    with (
        closing(open_for_writing(ledger)) as writer,
        patch.object(opening, "BUSY_MS", 0),
    ):
        writer.execute("BEGIN IMMEDIATE")
        assert refresh(ledger, home).is_empty
        writer.execute("COMMIT")


def test_writers_wait_for_each_other(home: Path, ledger: Path) -> None:
    """A writer that finds the ledger held waits until it is free."""
    write(transcript(home), claude_line())
    held = open_for_writing(ledger)
    held.execute("BEGIN IMMEDIATE")
    reader = threading.Thread(target=refresh, args=(ledger, home))
    reader.start()
    reader.join(0.2)
    assert reader.is_alive()
    held.execute("COMMIT")
    held.close()
    reader.join(20)
    assert events(ledger, "output") == [(100,)]
    assert rollup_faults(ledger) == []


def test_a_ledger_held_for_too_long(home: Path, ledger: Path) -> None:
    """A writer that cannot wait any longer says that another one holds the ledger."""
    write(transcript(home), claude_line())
    impatient = partial(open_for_writing, patience_ms=50)
    with (
        closing(open_for_writing(ledger)) as held,
        patch.object(ingest, "open_for_writing", impatient),
    ):
        held.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="another tokentui holds it"):
            refresh(ledger, home)
        held.execute("ROLLBACK")


def test_made_by_two_at_once(ledger: Path) -> None:
    """A process that finds another one about to make the ledger waits for it."""
    write(ledger)
    other = sqlite3.connect(ledger, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, other.execute, ["COMMIT"])
    timer.start()
    try:
        open_for_writing(ledger).close()
    finally:
        timer.join()
        other.close()


def test_migrated_by_two_at_once(ledger: Path) -> None:
    """A process that is overtaken while it migrates finds the work done."""
    real = sqlite_utils.Migrations.pending
    others: list[threading.Thread] = []

    def overtaken(self: sqlite_utils.Migrations, db: object) -> object:
        found = real(self, db)  # type: ignore[arg-type]
        if not others:
            others.append(
                threading.Thread(target=lambda: open_for_writing(ledger).close())
            )
            others[0].start()
            others[0].join(1)
        return found

    with patch.object(sqlite_utils.Migrations, "pending", overtaken):
        open_for_writing(ledger).close()
        for other in others:
            other.join(20)
    assert totals(ledger) == {}
