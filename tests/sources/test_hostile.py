"""Hostile and odd logs: reading never fails, and good records beside bad ones count."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import pytest
from builders import (
    START_MS,
    THREAD,
    claude_line,
    claude_prompt,
    clock,
    codex_line,
    codex_meta,
    codex_record,
    codex_total,
    codex_turn,
    cost_state,
    events,
    fresh_home,
    line,
    reading_failures,
    refresh,
    rollout,
    rollup_faults,
    totals,
    transcript,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tokentui.sources import claude_code
from tokentui.sources.values import LARGEST_COUNT

BEFORE, BAD, AFTER = (f"msg_01AAAAAAAAAAAAAAAAAAAA0{n}" for n in (1, 2, 3))
GOOD = [
    claude_line(BEFORE, input=1, output=11, session="before", model="good"),
    claude_line(AFTER, 9, input=3, output=33, session="after", model="good"),
]
GOOD_TOTALS = (2, 4, 0, 0, 0, 44, 0, 0)
ROLLOUT = [codex_meta(), codex_turn("good"), codex_total((1, 0, 11), (1, 0, 11), 1)]
LAST = codex_total((4, 0, 44), (3, 0, 33), 9)


def read_between(bad: bytes, home: Path, ledger: Path) -> tuple[int, str | None]:
    """Read a line between two good ones; give skipped records and their example."""
    write(transcript(home), GOOD[0], bad, GOOD[1])
    report = refresh(ledger, home)
    assert reading_failures(report) == []
    assert totals(ledger)["good"] == GOOD_TOTALS
    assert rollup_faults(ledger) == []
    return report.sources[0].records_skipped, example(ledger)


def example(ledger: Path) -> str | None:
    """Give the example of a skipped record that the ledger keeps."""
    with closing(sqlite3.connect(ledger)) as connection:
        rows = connection.execute("SELECT example FROM cursor").fetchall()
    return rows[0][0] if rows else None


# Counts


NO_COUNTS = [
    "-1",
    "1.5",
    "-0.5",
    str(1 << 41),
    str(1 << 63),
    str(1 << 64),
    "1" + "0" * 30,
    "1" + "0" * 5000,
    "1e300",
    "1e400",
    '"12"',
    "true",
    "[]",
    "[12]",
    "{}",
    "NaN",
    "Infinity",
]


@pytest.mark.parametrize("value", NO_COUNTS, ids=range(len(NO_COUNTS)))
@pytest.mark.parametrize("field", ["input_tokens", "output_tokens"])
def test_no_count(field: str, value: str, home: Path, ledger: Path) -> None:
    """What is no whole number of tokens is a skipped record, shown with an example."""
    bad = claude_line(BAD, 5, input="MARK", output=1)
    if field == "output_tokens":
        bad = claude_line(BAD, 5, input=1, output="MARK")
    skipped, shown = read_between(bad.replace(b'"MARK"', value.encode()), home, ledger)
    assert skipped == 1
    assert shown is not None
    assert shown.startswith(f"byte {len(GOOD[0])}: ")


@pytest.mark.parametrize("value", ["12.0", "1.2e1", "12"])
def test_whole_numbers(value: str, home: Path, ledger: Path) -> None:
    """A whole number counts however it is written."""
    bad = claude_line(BAD, 5, input="MARK", output=1).replace(b'"MARK"', value.encode())
    assert read_between(bad, home, ledger) == (0, None)
    assert totals(ledger)["claude-opus-5-5"] == (1, 12, 0, 0, 0, 1, 0, 0)


@pytest.mark.parametrize("value", NO_COUNTS, ids=range(len(NO_COUNTS)))
@pytest.mark.parametrize("where", ["total", "last", "record"])
def test_no_count_in_codex(where: str, value: str, home: Path, ledger: Path) -> None:
    """What is no whole number of tokens is a skipped record in a rollout, too."""
    bad = {
        "total": codex_total(("MARK", 0, 5), (1, 0, 5), 5),
        "last": codex_total((2, 0, 16), ("MARK", 0, 5), 5),
        "record": codex_record("r", ("MARK", 0, 5), 5),
    }[where].replace(b'"MARK"', value.encode())
    write(rollout(home), *ROLLOUT, bad, LAST)
    report = refresh(ledger, home)
    assert reading_failures(report) == []
    assert report.sources[1].records_skipped == 1
    assert totals(ledger) == {"good": GOOD_TOTALS}


@pytest.mark.parametrize("units", [1 << 63, 1 << 64, 10**30, 1 << 62])
def test_huge_fees(units: int, home: Path, ledger: Path) -> None:
    """A number of searches that no ledger can hold does not stop the reading."""
    used = {"server_tool_use": {"web_search_requests": units}}
    read_between(claude_line(BAD, 5, usage=used), home, ledger)


def test_sums_too_large(home: Path, ledger: Path) -> None:
    """Many records of the largest count there is do not stop the reading."""
    most = LARGEST_COUNT
    hourly = {"cache_creation": {"ephemeral_1h_input_tokens": most}}
    bad = b"".join(
        claude_line(
            f"msg_01BBBBBBBBBBBBBBBB{n:04}",
            5,
            input=most,
            read=most,
            output=most,
            usage=hourly,
        )
        for n in range(4000)
    )
    read_between(bad, home, ledger)


# Whole lines


DEEP = 100_000
BAD_LINES = {
    "no JSON": (b'{"usage": nothing}\n', 1),
    "cut off": (claude_line(BAD)[:200] + b'"usage"\n', 1),
    "brackets": (b'{"usage":' + b"[" * DEEP + b"]" * DEEP + b"}\n", 1),
    "open brackets": (b'{"usage":' + b"[" * DEEP + b"\n", 1),
    "braces": (b'{"usage":' * DEEP + b"1" + b"}" * DEEP + b"\n", 1),
    "deep text": (b'{"type":"user","x":' + b"[" * DEEP + b'"usage"\n', 1),
    "NUL": (b'\0"usage"\0\n', 1),
    "invalid UTF-8": (
        b'{"type":"assistant","cwd":"\xff\xfe","message":{"usage":{}}}\n',
        0,
    ),
    "a list": (b'["usage"]\n', 1),
    "a text": (b'"usage"\n', 1),
    "a number": (b"12\n", 0),
    "nothing": (b"\n\n   \n", 0),
    "other type": (b'{"type":"user","message":7,"usage":0}\n', 0),
    "no usage": (b'{"type":"assistant","message":{"usage":null}}\n', 0),
    "usage of a kind": (b'{"type":"assistant","message":{"usage":[]}}\n', 1),
    "message of a kind": (b'{"type":"assistant","message":"usage"}\n', 1),
    "steps of a kind": (claude_line(BAD, usage={"iterations": {"a": 1}}), 1),
    "tools of a kind": (claude_line(BAD, usage={"server_tool_use": [1]}), 1),
    "totals of a kind": (b'{"type":"cost-state","modelUsage":[]}\n', 1),
    "negative totals": (cost_state({"m": (-1, 0, 0, 0, 0, 0)}), 1),
    "byte order mark": (b"\xef\xbb\xbf" + claude_line(BAD), 0),
}


@pytest.mark.parametrize(
    "kind",
    BAD_LINES,
)
def test_bad_line(kind: str, home: Path, ledger: Path) -> None:
    """A line that makes no sense is skipped, and counted if it may bear usage."""
    bad, skipped = BAD_LINES[kind]
    assert read_between(bad, home, ledger)[0] == skipped


@pytest.mark.parametrize("kind", BAD_LINES)
def test_bad_line_in_codex(kind: str, home: Path, ledger: Path) -> None:
    """A line that makes no sense does not stop the reading of a rollout either."""
    bad = BAD_LINES[kind][0].replace(b'"usage"', b'"token_count"')
    write(rollout(home), *ROLLOUT, bad, LAST)
    assert reading_failures(refresh(ledger, home)) == []
    assert totals(ledger)["good"] == GOOD_TOTALS


@pytest.mark.parametrize("kind", ["brackets", "deep text"])
@pytest.mark.parametrize("after", [b"", claude_prompt(9)])
def test_bad_line_is_judged_by_itself(
    kind: str, after: bytes, home: Path, ledger: Path
) -> None:
    """What follows a line that makes no sense does not change what becomes of it."""
    write(transcript(home), GOOD[0], BAD_LINES[kind][0], after)
    assert refresh(ledger, home).sources[0].records_skipped == 1


def test_lines_without_a_time(home: Path, ledger: Path) -> None:
    """Lines without a time are looked at once, however many ask for the time before."""
    empty = b"\n" * 500 + b"{}\n" * 500
    timeless = [
        claude_line(f"msg_01AAAAAAAAAAAAAAAAAAA{n:03}", timestamp=None)
        for n in range(100, 200)
    ]
    write(transcript(home), GOOD[0], *(empty + each for each in timeless))
    looks = Mock(wraps=claude_code.decode_kind)
    with patch.object(claude_code, "decode_kind", looks):
        refresh(ledger, home)
    assert totals(ledger)["claude-opus-5-5"][0] == 100
    assert looks.call_count <= 101


def test_calls_in_an_odd_line(home: Path, ledger: Path) -> None:
    """A tool that a line with half a character calls is a call like any other."""
    call = {"type": "tool_use", "name": "Bash", "input": {"command": "x"}}
    lines = [
        claude_line(BAD, 5, apiBlockIndex=n, message={"content": [block]}, cwd="MARK")
        for n, block in enumerate([{"type": "text", "text": "x"}, call])
    ]
    write(transcript(home), *(each.replace(b"MARK", b"\\ud800") for each in lines))
    assert reading_failures(refresh(ledger, home)) == []
    assert events(ledger, "tool_calls") == [(2,)]


def test_copy_of_a_bad_line(home: Path, ledger: Path) -> None:
    """A response whose first line has a time that is none counts by its next one."""
    lines = [
        claude_line(BAD, 5, timestamp=at, uuid="u", output=7)
        for at in ("2026-11-20T10:00:00.0y0Z", "2026-11-20T10:00:05.000Z")
    ]
    write(transcript(home), *lines)
    assert refresh(ledger, home).sources[0].records_skipped == 1
    assert events(ledger, "output", "at") == [(7, START_MS + 5_000)]


def test_duplicate_keys(home: Path, ledger: Path) -> None:
    """Of a key that comes twice the last value counts, as JSON readers have it."""
    bad = claude_line(BAD, 5, input=5, output=1)
    bad = bad.replace(b'"input_tokens":5', b'"input_tokens":-5,"input_tokens":6')
    read_between(bad, home, ledger)


@pytest.mark.parametrize(
    "text",
    [
        b"\\ud800",
        b"\\udc00x",
        b"a\\u0000b",
        b"\\ud83d\\ude00",
        "\N{LATIN CAPITAL LETTER A WITH DIAERESIS}".encode(),
        b"x" * 3000,
        b"/" + b"x" * 300,
        b"/" * 400,
        b"\xed\xa0\x80",
        b"\xff",
    ],
    ids=range(10),
)
@pytest.mark.parametrize(
    "field", ["sessionId", "gitBranch", "cwd", "model", "uuid", "requestId", "id"]
)
def test_odd_texts(field: str, text: bytes, home: Path, ledger: Path) -> None:
    """Labels of half characters, NULs and endless text are kept or left out."""
    bad = claude_line(BAD, 5, session="S", model="M", uuid="U", request="R")
    if field in ("id", "model"):
        bad = claude_line(BAD, 5, message={field: "MARK"})
    else:
        bad = claude_line(BAD, 5, **{field: "MARK"})  # type: ignore[arg-type]
    read_between(bad.replace(b"MARK", text), home, ledger)


@pytest.mark.parametrize(
    "name",
    [
        b"\\ud800",
        b"a\\u0000b",
        b"",
        b"x" * 3000,
        b"\\ud83d\\ude00",
    ],
    ids=range(5),
)
def test_odd_model_in_totals(name: bytes, home: Path, ledger: Path) -> None:
    """A model's name in a session's totals may be as odd as any label."""
    told = cost_state({"MARK": (5, 0, 0, 0, 5, 0)}, "before")
    read_between(told.replace(b"MARK", name), home, ledger)


@pytest.mark.skipif(sys.platform != "linux", reason="names of files that are no text")
@pytest.mark.parametrize(
    "agent",
    [
        "claude",
        pytest.param("codex"),
    ],
)
def test_file_name_that_is_no_text(agent: str, home: Path, ledger: Path) -> None:
    """A file whose name is no UTF-8 is read like any other, also without an id."""
    write(transcript(home), *GOOD)
    folder, text = transcript(home).parent, claude_line(BAD, 5, sessionId=None)
    if agent == "codex":
        folder, text = rollout(home).parent, b"".join(ROLLOUT[1:])
    folder.mkdir(parents=True, exist_ok=True)
    with open(os.fsencode(folder) + b"/odd-\xff.jsonl", "wb") as file:  # noqa: PTH123
        file.write(text)
    for _ in range(2):
        report = refresh(ledger, home)
        assert reading_failures(report) == []
    assert report.is_empty
    assert sum(row[0] for row in totals(ledger).values()) == 3


# Times


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "yesterday",
        7,
        1795168800000,
        {},
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "2026-13-45T00:00:00Z",
        "2026-11-20T10:00:00+99:99",
        "2026-11-20T10:00:00\ud800",
    ],
)
def test_odd_times(value: object, home: Path, ledger: Path) -> None:
    """A time that is none, or none of this age, does not stop the reading."""
    read_between(claude_line(BAD, 5, timestamp=value), home, ledger)
    assert all(START_MS <= row[0] <= START_MS + 9000 for row in events(ledger, "at"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-20T10:00:00Z", START_MS),
        ("2026-11-20T10:00:00.123456789Z", START_MS + 123),
        ("2026-11-20T11:30:00.5+01:30", START_MS + 500),
        ("2026-11-20T10:00:00", START_MS),
        ("2026-11-20 10:00:00+00:00", START_MS),
    ],
)
def test_times(written: str, expected: int, home: Path, ledger: Path) -> None:
    """Times count in UTC milliseconds; without an offset they are UTC."""
    write(transcript(home), claude_line(timestamp=written))
    refresh(ledger, home)
    assert events(ledger, "at") == [(expected,)]


# Anything anywhere


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 32), 1 << 32)
    | st.floats(-1e9, 1e9)
    | st.text(max_size=8)
    | st.sampled_from(["assistant", "progress", "usage", clock(), THREAD]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "usage", "message", "id", "x"]), inner
        )
    ),
    max_leaves=6,
)


def paths_of(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the places in a record, its whole included."""
    found = [path]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths_of(inner, (*path, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            found += paths_of(inner, (*path, number))
    return found


def changed(record: Any, path: tuple[Any, ...], value: object) -> Any:
    """Put a value at a place in a copy of a record."""
    if not path:
        return value
    copy = json.loads(json.dumps(record))
    inside = copy
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return copy


STEP = {"type": "advisor_message", "model": "m", "input_tokens": 1, "output_tokens": 2}
CLAUDE = [
    json.loads(each)
    for each in (
        claude_line(
            BAD,
            5,
            split=(1, 2),
            usage={
                "server_tool_use": {"web_search_requests": 1},
                "iterations": [STEP],
                "output_tokens_details": {"thinking_tokens": 1},
            },
            requestSessionId="s",
            agentId="a",
            durationMs=5,
            apiBlockIndex=1,
        ),
        cost_state({"m": (9, 9, 9, 9, 9, 9)}, "before"),
        line(
            {
                "type": "progress",
                "timestamp": clock(5),
                "data": {
                    "type": "agent_progress",
                    "agentId": "a",
                    "message": json.loads(claude_line(BAD, 5)),
                },
            }
        ),
    )
]
CODEX = [
    json.loads(each)
    for each in (
        codex_meta(
            seconds=5, history_base={"thread_id": "t", "end_ordinal_exclusive": 3}
        ),
        codex_turn(
            "m", 5, turn_id="t", effort="high", collaboration_mode={"settings": {}}
        ),
        codex_total((9, 9, 9, 9, 9), (9, 9, 9, 9, 9), 5),
        codex_record("r", (9, 9, 9, 9, 9), 5),
        codex_line("thread_settings_applied", 5, thread_settings={"model": "m"}),
        codex_line("task_started", 5, turn_id="t", started_at=5),
    )
]


def placed(records: list[Any]) -> st.SearchStrategy[bytes]:
    """Make lines of these records, each with any value at any place."""
    places = [(record, path) for record in records for path in paths_of(record)]
    return st.builds(
        lambda place, value: line(changed(*place, value)),
        st.sampled_from(places),
        VALUES,
    )


@settings(max_examples=60)
@given(bad=st.lists(placed(CLAUDE), min_size=1, max_size=6))
def test_any_value_anywhere(bad: list[bytes]) -> None:
    """Whatever stands where in a record, the records beside it count."""
    home, ledger = fresh_home()
    good = GOOD[1].replace(b'"before"', b'"after"')
    write(transcript(home), GOOD[0], *bad, good)
    assert reading_failures(refresh(ledger, home)) == []
    found = {row[0] for row in events(ledger, "e.key")}
    alone, only = fresh_home()
    write(transcript(alone), *GOOD)
    refresh(only, alone)
    assert found >= {row[0] for row in events(only, "e.key")}
    assert rollup_faults(ledger) == []


@settings(max_examples=60)
@given(bad=st.lists(placed(CODEX), min_size=1, max_size=6))
def test_any_value_anywhere_in_codex(bad: list[bytes]) -> None:
    """Whatever stands where in a rollout, the records before it count."""
    home, ledger = fresh_home()
    write(rollout(home), *ROLLOUT, *bad, LAST)
    assert reading_failures(refresh(ledger, home)) == []
    assert (1, 11) in events(ledger, "input", "output")
    assert rollup_faults(ledger) == []


@settings(max_examples=60)
@given(
    noise=st.lists(
        st.binary(max_size=80)
        | st.sampled_from(
            [b'"usage"', b'"token_count"', b"{", b"}", b"\n", b"\\", b"\xff"]
        ),
        max_size=12,
    ),
    block=st.sampled_from([1, 7, 64, 1 << 22]),
)
def test_random_bytes(noise: list[bytes], block: int) -> None:
    """Random bytes between good lines change nothing about the good ones."""
    home, ledger = fresh_home()
    junk = b"".join(noise) + b"\n"
    write(transcript(home), GOOD[0], junk, GOOD[1])
    write(rollout(home), *ROLLOUT, junk, LAST)
    with patch("tokentui.sources.lines.BLOCK_BYTES", block):
        assert reading_failures(refresh(ledger, home)) == []
    assert totals(ledger)["good"] == (4, 8, 0, 0, 0, 88, 0, 0)


# Lines without end


def test_line_too_long(home: Path, ledger: Path) -> None:
    """A line longer than any client writes is passed over and counted as skipped."""
    long = line({"type": "assistant", "filler": "x" * 5000})
    with (
        patch("tokentui.sources.lines.BLOCK_BYTES", 512),
        patch("tokentui.sources.lines.LONGEST_LINE", 2000),
    ):
        skipped, shown = read_between(long, home, ledger)
        assert refresh(ledger, home).sources[0].bytes_read == 0
    assert (skipped, shown) == (1, f"byte {len(GOOD[0] + long)}: line too long")


@settings(max_examples=25)
@given(
    length=st.integers(1, 6000),
    block=st.sampled_from([64, 512, 1000]),
    cuts=st.lists(st.integers(0, 8000), max_size=3),
)
def test_line_too_long_in_pieces(length: int, block: int, cuts: list[int]) -> None:
    """However long a line, in whatever pieces it comes, its neighbours count once."""
    home, ledger = fresh_home()
    whole = GOOD[0] + line({"filler": "x" * length}) + GOOD[1]
    with (
        patch("tokentui.sources.lines.BLOCK_BYTES", block),
        patch("tokentui.sources.lines.LONGEST_LINE", 2000),
    ):
        for cut in sorted({min(cut, len(whole)) for cut in cuts} | {len(whole)}):
            write(transcript(home), whole[:cut])
            assert reading_failures(refresh(ledger, home)) == []
    assert totals(ledger)["good"] == GOOD_TOTALS
