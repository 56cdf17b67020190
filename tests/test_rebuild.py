"""A ledger made anew has what the old one, a backup and the logs have, once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import builders
import full_ledger
import pytest
from builders import (
    SESSION,
    START,
    START_MS,
    append,
    claude_line,
    config_of,
    events,
    refresh,
    rollup_faults,
    toy_prices,
    transcript,
)
from full_ledger import ACCOUNTS, DAY_MS, LISTED, TOKENS, contents, named, opened
from hypothesis import given, settings
from hypothesis import strategies as st

from tokentui import ingest, rebuild
from tokentui.errors import LedgerError, NoLedgerError
from tokentui.ledger import by_hand, imported, marks
from tokentui.ledger.care import back_up, check_ledger
from tokentui.ledger.connection import open_for_writing
from tokentui.ledger.forget import forget, rules_of
from tokentui.ledger.schema import LATEST
from tokentui.rebuild import Lost, Rebuilt

PAGE = 4096


@pytest.fixture
def full(home: Path, ledger: Path) -> Path:
    """Make a ledger with something in every table."""
    return full_ledger.fill(ledger, home)


def remake(ledger: Path, home: Path, backup: Path | None = None) -> Rebuilt:
    """Make a ledger anew, priced with the toy book."""
    with toy_prices():
        return rebuild.rebuild(ledger, config_of(home), backup, START)


def root_of(ledger: Path, table: str) -> int:
    """Say which page a small table has, counted from 0."""
    with closing(sqlite3.connect(ledger)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    return int(page) - 1


def spoil(ledger: Path, pages: Iterable[int], byte: int = 0) -> None:
    """Overwrite pages with a byte."""
    with ledger.open("r+b") as file:
        for page in pages:
            file.seek(page * PAGE)
            file.write(bytes([byte]) * PAGE)


def delete_logs(home: Path) -> None:
    """Let the agents delete their logs."""
    for folder in (".claude", ".codex"):
        shutil.rmtree(home / folder)


def sound(ledger: Path) -> bool:
    """Claim that a ledger has no fault."""
    return check_ledger(ledger) == [] and rollup_faults(ledger) == []


# Of a sound ledger


@pytest.mark.parametrize("with_logs", [True, False])
def test_of_a_sound_ledger(full: Path, home: Path, with_logs: bool) -> None:
    """All tables are as they were, whether or not the logs are there any more."""
    before, kept = contents(full), full.read_bytes()
    if not with_logs:
        delete_logs(home)
        before["cursor"] = []
    done = remake(full, home)
    assert contents(full) == before
    assert (done.from_old, done.from_backup, done.from_logs) == (9, 0, 0)
    assert (done.damaged, done.lost, done.odd_ms) == (frozenset(), None, ())
    assert done.aside is not None
    assert done.aside.name == "ledger.db.replaced-2026-11-20T100000"
    assert done.aside.read_bytes() == kept
    assert sound(full)


def test_logs_are_read_on(full: Path, home: Path) -> None:
    """A refresh after it reads nothing, and of a log that grew only what is new."""
    remake(full, home)
    assert refresh(full, home).is_empty
    line = claude_line("msg_01AAAAAAAAAAAA99", 300, output=12)
    append(transcript(home), line)
    report = refresh(full, home)
    assert (report.sources[0].events_new, report.sources[0].bytes_read) == (
        1,
        len(line),
    )
    assert sound(full)


def test_what_was_not_read_yet(full: Path, home: Path) -> None:
    """News in the logs come in on the way, and are said to come from there."""
    append(transcript(home), claude_line("msg_01AAAAAAAAAAAA99", 300, output=12))
    assert remake(full, home).from_logs == 1
    assert (12,) in events(full, "output")


def test_what_is_only_in_the_journal(full: Path, home: Path) -> None:
    """What a killed process left in the journal is kept, and goes aside as well."""
    with closing(open_for_writing(full)) as connection:
        connection.execute("INSERT INTO meta VALUES ('in the', 'journal')")
        for ending in ("", "-wal"):
            shutil.copy(f"{full}{ending}", f"{full}.copy{ending}")
    copy = full.with_name("ledger.db.copy")
    journal = Path(f"{copy}-wal").read_bytes()
    done = remake(copy, home)
    assert ("in the", "journal") in contents(copy)["meta"]
    assert done.aside is not None
    assert Path(f"{done.aside}-wal").read_bytes() == journal


def test_a_label_that_was_given(full: Path, home: Path) -> None:
    """Labels that were given to a session later stay, and hold for its new lines."""
    ingest.label_sessions(full, (SESSION,), "release")
    remake(full, home)
    append(transcript(home), claude_line("msg_01AAAAAAAAAAAA99", 300, output=12))
    refresh(full, home)
    found = events(full, "label", "output")
    assert ("release", 12) in found
    assert (None, 12) not in found


# Of a damaged one


PAGES = st.sets(st.integers(0, 60), min_size=1, max_size=8)


def test_any_pages(tmp_path: Path) -> None:
    """Whatever pages are lost: with a backup all is as it was, and nothing is twice.

    Without one, nothing is there that was not, and what logs tell of is whole.
    """
    full = full_ledger.fill(tmp_path / "full/ledger.db", tmp_path)
    backup = tmp_path / "backup.db"
    back_up(full, str(backup))
    truth, whole = contents(full), full.read_bytes()

    @settings(max_examples=10)
    @given(PAGES, st.sampled_from([0, 0xA5]), st.none() | st.integers(1, 60))
    def check(pages: set[int], byte: int, cut: int | None) -> None:
        folder, ledger = builders.fresh_home()
        ledger.write_bytes(whole)
        spoil(ledger, (page for page in pages if page * PAGE < len(whole)), byte)
        if cut is not None:
            with ledger.open("r+b") as file:
                file.truncate(min(cut * PAGE, len(whole)))
        damaged, alone = ledger.read_bytes(), folder / "alone.db"
        alone.write_bytes(damaged)
        remake(alone, tmp_path)
        assert sound(alone)
        for name, rows in contents(alone, "cursor", "meta", "rate").items():
            assert set(rows) <= set(truth[name]) or name in ("event", "series")
            assert len(rows) <= len(truth[name])
            assert set(rows) >= logged(truth[name]) or name not in ("event", "series")
        done = remake(ledger, tmp_path, backup)
        assert contents(ledger) == truth
        assert done.aside is not None
        assert done.aside.read_bytes() == damaged
        assert sound(ledger)

    check()


def logged(rows: list[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Give the rows of responses, or of their labels, of which a log tells."""
    others = {named("i"), named("l"), "imported", "c-1"}
    return {row for row in rows if others.isdisjoint(row)}


