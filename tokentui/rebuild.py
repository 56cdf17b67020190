"""Make the ledger anew: from what can be read of it, a backup, and the logs there are.

The new one is made beside it and takes its place only when it is whole and sound. The
old file is kept aside, whatever was wrong with it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tokentui.errors import LedgerError, NoLedgerError
from tokentui.events import Batch
from tokentui.ingest import Progress, RefreshReport, refresh, writer_for
from tokentui.ledger.by_hand import transaction
from tokentui.ledger.care import check_ledger
from tokentui.ledger.connection import explaining, open_for_writing
from tokentui.ledger.listed import SOURCE, local_copies
from tokentui.ledger.patch import drop_without_labels, patch
from tokentui.ledger.remade import Sum, Sums, Taken, sum_anew, sums_of, take_sums
from tokentui.ledger.salvage import refuse_other_errors, salvage
from tokentui.ledger.schema import BUCKET_MS
from tokentui.paths import DAMAGED, REBUILDING, REPLACED, make_private
from tokentui.settings import Config

JOURNALS = ("-wal", "-shm")
"""What stands beside a ledger that is in use."""

LEFT_BEHIND_SECONDS = 86_400
"""Older folders are those of rebuildings that were killed."""

FOREVER_MS = 1 << 62


class Lost(NamedTuple):
    """What the old ledger's own sums had more than the new one.

    `nanos` of list price; from and until UTC milliseconds.
    """

    requests: int
    nanos: int
    since_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuilding did.

    Events `from_old`, `from_backup` and `from_logs`; `damaged` are tables that could
    not be read wholly, of the backup if nothing could be read of the old ledger, which
    `is_unreadable` then. `lost` is `None` where nothing is known to be lost, and a
    lower bound if `is_at_least`. `odd_ms` are quarter-hours (UTC milliseconds) whose
    events say more than the sums did: damage that is still in them. `aside`: where the
    old ledger is.
    """

    from_old: int
    from_backup: int
    from_logs: int
    damaged: frozenset[str]
    is_unreadable: bool
    lost: Lost | None
    is_at_least: bool
    odd_ms: tuple[int, ...]
    aside: Path | None
    report: RefreshReport


class Base(NamedTuple):
    """What a ledger was put together from, before logs are read."""

    from_old: int = 0
    from_backup: int = 0
    damaged: frozenset[str] = frozenset()
    is_unreadable: bool = False
    taken: Taken = Taken({}, ())


def rebuild(
    ledger: Path,
    config: Config,
    backup: Path | None,
    now: datetime,
    *,
    started: Callable[[int], Progress] | None = None,
    may_fork: bool = False,
) -> Rebuilt:
    """Make the ledger anew; keep the old file aside.

    Raises:
        NoLedgerError: There is neither a ledger nor a backup.
        LedgerError: It cannot be done; nothing has changed then.
    """
    ledger = ledger.resolve()
    if not ledger.exists() and backup is None:
        raise NoLedgerError(f"no ledger at {ledger}; name a backup with --backup")
    if backup is not None and not backup.is_file():
        raise LedgerError(f"there is no backup at {backup}")
    make_private(ledger.parent)
    before = state_of(ledger)
    with working_folder(ledger) as folder:
        fresh = folder / "ledger.db"
        with explaining(fresh):
            base = put_together(ledger, backup, folder, fresh)
            report = refresh(fresh, config, started=started, may_fork=may_fork)
            if base.from_backup:
                drop_listed(fresh, config)
            sums = finished(fresh)
        if state_of(ledger) != before:
            raise LedgerError(
                "another tokentui wrote to the ledger meanwhile, so that nothing was"
                " changed; close it (`tokentui watch`, too) and try again"
            )
        is_damaged = base.is_unreadable or bool(base.damaged or base.taken.odd)
        name = f"{DAMAGED if is_damaged else REPLACED}-{now:%Y-%m-%dT%H%M%S}"
        aside = put_in_place(fresh, ledger, name)
    return Rebuilt(
        base.from_old,
        base.from_backup,
        sum(source.events_new for source in report.sources),
        base.damaged,
        base.is_unreadable,
        lost_of(base.taken.sums, sums),
        "rollup" in base.damaged,
        tuple(bucket * BUCKET_MS for bucket in base.taken.odd),
        aside,
        report,
    )


