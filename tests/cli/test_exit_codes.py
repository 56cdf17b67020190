"""Exit codes, and what is said when something is wrong: never a traceback."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import builders
import pytest
from asking import Ask

from tokentui.cli.verbs import PERIOD_VERBS, VERBS

READING = [
    ("usage",),
    ("daily",),
    ("status",),
    ("cap", "list"),
    ("refresh",),
    ("doctor",),
    ("ledger", "check"),
    ("ledger", "reprice"),
]


def lines_of(text: str) -> list[str]:
    """Give the lines of an error, none of which belongs to a traceback."""
    assert "Traceback" not in text
    assert "  File " not in text
    return text.splitlines()


@pytest.mark.parametrize(
    "words", [("--help",), ("-h",), ("--version",), ("usage", "-h")]
)
def test_help_and_version(ask: Ask, words: tuple[str, ...]) -> None:
    """Help and version are exit 0, on stdout alone."""
    answer = ask(*words)
    assert (answer.code, answer.err) == (0, "")
    assert "tokentui" in answer.out


@pytest.mark.parametrize("verb", [*VERBS, *PERIOD_VERBS])
def test_every_verb_has_help(ask: Ask, verb: str) -> None:
    """Every verb explains itself, within 88 columns, and does nothing else."""
    answer = ask(verb, "--help")
    assert (answer.code, answer.err) == (0, "")
    assert f"tokentui {verb}" in answer.out
    assert max(map(len, answer.lines)) <= 88
    assert not Path(os.environ["TOKENTUI_LEDGER"]).exists()


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("usgae", "usage"),
        ("stats", "status"),
        ("month", "monthly"),
        ("Doctor", "doctor"),
    ],
)
def test_unknown_verb_with_a_near_word(ask: Ask, word: str, near: str) -> None:
    """A wrong verb is exit 2 and answered with the nearest right one."""
    answer = ask(word)
    assert (answer.code, answer.out) == (2, "")
    assert f"`{near}`" in answer.err


def test_unknown_verb(ask: Ask) -> None:
    """A verb like no other is exit 2 and answered with where to look."""
    answer = ask("xyzzy")
    assert answer.code == 2
    assert "tokentui --help" in answer.err


def test_unknown_option(ask: Ask) -> None:
    """An unknown option is exit 2."""
    assert ask("usage", "--colour").code == 2


@pytest.mark.parametrize(
    ("key", "hint"), [("dya", "day"), ("modle", "model"), ("zzz", "session")]
)
def test_unknown_key(ask: Ask, key: str, hint: str) -> None:
    """An unknown key is exit 2 and answered with the nearest, or with all there are."""
    answer = ask("usage", "--by", key)
    assert (answer.code, answer.out) == (2, "")
    assert key in answer.err
    assert hint in answer.err.replace(key, "")


@pytest.mark.parametrize(
    "words",
    [
        ("--since", "2026-11-01", "--last", "7d"),
        ("--until", "2026-11-01", "--period", "today"),
        ("--last", "7d", "--period", "today"),
        ("--since", "2026-11-02", "--until", "2026-11-01"),
        ("--since", "yesterweek"),
        ("--since", "2026-02-30"),
        ("--until", "0001-01-01"),
        ("--last", "7"),
        ("--last", "0d"),
        ("--last", "-7d"),
        ("--period", "2026-13"),
        ("--period", "2026-W60"),
        ("--period", "cycle:max"),
        ("--period", "soon"),
        ("--timezone", "Europe/Berln"),
        ("--timezone", "../../etc/passwd"),
        ("--timezone", "\x1b[31m"),
        ("--by", ""),
    ],
)
def test_what_makes_no_sense(ask: Ask, words: tuple[str, ...]) -> None:
    """Periods, zones and keys that make no sense are exit 2 and one line."""
    answer = ask("usage", *words)
    assert (answer.code, answer.out) == (2, "")
    (line,) = lines_of(answer.err)
    assert line.startswith("tokentui: ")
    assert "\x1b" not in line


def test_near_time_zone(ask: Ask) -> None:
    """A zone that does not exist is answered with one that does."""
    assert "Europe/Berlin" in ask("status", "--timezone", "Europe/Berln").err


@pytest.mark.parametrize(
    "words", [("usage",), ("status",), ("cap", "list"), ("daily",)]
)
def test_no_ledger(ask: Ask, ledger: Path, words: tuple[str, ...]) -> None:
    """Without a ledger `--no-refresh` is exit 4, says what to do, and makes none."""
    answer = ask(*words, "--no-refresh")
    assert (answer.code, answer.out) == (4, "")
    assert str(ledger) in answer.err
    assert "tokentui refresh" in answer.err
    assert not ledger.parent.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('timezon = "UTC"\n', ("timezon", "timezone")),
        ("[caps.month]\namount = 5\nper = 'moth'\n", ("caps.month.per", "moth")),
        ("[caps.month]\nper = 'month'\n", ("caps.month", "amount")),
        ("[caps.month]\namuont = 5\nper = 'month'\n", ("caps.month.amuont", "amount")),
        (
            "[sources.codex]\nenabled = 'no'\n",
            ("sources.codex.enabled", "true or false"),
        ),
        ("[display]\nticket = '('\n", ("display.ticket", "regular expression")),
        ('timezone = "Mars/Olympus"\n', ("timezone", "Mars/Olympus")),
        ("[caps.month\n", ("TOML", "line 1")),
        ("\x00", ("TOML",)),
    ],
)
@pytest.mark.parametrize("verb", ["usage", "doctor"])
def test_broken_config(
    ask: Ask, config, verb: str, text: str, said: tuple[str, ...]
) -> None:
    """A broken config is exit 2 naming file, key, and the nearest known key."""
    file = config(text)
    answer = ask(verb)
    assert (answer.code, answer.out) == (2, "")
    (line,) = lines_of(answer.err)
    for word in (str(file), *said):
        assert word in line


def test_config_that_is_no_file(ask: Ask, tmp_path: Path) -> None:
    """A folder in place of the config is exit 2 naming it."""
    answer = ask("--config", str(tmp_path), "usage")
    assert answer.code == 2
    assert str(tmp_path) in answer.err


@pytest.mark.parametrize("words", READING)
def test_ledger_that_is_none(
    ask: Ask, logs: object, ledger: Path, words: tuple[str, ...]
) -> None:
    """A file that is no ledger is exit 1 with advice, and stays as it is."""
    builders.write(ledger, b"no database at all\n" * 500)
    before = ledger.read_bytes()
    answer = ask(*words)
    assert answer.code == 1
    assert answer.out == "" or words == ("doctor",)  # which tells what else it knows
    (line,) = lines_of(answer.err)
    assert str(ledger) in line
    assert "ledger rebuild" in line
    assert ledger.read_bytes() == before


@pytest.mark.parametrize("words", READING)
def test_ledger_cut_short(
    ask: Ask, logs: object, ledger: Path, words: tuple[str, ...]
) -> None:
    """A ledger of which the end is missing is exit 1 with advice."""
    ask("refresh")
    with ledger.open("r+b") as file:
        file.truncate(ledger.stat().st_size // 2)
    answer = ask(*words)
    assert answer.code == 1
    assert "ledger rebuild" in lines_of(answer.err)[-1]


@pytest.mark.parametrize("words", [("usage",), ("status",), ("doctor",)])
def test_ledger_damaged_inside(
    ask: Ask, logs: object, ledger: Path, words: tuple[str, ...]
) -> None:
    """A ledger with damaged pages is exit 1 with advice, as one that is cut short."""
    ask("refresh")
    spoil(ledger)
    answer = ask(*words, "--no-refresh")
    assert answer.code == 1
    assert "ledger rebuild" in answer.err


@pytest.mark.parametrize(
    "words", [("usage", "--no-refresh"), ("refresh",), ("status",), ("doctor",)]
)
def test_damaged_pages_are_an_error(
    ask: Ask, logs: object, ledger: Path, words: tuple[str, ...]
) -> None:
    """However a ledger is damaged, it is exit 1 and no traceback."""
    ask("refresh")
    spoil(ledger)
    answer = ask(*words)
    assert answer.code == 1
    assert lines_of(answer.err)[0].startswith("tokentui: ")


def spoil(ledger: Path) -> None:
    """Overwrite the head of every page but the first."""
    size = 4096
    with ledger.open("r+b") as file:
        for place in range(size, ledger.stat().st_size, size):
            file.seek(place)
            file.write(b"\xff" * 200)


@pytest.mark.parametrize("words", [("usage",), ("usage", "--no-refresh")])
def test_no_connection_stays_open(
    ask: Ask, ledger: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """A ledger that could not be opened is let go, so that it can be moved away."""
    builders.write(ledger, b"no database at all\n" * 500)
    connect, made = sqlite3.connect, []

    def connecting(*given: Any, **named: Any) -> sqlite3.Connection:
        made.append(connect(*given, **named))
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", connecting)
    assert ask(*words).code == 1
    still_open = [connection for connection in made if is_open(connection)]
    for connection in still_open:
        connection.close()
    assert (len(made) > 0, still_open) == (True, [])


def is_open(connection: sqlite3.Connection) -> bool:
    """Claim that nobody has closed a connection."""
    try:
        connection.interrupt()
    except sqlite3.ProgrammingError:
        return False
    return True


def test_folder_that_cannot_be_made(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses is told with its place, and is no fault of ours."""
    refusal = PermissionError(13, "Permission denied", "/nowhere/state")
    monkeypatch.setattr(Path, "mkdir", Mock(side_effect=refusal))
    answer = ask("cap", "set", "5", "--per", "day")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "tokentui: /nowhere/state: Permission denied\n"