def test_what_was_taken_out_since(full: Path, home: Path, tmp_path: Path) -> None:
    """What was removed, forgotten or replaced after the backup does not come back.

    Lost are the events; charges and marks could be read, so the backup says nothing.
    """
    backup = tmp_path / "backup.db"
    back_up(full, str(backup))
    with opened(full) as (connection, writer):
        by_hand.drop_charge(connection, 1)
        marks.drop_mark(connection, "claude-code", SESSION)
        with writer.transaction():
            for unit in imported.units(connection):
                imported.take_out(connection, writer, unit)
        chosen = connection.execute(
            "SELECT id FROM series WHERE session = ?", (full_ledger.FORK,)
        ).fetchall()
        rules = rules_of(START_MS + 10**7, session=full_ledger.FORK)
        with by_hand.transaction(connection):
            forget(connection, [number for (number,) in chosen], None, rules)
    truth = contents(full, "cursor", "rate", "meta")
    delete_logs(home)
    spoil(full, [root_of(full, "event")])
    done = remake(full, home, backup)
    assert contents(full, "cursor", "rate", "meta") == truth
    assert (done.from_old, done.from_backup) == (0, 7)
    assert done.damaged == {"event"}
    assert done.lost is None
    assert sound(full)


def test_bills_of_another_reading(full: Path, home: Path, tmp_path: Path) -> None:
    """A lost line of a bill comes from the backup only if it was read then as well."""
    backup = tmp_path / "backup.db"
    back_up(full, str(backup))
    with opened(full) as (connection, _):
        connection.execute("UPDATE reading SET as_of = 99 WHERE account = 'team'")
    spoil(full, [root_of(full, "cost")])
    remake(full, home, backup)
    assert [row[0] for row in contents(full)["cost"]] == ["by hand:me"]
    assert len(contents(full)["used"]) == 1


