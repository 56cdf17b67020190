"""What a verb imports: nothing heavy where there is nothing new, nothing at work."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import builders
import pytest

HEAVY = {
    "textual",
    "rich",
    "httpx",
    "httpx2",
    "keyring",
    "sqlite_utils",
    "genai_prices",
    "pydantic",
    "msgspec",
    "watchfiles",
    "asyncio",
    "importlib.metadata",
}
"""What costs a verb tens of milliseconds and more."""

RUN = """
import json, sys
before = set(sys.modules)
from tokentui.cli import run
sys.stdout, kept = sys.stderr, sys.stdout
code = run(sys.argv[1:])
json.dump([code, sorted(set(sys.modules) - before)], kept)
"""


def imported(*words: str, given: str = "") -> set[str]:
    """Run a verb in a fresh interpreter; give the modules that it brought in."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words],
        capture_output=True,
        text=True,
        input=given,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    code, modules = json.loads(done.stdout)
    assert code == 0, done.stderr
    return set(modules)


@pytest.fixture
def current(home: Path) -> Path:
    """Make a ledger that holds all there is, and a cap."""
    builders.write(builders.transcript(home), builders.claude_line())
    builders.write(
        builders.rollout(home),
        builders.codex_meta(),
        builders.codex_turn(),
        builders.codex_total((1_000, 200, 300), (1_000, 200, 300), 5),
    )
    imported("cap", "set", "100")
    imported("refresh")
    return home


def test_nothing_heavy(current: Path) -> None:
    """With a current ledger no everyday verb imports anything heavy."""
    for words in (
        ("refresh",),
        ("refresh", "--json"),
        ("usage", "--json"),
        ("usage", "--by", "model", "--by", "hour"),
        ("status", "--json"),
        ("status", "--check", "--line", "{today}"),
        ("cap", "list", "--json"),
    ):
        assert (words, imported(*words) & HEAVY) == (words, set())


def test_plain_words_need_no_click(current: Path) -> None:
    """What is asked most often, in plain words, reads no command line with click."""
    for words in (
        ("refresh", "--json"),
        ("usage", "--by", "model", "--last", "7d", "--json"),
        ("usage",),
        ("status", "--json", "--no-refresh", "--timezone", "Europe/Berlin"),
        ("status", "--check", "--line", "{today}"),
    ):
        unwanted = imported(*words) & {"click", "inspect", "dataclasses"}
        assert (words, unwanted) == (words, set())


def test_nothing_heavy_in_a_status_line(current: Path) -> None:
    """A status line that keeps news of a plan's windows imports nothing heavy."""
    transcript = builders.transcript(current)
    ledger = Path(os.environ["TOKENTUI_LEDGER"])
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("UPDATE series SET account = 'claude_max'")
    told = {
        "session_id": builders.SESSION,
        "transcript_path": str(transcript),
        "rate_limits": {"five_hour": {"used_percentage": 4, "resets_at": 1795356000}},
    }
    assert imported("statusline", given=json.dumps(told)) & HEAVY == set()
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("SELECT used_percent FROM quota").fetchall() == [(4,)]


@pytest.mark.parametrize("words", [(), ("--line", "{session} {left} {burn} {cold}")])
def test_status_line_goes_a_short_way(current: Path, words: tuple[str, ...]) -> None:
    """The status line reads no command line with click, whatever it shows."""
    told = {"session_id": builders.SESSION, "cost": {"total_cost_usd": 1}}
    done = subprocess.run(
        [sys.executable, "-c", SHORT_WAY, "statusline", *words],
        capture_output=True,
        text=True,
        input=json.dumps(told),
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.startswith("$1.00 ")
    assert {*done.stderr.split()} & (HEAVY | {"click"}) == set()


def test_nothing_heavy_in_the_guard(current: Path) -> None:
    """The guard imports nothing heavy; for new lines the decoder, and no price book."""
    asked = {
        "session_id": builders.SESSION,
        "transcript_path": str(builders.transcript(current)),
        "hook_event_name": "PreToolUse",
    }
    imported("cap", "set", "100", "--per", "day", "--hard")
    assert imported("guard", given=json.dumps(asked)) & HEAVY == set()
    more = builders.claude_line("msg_01N", 60, request="n")
    builders.append(builders.transcript(current), more)
    brought = imported("guard", given=json.dumps(asked))
    assert brought & HEAVY == {"msgspec"}
    # Nor what takes milliseconds and is not needed.
    assert brought & {"typing_extensions", "_hashlib", "dataclasses"} == set()


LOAD = """
import sys, threading
from tokentui import decoder
if "thread" in sys.argv:
    over = threading.Event()
    threading.Thread(target=over.wait).start()
decoder.load()
assert sys.modules.get("typing_extensions", "none") is not None
print("msgspec" in sys.modules)
import msgspec, typing_extensions
print(msgspec.json.decode("[1]", type=list[int]), typing_extensions.TypedDict.__name__)
if "thread" in sys.argv:
    over.set()
"""


@pytest.mark.parametrize(("words", "is_loaded"), [((), True), (("thread",), False)])
def test_the_decoder_hides_nothing(words: tuple[str, ...], is_loaded: bool) -> None:
    """What the decoder is imported without can be imported by others after it.

    While other threads run it is not hidden at all.
    """
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.stdout.split()[0]) == ("", str(is_loaded))
    assert done.stdout.splitlines()[1] == "[1] TypedDict"


