"""Our own format of usage, in CSV and JSON lines."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import builders
import pytest

from tokentui.events import Tokens
from tokentui.imports.file import read
from tokentui.imports.rows import BadFile, UsageFile

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEADER = "day,source,model,input,cache_read,cache_write,cache_write_1h,output"
ROW = "2026-06-03,codex,gpt-5.4,1,2,3,4,5"
GOOD = {
    "day": "2026-06-03",
    "source": "codex",
    "model": "gpt-5.4",
    "input": 1,
    "cache_read": 2,
    "cache_write": 3,
    "cache_write_1h": 4,
    "output": 5,
}


def loaded(tmp_path: Path, content: str | bytes) -> UsageFile:
    """Write a file and read it; days are Berlin's."""
    file = tmp_path / "usage"
    raw = content if isinstance(content, bytes) else content.encode()
    file.write_bytes(raw)
    return read(file, BERLIN, NOW)


def problems(tmp_path: Path, content: str | bytes) -> tuple[str, ...]:
    """Read a file that is refused; give what is wrong with it."""
    with pytest.raises(BadFile) as found:
        loaded(tmp_path, content)
    return (str(found.value), *found.value.problems)


def test_csv(tmp_path: Path) -> None:
    """Columns are known by name, in any order and case, behind a mark of order."""
    text = (
        "\ufeffOutput, day,source,model,input,cache_read,cache_write,cache_write_1h,"
        "reasoning,requests,project,session,cost_usd\r\n"
        '5,2026-06-03,codex,"gpt-5.4",1,2,3,4,2,9,/nowhere/acme,s1,0.1234567891\r\n'
        "\r\n"
        "5,2026-06-03,codex,gpt-5.4,1,2,3,4,,,,,\r\n"
    )
    full, bare = loaded(tmp_path, text).rows
    assert full.tokens == Tokens(1, 2, 3, 4, 5, 2)
    assert (full.requests, full.project, full.session) == (9, "/nowhere/acme", "s1")
    assert full.stated == 123_456_789
    assert (full.where, bare.where) == ("line 2", "line 4")
    assert (bare.requests, bare.project, bare.session, bare.stated) == (None,) * 4


def test_json_lines(tmp_path: Path) -> None:
    """JSON lines have the same names; null is absent."""
    text = json.dumps(GOOD | {"requests": None, "cost_usd": 0.31}) + "\n\n"
    (row,) = loaded(tmp_path, text).rows
    assert row.tokens == Tokens(1, 2, 3, 4, 5)
    assert (row.requests, row.stated, row.first) == (
        None,
        310_000_000,
        date(2026, 6, 3),
    )


@pytest.mark.parametrize(
    ("time", "at", "day"),
    [
        ("2026-06-03T22:30:00Z", "2026-06-03T22:30:00", date(2026, 6, 4)),
        ("2026-06-03T22:30:00", "2026-06-03T20:30:00", date(2026, 6, 3)),
        ("2026-06-03T22:30:00-05:00", "2026-06-04T03:30:00", date(2026, 6, 4)),
    ],
)
def test_times(tmp_path: Path, time: str, at: str, day: date) -> None:
    """A time without offset is local; its day is the local one."""
    row = {key: value for key, value in GOOD.items() if key != "day"} | {"time": time}
    (found,) = loaded(tmp_path, json.dumps(row)).rows
    assert (found.at_ms, found.first) == (builders.ms(at), day)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("input", "-1", "no count"),
        ("input", "1e3", "no count"),
        ("input", "NaN", "no count"),
        ("input", "", "missing"),
        ("input", "9999999999999999999999", "no count"),
        ("input", "999999999999999", "too large"),
        ("input", "\u0661\u0662", "no count"),
        ("output", "12.0", "no count"),
        ("source", "Claude Code", "no name of an agent"),
        ("source", "a@b", "no name of an agent"),
        ("model", "", "model is missing"),
        ("model", "a\0b", "no name"),
        ("model", "x" * 501, "no name"),
        ("day", "03.06.2026", "no date"),
        ("day", "2026-W23-3", "no date"),
        ("day", "0001-01-01", "not of this time"),
    ],
)
def test_bad_cells(tmp_path: Path, column: str, value: str, problem: str) -> None:
    """A bad cell is named with its line, and the good row is not taken either."""
    names = HEADER.split(",")
    cells = dict(zip(names, ROW.split(","), strict=True)) | {column: value}
    text = f"{HEADER}\n{ROW}\n{','.join(cells[name] for name in names)}\n"
    summary, where = problems(tmp_path, text)
    assert summary == "1 bad row: nothing was imported"
    assert where.startswith("line 3: ")
    assert problem in where


