"""`statusline`: the line, what is kept of it, and that it never fails."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import builders
import pytest
from asking import NOW, Answer, Ask

from tokentui.periods import millis

Line = Callable[..., Answer]
HOUR_MS = 3_600_000
RESET, WEEK_RESET = (
    builders.ms("2026-11-20T14:00Z"),
    builders.ms("2026-11-24T09:00Z"),
)


@pytest.fixture
def line(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> Line:
    """Draw the line with some JSON on stdin, or with any bytes."""

    def draw(given: Any = b"", *words: str) -> Answer:
        text = given if isinstance(given, bytes) else json.dumps(given).encode()
        stdin = io.TextIOWrapper(io.BytesIO(text))
        monkeypatch.setattr("sys.stdin", stdin)
        return ask("statusline", *words)

    return draw


@pytest.fixture
def max_plan(ask: Ask, logs: Path) -> Path:
    """Read logs that a plan pays; give the transcript, whose last response is 11:50."""
    text = '{"oauthAccount": {"organizationType": "claude_max"}}'
    (logs / ".claude.json").write_text(text, encoding="utf-8")
    ask("refresh")
    return builders.transcript(logs)


def told(transcript: Path | None, five: float, week: float = 9) -> dict[str, Any]:
    """Make what Claude Code sends where a plan pays."""
    return {
        "session_id": builders.SESSION,
        "transcript_path": str(transcript),
        "rate_limits": {
            "five_hour": {"used_percentage": five, "resets_at": RESET // 1000},
            "seven_day": {"used_percentage": week, "resets_at": WEEK_RESET // 1000},
        },
    }


def kept(ledger: Path) -> list[tuple[Any, ...]]:
    """Give the windows of five hours that were kept, oldest first."""
    with closing(sqlite3.connect(ledger)) as connection:
        return connection.execute(
            "SELECT payer, limit_id, as_of, used_percent, resets_at FROM quota"
            " WHERE window_minutes = 300 ORDER BY as_of"
        ).fetchall()


def test_line(line: Line, max_plan: Path) -> None:
    """It shows what is to pay and how much of the windows is used.

    Of the history 0.00655 dollars are to pay today, the rest is inside the plan.
    """
    drawn = line(told(max_plan, 41.5))
    assert (drawn.code, drawn.err) == (0, "")
    assert drawn.out == "$0.01 today · $0.01 this month · 5 h 42 %, week 9 %\n"


def test_kept_as_of_the_last_response(line: Line, max_plan: Path, ledger: Path) -> None:
    """A window is kept for the plan that pays, as of the last response."""
    line(told(max_plan, 41.5))
    at = builders.ms("2026-11-20T11:50Z")
    assert kept(ledger) == [("claude-max", "claude", at, 41.5, RESET)]


def test_kept_once(line: Line, max_plan: Path, ledger: Path) -> None:
    """Drawn again it keeps nothing new; a changed figure of the same time replaces."""
    for used in (40, 40, 41):
        line(told(max_plan, used))
    assert [row[3] for row in kept(ledger)] == [41]


def test_resting_session_is_no_news(line: Line, max_plan: Path, ledger: Path) -> None:
    """A session that rests tells what it heard long ago: a later word stands."""
    later = ("claude-max", "claude", 300, millis(NOW), 70.0, RESET)
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("INSERT INTO quota VALUES (?, ?, ?, ?, ?, ?)", later)
    assert "5 h 70 %" in line(told(max_plan, 41.5)).out
    assert [row[3] for row in kept(ledger)] == [70]


@pytest.mark.parametrize(("seconds", "used"), [(7_140, [40]), (7_200, [40, 40])])
def test_same_figure_later(
    line: Line, max_plan: Path, ledger: Path, seconds: int, used: list[float]
) -> None:
    """The same figure is kept again after five minutes, not before."""
    line(told(max_plan, 40))
    row = kept(ledger)[0]
    with closing(sqlite3.connect(ledger)) as connection, connection:
        # As if it had been told at 11:55, five minutes before the last response.
        connection.execute("UPDATE quota SET as_of = ?", (row[2] + 300_000,))
    builders.append(max_plan, builders.claude_line("msg_01Z", seconds, request="z"))
    line(told(max_plan, 40))
    assert [row[3] for row in kept(ledger)] == used


def test_other_folder_of_the_plan(line: Line, max_plan: Path, ledger: Path) -> None:
    """A session that was not read yet is paid as the others of its folder."""
    new = max_plan.with_name("5e551011-0000-4000-8000-00000000000f.jsonl")
    given = told(new, 41.5) | {"session_id": new.stem}
    line(given)
    assert [row[:2] for row in kept(ledger)] == [("claude-max", "claude")]
    line(given | {"transcript_path": "/elsewhere/projects/x/y.jsonl"})
    assert len(kept(ledger)) == 1


def test_nothing_kept_of_an_unknown_plan(
    line: Line, ask: Ask, logs: Path, ledger: Path
) -> None:
    """Where the logs do not tell which plan pays, no plan is made up."""
    ask("refresh")
    drawn = line(told(builders.transcript(logs), 41.5))
    assert drawn.out == "$0.27 today · $2.27 this month\n"
    assert kept(ledger) == []


def test_unread_logs_are_marked(line: Line, ask: Ask, logs: Path) -> None:
    """It reads no log: what it does not know of is marked, until something reads it."""
    ask("refresh")
    builders.append(
        builders.transcript(logs), builders.claude_line("msg_01Z", 7_000, request="z")
    )
    assert line(b"{}").out == "≥$0.27 today · ≥$2.27 this month\n"
    ask("refresh")
    assert "≥" not in line(b"{}").out


def test_own_line(line: Line, max_plan: Path) -> None:
    """The fields are those of `status --line`."""
    assert line(told(max_plan, 41.5), "--line", "{quotas}|{cap}|{x}").out == (
        "5 h 42 %, week 9 %|no cap|{x}\n"
    )


@pytest.mark.parametrize("given", [b"", b"{", b"\xff\xfe", b"[]", b"{}"])
def test_any_input(line: Line, ask: Ask, logs: Path, given: bytes) -> None:
    """Whatever is on stdin, there is a line."""
    ask("refresh")
    drawn = line(given)
    assert (drawn.code, drawn.err) == (0, "")
    assert drawn.out == "$0.27 today · $2.27 this month\n"


def test_no_ledger(line: Line) -> None:
    """Without a ledger the line says what to do, and makes none."""
    drawn = line(b"{}")
    assert (drawn.code, drawn.err) == (0, "")
    assert "run `tokentui refresh`" in drawn.out
    assert len(drawn.lines) == 1


def test_broken_config(line: Line, config: Callable[[str], Path]) -> None:
    """An error is the line; the agent is not disturbed."""
    config("[caps.month]\nper = 7\n")
    drawn = line(b"{}")
    assert (drawn.code, drawn.err, len(drawn.lines)) == (0, "", 1)
    assert drawn.out.startswith("tokentui: ")


def test_ledger_is_busy(line: Line, max_plan: Path, ledger: Path) -> None:
    """While another writer is at work the line is drawn, without waiting for it."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        drawn = line(told(max_plan, 41.5))
    assert drawn.code == 0
    assert drawn.out.startswith("$0.01 today")
    assert kept(ledger) == []