SHORT_WAY = """
import os, sys
from tokentui.entry import main
os._exit = lambda code: sys.exit(code)
sys.argv = ["tokentui", *sys.argv[1:]]
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def test_hooks_go_a_short_way(current: Path) -> None:
    """As a hook the guard reads no command line with click, and answers the same."""
    asked = {
        "session_id": builders.SESSION,
        "transcript_path": str(builders.transcript(current)),
        "hook_event_name": "UserPromptSubmit",
    }
    imported("cap", "set", "0.000001", "--per", "year", "--hard")
    done = subprocess.run(
        [sys.executable, "-c", SHORT_WAY, "guard", "--agent", "claude-code"],
        capture_output=True,
        text=True,
        input=json.dumps(asked),
        check=False,
    )
    assert done.returncode == 2
    assert "This prompt was not sent." in done.stderr
    assert {*done.stderr.split()} & (HEAVY | {"click"}) == set()


COLLECTS = """
import gc, sys
from tokentui.entry import main
import tokentui.cli
tokentui.cli.run = lambda args: print(gc.isenabled()) or 0
sys.argv = ["tokentui", "status"]
main()
"""


def test_verbs_collect_garbage() -> None:
    """Garbage is left only while the command line is imported: a dashboard is long."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECTS], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_keys_are_the_dashboards(current: Path) -> None:
    """No other verb takes the time to make the keys of all actions."""
    assert "tokentui.keys" not in imported("status")


def test_heavy_is_known_by_name(current: Path) -> None:
    """The names above are those that a cold read does bring in."""
    builders.append(
        builders.transcript(current),
        builders.claude_line("msg_01N", 60, model="claude-mythos-5-2", request="n"),
    )
    assert {"msgspec", "genai_prices"} <= imported("refresh")


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_help_opens_no_ledger(word: str) -> None:
    """Version and help import no SQLite, and none of the verbs."""
    modules = imported(word)
    assert modules & (HEAVY | {"sqlite3"}) == set()
    assert {each for each in modules if each.startswith("tokentui.")} <= {
        "tokentui.cli",
        "tokentui.cli.lazy",
        "tokentui.cli.plain",
        "tokentui.cli.verbs",
        "tokentui.errors",
    }


IMPORT_ALL = """
import importlib, json, pkgutil, sys, threading
import tokentui

OURS = tokentui.__path__[0]
WORK = ("open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename",
        "glob.glob", "shutil.", "tempfile.", "socket.", "sqlite3.", "subprocess.",
        "os.system", "os.posix_spawn", "os.fork", "os.exec", "urllib.", "http.",
        "os.putenv", "fcntl.", "winreg.")
found = []

def hook(event, arguments):
    if not event.startswith(WORK):
        return
    # What a module of ours asks for itself comes before any import machinery.
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if "importlib" in name:
            return
        if name.startswith(OURS):
            found.append([event, repr(arguments)[:80], name, frame.f_lineno])
            return
        frame = frame.f_back

sys.addaudithook(hook)
names = [each.name for each in pkgutil.walk_packages(tokentui.__path__, "tokentui.")]
for name in names:
    if name != "tokentui.__main__":
        importlib.import_module(name)
threads = [each.name for each in threading.enumerate()]
json.dump({"names": names, "found": found, "threads": threads}, sys.stdout)
"""


def test_no_work_at_import() -> None:
    """No module of the program opens files or sockets or starts anything at import."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {"tokentui.cli.usage", "tokentui.snapshot"} <= set(report["names"])
    assert report["found"] == []
    assert report["threads"] == ["MainThread"]


def test_import_ignores_the_surroundings(tmp_path: Path) -> None:
    """The program can be imported where there is neither home nor writable folder."""
    nowhere = str(tmp_path / "nowhere")
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        env=os.environ | {"HOME": nowhere, "TZ": "Not/AZone", "LC_ALL": "C"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not Path(nowhere).exists()
    assert list(tmp_path.iterdir()) == []


def test_run_stays_a_function() -> None:
    """The function that runs the command line is the same after any verb was used."""
    code = (
        "import tokentui.cli as cli;"
        "codes = [cli.run([verb, '--help']) for verb in ('run', 'usage')];"
        "assert codes == [0, 0]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
