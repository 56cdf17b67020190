"""What is forgotten is gone to the last byte, and no reading brings it back."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import builders
import pytest
from builders import (
    START_MS,
    append,
    claude_line,
    codex_meta,
    codex_total,
    codex_turn,
    cost_state,
    events,
    fresh_home,
    refresh,
    rollout,
    rollup_faults,
    totals,
    transcript,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tokentui import ingest
from tokentui.alerts.rules import named
from tokentui.config import Config
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ledger import alerts, heard, marks, statements, writer
from tokentui.ledger.by_hand import transaction
from tokentui.ledger.care import back_up, check_ledger
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.ledger.forget import clean, forget, rules_of
from tokentui.rebuild import rebuild
from tokentui.statements import Reading

LATER_S = 40 * 86_400
NOW_MS = START_MS + LATER_S * 1000
SECRET, OPEN = (
    "5ec2e7aa-0000-4000-8000-000000000001",
    "09e00000-0000-4000-8000-000000000002",
)
PROJECTS = ("/home/ada/hushhush", "/home/ada/public")


def erase(
    ledger: Path,
    condition: str,
    *,
    projects: Iterable[str] = (),
    session: str | None = None,
    before_ms: int | None = None,
    is_cleaned: bool = True,
) -> None:
    """Forget as the verb does: all labels of a condition, with the rules for them."""
    with closing(open_for_writing(ledger)) as connection:
        chosen = connection.execute(f"SELECT id FROM series WHERE {condition}")
        numbers = [number for (number,) in chosen.fetchall()]
        rules = rules_of(NOW_MS, projects, session, before_ms)
        with transaction(connection):
            forget(connection, numbers, before_ms, rules)
        if is_cleaned:
            clean(connection)


def erase_project(ledger: Path, project: str = PROJECTS[0], **how: bool) -> None:
    """Forget a project."""
    erase(ledger, f"project = '{project}'", projects=[project], **how)


def erase_session(ledger: Path, session: str = SECRET, **how: bool) -> None:
    """Forget a session."""
    erase(ledger, f"session = '{session}'", session=session, **how)


def read_from_the_start(ledger: Path, home: Path) -> None:
    """Read all logs as if none was ever read."""
    with closing(open_for_writing(ledger)) as connection:
        connection.execute("DELETE FROM cursor")
    refresh(ledger, home)


def rows(ledger: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask a ledger."""
    with closing(open_for_reading(ledger)) as connection:
        return connection.execute(query).fetchall()


def bytes_of(ledger: Path) -> bytes:
    """Give all that is on disk of a ledger."""
    return b"".join(each.read_bytes() for each in ledger.parent.glob("ledger.db*"))


# Any usage, any forgetting


class Made(NamedTuple):
    """A response of a session and project, so many hours after the start."""

    session: int
    project: int
    hour: int
    output: int
    copied_into: int | None


RESPONSES = st.lists(
    st.builds(
        Made,
        st.integers(0, 2),
        st.integers(0, 1),
        st.integers(0, 30),
        st.integers(10, 999),
        st.none() | st.integers(0, 2),
    ),
    max_size=12,
)
WISHES = st.sampled_from(["project", "session", "before"])


def session_name(number: int) -> str:
    """Name a session."""
    return f"5e55{number:04}-0000-4000-8000-000000000001"


def log(home: Path, number: int, made: Made) -> None:
    """Append a response to its session's log, and its copy to that of another."""
    line = {
        "output": made.output,
        "input": 0,
        "request": f"r{number}",
        "cwd": PROJECTS[made.project],
    }
    for session in {made.session, made.copied_into} - {None}:
        is_copy = session != made.session
        append(
            transcript(home, session_name(session or 0)),
            claude_line(
                f"msg_01{number:022}",
                made.hour * 3_600 + 60 * is_copy,
                session=session_name(session or 0),
                **line,
            ),
        )


