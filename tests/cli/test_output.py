"""What is printed: within 60 columns, in UTF-8, without anything a terminal obeys."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import builders
import pytest
from asking import DAY, Answer, Ask

from tokentui.text import width

EVIL = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31mc1",
    "bell\x07back\x08\x7f",
    "line\nbreak\r\ttab",
    "left\N{RIGHT-TO-LEFT OVERRIDE}right\N{FIRST STRONG ISOLATE}",
    "wide 漢字 \N{PILE OF POO}\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-16}",
    "עברית العربية",
    "half \ud83d a pair \udcff",
    "line\N{LINE SEPARATOR}paragraph\N{PARAGRAPH SEPARATOR}",
    "private \ue000 \U0010ffff",
    "long " + "x" * 400,
]


def hostile(home: Path) -> Path:
    """Write logs in which every name is hostile."""
    lines = [
        builders.claude_line(
            f"msg_01{number}",
            number,
            model=f"claude-{name}",
            cwd=f"/nowhere/{name}",
            gitBranch=name,
            session=f"s{name}",
            request=f"r{number}",
        )
        for number, name in enumerate(EVIL)
    ]
    return builders.write(builders.transcript(home), *map(escaped, lines))


def escaped(line: bytes) -> bytes:
    """Write a line as Node does, which escapes halves of surrogate pairs."""
    record = json.loads(line.decode("utf-8", "surrogatepass"))
    return json.dumps(record).encode() + b"\n"


def obeyed(text: str) -> list[str]:
    """List what a terminal would obey or hide, other than the ends of lines."""
    hidden = {*map(chr, range(32)), *map(chr, range(127, 160))} - {"\n"}
    hidden |= set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
    return sorted(set(text) & hidden)


TABLES = [
    ("usage",),
    ("usage", "--by", "model"),
    ("usage", "--by", "project", "--by", "model"),
    ("usage", "--by", "session"),
    ("usage", "--by", "branch", "--by", "source"),
    ("session",),
    ("status",),
    ("cap", "list"),
    ("refresh",),
    ("doctor",),
]


@pytest.mark.parametrize("words", TABLES)
def test_hostile_names_in_tables(ask: Ask, home: Path, words: tuple[str, ...]) -> None:
    """No name in a log can move the cursor, colour or turn round what people read."""
    hostile(home)
    answer = ask(*words)
    assert answer.code == 0
    assert obeyed(answer.out + answer.err) == []


def test_hostile_names_are_kept_apart(ask: Ask, home: Path) -> None:
    """Each of them is one line of the table all the same."""
    hostile(home)
    lines = ask("usage", "--by", "model").lines
    assert len(lines) == len(EVIL) + 4


@pytest.mark.parametrize("key", ["model", "project", "branch", "session"])
def test_hostile_names_in_json(program: Ask, home: Path, key: str) -> None:
    """A document holds names as they are, halves of surrogate pairs apart."""
    hostile(home)
    answer = program("usage", "--by", key, "--since", "2026-01-01", "--json")
    assert answer.code == 0
    names = {row[key] for row in answer.document["rows"]}
    assert len(names) == len(EVIL)
    assert any("עברית" in name for name in names)
    assert "\x1b" not in answer.out


def test_json_on_a_terminal(ask: Ask, home: Path) -> None:
    """A document that is shown on a terminal does nothing to it either."""
    hostile(home)
    answer = ask("usage", "--by", "project", "--since", "2026-01-01", "--json")
    assert obeyed(answer.out) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows refuses such names of files")
def test_hostile_file_name(program: Ask, home: Path) -> None:
    """A file's name does nothing to the terminal when it is named in an error."""
    name = "\x9b31m-019f0000-0000-7000-8000-00000000000b"
    builders.write(builders.rollout(home, name, ".jsonl.zst"), b"broken")
    answer = program("refresh")
    assert answer.code == 3
    assert obeyed(answer.err) == []


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii:strict"},
    ],
    ids=["cp1252", "C", "ascii"],
)
def test_always_utf8(program: Ask, home: Path, environment: dict[str, str]) -> None:
    """Output is UTF-8 whatever the locale says, table and document."""
    hostile(home)
    wanted = ("usage", "--since", "2026-01-01", "--by", "project")
    table = program(*wanted, **environment)
    assert (table.code, "漢字" in table.out, "─" in table.out) == (0, True, True)
    document = program(*wanted, "--json", **environment)
    assert document.code == 0
    assert any("漢字" in row["project"] for row in document.document["rows"])


@pytest.fixture
def large(home: Path) -> Path:
    """Write a history whose figures and names are as wide as they get."""
    models = ("claude-opus-5-5", "claude-sonnet-5-5", "model-" + "of-a-long-name" * 4)
    return builders.write(
        builders.transcript(home),
        *(
            builders.claude_line(
                f"msg_01{number}",
                7_100 - number % 2 * DAY,
                model=models[number % 3],
                input=9_990_000,
                read=99_900_000,
                output=9_990_000 if number % 2 else 3,
                stop="end_turn" if number % 2 else None,
                cwd=f"/nowhere/{'a-project-of-a-long-name-' * 3}{number % 4}",
                gitBranch=f"a/long/branch/{'name' * 10}",
                request=f"r{number}",
            )
            for number in range(60)
        ),
    )


NARROW = [
    ("usage",),
    ("usage", "--by", "model"),
    ("usage", "--by", "project"),
    ("usage", "--by", "branch"),
    ("usage", "--by", "day"),
    ("usage", "--by", "hour"),
    ("session",),
    ("blocks",),
    ("refresh",),
]


