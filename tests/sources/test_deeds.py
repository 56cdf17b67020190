"""What responses did: bits and marks, read from calls of tools in composed lines."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from builders import (
    ABSENT,
    KINDS,
    START_MS,
    append,
    claude_line,
    codex_line,
    codex_meta,
    codex_record,
    codex_total,
    codex_turn,
    events,
    fresh_home,
    record,
    refresh,
    rollout,
    rollup_faults,
    small_pieces,
    totals,
    transcript,
    write,
)
from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack

from tokentui.cli import run
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ledger import schema
from tokentui.sources.deeds import edit_of, mark_of

CODE, TEXT, PLAN = 1, 2, 4
ONE, TWO, THREE = (f"msg_01AAAAAAAAAAAAAAAAAAAA0{n}" for n in (1, 2, 3))
FIRST, SECOND, THIRD = (1000, 0, 100), (2500, 900, 180), (4000, 2000, 260)
SECOND_LAST, THIRD_LAST = (1500, 900, 80), (1500, 1100, 80)


def told(ledger: Path) -> list[tuple[int | None, int | None]]:
    """List deeds and marks of all events, by time."""
    return [row[1:] for row in events(ledger, "at", "deeds", "call_mark")]


def deeds(ledger: Path) -> list[int | None]:
    """List the deeds of all events, by time."""
    return [each for each, _ in told(ledger)]


def marks(ledger: Path) -> list[int | None]:
    """List the marks of all events, by time."""
    return [mark for _, mark in told(ledger)]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/work/api/README.md", TEXT),
        ("docs/guide.RST", TEXT),
        ("notes.txt", TEXT),
        ("C:\\work\\thesis.tex", TEXT),
        ("LICENSE", TEXT),
        ("/work/README", TEXT),
        ("/work/docs.md/app.py", CODE),
        ("src/app.py", CODE),
        ("Makefile", CODE),
        ("readme.py", CODE),
        ("a.md.jinja", CODE),
        ("pyproject.toml", CODE),
        ("", CODE),
        (None, CODE),
        (7, CODE),
        (["a.md"], CODE),
    ],
)
def test_kind_of_file(path: object, kind: int) -> None:
    """A path's end tells text from code; what is not told may be code."""
    assert edit_of(path) == kind


# Claude Code


def tool(name: object, given: object = ABSENT, **more: object) -> dict[str, Any]:
    """Write a content block that calls a tool."""
    block = {"type": "tool_use", "id": "toolu_1", "name": name, **more}
    return block if given is ABSENT else block | {"input": given}


def calling(
    *blocks: object, message_id: str = ONE, seconds: float = 0, **fields: Any
) -> bytes:
    """Write a line whose content are these blocks."""
    message = {"content": list(blocks)}
    return claude_line(message_id, seconds, message=message, **fields)


SPEAKS = {"type": "text", "text": "filler"}
BASH = tool("Bash", {"command": "ls"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([SPEAKS], 0),
        ("filler", 0),
        ([], 0),
        (None, None),
        ([BASH], 0),
        ([tool("Read", {"file_path": "/w/app.py"})], 0),
        ([tool("Edit", {"replace_all": False, "file_path": "/w/app.py"})], CODE),
        ([tool("Write", {"file_path": "/w/README.md", "content": "filler"})], TEXT),
        ([tool("MultiEdit", {"file_path": "/w/a.md", "edits": []})], TEXT),
        ([tool("NotebookEdit", {"notebook_path": "/w/a.ipynb"})], CODE),
        ([tool("Write", {"__unparsedToolInput": {"raw": "filler"}})], CODE),
        ([tool("Write", {"file_path": ["a.md"]})], CODE),
        ([tool("Write")], CODE),
        ([tool("EnterPlanMode", {})], PLAN),
        ([tool("ExitPlanMode", {"plan": "filler"})], PLAN),
        ([tool("mcp__docs__Edit", {"file_path": "/w/a.py"})], 0),
        ([tool(["Edit"], {"file_path": "/w/a.py"})], 0),
        ([SPEAKS, tool("Edit", {"file_path": "a.md"}), tool("ExitPlanMode", {})], 6),
        (["Edit", SPEAKS, {"type": ["tool_use"], "name": "Edit", "input": 1}], 0),
    ],
)
def test_content(
    content: object, expected: int | None, home: Path, ledger: Path
) -> None:
    """Calls of tools that edit or plan are deeds; without content nothing is known."""
    write(transcript(home), claude_line(message={"content": content}))
    report = refresh(ledger, home)
    assert deeds(ledger) == [expected]
    assert totals(ledger) == {"claude-opus-5-5": (1, 10, 0, 0, 0, 100, 0, 0)}
    assert report.sources[0].records_skipped == 0