def make_anew(ledger: Path, home: Path, backup: Path) -> None:
    """Lose all events, and make the ledger anew with a backup of before."""
    with closing(open_for_writing(ledger)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'event'"
        ).fetchone()
    with ledger.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    with builders.toy_prices():
        rebuild(ledger, builders.config_of(home), backup, builders.START)


@settings(max_examples=15)
@given(RESPONSES, WISHES, st.integers(0, 2), st.integers(0, 31))
def test_totals(responses: list[Made], wish: str, which: int, hour: int) -> None:
    """What stays is what was not meant, to the token.

    Also after all is read again, and after the ledger is made anew, from the logs and
    from a backup that has all.
    """
    home, ledger = fresh_home()
    for number, made in enumerate(responses):
        log(home, number, made)
    refresh(ledger, home)
    back_up(ledger, str(home / "backup.db"))
    if wish == "project":
        erase_project(ledger, PROJECTS[which % 2], is_cleaned=False)
        gone = f"project = '{PROJECTS[which % 2]}'"
        stays = [r for r in responses if r.project != which % 2]
    elif wish == "session":
        erase_session(ledger, session_name(which), is_cleaned=False)
        gone = f"session = '{session_name(which)}'"
        stays = [r for r in responses if r.session != which]
    else:
        erase(ledger, "1", before_ms=START_MS + hour * 3_600_000, is_cleaned=False)
        stays = [r for r in responses if r.hour >= hour]
        lost = {r.session for r in responses} - {r.session for r in stays}
        gone = f"session IN ({', '.join(repr(session_name(n)) for n in lost)})"
    expected = sorted((r.output,) for r in stays)
    for again in (
        lambda: None,
        lambda: read_from_the_start(ledger, home),
        lambda: make_anew(ledger, home, home / "backup.db"),
        lambda: shutil.rmtree(home / ".claude", ignore_errors=True),
        lambda: make_anew(ledger, home, home / "backup.db"),
    ):
        again()
        assert sorted(events(ledger, "output")) == expected
        assert check_ledger(ledger) == []
        assert rollup_faults(ledger) == []
        assert rows(ledger, f"SELECT * FROM series WHERE {gone}") == []


# One kind of trace after the other


@pytest.fixture
def filled(home: Path, ledger: Path) -> Path:
    """Make a ledger of two sessions and projects, of both agents."""
    write(
        transcript(home, SECRET, "-home-ada-hushhush"),
        claude_line(
            "msg_01AAAAAAAAAAAA01", session=SECRET, cwd=PROJECTS[0], gitBranch="hush-7"
        ),
        claude_line("msg_01B", 600, session=SECRET, cwd=PROJECTS[0], request="b"),
    )
    write(
        transcript(home, OPEN),
        claude_line("msg_01C", session=OPEN, cwd=PROJECTS[1], output=7, request="c"),
    )
    write(
        rollout(home),
        codex_meta(cwd=PROJECTS[0]),
        codex_turn("gpt-hush", cwd=PROJECTS[0]),
        codex_total((1_000, 200, 300), (1_000, 200, 300), 60),
    )
    refresh(ledger, home)
    return ledger


def test_no_byte_is_left(filled: Path, home: Path) -> None:
    """Names of what was forgotten are nowhere in the file and its journal.

    They were, and they are not after a refresh that finds nothing new either.
    """
    names = (b"hush", SECRET.encode(), builders.THREAD.encode())
    assert all(name in bytes_of(filled) for name in names)
    erase_project(filled)
    for _ in range(2):
        left = bytes_of(filled)
        assert [name for name in names if name in left] == []
        assert OPEN.encode() in left
        assert refresh(filled, home).is_empty
        with closing(open_for_reading(filled)) as connection:
            assert not ingest.is_behind(connection, builders.config_of(home))
    assert totals(filled, "session") == {OPEN: (1, 10, 0, 0, 0, 7, 0, 0)}


