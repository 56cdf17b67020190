"""Cursor's own records beside what an account lists: counted once, either way round."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import builders
import pytest
from builders import events, rollup_faults
from cursor_user import CHAT, CursorUser

from tokentui import ingest
from tokentui.config import Config, SourceSettings
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ledger import statements
from tokentui.ledger.connection import open_for_writing
from tokentui.settings import Match, Payer
from tokentui.statements import Reading

SECONDS = 1_000
OTHERS = (
    SourceSettings("claude-code", enabled=False),
    SourceSettings("codex", enabled=False),
)
COLUMNS = ("at", "origin", "project", "output")
START_MS = builders.START_MS
LOCAL_ROW = (START_MS, "response", "/nowhere/acme", 0)
LISTED_ROW = (START_MS + 20 * SECONDS, "account", "/nowhere/acme", 90)


@pytest.fixture
def cursor() -> Iterator[CursorUser]:
    """Let Cursor run, in a workspace."""
    made = CursorUser(Path(os.environ["CURSOR_USER_DIR"]))
    made.workspace("0a", [CHAT], folder="file:///nowhere/acme")
    yield made
    made.quit()


@pytest.fixture
def read(ledger: Path) -> Callable[..., ingest.RefreshReport]:
    """Read what Cursor wrote."""

    def refresh(**rules: Any) -> ingest.RefreshReport:
        with builders.toy_prices():
            report = ingest.refresh(ledger, Config(sources=OTHERS, **rules))
        assert rollup_faults(ledger) == []
        return report

    return refresh


@pytest.fixture
def state(ledger: Path) -> Callable[..., None]:
    """Let an account list requests of conversations so many seconds after the start."""

    def keep(
        *listed: tuple[str, int],
        since: int = -3_600,
        until: int = 3_600,
        rules: dict[str, Any] | None = None,
    ) -> None:
        pairs = []
        for session, seconds in listed:
            at = START_MS + seconds * SECONDS
            series = Series("cursor", session, "m", origin="account")
            event = UsageEvent(
                f"listed {seconds:8}".encode()[:16], 0, at, at, Tokens(output=90)
            )
            pairs.append((series, event))
        start, end = (START_MS + edge * SECONDS for edge in (since, until))
        reading = Reading(start, end, end, events=tuple(pairs))
        connection = open_for_writing(ledger)
        with builders.toy_prices():
            writer = ingest.writer_for(connection, Config(**(rules or {})))
            statements.keep(
                connection, writer, "it", "requests", reading, "cursor", end
            )
        connection.close()
        assert rollup_faults(ledger) == []

    return keep


def test_local_first(
    cursor: CursorUser, ledger: Path, read: Callable, state: Callable
) -> None:
    """A record that is there when it is listed gives way, and its project stays."""
    cursor.bubble("a")
    read()
    assert events(ledger, *COLUMNS) == [LOCAL_ROW]
    state((CHAT, 20))
    assert events(ledger, *COLUMNS) == [LISTED_ROW]


def test_account_first(
    cursor: CursorUser, ledger: Path, read: Callable, state: Callable
) -> None:
    """A record of what is listed already is not counted and lends its project."""
    state((CHAT, 20))
    assert events(ledger, *COLUMNS) == [(*LISTED_ROW[:2], None, 90)]
    cursor.bubble("a")
    report = read()
    assert (report.sources[0].events_new, report.sources[0].records_skipped) == (0, 0)
    assert events(ledger, *COLUMNS) == [LISTED_ROW]


def test_read_again(
    cursor: CursorUser, ledger: Path, read: Callable, state: Callable
) -> None:
    """What gave way does not come back when the database is read again."""
    cursor.bubble("a")
    read()
    state((CHAT, 20))
    cursor.connection.execute("DELETE FROM cursorDiskKV")
    cursor.bubble("z", 1, usageUuid="z", type=1)
    read()
    cursor.connection.execute("DELETE FROM cursorDiskKV WHERE key LIKE '%:z'")
    read()
    cursor.bubble("a")
    read()
    assert events(ledger, *COLUMNS) == [LISTED_ROW]


def test_what_is_not_listed_yet(
    cursor: CursorUser, ledger: Path, read: Callable, state: Callable
) -> None:
    """A turn after the last one listed counts until it is listed itself."""
    cursor.bubble("a")
    cursor.bubble("b", 200, usageUuid="later")
    state((CHAT, 20))
    read()
    assert [row[1] for row in events(ledger, *COLUMNS)] == ["account", "response"]
    state((CHAT, 20), (CHAT, 205))
    assert [row[1] for row in events(ledger, *COLUMNS)] == ["account", "account"]


def test_what_was_before_the_list(
    cursor: CursorUser, ledger: Path, read: Callable, state: Callable
) -> None:
    """A turn before the span that was read is not covered by it."""
    cursor.bubble("old", -7_200, usageUuid="old")
    cursor.bubble("a")
    read()
    state((CHAT, 20))
    assert [row[1] for row in events(ledger, *COLUMNS)] == ["response", "account"]


def test_other_conversations_stand(
    cursor: CursorUser, ledger: Path, read: Callable, state: Callable
) -> None:
    """A conversation that is not listed, as of another login, counts as before."""
    cursor.bubble("a", chat="of another login")
    state((CHAT, 20))
    read()
    state((CHAT, 20))
    assert [row[1] for row in events(ledger, *COLUMNS)] == ["response", "account"]


@pytest.mark.parametrize("is_local_first", [True, False])
def test_payer_by_project(
    cursor: CursorUser,
    ledger: Path,
    read: Callable,
    state: Callable,
    is_local_first: bool,
) -> None:
    """A rule on the project finds who pays for what is listed, too."""
    rules = {"payers": (Payer("acme", match=Match(project=("acme",))),)}
    cursor.bubble("a")
    steps = [lambda: read(**rules), lambda: state((CHAT, 20), rules=rules)]
    for step in steps if is_local_first else reversed(steps):
        step()
    assert events(ledger, "payer", "output") == [("acme", 90)]


def test_nothing_is_halved(
    cursor: CursorUser, ledger: Path, read: Callable, state: Callable
) -> None:
    """A list that cannot be kept in whole leaves the records as they were."""
    cursor.bubble("a")
    read()
    with (
        patch.object(statements, "local_copies", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        state((CHAT, 20))
    assert events(ledger, *COLUMNS) == [LOCAL_ROW]
