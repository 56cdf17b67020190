"""From every schema there was: forward with all data, or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import full_ledger
import pytest
from builders import append, claude_line, refresh, rollup_faults, transcript
from full_ledger import ACCOUNTS, LISTED, TOKENS

from tokentui.ledger import schema
from tokentui.ledger.care import check_ledger
from tokentui.ledger.connection import open_for_writing

OLDER = range(1, schema.LATEST)
KINDS = " + ".join(schema.TOKEN_KINDS[:5])


@pytest.fixture
def full(home: Path, ledger: Path) -> Path:
    """Make a ledger of today with something in every table."""
    return full_ledger.fill(ledger.with_name("full.db"), home)


@pytest.fixture(params=OLDER)
def old(request: pytest.FixtureRequest, full: Path, ledger: Path) -> tuple[Path, int]:
    """Make a ledger as an earlier release left it; give it with its schema."""
    full_ledger.as_of_version(full, ledger, request.param)
    return ledger, request.param


def everything(ledger: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Give all rows of all tables by table, as they are, with the schema's number."""
    with closing(sqlite3.connect(ledger)) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )
        ]
        rows = {name: connection.execute(f"SELECT * FROM {name}") for name in names}
        found = {name: sorted(each, key=repr) for name, each in rows.items()}
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        return found | {"": [(version,)]}


def tokens(ledger: Path) -> tuple[int, int]:
    """Count tokens by the events, and by the sums."""
    with closing(sqlite3.connect(ledger)) as connection:
        counted = [
            connection.execute(f"SELECT sum({KINDS}) FROM {name}").fetchone()[0]
            for name in ("event", "rollup")
        ]
    return counted[0], counted[1]


def expected(version: int) -> tuple[int, int]:
    """Say how many tokens a ledger of a schema has."""
    count = TOKENS + (LISTED if version >= ACCOUNTS else 0)
    return count, count


def test_forward(old: tuple[Path, int], home: Path) -> None:
    """Every row stays, to the letter; the sums are right, and reading goes on."""
    ledger, version = old
    before = everything(ledger)
    assert tokens(ledger) == expected(version)
    open_for_writing(ledger).close()
    after = everything(ledger)
    assert after[""] == [(schema.LATEST,)]
    for name, rows in before.items():
        if name and not name.startswith("_") and name != "series":
            wide = len(rows[0]) if rows else 0
            assert sorted((row[:wide] for row in after[name]), key=repr) == rows
    assert tokens(ledger) == expected(version)
    assert (check_ledger(ledger), rollup_faults(ledger)) == ([], [])
    append(transcript(home), claude_line("msg_01AAAAAAAAAAAA99", 300))
    assert refresh(ledger, home).sources[0].events_new == 1
    assert tokens(ledger) == tuple(each + 110 for each in expected(version))
    assert check_ledger(ledger) == []


class Cut(Exception):
    """Stands for whatever ends a migration."""


def test_cut_at_every_step(full: Path, ledger: Path) -> None:
    """Wherever a migration ends early, at each step, all is as it was before."""
    full_ledger.as_of_version(full, ledger, 1)
    before, run = everything(ledger), schema.run

    def cut_at(step: str, place: int) -> None:
        def cutting(db: Any, statements: str) -> None:
            whole = [each for each in statements.split(";") if each.strip()]
            if statements != step:
                return run(db, statements)
            run(db, ";".join(whole[: len(whole) * place // 2]))
            raise Cut

        with patch.object(schema, "run", cutting), pytest.raises(Cut):
            open_for_writing(ledger)

    steps = [getattr(schema, f"M{number + 1:03}") for number in OLDER]
    for step in steps:
        for place in (1, 2):
            cut_at(step, place)
            assert everything(ledger) == before
    open_for_writing(ledger).close()
    assert tokens(ledger) == expected(1)
    assert check_ledger(ledger) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from tokentui.ledger import connection, schema

left = int(sys.argv[2])
def counted(text):
    global left
    left -= text.lstrip().startswith(("CREATE", "ALTER", "INSERT", "UPDATE", "COMMIT"))
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

migrate = schema.migrate
def watched(opened):
    opened.set_trace_callback(counted)
    migrate(opened)
connection.migrate = watched
connection.open_for_writing(Path(sys.argv[1]))
"""


@pytest.mark.skipif(os.name != "posix", reason="kills")
@pytest.mark.parametrize("after", [3, 20, 40])
def test_killed(full: Path, ledger: Path, after: int) -> None:
    """A process that is killed while it migrates leaves the old ledger, whole."""
    full_ledger.as_of_version(full, ledger, 1)
    before = everything(ledger)
    words = [sys.executable, "-c", KILLED, str(ledger), str(after)]
    done = subprocess.run(words, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert everything(ledger) == before
    open_for_writing(ledger).close()
    assert tokens(ledger) == expected(1)
    assert check_ledger(ledger) == []