@pytest.mark.parametrize("words", NARROW)
def test_fits_60_columns(
    ask: Ask, large: Path, narrow: None, words: tuple[str, ...]
) -> None:
    """A table fits a terminal of 60 columns; names give way, with a sign."""
    answer = ask(*words)
    assert answer.code == 0
    assert max(map(width, answer.lines)) <= 60


def test_small_caps_fit_60_columns(ask: Ask, logs: object, narrow: None) -> None:
    """Caps of small amounts fit a terminal of 60 columns."""
    ask("cap", "set", "5", "--per", "day")
    for words in (("cap", "list"), ("status",)):
        assert max(map(width, ask(*words).lines)) <= 60


@pytest.mark.parametrize(
    "words",
    [
        ("usage", "--by", "project", "--by", "model", "--by", "day"),
        ("cap", "list"),
        ("status",),
        ("prices", "show", "claude-opus-5-5"),
        ("prices", "show", "gpt-5.4"),
    ],
)
def test_everything_fits_60_columns(
    ask: Ask, large: Path, narrow: None, words: tuple[str, ...]
) -> None:
    """Also caps, prices and tables by several keys fit a terminal of 60 columns."""
    ask("cap", "set", "15000", "--per", "quarter", "--project", "a-project-*")
    assert max(map(width, ask(*words).lines)) <= 60


def test_time_is_never_cut(ask: Ask, large: Path, narrow: None) -> None:
    """Where a table is narrow, names are cut and times are not."""
    lines = ask("usage", "--by", "day", "--by", "model", "--by", "project").lines
    assert all(line[:10].count("-") == 2 for line in lines[2:-2])


def test_a_pipe_is_wide(ask: Ask, large: Path) -> None:
    """In a pipe names are whole."""
    assert "model-" + "of-a-long-name" * 4 in ask("usage", "--by", "model").out


def on_terminal(columns: int, *words: str, **environment: str) -> Answer:
    """Run a verb on a terminal of its own; stderr is kept apart."""
    import fcntl
    import pty
    import struct
    import termios

    outside, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "tokentui", *words],
        stdin=inside,
        stdout=inside,
        stderr=subprocess.PIPE,
        env=os.environ | environment,
    ) as process:
        os.close(inside)
        printed = b""
        # Linux says EIO once the other end is closed.
        with contextlib.suppress(OSError):
            while piece := os.read(outside, 65_536):
                printed += piece
        os.close(outside)
        assert process.stderr is not None
        errors = process.stderr.read().decode()
        code = process.wait(timeout=60)
    return Answer(code, printed.decode().replace("\r\n", "\n"), errors)


needs_pty = pytest.mark.skipif(os.name == "nt", reason="Windows has no pty")


@needs_pty
@pytest.mark.parametrize("columns", [60, 90])
def test_on_a_terminal(home: Path, columns: int) -> None:
    """On a real terminal a table fits and nothing in it is obeyed."""
    hostile(home)
    words = ("usage", "--by", "project", "--since", "2026-01-01")
    answer = on_terminal(columns, *words)
    assert answer.code == 0
    assert max(map(width, answer.lines)) == columns
    assert obeyed(answer.out) == []


@needs_pty
def test_no_color(home: Path, logs: Path) -> None:
    """With `NO_COLOR`, and in a pipe, nothing is coloured."""
    answer = on_terminal(80, "usage", NO_COLOR="1")
    assert (answer.code, "\x1b" in answer.out + answer.err) == (0, False)
    answer = on_terminal(80, "nonsense", NO_COLOR="1")
    assert (answer.code, "\x1b" in answer.out + answer.err) == (2, False)


DATA = [
    ("usage", "--json"),
    ("usage", "--by", "model", "--json"),
    ("status", "--json"),
    ("cap", "list", "--json"),
    ("refresh", "--json"),
    ("doctor", "--json"),
    ("prices", "show", "gpt-5.4", "--json"),
    ("prices", "list", "opus", "--json"),
    ("ledger", "check", "--json"),
    ("ledger", "reprice", "--json"),
]


@pytest.mark.parametrize("words", DATA)
def test_stdout_is_data_only(
    ask: Ask, home: Path, broken_log: Path, words: tuple[str, ...]
) -> None:
    """With `--json` stdout is one document, however much there is to warn of."""
    builders.write(
        builders.transcript(home),
        builders.claude_line("msg_01A", model="new-model", request="a"),
        builders.claude_line("msg_01B", output=3, stop=None, request="b"),
    )
    ask("refresh")
    answer = ask(*words)
    assert isinstance(json.loads(answer.out), dict)


def test_notes_go_to_stderr(ask: Ask, home: Path, broken_log: Path) -> None:
    """What is beside the table is said on stderr."""
    builders.write(
        builders.transcript(home),
        builders.claude_line("msg_01A", model="new-model", request="a"),
        builders.claude_line("msg_01B", output=3, stop=None, request="b"),
    )
    answer = ask("usage")
    for words in (str(broken_log), "unpriced", "lower bound"):
        assert words in answer.err
    assert str(broken_log) not in answer.out
    assert len(answer.lines) == 5


def test_times_are_whole(ask: Ask, logs: object) -> None:
    """A document's times have an offset; the zone can be one with half hours."""
    document = ask("status", "--timezone", "Asia/Kathmandu", "--json").document
    assert document["now"] == "2026-11-20T17:45:00+05:45"
    assert document["sources"][0]["last_event"] == "2026-11-20T17:35:00+05:45"