BLOCKS = (
    SPEAKS,
    tool("Edit", {"file_path": "/w/app.py"}),
    tool("Write", {"file_path": "/w/a.md"}),
    BASH,
)


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
@pytest.mark.parametrize("has_request", [True, False])
def test_blocks_on_lines_of_their_own(
    has_request: bool, order: tuple[int, ...], home: Path, ledger: Path
) -> None:
    """A response did what all its lines tell, in whichever order they stand."""
    request = "req_1" if has_request else None
    lines = [calling(BLOCKS[n], seconds=n, request=request) for n in order]
    write(transcript(home), *lines)
    refresh(ledger, home)
    apart = told(ledger)
    assert deeds(ledger) == [CODE | TEXT]
    other = home / "other"
    write(transcript(other), calling(*BLOCKS, request=request))
    refresh(ledger.with_name("other.db"), other)
    assert told(ledger.with_name("other.db")) == apart


@given(
    blocks=st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=6),
    cuts=st.sets(st.integers(0, 5)),
    usages=st.lists(st.sampled_from([1, 100]), min_size=6, max_size=6),
    block=st.sampled_from([64, 1 << 20]),
)
def test_lines_read_in_pieces(
    blocks: list[dict[str, Any]], cuts: set[int], usages: list[int], block: int
) -> None:
    """How a log grew between reads changes nothing of what its responses did."""
    lines = [
        calling(each, seconds=n, output=output)
        for n, (each, output) in enumerate(zip(blocks, usages, strict=False))
    ]
    home, ledger = fresh_home()
    write(transcript(home), *lines)
    refresh(ledger, home)
    other, growing = fresh_home()
    with small_pieces(block):
        write(transcript(other))
        for n, each in enumerate(lines):
            append(transcript(other), each)
            if n in cuts:
                refresh(growing, other)
        refresh(growing, other)
    assert told(growing) == told(ledger)
    assert rollup_faults(growing) == []


def test_same_call_again(home: Path, ledger: Path) -> None:
    """Equal calls of a session have equal marks, all others differ."""
    near = tool("Bash", {"command": "ls "}), tool("Shell", {"command": "ls"})
    lines = [
        calling(block, message_id=f"msg_01AAAAAAAAAAAAAAAAAAA00{n}", seconds=n)
        for n, block in enumerate([BASH, BASH, *near, SPEAKS])
    ]
    elsewhere = calling(BASH, message_id=THREE, seconds=9, session="another")
    write(transcript(home), *lines, elsewhere)
    refresh(ledger, home)
    one, same, *others, silent, other_session = marks(ledger)
    assert one == same is not None
    assert silent is None
    assert len({one, *others, other_session}) == 4


def test_marks_of_several_calls(home: Path, ledger: Path) -> None:
    """Calls side by side are marked together, in any order, and unlike each alone."""
    other = tool("Bash", {"command": "make"})
    write(
        transcript(home),
        calling(BASH, other),
        calling(other, BASH, message_id=TWO, seconds=1),
        calling(BASH, message_id=THREE, seconds=2),
    )
    refresh(ledger, home)
    both, swapped, alone = marks(ledger)
    assert both == swapped != alone


@given(given_=st.binary(min_size=1, max_size=2000))
def test_mark_is_of_the_input(given_: bytes) -> None:
    """A mark is four bytes; of long input changes at the ends or in length show."""
    mark = mark_of("s", "Bash", given_)
    assert mark is not None
    assert -(1 << 31) <= mark < 1 << 31
    assert mark == mark_of("s", "Bash", bytes(given_))
    assert mark != mark_of("s", "Bash", given_ + b" ")
    changed = bytes([given_[0] ^ 1]) + given_[1:]
    assert mark != mark_of("s", "Bash", changed)
    assert mark != mark_of("t", "Bash", given_)