@pytest.mark.parametrize("value", ["nan", "-1", "inf", "1e99", "$3", "1,2x"])
def test_bad_costs(tmp_path: Path, value: str) -> None:
    """A cost that is no amount of 0 or more is refused."""
    text = f'{HEADER},cost_usd\n{ROW},"{value}"\n'
    assert "cost_usd is no amount" in problems(tmp_path, text)[1]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON"),
        ('{"input": NaN}', "not JSON"),
        ("[1]", "no JSON object"),
        ("[" * 100_000, "not JSON"),
        (json.dumps(GOOD | {"input": True}), "no count"),
        (json.dumps(GOOD | {"input": 1.5}), "no count"),
        (json.dumps(GOOD | {"input": 1 << 80}), "too large"),
        (json.dumps(GOOD | {"reasoning": 6}), "more than output"),
        (json.dumps(GOOD | {"cost": 6}), "did you mean cost_usd?"),
        (json.dumps(GOOD | {"time": "2026-06-03T10:00:00Z"}), "one of time and day"),
        (json.dumps(GOOD | {"day": None}), "one of time and day"),
        (json.dumps(GOOD | {"day": None, "time": "today"}), "no ISO time"),
        (json.dumps(GOOD | {"model": ["x"]}), "model is missing"),
    ],
)
def test_bad_lines(tmp_path: Path, line: str, problem: str) -> None:
    """A bad JSON line is named, and the good one before it is not taken either."""
    summary, where = problems(tmp_path, f"{json.dumps(GOOD)}\n{line}\n")
    assert summary == "1 bad row: nothing was imported"
    assert where.startswith("line 2: ")
    assert problem in where


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the header has no source"),
        (b"a;b\n1;2\n", "separated by commas"),
        (HEADER.replace("output", "out").encode(), "no output"),
        (f"{HEADER},day\n".encode(), "day twice"),
        (f"{HEADER},colour\n".encode(), "nothing is known of 'colour'"),
        (HEADER.removeprefix("day,").encode(), "one of time and day"),
        (HEADER.encode(), "holds no usage"),
        (HEADER.encode("utf-16"), "not UTF-8"),
        (f"{HEADER}\n{ROW}\n".encode() + b"\xff\n", "line 3 is not UTF-8"),
        (b"[]", "a JSON list"),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes, problem: str) -> None:
    """A file that cannot be understood is refused with the reason."""
    assert problem in problems(tmp_path, content)[0]


def test_rows_of_another_width(tmp_path: Path) -> None:
    """A row with a cell too many, an endless cell or an open quote is named."""
    text = f'{HEADER}\n{ROW},6\n{"9" * 200_000},{ROW}\n"{ROW}\n'
    _, *found = problems(tmp_path, text)
    assert found[0] == "line 2: 9 cells, the header has 8"
    assert [each.split(":")[0] for each in found[1:]] == ["line 3", "line 4"]


def test_folder_and_nothing(tmp_path: Path) -> None:
    """What is no file is an error for people."""
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(BadFile, match="cannot be read"):
            read(path, BERLIN, NOW)