def test_lost_is_told(full: Path, home: Path) -> None:
    """Without logs and backup it is said how much is lost, of what time.

    Of the 1,831 tokens and two searches (ten cents each) that were there 75 tokens are
    still told by the totals of a session, whose responses are then unlogged.
    """
    delete_logs(home)
    spoil(full, [root_of(full, "event")])
    done = remake(full, home)
    first = START_MS // DAY_MS * DAY_MS - 200 * DAY_MS
    last = START_MS // 900_000 * 900_000 + 900_000
    assert done.lost == Lost(7, 1_756_000 + 2 * 10**8, first, last)
    assert not done.is_at_least
    assert events(full, "origin", "input", "output") == [("unlogged", 30, 45)]
    assert contents(full)["charge"] != []


def test_labels_that_are_lost(full: Path, home: Path, tmp_path: Path) -> None:
    """Events without labels are not kept under others'; a backup gives them theirs."""
    backup, again = tmp_path / "backup.db", tmp_path / "again.db"
    back_up(full, str(backup))
    truth = contents(full, "cursor", "meta", "rate")
    delete_logs(home)
    spoil(full, [root_of(full, "series")])
    shutil.copy(full, again)
    done = remake(full, home)
    assert done.from_old == 0
    assert events(full, "origin", "output") == [("unlogged", 45)]
    assert done.lost is not None
    done = remake(again, home, backup)
    assert (done.from_old, done.from_backup, done.lost) == (9, 0, None)
    assert contents(again, "cursor", "meta", "rate") == truth