def put_together(ledger: Path, backup: Path | None, folder: Path, fresh: Path) -> Base:
    """Make a ledger of what can be read of the old one and of a backup."""
    damaged = read_what_can_be(ledger, fresh) if ledger.exists() else None
    is_unreadable = damaged is None and ledger.exists()
    is_from_backup = damaged is None and backup is not None
    if is_from_backup and backup is not None:
        damaged = read_backup(backup, fresh)
    if damaged is None:
        return Base(is_unreadable=is_unreadable)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        taken = take_sums(connection)
    filled = 0
    second = None if is_from_backup or not damaged else backup
    if second is not None:
        read_backup(second, folder / "backup.db")
        open_for_writing(folder / "backup.db").close()
    with closing(open_for_writing(fresh)) as connection:
        if second is not None:
            connection.execute("ATTACH ? AS backup", (str(folder / "backup.db"),))
        with transaction(connection):
            if second is not None:
                filled = patch(connection, damaged)
            drop_without_labels(connection)
            sum_anew(connection, "shared_session" not in damaged)
        (events,) = connection.execute("SELECT count(*) FROM event").fetchone()
    if is_from_backup:
        return Base(0, events, damaged, is_unreadable, taken)
    return Base(events - filled, filled, damaged, False, taken)


def finished(ledger: Path) -> Sums:
    """Check a new ledger, empty its journal, and give its sums.

    Raises:
        LedgerError: It has faults.
    """
    if problems := check_ledger(ledger):
        raise LedgerError(f"the new ledger has faults: {'; '.join(problems)}")
    with closing(open_for_writing(ledger)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return sums_of(connection)


def read_what_can_be(source: Path, target: Path) -> frozenset[str] | None:
    """Copy what can be read of a ledger; `None` if nothing can."""
    try:
        return salvage(source, target)
    except sqlite3.Error as error:
        refuse_other_errors(error)
        target.unlink()
        return None


def read_backup(backup: Path, target: Path) -> frozenset[str]:
    """Copy what can be read of a backup.

    Raises:
        LedgerError: Nothing can, or it is no ledger of this or an older version.
    """
    with explaining(backup):
        damaged = read_what_can_be(backup, target)
    if damaged is None:
        raise LedgerError(
            f"nothing can be read of the backup {backup}; name another one"
        )
    return damaged


def drop_listed(ledger: Path, config: Config) -> None:
    """Take out what a backup has of records that providers list by now."""
    with closing(open_for_writing(ledger)) as connection:
        writer = writer_for(connection, config)
        with writer.transaction():
            rows = connection.execute(
                "SELECT DISTINCT session FROM series WHERE source = ?", (SOURCE,)
            )
            sessions = {session for (session,) in rows}
            copies = local_copies(connection, sessions, 0, FOREVER_MS)
            writer.replace(Batch([], [], []), copies)


def lost_of(before: Sums, now: Sums) -> Lost | None:
    """Say what sums of before had more than those of now."""
    gaps: dict[int, Sum] = {}
    for bucket, was in before.items():
        less = Sum(*(a - b for a, b in zip(was, now.get(bucket, Sum()), strict=True)))
        if less.requests > 0 or less.tokens > 0:
            gaps[bucket] = less
    if not gaps:
        return None
    return Lost(
        sum(max(0, gap.requests) for gap in gaps.values()),
        sum(max(0, gap.nanos) for gap in gaps.values()),
        min(gaps) * BUCKET_MS,
        (max(gaps) + 1) * BUCKET_MS,
    )


@contextmanager
def working_folder(ledger: Path) -> Iterator[Path]:
    """Make a folder beside the ledger for a while; take away what others left."""
    for folder in ledger.parent.glob(f"{REBUILDING}*"):
        if time.time() - folder.stat().st_mtime > LEFT_BEHIND_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
    with TemporaryDirectory(prefix=REBUILDING, dir=ledger.parent) as name:
        yield Path(name)


def state_of(ledger: Path) -> tuple[tuple[int, int, int] | None, ...]:
    """Tell whether anybody writes to a ledger or its journal."""
    states = []
    for file in (ledger, Path(f"{ledger}-wal")):
        state = None
        with suppress(OSError):
            status = file.stat()
            if status.st_size:
                state = status.st_size, status.st_mtime_ns, status.st_ino
        states.append(state)
    return tuple(states)


def put_in_place(fresh: Path, ledger: Path, name: str) -> Path | None:
    """Put the new file in the place of the old one, which is kept under a name."""
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    if not ledger.exists():
        fresh.replace(ledger)
        return None
    shutil.copymode(ledger, fresh)
    aside = free_name(ledger, name)
    try:
        aside.hardlink_to(ledger)  # so that there is a ledger at every moment
    except OSError:
        ledger.rename(aside)
    for ending in JOURNALS:
        # A journal that stayed would be taken for the new ledger's.
        with suppress(FileNotFoundError):
            Path(f"{ledger}{ending}").rename(f"{aside}{ending}")
    fresh.replace(ledger)
    return aside


def free_name(ledger: Path, name: str) -> Path:
    """Give a name beside a ledger that no file has."""
    number, path = 1, ledger.with_name(f"{ledger.name}.{name}")
    while path.exists():
        number += 1
        path = ledger.with_name(f"{ledger.name}.{name}-{number}")
    return path
