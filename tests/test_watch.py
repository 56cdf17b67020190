"""`tokentui watch`: it hears of every change, survives bad files and ends when told."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from queue import Empty, Queue
from threading import Event
from typing import Any

import builders
import pytest

from tokentui import watch
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.settings import Config

PATIENCE = 30
"""Seconds until a test gives up; hardly any is ever waited."""


REAL = ("-m", "tokentui")
IMPATIENT = (
    "-c",
    "import tokentui.watch; tokentui.watch.LOOK_ANYWAY_SECONDS = 0.3;"
    "from tokentui.cli import main; main()",
)
"""The program, which looks every five seconds if it hears nothing; and one that looks
more often, because a change that comes while it reads is not heard of."""


class Watcher:
    """A running `tokentui watch`, and what it says."""

    def __init__(self, program: tuple[str, ...], ledger: Path, *words: str) -> None:
        self.ledger = ledger
        self.process = subprocess.Popen(
            [sys.executable, *program, "watch", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._said: Queue[str] = Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(line)

    def next(self) -> dict[str, Any]:
        """Wait for the next change that it tells of."""
        try:
            told = json.loads(self._said.get(timeout=PATIENCE))
        except Empty:
            self.process.kill()
            errors = self.process.communicate()[1]
            pytest.fail(f"watch said nothing; stderr: {errors}")
        assert isinstance(told, dict)
        return told

    def until(self, models: set[str]) -> None:
        """Wait until the ledger holds usage of exactly these models."""
        while self.models() != models:
            self.next()

    def models(self) -> set[str]:
        """Say of which models the ledger holds usage."""
        with closing(open_for_reading(self.ledger)) as connection:
            return {
                model
                for (model,) in connection.execute(
                    "SELECT DISTINCT model FROM series JOIN event ON series.id = series"
                )
            }

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Tell it to end; give its exit code and what it said on stderr."""
        self.process.send_signal(number)
        try:
            code = self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._listener.join()
        assert self.process.stderr is not None and self.process.stdout is not None
        errors = self.process.stderr.read()
        self.process.stderr.close()
        self.process.stdout.close()
        return code, errors


def response(name: str) -> bytes:
    """Write one response, of a model by which it is known."""
    return builders.claude_line(f"msg_01{name}", model=name, request=name)


posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.fixture
def program() -> tuple[str, ...]:
    """Name the program that watches, to be overridden."""
    return IMPATIENT


@pytest.fixture
def watcher(program: tuple[str, ...], home: Path, ledger: Path) -> Iterator[Watcher]:
    """Start watching a home in which one response lies."""
    builders.write(builders.transcript(home), response("first"))
    watching = Watcher(program, ledger, "--json")
    assert watching.next()["events_new"] == 1
    yield watching
    if watching.process.poll() is None:
        watching.end(signal.SIGKILL)


real = pytest.mark.parametrize("program", [REAL], ids=["real"])


@posix
def test_asleep(watcher: Watcher, home: Path) -> None:
    """What was written, rotated, deleted and made anew in its sleep is read after it.

    Stopped, the program knows as little of that time as on a machine that sleeps; and
    of more changes than the system keeps for it (Linux: 16,384) it hears nothing.
    """
    log = builders.transcript(home)
    watcher.process.send_signal(signal.SIGSTOP)
    for _ in range(10_000):
        os.utime(log)
        os.utime(log.parent)
    builders.append(log, response("second"))
    log.rename(log.with_name("rotated.jsonl"))
    builders.write(log, response("third"))
    shutil.move(home / ".claude", home / "saved")
    builders.write(builders.transcript(home, "s2"), response("fourth"))
    shutil.rmtree(home / ".claude")
    shutil.copytree(home / "saved", home / ".claude")
    builders.write(builders.transcript(home, "s3"), response("fifth"))
    watcher.process.send_signal(signal.SIGCONT)
    # The fourth was gone before anybody could read it.
    watcher.until({"first", "second", "third", "fifth"})
    builders.append(log, response("sixth"))
    watcher.until({"first", "second", "third", "fifth", "sixth"})
    assert watcher.end() == (0, "")