def test_copies_in_a_fork(home: Path, ledger: Path) -> None:
    """A copy that has lost a block takes nothing away, whichever is read first."""
    edit = tool("Edit", {"file_path": "/w/app.py"})
    write(transcript(home, "a"), calling(BASH, edit, session="a"))
    write(transcript(home, "b"), calling(BASH, seconds=9, session="b"))
    refresh(ledger, home)
    other = ledger.with_name("other.db")
    for name, when in (("a", 2), ("b", 1)):
        os.utime(transcript(home, name), (1_795_000_000 + when,) * 2)
    refresh(other, home)
    assert told(ledger) == told(other)
    assert deeds(ledger) == [CODE]


def test_odd_line(home: Path, ledger: Path) -> None:
    """A line that only the slow decoder reads counts; its calls have no mark."""
    write(transcript(home), calling(BASH, input=10.0, gitBranch="\ud800"))
    refresh(ledger, home)
    assert told(ledger) == [(0, None)]
    assert totals(ledger) == {"claude-opus-5-5": (1, 10, 0, 0, 0, 100, 0, 0)}


def test_iterations_did_nothing(home: Path, ledger: Path) -> None:
    """What was sampled beside an answer called no tool that the log tells of."""
    step = {"type": "compaction", "input_tokens": 7, "output_tokens": 1}
    write(
        transcript(home),
        calling(tool("Edit", {"file_path": "a.py"}), usage={"iterations": [step]}),
    )
    refresh(ledger, home)
    assert sorted(deeds(ledger), key=str) == [CODE, None]


# Codex


def call(kind: str = "function_call", **fields: object) -> bytes:
    """Write a rollout's line of a call."""
    return codex_line("response_item", 1, type=kind, call_id="call_1", **fields)


def patch(*files: str, ends: str = "\n") -> str:
    """Write a patch of files."""
    parts = [f"*** {file}{ends}@@{ends}-filler{ends}+filler{ends}" for file in files]
    return f"*** Begin Patch{ends}{''.join(parts)}*** End Patch"


def shell(*command: str) -> bytes:
    """Write a call of a shell."""
    return call(name="shell", arguments=json.dumps({"command": command}))


PATCH = "apply_patch"
PATCHING = patch("Update File: src/app.py")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (shell("bash", "-lc", "ls"), 0),
        (call("custom_tool_call", name=PATCH, input=PATCHING), CODE),
        (
            call(
                "custom_tool_call",
                name=PATCH,
                input=patch("Add File: docs/new.md", "Delete File: old.txt"),
            ),
            TEXT,
        ),
        (
            call(
                "custom_tool_call",
                name=PATCH,
                input=patch("Update File: src\\notes\\new.md", ends="\r\n"),
            ),
            TEXT,
        ),
        (
            call(
                "custom_tool_call",
                name=PATCH,
                input=patch("Update File: a.md", "Update File: a.py"),
            ),
            CODE | TEXT,
        ),
        (call("custom_tool_call", name=PATCH, input="filler"), CODE),
        (call("custom_tool_call", name=PATCH), CODE),
        (shell(PATCH, PATCHING), CODE),
        (shell("bash", "-lc", f"apply_patch <<'EOF'\n{PATCHING}\nEOF"), CODE),
        (call(name="exec_command", arguments=json.dumps({"cmd": PATCHING})), CODE),
        (
            call(
                "local_shell_call",
                action={"type": "exec", "command": [PATCH, PATCHING]},
            ),
            CODE,
        ),
        (
            call(
                "custom_tool_call",
                name="exec",
                input=f"await tools.apply_patch({json.dumps(patch('Add File: a.md'))})",
            ),
            TEXT,
        ),
        (
            call(
                "custom_tool_call",
                name="exec",
                input=f"await tools.apply_patch(`{patch('Add File: a.md')}`)",
            ),
            TEXT,
        ),
        (shell("grep", "*** Begin Patch", "notes.md"), 0),
        (call(name="update_plan", arguments='{"plan":[]}'), 0),
        (call(name=[PATCH], arguments=7), 0),
        (call("function_call_output", output=PATCHING), 0),
        (
            call("message", content=[{"type": "function_call", "name": PATCH}]),
            0,
        ),
    ],
)
def test_patches(made: bytes, expected: int, home: Path, ledger: Path) -> None:
    """A patch tells its files, be it given to its own tool, a command or a script."""
    total = codex_total(FIRST, FIRST, 2)
    write(rollout(home), codex_meta(), codex_turn(), made, total)
    refresh(ledger, home)
    assert deeds(ledger) == [expected]