def test_what_was_rewritten_before_is_not_left(filled: Path) -> None:
    """Labels that were changed long before leave no trace in what is free either."""
    with closing(open_for_writing(filled)) as connection:
        connection.execute("UPDATE series SET branch = 'hidden-hush-branch'")
        connection.execute("UPDATE series SET branch = 'x'")
    erase_project(filled)
    assert b"hidden-hush-branch" not in bytes_of(filled)


def test_a_log_under_both_names(filled: Path, home: Path) -> None:
    """A ledger of before, whose writer was killed at that moment, may forget again."""
    erase_project(filled)
    hidden = rows(filled, "SELECT * FROM cursor")
    append(transcript(home, OPEN), claude_line("msg_01D", session=OPEN, request="d"))
    with patch.object(writer, "drop_hidden"):
        refresh(filled, home)
    assert len(rows(filled, "SELECT path FROM cursor")) == len(hidden) + 1
    erase_session(filled)
    assert len(rows(filled, "SELECT path FROM cursor")) == len(hidden)


def test_a_log_that_grows(filled: Path, home: Path) -> None:
    """What a forgotten session does later counts; what it did before stays away."""
    erase_session(filled)
    append(
        transcript(home, SECRET, "-home-ada-hushhush"),
        claude_line("msg_01D", LATER_S, session=SECRET, output=5, request="d"),
    )
    refresh(filled, home)
    assert sorted(events(filled, "session", "output")) == [
        (builders.THREAD, 300),
        (OPEN, 7),
        (SECRET, 5),
    ]
    assert rollup_faults(filled) == []
    assert rows(filled, "SELECT count(*) FROM cursor") == [(3,)]
    append(
        transcript(home, SECRET, "-home-ada-hushhush"),
        claude_line("msg_01E", LATER_S, session=SECRET, output=6, request="e"),
    )
    assert refresh(filled, home).sources[0].bytes_read < 2_000
    assert totals(filled, "session")[SECRET][0] == 2


def test_a_rollout_that_grows(filled: Path, home: Path) -> None:
    """A rollout is read from its start when it grows, and knows its thread again."""
    erase_project(filled)
    append(rollout(home), codex_total((1_500, 200, 340), (500, 0, 40), LATER_S))
    refresh(filled, home)
    assert sorted(events(filled, "model", "project", "output")) == [
        ("claude-opus-5-5", PROJECTS[1], 7),
        ("gpt-hush", PROJECTS[0], 40),
    ]


def test_what_was_not_read_yet(filled: Path, home: Path) -> None:
    """An old log of a forgotten project that turns up later is left out, too.

    So is what the client says that its session used in all.
    """
    erase_project(filled)
    other = "07e40000-0000-4000-8000-000000000003"
    write(
        transcript(home, other),
        claude_line("msg_01F", 60, session=other, cwd=PROJECTS[0], output=8),
        claude_line(
            "msg_01G", 90, session=other, cwd=PROJECTS[1], output=9, request="g"
        ),
        cost_state({"claude-opus-5-5": (900, 0, 0, 0, 900, 0)}, other),
    )
    refresh(filled, home)
    assert sorted(events(filled, "output")) == [(7,), (9,)]
    assert rows(filled, f"SELECT id FROM series WHERE project = '{PROJECTS[0]}'") == []


def test_a_copy_of_later(filled: Path, home: Path) -> None:
    """A copy in another session's log, made after the day, brings nothing back."""
    erase(filled, "1", before_ms=START_MS + 3_600_000)
    fork = "f0a40000-0000-4000-8000-000000000003"
    write(
        transcript(home, fork),
        claude_line("msg_01AAAAAAAAAAAA01", 7_200, session=fork, cwd=PROJECTS[1]),
        claude_line("msg_01AAAAAAAAAAAA08", 7_300, session=fork, output=3, request="h"),
    )
    refresh(filled, home)
    assert events(filled, "session", "output") == [(fork, 3)]


