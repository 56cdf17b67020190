"""What happens now: the feed is newest first, the pace sums what events cost."""

from __future__ import annotations

from contextlib import closing
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import pytest
from builders import (
    START_MS,
    claude_line,
    codex_meta,
    codex_total,
    codex_turn,
    refresh,
    rollout,
    transcript,
    write,
)

from tokentui.ledger.connection import open_for_reading
from tokentui.queries.recent import latest_events, source_states, spent_by_quarter_hour
from tokentui.sources import lines

QUARTER = 900_000
HOUR = 4 * QUARTER


@pytest.fixture
def filled(home: Path, ledger: Path) -> Path:
    """Make a ledger with a response every ten minutes for two hours, and one before."""
    each = [
        claude_line(f"msg_01AAAAAAAAAAAAAAAAAAAA{n:02}", n * 600, input=n, output=0)
        for n in range(1, 13)
    ]
    before = claude_line(
        "msg_01BBBBBBBBBBBBBBBBBBBB00", -20 * 86_400, model="old", output=3
    )
    write(transcript(home), before, *each)
    refresh(ledger, home)
    return ledger


@pytest.mark.parametrize(
    ("limit", "seconds", "expected"),
    [
        (1, 7200, [12]),
        (3, 7200, [12, 11, 10]),
        (7, 7200, [12, 11, 10, 9, 8, 7, 6]),
        (8, 7200, [12, 11, 10, 9, 8, 7, 6, 5]),
        (99, 7200, [*range(12, 0, -1), 10]),
        (2, 7200 + 3 * 86_400, [12, 11]),
        (2, 99 * 86_400, []),
    ],
)
def test_latest(limit: int, seconds: int, expected: list[int], filled: Path) -> None:
    """The last responses come newest first, as far back as it takes, up to a month."""
    with closing(open_for_reading(filled)) as connection:
        found = latest_events(connection, limit, START_MS + seconds * 1000)
    assert [event.tokens[0] for event in found] == expected


def test_what_the_feed_shows(filled: Path) -> None:
    """An event of the feed has its labels, counts and cost."""
    with closing(open_for_reading(filled)) as connection:
        (event,) = latest_events(connection, 1, START_MS + 2 * HOUR)
    assert (event.source, event.model, event.origin) == (
        "claude-code",
        "claude-opus-5-5",
        "response",
    )
    assert event.at_ms == START_MS + 2 * HOUR
    assert event.project == "/nowhere/acme"
    assert (event.tokens, event.cost_nanos) == ((12, 0, 0, 0, 0, 0), 12_000)
    assert (event.is_partial, len(event.key)) == (False, 16)


def test_pace(filled: Path) -> None:
    """Each quarter-hour has the cost of its events, the empty ones nothing."""
    with closing(open_for_reading(filled)) as connection:
        found = spent_by_quarter_hour(connection, START_MS - QUARTER, START_MS + HOUR)
    # Minutes 10, 20, 30, 40 and 50 lie in the quarter-hours 0, 1, 2, 2 and 3.
    assert found == (0, 1_000, 2_000, 3_000 + 4_000, 5_000)


def test_sources(home: Path, filled: Path) -> None:
    """Each source tells when it last spoke, from how many files, with what trouble."""
    bad = claude_line("msg_01CCCCCCCCCCCCCCCCCCCC00", input=-1)
    write(transcript(home, "bad"), bad)
    write(
        rollout(home), codex_meta(), codex_turn(), codex_total((9, 0, 9), (9, 0, 9), 5)
    )
    import_module("tokentui.sources.codex")  # must not bind what is patched
    with patch.object(
        lines, "whole_lines", side_effect=OSError(5, "Input/output error")
    ):
        refresh(filled, home)
    with closing(open_for_reading(filled)) as connection:
        claude, codex = source_states(connection)
    assert (claude.source, claude.files, claude.skipped) == ("claude-code", 2, 0)
    assert claude.last_event_ms == START_MS + 2 * HOUR
    assert claude.problems == (f"{transcript(home, 'bad')}: Input/output error",)
    assert (codex.source, codex.last_event_ms, len(codex.problems)) == (
        "codex",
        None,
        1,
    )
    refresh(filled, home)
    with closing(open_for_reading(filled)) as connection:
        claude, codex = source_states(connection)
    assert (claude.skipped, claude.problems) == (1, ())
    assert (codex.last_event_ms, codex.problems) == (START_MS + 5000, ())
