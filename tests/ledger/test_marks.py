"""Marks: one a session, the last one stands, and names find the session they are of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import builders
import pytest

from tokentui.errors import UsageError
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ledger.connection import open_for_writing
from tokentui.ledger.marks import Mark, drop_mark, keep_mark
from tokentui.queries.marks import mark_of, marks, session_named

NOW = builders.START_MS
CLAUDE, CODEX = "claude-code", "codex"
SESSIONS = (
    (CLAUDE, "5e55-aaaa", "response"),
    (CLAUDE, "5e55-bbbb", "response"),
    (CODEX, "5e55-bbbb", "response"),
    (CODEX, "019f", "response"),
    (CODEX, "019f-0001", "response"),
    (CODEX, "imported-1", "import"),
)


@pytest.fixture
def kept(ledger: Path) -> Iterator[sqlite3.Connection]:
    """Open a ledger with some sessions, the last of which spoke last."""
    builders.record(
        ledger,
        [
            (
                Series(source, session, "m", origin=origin),
                UsageEvent(bytes([i] * 16), 0, NOW + i, NOW + i, Tokens(output=i + 1)),
            )
            for i, (source, session, origin) in enumerate(SESSIONS)
        ],
    )
    with closing(open_for_writing(ledger)) as connection:
        yield connection


def test_last_mark_stands(kept: sqlite3.Connection) -> None:
    """A mark takes the place of the one before; others stay."""
    first = Mark(CLAUDE, "a", "accepted", NOW)
    other = Mark(CODEX, "a", "abandoned", NOW)
    second = Mark(CLAUDE, "a", "rejected", NOW + 1, "broke")
    for mark in (first, other, second):
        keep_mark(kept, mark)
    assert marks(kept) == {(CLAUDE, "a"): second, (CODEX, "a"): other}
    assert mark_of(kept, (CLAUDE, "a")) == second
    assert mark_of(kept, (CLAUDE, "b")) is None


def test_value_and_review_outlive_a_verdict(kept: sqlite3.Connection) -> None:
    """What is known of the work stays with another verdict; the reason does not."""
    keep_mark(kept, Mark(CLAUDE, "a", "rejected", NOW, "late", 60 * 10**9, 360))
    keep_mark(kept, Mark(CLAUDE, "a", "accepted", NOW + 1))
    told = Mark(CLAUDE, "a", "accepted", NOW + 1, None, 60 * 10**9, 360)
    assert mark_of(kept, (CLAUDE, "a")) == told
    keep_mark(kept, Mark(CLAUDE, "a", "accepted", NOW + 2, None, 0, 0))
    assert mark_of(kept, (CLAUDE, "a")) == Mark(
        CLAUDE, "a", "accepted", NOW + 2, None, 0, 0
    )


def test_mark_is_taken_off(kept: sqlite3.Connection) -> None:
    """A mark can be taken off once, and nothing of it is left."""
    keep_mark(kept, Mark(CLAUDE, "a", "accepted", NOW, None, 5, 5))
    assert drop_mark(kept, CLAUDE, "a")
    assert not drop_mark(kept, CLAUDE, "a")
    keep_mark(kept, Mark(CLAUDE, "a", "accepted", NOW))
    assert marks(kept) == {(CLAUDE, "a"): Mark(CLAUDE, "a", "accepted", NOW)}


@pytest.mark.parametrize(
    ("name", "session"),
    [
        ("5e55-a", (CLAUDE, "5e55-aaaa")),
        ("5E55-AAAA", (CLAUDE, "5e55-aaaa")),
        ("019f-", (CODEX, "019f-0001")),
        ("019f", (CODEX, "019f")),  # whole, though another begins so
        ("last", (CODEX, "019f-0001")),
    ],
)
def test_session_is_found(
    name: str, session: tuple[str, str], kept: sqlite3.Connection
) -> None:
    """A beginning that only one session has names it; so does its whole name."""
    assert session_named(kept, name) == session


@pytest.mark.parametrize("name", ["", "x", "5e55-_", "%", "*", "imported-1", "a\0b"])
def test_no_session_is_found(name: str, kept: sqlite3.Connection) -> None:
    """What begins no session of an agent is refused; there are no patterns."""
    with pytest.raises(UsageError, match="no session"):
        session_named(kept, name)


@pytest.mark.parametrize("name", ["5e55", "5e55-bbbb", "01"])
def test_several_sessions_are_named(name: str, kept: sqlite3.Connection) -> None:
    """What names several sessions is refused with their names."""
    with pytest.raises(UsageError, match="several sessions") as told:
        session_named(kept, name)
    assert f"({CODEX})" in str(told.value)