@posix
@real
def test_hears_of_a_line(watcher: Watcher, home: Path) -> None:
    """The program as it is reads a line that is appended while it watches."""
    builders.append(builders.transcript(home), response("second"))
    watcher.until({"first", "second"})
    assert watcher.end() == (0, "")


@posix
def test_follows_all_changes(watcher: Watcher, home: Path) -> None:
    """Lines appended, files new, replaced, deleted and made again are all read once."""
    seen = {"first"}

    def then(name: str) -> None:
        seen.add(name)
        watcher.until(seen)

    file = builders.transcript(home)
    builders.append(file, response("appended"))
    then("appended")
    builders.write(builders.transcript(home, "s2", "-new-project"), response("new"))
    then("new")
    other = builders.write(file.with_suffix(".tmp"), response("replaced"))
    other.replace(file)
    then("replaced")
    file.unlink()
    builders.write(file, response("again"))
    then("again")
    builders.append(file, response("last"))
    then("last")
    code, errors = watcher.end()
    assert (code, errors) == (0, "")
    with closing(open_for_reading(watcher.ledger)) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (6,)


@posix
def test_says_what_changed(watcher: Watcher, home: Path) -> None:
    """Each change is one line of JSON on stdout with its counts."""
    builders.append(builders.transcript(home), response("one"), response("two"))
    told = watcher.next()
    while told["events_new"] < 2:  # a part may be heard of before the whole
        told["events_new"] += watcher.next()["events_new"]
    assert told == {"kind": "watch", "events_new": 2, "events_updated": 0, "errors": []}
    builders.append(
        builders.transcript(home),
        builders.claude_line("msg_01one", 1, model="one", request="one", output=500),
    )
    assert watcher.next()["events_updated"] == 1


@posix
def test_survives_a_broken_file(watcher: Watcher, home: Path) -> None:
    """A file that cannot be read does not stop the others from being followed."""
    broken = builders.rollout(
        home, "019f0000-0000-7000-8000-00000000000b", ".jsonl.zst"
    )
    builders.write(broken, b"this is not compressed")
    builders.append(builders.transcript(home), response("second"))
    watcher.until({"first", "second"})
    builders.append(builders.transcript(home), b"\xff\xfe\x00 not even text\n")
    builders.append(builders.transcript(home), response("third"))
    watcher.until({"first", "second", "third"})
    assert watcher.end()[0] == 0