def test_figures_that_are_damaged(full: Path, home: Path) -> None:
    """Events of more than the sums say are told of; impossible ones are left out."""
    with closing(sqlite3.connect(full)) as connection:
        connection.execute("UPDATE event SET input = input + 5 WHERE output = 40")
        connection.execute("UPDATE event SET input = -5 WHERE output = 300")
        connection.commit()
    delete_logs(home)
    done = remake(full, home)
    assert done.odd_ms == (START_MS // 900_000 * 900_000,)
    assert done.lost is not None
    assert done.lost.requests == 1
    assert done.aside is not None
    assert "damaged" in done.aside.name
    assert sound(full)


def test_sums_that_differ(full: Path, home: Path) -> None:
    """Sums that drifted from their events are made anew."""
    with closing(sqlite3.connect(full)) as connection:
        connection.execute("UPDATE rollup SET input = input + 5")
        connection.execute("DELETE FROM scope_hour")
        connection.execute("UPDATE series_day SET cost = NULL")
        connection.commit()
    assert check_ledger(full) != []
    remake(full, home)
    assert sound(full)


@pytest.mark.parametrize("version", range(1, LATEST))
def test_older_schema(full: Path, home: Path, version: int) -> None:
    """A damaged ledger of an older schema is read, and made anew as one of today."""
    old = full.with_name("old.db")
    full_ledger.as_of_version(full, old, version)
    spoil(old, [root_of(old, "rollup"), root_of(old, "cursor")])
    remake(old, home)
    kinds = "input + cache_read + output"
    listed = LISTED if version >= ACCOUNTS else 0
    assert sum(row[0] for row in events(old, kinds)) == TOKENS + listed
    assert sound(old)


# What is refused, and what stays as it is then


def test_nothing_can_be_read(full: Path, home: Path, tmp_path: Path) -> None:
    """Of a file that is no database nothing comes; the backup is the base then."""
    backup = tmp_path / "backup.db"
    back_up(full, str(backup))
    truth = contents(full)
    text = b"somebody else's text, which is no database\n" * 500
    full.write_bytes(text)
    done = remake(full, home, backup)
    assert contents(full) == truth
    assert (done.from_old, done.from_backup, done.is_unreadable) == (0, 9, True)
    assert done.aside is not None
    assert done.aside.read_bytes() == text
    full.write_bytes(text)
    assert remake(full, home).is_unreadable
    assert {row[0] for row in events(full, "origin")} == {"response", "unlogged"}


@pytest.mark.parametrize("made_by", ["", "PRAGMA journal_mode = WAL"])
def test_nothing_is_in_it(full: Path, home: Path, tmp_path: Path, made_by: str) -> None:
    """An empty file, as a crash leaves it, is like one that cannot be read.

    As a backup it is refused: whoever names it believes that something is in it.
    """
    backup, empty = tmp_path / "backup.db", tmp_path / "empty.db"
    back_up(full, str(backup))
    truth = contents(full)
    with closing(sqlite3.connect(empty)) as connection:
        connection.execute(made_by)
    shutil.copy(empty, full)
    with pytest.raises(LedgerError, match=r"nothing can be read of the backup .*empty"):
        remake(full, home, empty)
    assert full.read_bytes() == empty.read_bytes()
    done = remake(full, home, backup)
    assert (done.from_backup, done.is_unreadable) == (9, True)
    assert contents(full) == truth


def test_no_ledger(home: Path, ledger: Path, tmp_path: Path) -> None:
    """Without a ledger it takes a backup, which then is read like a ledger."""
    with pytest.raises(NoLedgerError, match="--backup"):
        remake(ledger, home)
    full = full_ledger.fill(tmp_path / "full.db", home)
    done = remake(ledger, home, full)
    assert (done.aside, done.from_backup) == (None, 9)
    assert contents(ledger) == contents(full)


@pytest.mark.parametrize("which", ["ledger", "backup"])
@pytest.mark.parametrize("kind", ["newer", "other"])
def test_of_another_program(
    full: Path, home: Path, tmp_path: Path, which: str, kind: str
) -> None:
    """A newer tokentui's ledger, or no ledger, is refused, and all stays as it is."""
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE places (url TEXT)")
        connection.execute(f"PRAGMA user_version = {999 * (kind == 'newer')}")
    before = full.read_bytes(), other.read_bytes()
    said = "newer tokentui" if kind == "newer" else "another program"
    with pytest.raises(LedgerError, match=said):
        if which == "ledger":
            remake(other, home, full)
        else:
            spoil(full, [root_of(full, "event")])
            before = full.read_bytes(), other.read_bytes()
            remake(full, home, other)
    assert (full.read_bytes(), other.read_bytes()) == before
    assert list(full.parent.glob(".rebuild-*")) == []


def test_somebody_writes_meanwhile(full: Path, home: Path) -> None:
    """What another process writes in the meantime is not lost: nothing is changed."""
    real = rebuild.check_ledger

    def overtaken(path: Path) -> list[str]:
        with opened(full) as (connection, _):
            connection.execute("INSERT INTO meta VALUES ('from', 'elsewhere')")
        return real(path)

    with (
        patch.object(rebuild, "check_ledger", overtaken),
        pytest.raises(LedgerError, match="meanwhile"),
    ):
        remake(full, home)
    assert ("from", "elsewhere") in contents(full)["meta"]
    assert not [p.name for p in full.parent.iterdir() if "replaced" in p.name]


def test_cut_before_it_is_done(full: Path, home: Path) -> None:
    """Whatever ends it before, the old ledger is in its place; the rest is cleared."""
    before = full.read_bytes()
    with (
        patch.object(rebuild, "put_in_place", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        remake(full, home)
    assert full.read_bytes() == before
    assert list(full.parent.glob(".rebuild-*")) == []


def test_what_a_killed_one_left(full: Path, home: Path) -> None:
    """The folder of a rebuilding that was killed goes with a later one, in a day."""
    stale, fresh = (full.parent / f".rebuild-{name}" for name in ("stale", "fresh"))
    for folder in (stale, fresh):
        builders.write(folder / "ledger.db", b"half")
    os.utime(stale, (1, 1))
    remake(full, home)
    assert (stale.exists(), fresh.exists()) == (False, True)


@pytest.mark.parametrize("has_links", [True, False])
def test_kept_aside(full: Path, home: Path, has_links: bool) -> None:
    """The old file is kept with its mode, each time under a name of its own."""
    full.chmod(0o640)
    first = full.read_bytes()
    broken = None if has_links else OSError
    with patch.object(Path, "hardlink_to", side_effect=broken, autospec=True) as link:
        if has_links:
            link.side_effect = lambda new, old: os.link(old, new)
        one, two = remake(full, home).aside, remake(full, home).aside
    assert one is not None
    assert two is not None
    assert one.read_bytes() == first
    assert two.name == f"{one.name}-2"
    if os.name == "posix":
        assert stat.S_IMODE(full.stat().st_mode) == 0o640


def test_a_link_stays_one(full: Path, home: Path, tmp_path: Path) -> None:
    """A ledger that is a link is made anew where it points to."""
    link = tmp_path / "link.db"
    link.symlink_to(full)
    remake(link, home)
    assert link.is_symlink()
    assert sound(full)
