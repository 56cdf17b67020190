"""`statusline`: the line, what is kept of it, and that it never fails."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
import time
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


def costed(transcript: Path, **more: Any) -> dict[str, Any]:
    """Make what Claude Code sends where an API key pays."""
    return {
        "session_id": builders.SESSION,
        "transcript_path": str(transcript),
        "cost": {"total_cost_usd": 0.31},
        **more,
    }


def told_costs(ledger: Path) -> list[tuple[Any, ...]]:
    """Give what is kept of what sessions have cost."""
    with closing(sqlite3.connect(ledger)) as connection:
        return connection.execute("SELECT * FROM told_cost").fetchall()


def test_cost_of_the_session(line: Line, ask: Ask, logs: Path, ledger: Path) -> None:
    """What Claude Code says of the session's cost is shown and kept."""
    ask("refresh")
    given = costed(builders.transcript(logs))
    assert line(given).out.startswith("$0.31 this session · $0.27 today")
    at = builders.ms("2026-11-20T11:50Z")
    assert told_costs(ledger) == [("claude-code", builders.SESSION, at, 310_000_000)]
    line(given | {"cost": {"total_cost_usd": 0.4}})
    assert [row[3] for row in told_costs(ledger)] == [400_000_000]
    (claude, _) = ask("status", "--json").document["sessions"]
    assert claude["told_usd"] == 0.4


def test_cost_by_the_log(line: Line, ask: Ask, logs: Path) -> None:
    """Where it says nothing the session costs what its log tells: here 4.266."""
    ask("refresh")
    given = {"session_id": builders.SESSION}
    assert line(given, "--line", "{session}").out == "$4.27\n"
    assert line({}, "--line", "{session} {context} {cold}|").out == "? ? |\n"


@pytest.mark.parametrize(
    "cost", [None, 7, {}, {"total_cost_usd": "1"}, {"total_cost_usd": -1}]
)
def test_odd_costs(line: Line, ask: Ask, logs: Path, ledger: Path, cost: Any) -> None:
    """A cost that makes no sense is none."""
    ask("refresh")
    given = costed(builders.transcript(logs), cost=cost)
    assert "session" not in line(given).out
    assert told_costs(ledger) == []


def test_numbers_that_are_none(line: Line, ask: Ask, logs: Path, ledger: Path) -> None:
    """Numbers that JSON cannot have, and ones beyond reason, are left out."""
    ask("refresh")
    for text in (b"NaN", b"Infinity", b"1e400", b"1" * 400):
        given = b'{"session_id": "s", "cost": {"total_cost_usd": %s}}' % text
        assert "session" not in line(given).out
    assert told_costs(ledger) == []


def test_cold(line: Line, ask: Ask, logs: Path) -> None:
    """When the cache lapses, and what the prompt costs then: 150,000 tokens of opus.

    Read at 0.20 they cost 0.03, written for five minutes at 5.00 they cost 0.75. The
    last response was at 11:57:10; it is noon.
    """
    log = builders.transcript(logs)
    prompt = {"input": 0, "read": 149_000, "written": 1_000}
    builders.append(log, builders.claude_line("msg_01Z", 7_030, request="z", **prompt))
    ask("refresh")
    given = {"session_id": builders.SESSION}
    words = "cold in 2:10, then $0.75 instead of $0.03"
    assert line(given, "--line", "{cold}").out == f"{words}\n"
    assert words in ask("status").out
    cache = {"expires_at": millis(NOW) // 1000 + 60, "recache_tokens_if_cold": 150_000}
    given["prompt_cache"] = cache  # type: ignore[assignment]
    shown = line(given, "--line", "{cold}").out
    assert shown == words.replace("2:10", "1:00") + "\n"
    cache["recache_tokens_if_cold"] = 151_000  # a response that was not read yet
    assert line(given, "--line", "{cold}").out == "cold in 1:00\n"
    cache["expires_at"] = millis(NOW) // 1000
    assert line(given, "--line", "{cold}").out == "cold\n"


def test_context(line: Line, ask: Ask, logs: Path) -> None:
    """How full the context is, as told."""
    ask("refresh")
    given = {"context_window": {"used_percentage": 42.4}}
    assert line(given, "--line", "{context}").out == "42 %\n"


def test_cap_as_status_says(line: Line, ask: Ask, logs: Path) -> None:
    """What is left of the cap is what `status` says."""
    ask("cap", "set", "2.50")
    ask("refresh")
    shown = line({}, "--line", "{left} of {cap}, {share}, {state}, {burn}").out
    assert shown == "$0.23 of $2.50, 91 %, NEAR, $0.03/h\n"


needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="commands of a shell")


@needs_shell
def test_then(line: Line, ask: Ask, logs: Path) -> None:
    """Another tool gets the same input, and its lines stand first, unchanged."""
    ask("refresh")
    given = json.dumps({"session_id": "a\u00e4$(id)"}).encode()
    shown = line(given, "--line", "{today}", "--then", "printf '\\033[1mx '; cat")
    assert shown.out == f"\x1b[1mx {given.decode()}\n$0.27\n"


@needs_shell
@pytest.mark.parametrize("command", ["exit 3", "no-such-tool", "exec <&-; true"])
def test_then_fails(line: Line, ask: Ask, logs: Path, command: str) -> None:
    """Another tool that fails takes nothing from our line."""
    ask("refresh")
    shown = line(b"{}", "--line", "{today}", "--then", command)
    assert (shown.code, shown.out, shown.err) == (0, "$0.27\n", "")


@needs_shell
def test_then_takes_long(
    line: Line, ask: Ask, logs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another tool that does not end is ended, with what it has started."""
    monkeypatch.setattr("tokentui.statusline.THEN_SECONDS", 0.2)
    ask("refresh")
    pid = tmp_path / "pid"
    command = f"sleep 600 & echo $! > {pid}; wait"
    assert line(b"{}", "--line", "{today}", "--then", command).out == "$0.27\n"
    for _ in range(100):
        if not is_running(int(pid.read_text())):
            break
        time.sleep(0.05)
    assert not is_running(int(pid.read_text()))


def is_running(pid: int) -> bool:
    """Claim that a process runs, and is no remainder that nobody has asked after."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return False
    return state[0] != "Z"