@posix
@real
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ends_when_told(watcher: Watcher, number: int) -> None:
    """Ctrl-C and SIGTERM are its proper end: exit 0, and not a word of complaint."""
    assert watcher.end(number) == (0, "")
    with closing(sqlite3.connect(watcher.ledger)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@posix
def test_ends_when_told_without_any_folder(ledger: Path) -> None:
    """Where there is nothing to watch yet it waits, and ends when told."""
    watching = Watcher(REAL, ledger)
    patience = Event()
    while not ledger.exists() and watching.process.poll() is None:
        patience.wait(0.02)
    assert watching.end() == (0, "")


class Watch:
    """The loop itself, in this process, looking every tenth of a second."""

    def __init__(self, ledger: Path) -> None:
        self.stop = Event()
        self.errors: list[str] = []
        self.reports = watch.watch(ledger, Config(), self.stop, self.errors.append)

    def new_events(self) -> int:
        """Read on until something is new."""
        for report in self.reports:
            if not report.is_empty:
                return sum(source.events_new for source in report.sources)
        return 0


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again soon, without being told."""
    monkeypatch.setattr(watch, "LOOK_ANYWAY_SECONDS", 0.1)


def test_folders_that_appear_later(home: Path, ledger: Path, quick: None) -> None:
    """An agent that is installed later is followed from then on."""
    watching = Watch(ledger)
    next(watching.reports)
    builders.write(builders.transcript(home), response("first"))
    assert watching.new_events() == 1
    builders.write(
        builders.rollout(home),
        builders.codex_meta(),
        builders.codex_turn(),
        builders.codex_total((1_000, 200, 300), (1_000, 200, 300), 5),
    )
    assert watching.new_events() == 1


def test_folder_that_comes_back(home: Path, ledger: Path, quick: None) -> None:
    """A folder that is moved away and made again is followed again."""
    builders.write(builders.transcript(home), response("first"))
    watching = Watch(ledger)
    assert watching.new_events() == 1
    (home / ".claude").rename(home / "moved")
    next(watching.reports)
    builders.write(builders.transcript(home), response("second"))
    assert watching.new_events() == 1


def test_change_while_it_reads(
    home: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written while the last change is dealt with is heard of at once."""
    monkeypatch.setattr(watch, "LOOK_ANYWAY_SECONDS", 60)
    builders.write(builders.transcript(home), response("first"))
    watching = Watch(ledger)
    assert watching.new_events() == 1
    builders.append(builders.transcript(home), response("second"))
    giving_up = threading.Timer(3, watching.stop.set)
    giving_up.start()
    assert watching.new_events() == 1
    giving_up.cancel()


def test_folder_that_goes_as_the_wait_begins(
    home: Path, ledger: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that goes between the look and the wait does not end it."""
    builders.write(builders.transcript(home), response("first"))
    gone = {str(home / "gone"): 1}
    with monkeypatch.context() as race:
        race.setattr(watch, "watched_folders", lambda config: gone)
        watching = Watch(ledger)
        assert watching.new_events() == 1
        next(watching.reports)


@pytest.mark.parametrize(
    ("used_ms", "slower"), [(0, 1), (5, 1.5), (20, 3), (110, 12), (5_000, 12)]
)
def test_rests_longer_after_many_files(used_ms: float, slower: float) -> None:
    """Twice as long after 10 ms of a processor; a minute instead of 5 s at most."""
    assert watch.slower_by(used_ms / 1000) == pytest.approx(slower)


def test_stops_at_once(home: Path, ledger: Path) -> None:
    """Told to stop it reads no more, whether or not there is anything to watch."""
    watching = Watch(ledger)
    watching.stop.set()
    assert list(watching.reports) == []
    builders.write(builders.transcript(home), response("first"))
    watching = Watch(ledger)
    next(watching.reports)
    threading.Timer(0.05, watching.stop.set).start()
    for _ in watching.reports:
        pass
    assert watching.stop.is_set()


def test_goes_on_after_a_failure(home: Path, ledger: Path, quick: None) -> None:
    """A ledger that cannot be used is reported, and tried again until it can."""
    builders.write(builders.transcript(home), response("first"))
    builders.write(ledger, b"no database at all\n" * 500)
    watching = Watch(ledger)

    def mend(text: str) -> None:
        watching.errors.append(text)
        ledger.unlink(missing_ok=True)

    watching.reports = watch.watch(ledger, Config(), watching.stop, mend)
    assert watching.new_events() == 1
    assert "not a database" in watching.errors[0]


def test_goes_on_after_a_lock(
    home: Path, ledger: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger that another process holds for long is reported and tried again."""
    in_a_hurry = partial(open_for_writing, patience_ms=1)
    monkeypatch.setattr("tokentui.ingest.open_for_writing", in_a_hurry)
    builders.write(builders.transcript(home), response("first"))
    watching = Watch(ledger)
    assert watching.new_events() == 1
    builders.append(builders.transcript(home), response("second"))
    other = sqlite3.connect(ledger, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def let_go(text: str) -> None:
        watching.errors.append(text)
        if other.in_transaction:
            other.execute("ROLLBACK")

    watching.reports = watch.watch(ledger, Config(), watching.stop, let_go)
    try:
        assert watching.new_events() == 1
        assert "locked" in watching.errors[0]
    finally:
        other.close()