@pytest.mark.parametrize("words", [("refresh",), ("status", "--no-refresh")])
def test_folder_as_ledger(ask: Ask, logs, tmp_path: Path, words) -> None:
    """A folder given as the ledger is exit 1, and the words are not SQLite's."""
    answer = ask("--ledger", str(tmp_path / "home"), *words)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == (
        f"tokentui: the ledger {tmp_path / 'home'} is a folder; name a file, like"
        f" {tmp_path / 'home' / 'ledger.db'}\n"
    )


def test_newer_ledger(ask: Ask, ledger: Path) -> None:
    """A ledger that a newer version wrote is exit 1 and says to upgrade."""
    ledger.parent.mkdir()
    connection = sqlite3.connect(ledger)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    answer = ask("usage")
    assert answer.code == 1
    assert "newer tokentui" in answer.err


def test_somebody_elses_database(ask: Ask, ledger: Path) -> None:
    """A database of another program is refused and not touched."""
    ledger.parent.mkdir()
    connection = sqlite3.connect(ledger)
    connection.execute("CREATE TABLE places (url TEXT)")
    connection.commit()
    connection.close()
    before = ledger.read_bytes()
    assert ask("usage").code == 1
    assert ledger.read_bytes() == before


def test_locked_ledger(
    ask: Ask, logs, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another process holds the ledger for long, people are told so."""
    monkeypatch.setattr("tokentui.ledger.connection.BUSY_MS", 1)
    ask("refresh")
    builders.append(
        builders.transcript(logs), builders.claude_line("msg_01N", 60, request="n")
    )
    connection = sqlite3.connect(ledger, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    answer = ask("usage")
    connection.close()
    assert answer.code == 1
    assert "another tokentui holds it; try again" in answer.err


def test_unexpected_error(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program is exit 1, one line, and how to see more."""
    fail(monkeypatch, RuntimeError("out of cheese"))
    answer = ask("usage")
    assert (answer.code, answer.out) == (1, "")
    first, second = lines_of(answer.err)
    assert first == "tokentui: RuntimeError: out of cheese"
    assert "TOKENTUI_DEBUG=1" in second


def test_debug_shows_the_traceback(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """`TOKENTUI_DEBUG=1` shows where it happened, on stderr; the code is the same."""
    fail(monkeypatch, RuntimeError("out of cheese"))
    monkeypatch.setenv("TOKENTUI_DEBUG", "1")
    answer = ask("usage")
    assert (answer.code, answer.out) == (1, "")
    assert "Traceback (most recent call last)" in answer.err
    assert "RuntimeError: out of cheese" in answer.err


def test_errors_steer_no_terminal(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an error quotes is shown and not obeyed, in a traceback as well."""
    monkeypatch.setenv("TOKENTUI_DEBUG", "1")
    fail(monkeypatch, RuntimeError("a name \x1b[2J"))
    answers = [ask("usage"), ask("\x1b[2J"), ask("usage", "\x1b[2J")]
    assert [answer.code for answer in answers] == [1, 2, 2]
    assert "RuntimeError: a name \N{REPLACEMENT CHARACTER}[2J" in answers[0].err
    assert "\x1b" not in "".join(answer.err for answer in answers)


def test_debug_shows_deliberate_errors_too(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where an error was raised on purpose."""
    monkeypatch.setenv("TOKENTUI_DEBUG", "1")
    answer = ask("usage", "--no-refresh")
    assert answer.code == 4
    assert "Traceback (most recent call last)" in answer.err


def test_interrupt(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt is exit 130 and says nothing."""
    fail(monkeypatch, KeyboardInterrupt())
    answer = ask("usage")
    assert (answer.code, answer.out, answer.err.strip()) == (130, "", "")


def fail(monkeypatch: pytest.MonkeyPatch, problem: BaseException) -> None:
    """Let every refresh end with an error."""

    def refresh(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr("tokentui.cli.freshen.refresh", refresh)


SLOW = """
import signal, time
import tokentui.cli.freshen
from tokentui.cli import main

# A shell's background jobs ignore it, and a child takes that over.
signal.signal(signal.SIGINT, signal.default_int_handler)

def refresh(*_, **__):
    print("reading", flush=True)
    time.sleep(60)

tokentui.cli.freshen.refresh = refresh
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signal to one process")
@pytest.mark.parametrize("words", [["usage"], ["usage", "--model", "*"]])
def test_ctrl_c(words: list[str]) -> None:
    """Ctrl-C ends a real process with 130, a line and no word, with click or not."""
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, os.linesep.encode())


def closed_pipe(*words: str) -> tuple[int, bytes]:
    """Run a verb whose stdout nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        run = subprocess.run(
            [sys.executable, "-m", "tokentui", *words],
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    return run.returncode, run.stderr


@pytest.mark.parametrize("words", [("usage",), ("usage", "--json"), ("--help",)])
def test_closed_pipe_is_quiet(logs: object, words: tuple[str, ...]) -> None:
    """Who pipes into `head` reads no complaint."""
    assert closed_pipe(*words)[1] == b""


def test_closed_pipe_is_fine(logs: object) -> None:
    """A reader that left is nothing wrong: exit 0."""
    assert closed_pipe("usage", "--json")[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="arguments are always text there")
def test_argument_that_is_no_text(ask: Ask, logs: object) -> None:
    """A glob in another encoding matches nothing; it is no fault of the program."""
    answer = ask("usage", "--project", os.fsdecode(b"caf\xe9"), "--json")
    assert answer.code in (0, 2)
    assert "DEBUG" not in answer.err


@pytest.mark.skipif(os.name == "nt", reason="a shell's way of closing it is needed")
def test_closed_stdout() -> None:
    """Without any stdout a verb ends like any other, without a word on its insides."""
    run = subprocess.run(
        ["sh", "-c", '"$0" -m tokentui usage >&-', sys.executable],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert "NoneType" not in run.stderr