LS, MAKE = shell("ls"), shell("make")
EDIT = call("custom_tool_call", name=PATCH, input=PATCHING)


def rollouts(home: Path, *lines: bytes) -> None:
    """Write a rollout of one turn."""
    write(rollout(home), codex_meta(), codex_turn(), *lines)


@pytest.mark.parametrize("repeats", [0, 1, 2])
def test_calls_precede_their_count(repeats: int, home: Path, ledger: Path) -> None:
    """From 0.45 on a call is of the count behind it, however often that is repeated."""
    first, second = (
        codex_total(FIRST, FIRST, 2),
        codex_total(SECOND, SECOND_LAST, 4),
    )
    rollouts(home, LS, EDIT, first, *[first] * repeats, LS, second, *[second] * repeats)
    refresh(ledger, home)
    assert deeds(ledger) == [CODE, 0]
    both, alone = marks(ledger)
    assert None not in (both, alone)
    assert both != alone


def test_calls_follow_their_count(home: Path, ledger: Path) -> None:
    """In 0.44 a call stands between its count and the repetition of that."""
    first, second = (
        codex_total(FIRST, FIRST, 2),
        codex_total(SECOND, SECOND_LAST, 4),
    )
    rollouts(home, first, EDIT, codex_turn(), first, second, LS, codex_turn(), second)
    refresh(ledger, home)
    assert deeds(ledger) == [CODE, 0]
    one, other = marks(ledger)
    assert None not in (one, other)
    assert one != other


def test_calls_of_records(home: Path, ledger: Path) -> None:
    """Clients that record each response write its calls before the record."""
    first, mirrored = codex_record("r1", FIRST, 2), codex_total(FIRST, FIRST, 2)
    rollouts(home, EDIT, first, mirrored, LS, codex_record("r2", SECOND, 4))
    refresh(ledger, home)
    assert deeds(ledger) == [CODE, 0]


def test_call_of_a_response_that_was_cut_off(home: Path, ledger: Path) -> None:
    """What a response did that was never counted is not the next one's."""
    begins = codex_line("task_started", 2, turn_id="t")
    rollouts(home, EDIT, begins, codex_total(FIRST, FIRST, 3))
    refresh(ledger, home)
    assert told(ledger) == [(0, None)]


def test_plan_mode_lasts_a_turn(home: Path, ledger: Path) -> None:
    """Responses of a turn in plan mode planned, those of the next one did not."""
    planning = codex_turn(collaboration_mode={"mode": "plan", "settings": {}})
    usual = codex_turn(collaboration_mode={"mode": "default"})
    rollouts(
        home,
        planning,
        codex_total(FIRST, FIRST, 2),
        usual,
        codex_total(SECOND, SECOND_LAST, 4),
        codex_turn(),
        codex_total(THIRD, THIRD_LAST, 6),
    )
    refresh(ledger, home)
    assert deeds(ledger) == [PLAN, 0, 0]


@pytest.mark.parametrize("at_once", [True, False])
def test_rollout_that_grows(at_once: bool, home: Path, ledger: Path) -> None:
    """A call and its count may be read at different times."""
    path = rollout(home)
    for each in (codex_meta(), codex_turn(), LS, EDIT, codex_total(FIRST, FIRST, 2)):
        append(path, each)
        if not at_once:
            refresh(ledger, home)
    refresh(ledger, home)
    whole = ledger.with_name("whole.db")
    refresh(whole, home)
    assert told(ledger) == told(whole)
    assert deeds(ledger) == [CODE]


