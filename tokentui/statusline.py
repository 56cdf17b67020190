"""Draw the line under Claude Code's prompt, and keep what it tells meanwhile."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING, NoReturn

from tokentui.environment import without_keys
from tokentui.errors import TokentuiError
from tokentui.ingest import is_behind
from tokentui.ledger import heard
from tokentui.ledger.connection import explaining, open_for_reading, open_for_writing
from tokentui.line import Line
from tokentui.periods import millis
from tokentui.setting import Setting, setting_now
from tokentui.sources import claude_status
from tokentui.text import clean

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

MOST_BYTES = 1 << 20
BUSY_MS = 300
"""How long a line waits for another writer; the next line brings the news again."""

THEN_SECONDS = 5.0
"""How long another tool's line is waited for: Claude Code draws often."""

LINE = "{today} today · {month} this month"


def print_line(template: str | None, then: str | None) -> NoReturn:
    """Draw the line for what stands on stdin, and leave."""
    given = sys.stdin.buffer.read(MOST_BYTES)
    lines = drawn_after(given, template, then, setting_now).encode(
        "utf-8", "backslashreplace"
    )
    with suppress(OSError):  # who has asked is gone
        while lines:
            lines = lines[os.write(1, lines) :]
    os._exit(0)


def drawn_after(
    given: bytes,
    template: str | None,
    then: str | None,
    look_up: Callable[[], Setting],
) -> str:
    """Give another tool's lines, if there is one, as they are, and ours below."""
    other = started(then, given) if then else None
    own = clean(drawn(given, template, look_up)) + "\n"
    return own if other is None else ended_with_newline(said_by(other)) + own


def drawn(given: bytes, template: str | None, look_up: Callable[[], Setting]) -> str:
    """Give our line; whatever goes wrong is the line, since an agent draws it."""
    try:
        return line_of(given, template, look_up())
    except TokentuiError as problem:
        return f"tokentui: {problem}"
    except Exception as problem:  # noqa: BLE001 (the edge: an agent draws what it gets)
        return f"tokentui: {type(problem).__name__}"


def line_of(given: bytes, template: str | None, here: Setting) -> str:
    """Keep what was told, and fill the line."""
    told = claude_status.told_by(given)
    with (
        explaining(here.ledger),
        closing(open_for_reading(here.ledger)) as connection,
    ):
        payer = heard_of(connection, told, here)
        line = Line(
            connection,
            here.config,
            here.tz,
            here.now,
            told=told,
            payer=payer or "",
            is_behind=lambda: is_behind(connection, here.config),
        )
        return line.filled(usual(line, told) if template is None else template)


def usual(line: Line, told: claude_status.Told) -> str:
    """Give the template of who has chosen none: what is known."""
    parts = ["{session} this session"] if told.cost_nanos is not None else []
    parts.append(LINE)
    parts += ["{quotas}"] if line.quotas else []
    return " · ".join(parts)


def heard_of(
    connection: sqlite3.Connection, told: claude_status.Told, here: Setting
) -> str | None:
    """Keep what is news of the plan's windows and of the session's cost.

    Gives the plan that pays, if it is known.
    """
    root = claude_status.root_of(told.transcript)
    payer = heard.plan_of(connection, told.session, root)
    if told.cost_nanos is None and not told.windows:
        return payer
    as_of = claude_status.as_of_ms(told.transcript, millis(here.now))
    windows = told.windows if payer is not None else ()
    rows = heard.news(connection, payer or "", windows, as_of)
    session, cost = told.session, told.cost_nanos
    if session is None or cost is None:
        is_dearer = False
    else:
        is_dearer = heard.is_news_of_cost(connection, session, cost, as_of)
    if rows or is_dearer:
        with (
            suppress(TokentuiError, sqlite3.Error),
            closing(open_for_writing(here.ledger, BUSY_MS)) as writing,
        ):
            heard.keep(writing, rows)
            if is_dearer and session is not None and cost is not None:
                heard.keep_cost(writing, session, cost, as_of)
    return payer


def started(command: str, given: bytes) -> subprocess.Popen[bytes]:
    """Start another tool on the same input, through the shell, as Claude Code does."""
    import subprocess  # 10 ms, only for who has another tool
    import tempfile

    with tempfile.TemporaryFile() as copy:
        copy.write(given)
        copy.seek(0)
        return subprocess.Popen(
            command,
            shell=True,  # nosec B602 # the person's own words, in their settings
            stdin=copy,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=without_keys(),
            start_new_session=True,
        )


def said_by(other: subprocess.Popen[bytes]) -> str:
    """Give what another tool prints in its time; one that takes longer is ended."""
    import signal
    import subprocess

    try:
        said, _ = other.communicate(timeout=THEN_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(other.pid, signal.SIGKILL)
            else:
                other.kill()
        if other.stdout is not None:
            other.stdout.close()
        other.wait()
        return ""
    return said.decode("utf-8", "replace")


def ended_with_newline(text: str) -> str:
    """Give lines that others can follow."""
    return text if not text or text.endswith("\n") else text + "\n"