def test_lines_without_an_id(home: Path, ledger: Path) -> None:
    """Responses whose id is not unique are known again by their lines."""
    log = transcript(home, SECRET)
    lines = [
        claude_line(None, n, input=n, session=SECRET, cwd=PROJECTS[0], request=None)
        for n in range(3)
    ]
    write(log, *lines)
    refresh(ledger, home)
    assert len(events(ledger, "output")) == 3
    erase(ledger, "1", before_ms=START_MS + 60_000)
    fork = "f0a40000-0000-4000-8000-000000000003"
    write(transcript(home, fork), *lines)
    read_from_the_start(ledger, home)
    assert events(ledger, "output") == []
    assert rows(ledger, "SELECT count(*) FROM alias") == [(0,)]


# Totals, and what else is told of sessions


@pytest.mark.parametrize("wish", ["session", "project", "before"])
def test_totals_of_a_session(home: Path, ledger: Path, wish: str) -> None:
    """What a client says of a forgotten session in all does not return as unlogged."""
    log = transcript(home, SECRET)
    write(
        log,
        claude_line(session=SECRET, cwd=PROJECTS[0]),
        cost_state({"claude-opus-5-5": (15, 0, 0, 0, 160, 0)}, SECRET),
    )
    refresh(ledger, home)
    assert sum(row[0] for row in events(ledger, "output")) == 160
    if wish == "session":
        erase_session(ledger)
    elif wish == "project":
        erase_project(ledger)
    else:
        erase(ledger, "1", before_ms=START_MS + 1)
    read_from_the_start(ledger, home)
    assert events(ledger, "output") == []
    assert rows(ledger, "SELECT * FROM session_total") == []
    append(
        log,
        claude_line("msg_01Z", LATER_S, session=SECRET, output=9, request="z"),
        cost_state({"claude-opus-5-5": (25, 0, 0, 0, 190, 0)}, SECRET),
    )
    refresh(ledger, home)
    assert events(ledger, "output", "origin") == [(9, "response")]


def test_totals_of_before(home: Path, ledger: Path) -> None:
    """Totals of a forgotten time are left out though no response is beside them."""
    erase_empty(ledger)
    record = {"type": "system", "sessionId": SECRET, "timestamp": builders.clock()}
    totals_alone = cost_state({"claude-opus-5-5": (15, 0, 0, 0, 160, 0)}, SECRET)
    write(transcript(home, SECRET), builders.line(record), totals_alone)
    refresh(ledger, home)
    assert events(ledger, "output") == []


def erase_empty(ledger: Path) -> None:
    """Forget what was before the start, where nothing is."""
    open_for_writing(ledger).close()
    erase(ledger, "1", before_ms=START_MS + 1)


def test_what_a_status_line_heard(filled: Path) -> None:
    """What Claude Code says a session has cost holds what was forgotten: not kept."""
    with closing(open_for_writing(filled)) as connection:
        for session in (SECRET, OPEN):
            heard.keep_cost(connection, session, 5, START_MS)
    erase_session(filled)
    assert rows(filled, "SELECT session FROM told_cost") == [(OPEN,)]
    with closing(open_for_reading(filled)) as connection:
        assert not heard.is_news_of_cost(connection, SECRET, 6, NOW_MS)
        assert heard.is_news_of_cost(connection, OPEN, 6, NOW_MS)


def test_marks_and_alerts(filled: Path) -> None:
    """A person's verdict and alerts go with their session; of others they stay."""
    with closing(open_for_writing(filled)) as connection:
        for session in (SECRET, OPEN):
            marks.keep_mark(
                connection, marks.Mark("claude-code", session, marks.ACCEPTED, 1)
            )
            text = f"session {named(session)} has used $5.00"
            alert = alerts.Alert("session", session, "", 1.0, text)
            number = alerts.keep(connection, alert, NOW_MS)
            alerts.put_out(connection, number or 0, ["desktop"], NOW_MS)
        for project in (PROJECTS[0], f"{PROJECTS[0]}-2", f"/of{PROJECTS[0]}"):
            each = alerts.Alert("cap", f"day {project}", "1 2", 80.0, "cap")
            alerts.keep(connection, each, NOW_MS)
    erase_project(filled)
    assert rows(filled, "SELECT session FROM mark") == [(OPEN,)]
    assert rows(filled, "SELECT what FROM alert ORDER BY 1") == [
        (OPEN,),
        (f"day {PROJECTS[0]}-2",),
        (f"day /of{PROJECTS[0]}",),
    ]
    assert rows(filled, "SELECT count(*) FROM delivery") == [(1,)]