def test_state_of_an_older_version(home: Path, ledger: Path) -> None:
    """Of a response that an older version had begun to read nothing is known."""
    path = rollout(home)
    write(path, codex_meta(), codex_turn(), LS)
    refresh(ledger, home)
    with closing(sqlite3.connect(ledger)) as connection:
        (state,) = connection.execute("SELECT state FROM cursor").fetchone()
        older = msgpack.encode(msgpack.decode(state)[:-4])
        connection.execute("UPDATE cursor SET state = ?", (older,))
        connection.commit()
    first, second = (
        codex_total(FIRST, FIRST, 2),
        codex_total(SECOND, SECOND_LAST, 4),
    )
    append(path, first, LS, second)
    refresh(ledger, home)
    assert [each for each, _ in told(ledger)] == [None, 0]


# What must not be kept


PLANTED = "plaanted-wörd"


def test_nothing_of_the_input_is_kept(
    home: Path, ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither paths nor commands nor patches get into the ledger or out of it."""
    path, command = f"/w/{PLANTED}/{PLANTED}.md", f"cat {PLANTED}"
    given = {"file_path": path, "content": PLANTED}
    write(
        transcript(home),
        calling(tool("Write", given), tool("Bash", {"command": command})),
        calling(tool(PLANTED, given), message_id=TWO, seconds=1),
    )
    patches = patch(f"Update File: {path}", f"Add File: {PLANTED}")
    begun = call("custom_tool_call", name=PATCH, input=patches)
    write(
        rollout(home), codex_meta(), codex_turn(), shell(command), begun, shell(PLANTED)
    )
    refresh(ledger, home)
    append(rollout(home), codex_total(FIRST, FIRST, 2), shell(command))
    refresh(ledger, home)
    assert sorted(deeds(ledger), key=str) == [0, TEXT, CODE | TEXT]
    kept = b"".join(each.read_bytes() for each in ledger.parent.glob(f"{ledger.name}*"))
    assert len(kept) > 10_000
    for verb in (
        "usage --by session --json --no-refresh",
        "doctor --json",
        "status --json --no-refresh",
    ):
        assert run(verb.split()) == 0
        kept += "".join(capsys.readouterr()).encode()
    for text in (PLANTED, "plaanted", json.dumps(PLANTED)[1:-1]):
        assert text.encode() not in kept


# The migration


def third_schema(ledger: Path, filled: Path) -> None:
    """Make a ledger as the third schema was, with what another ledger holds."""
    connection = sqlite3.connect(ledger)
    steps = schema.migrations()
    steps.apply(sqlite_utils.Database(connection), stop_before="m004_deeds")
    connection.execute("PRAGMA user_version = 3")
    connection.execute("ATTACH ? AS filled", (str(filled),))
    for table in ("series", "event", "rollup", "scope", "scope_hour", "fee", "rate"):
        names = connection.execute(f"PRAGMA main.table_info({table})").fetchall()
        columns = ", ".join(name for _, name, *_ in names)
        connection.execute(
            f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM filled.{table}"
        )
    connection.commit()
    connection.close()


def test_migration(home: Path, ledger: Path) -> None:
    """A filled ledger of the third schema keeps all it has; of deeds it knows nothing.

    Read again from the logs, the same events tell what they did.
    """
    write(transcript(home), calling(tool("Edit", {"file_path": "/w/a.py"})))
    filled, old = ledger.with_name("filled.db"), ledger.with_name("old.db")
    refresh(filled, home)
    third_schema(old, filled)
    columns = ("at", *KINDS, "cost", "standing")
    assert events(old, *columns) == events(filled, *columns)
    assert told(old) == [(None, None)]
    assert rollup_faults(old) == []
    series = Series("claude-code", "s-9", "claude-a")
    more = UsageEvent(
        b"k" * 16, 0, START_MS, START_MS, Tokens(1), deeds=6, call_mark=-5
    )
    record(old, [(series, more)])
    assert sorted(told(old), key=str) == [(6, -5), (None, None)]
    refresh(old, home)
    assert sorted(deeds(old), key=str) == [CODE, 6]
    assert rollup_faults(old) == []