def test_commits(filled: Path) -> None:
    """What git told of a project goes with the last of its usage, and not before."""
    with closing(open_for_writing(filled)) as connection:
        for project in PROJECTS:
            connection.execute(
                "INSERT INTO repository (project, tried_at) VALUES (?, 1)", (project,)
            )
            connection.execute(
                "INSERT INTO git_commit (project, twin, hash, made_at)"
                " VALUES (?, x'01', 'h', ?)",
                (project, NOW_MS),
            )
    erase_session(filled)
    assert len(rows(filled, "SELECT * FROM git_commit")) == 2
    erase_project(filled)
    assert rows(filled, "SELECT project FROM git_commit") == [(PROJECTS[1],)]
    assert rows(filled, "SELECT project FROM repository") == [(PROJECTS[1],)]


# Others who write


def hashed(number: int) -> bytes:
    """Name a response."""
    return blake2b(str(number).encode(), digest_size=16).digest()


def stated(*times: int) -> Reading:
    """List requests of Cursor at some seconds after the start."""
    pairs = [
        (
            Series("cursor", SECRET, "m", origin="account"),
            UsageEvent(hashed(at), 0, *[START_MS + at * 1000] * 2, Tokens(output=at)),
        )
        for at in times
    ]
    return Reading(START_MS, NOW_MS, NOW_MS, events=tuple(pairs))


def test_an_account_that_lists_it_again(ledger: Path) -> None:
    """A provider's list does not bring forgotten requests back, and brings others."""

    def keep(*times: int) -> None:
        with closing(open_for_writing(ledger)) as connection, builders.toy_prices():
            writer = ingest.writer_for(connection, Config())
            args = ("team", "events", stated(*times), "cursor", NOW_MS)
            statements.keep(connection, writer, *args)

    keep(10, 20)
    erase(ledger, "1", before_ms=START_MS + 15_000)
    for _ in range(2):
        keep(10, 20, 30)
        assert events(ledger, "output") == [(20,), (30,)]
        assert rows(ledger, "SELECT count(*) FROM stated_event") == [(2,)]
        assert rollup_faults(ledger) == []


def test_a_reader_that_was_under_way(filled: Path, home: Path) -> None:
    """Who reads on while labels are taken out does not write under their numbers."""
    labels = Series("claude-code", SECRET, "m", project=PROJECTS[0])
    event = UsageEvent(b"k" * 16, 0, START_MS, START_MS, Tokens(output=1))
    later = UsageEvent(b"l" * 16, 0, NOW_MS, NOW_MS, Tokens(output=2))
    with closing(open_for_writing(filled)) as connection, builders.toy_prices():
        writer = ingest.writer_for(connection, Config())
        for each in (event, later):
            writer.record(builders.Batch([labels], [each], []), [])
            if each is event:
                erase_project(filled)
    assert events(filled, "project", "output") == [(PROJECTS[0], 2), (PROJECTS[1], 7)]
    assert check_ledger(filled) == []


def test_cut_half_way(filled: Path) -> None:
    """A forgetting that fails changes nothing at all."""
    before = rows(filled, "SELECT * FROM event"), rows(filled, "SELECT * FROM cursor")
    with (
        closing(open_for_writing(filled)) as connection,
        pytest.raises(RuntimeError),
        transaction(connection),
    ):
        forget(connection, [1, 2, 3], None, rules_of(NOW_MS, PROJECTS))
        raise RuntimeError
    after = rows(filled, "SELECT * FROM event"), rows(filled, "SELECT * FROM cursor")
    assert after == before
    assert rows(filled, "SELECT * FROM forgotten") == []
    assert check_ledger(filled) == []
