"""Accounts polled beside other work: by `watch` and by the dashboard's feed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import builders
import providing
import pytest
import toys
from answers_openrouter import SECRET, healthy
from polled import NOW
from providing import Provider
from toys import balance

from tokentui import rounds, watch
from tokentui.accounts.kind import Question
from tokentui.errors import AccountError
from tokentui.live import Live
from tokentui.rounds import Rounds
from tokentui.settings import Account, Config
from tokentui.statements import Reading

PATIENCE = 30
"""Seconds until a test gives up; hardly any is ever waited."""


class Told:
    """What is told, and a way to wait for it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._news = threading.Condition()

    def __call__(self, line: str) -> None:
        with self._news:
            self.lines.append(line)
            self._news.notify_all()

    def wait_for(self, count: int) -> list[str]:
        """Wait until so many lines were told."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.lines) >= count, PATIENCE)
            return list(self.lines)


class Hours:
    """A clock on which an hour passes with each look."""

    def __init__(self) -> None:
        self.hours = -1

    def __call__(self) -> datetime:
        self.hours += 1
        return NOW + timedelta(hours=self.hours)


@pytest.fixture
def toy_account(monkeypatch: pytest.MonkeyPatch) -> Config:
    """Name an account of the kind `toy`."""
    monkeypatch.setenv("TOKENTUI_KEY_IT", toys.SECRET)
    return Config(accounts=(Account("it", "toy"),))


@pytest.fixture
def ended() -> Iterator[list[Rounds]]:
    """End rounds after the test."""
    started: list[Rounds] = []
    yield started
    for each in started:
        each.end()


@pytest.fixture(autouse=True)
def earlier_rounds_have_ended() -> None:
    """Wait for threads of earlier tests, which were told to end and not waited for."""
    for thread in threading.enumerate():
        if thread.name == "accounts":
            thread.join(PATIENCE)


def names_of_threads() -> list[str]:
    """List the threads of this process."""
    return [thread.name for thread in threading.enumerate()]


def test_without_accounts_there_is_no_thread(ledger: Path) -> None:
    """Where there is nothing to ask nothing runs."""
    before = names_of_threads()
    Rounds(ledger, Config()).start()
    assert names_of_threads() == before


def test_told_once(
    ledger: Path,
    toy_account: Config,
    ended: list[Rounds],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is wrong is told when it begins and when it changes, not at each round."""
    monkeypatch.setattr(rounds, "ROUND_SECONDS", 0.01)
    problems = iter(["no luck", "no luck", "worse", "worse", None, None, "no luck"])

    def read(question: Question) -> Iterable[Reading]:
        problem = next(problems, "no luck")
        if problem:
            raise AccountError(problem)
        return balance(question)

    toys.toy(monkeypatch, read)
    told = Told()
    ended.append(Rounds(ledger, toy_account, told, Hours()))
    ended[0].start()
    ended[0].start()
    assert told.wait_for(4) == [
        "account it: feed0: no luck",
        "account it: feed0: worse",
        "account it: all is well again",
        "account it: feed0: no luck",
    ]
    assert names_of_threads().count("accounts") == 1


def test_ledger_that_cannot_be_used(
    ledger: Path,
    toy_account: Config,
    ended: list[Rounds],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A broken ledger is told once and tried again, until it can be used."""
    monkeypatch.setattr(rounds, "ROUND_SECONDS", 0.01)
    builders.write(ledger, b"no database at all\n" * 500)
    asked = Event()

    def read(question: Question) -> Iterable[Reading]:
        asked.set()
        return balance(question)

    toys.toy(monkeypatch, read)
    told = Told()
    ended.append(Rounds(ledger, toy_account, told, Hours()))
    ended[0].start()
    assert "damaged" in told.wait_for(1)[0]
    ledger.unlink()
    assert told.wait_for(2)[1] == "all is well again"
    assert asked.wait(PATIENCE)
    assert len(told.lines) == 2


def test_one_look_a_minute() -> None:
    """Accounts are looked at once a minute at most."""
    assert rounds.ROUND_SECONDS == 60


@pytest.fixture
def hanging(
    toy_account: Config, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Config, Event]]:
    """Make an account whose provider hangs; give what says that it was asked."""
    asked, over = Event(), Event()

    def read(question: Question) -> Iterable[Reading]:
        asked.set()
        over.wait(PATIENCE)
        return balance(question)

    toys.toy(monkeypatch, read)
    yield toy_account, asked
    over.set()


def reading(config: Config, home: Path) -> Config:
    """Let a config read the agents' folders in a home."""
    return Config(accounts=config.accounts, sources=builders.config_of(home).sources)


def test_watch_reads_on(
    home: Path,
    ledger: Path,
    hanging: tuple[Config, Event],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While a provider hangs, new lines are read as always, and the end is prompt."""
    monkeypatch.setattr(watch, "LOOK_ANYWAY_SECONDS", 0.05)
    config, asked = hanging
    stop = Event()
    builders.write(builders.transcript(home), builders.claude_line())
    with builders.toy_prices():
        reports = watch.watch(ledger, reading(config, home), stop, print)
        first = next(reports)
        assert asked.wait(PATIENCE)
        builders.append(
            builders.transcript(home), builders.claude_line("msg_01B", 5, request="b")
        )
        new = [sum(s.events_new for s in first.sources)]
        for report in reports:
            new.append(sum(source.events_new for source in report.sources))
            if sum(new) == 2:
                stop.set()
    assert sum(new) == 2


def test_watch_without_time_asks_nothing(
    ledger: Path, toy_account: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to stop before it begins it asks no account."""
    toys.toy(monkeypatch, balance)
    stop = Event()
    stop.set()
    before = names_of_threads()
    assert list(watch.watch(ledger, toy_account, stop, print)) == []
    assert names_of_threads() == before


def test_feed_polls(
    home: Path, ledger: Path, toy_account: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dashboard's feed has accounts polled, and shows how they stand."""
    toys.toy(monkeypatch, balance)
    monkeypatch.setattr(rounds, "ROUND_SECONDS", 0.01)
    config = reading(toy_account, home)
    with closing(Live(ledger, config, ZoneInfo("UTC"), lambda: NOW)) as feed:
        patience = Event()
        for _ in range(100 * PATIENCE):
            snapshot = feed.poll()
            if snapshot is not None and snapshot.accounts[0].state == "ok":
                break
            patience.wait(0.01)
        assert snapshot is not None
        (account,) = snapshot.accounts
        assert (account.name, account.balances[0].nanos) == ("it", 10**9)


def test_feed_that_only_shows(
    ledger: Path, toy_account: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed that reads no logs asks no accounts."""
    toys.toy(monkeypatch, balance)
    builders.write(ledger, builders.empty_ledger())
    before = names_of_threads()
    feed = Live(ledger, toy_account, ZoneInfo("UTC"), lambda: NOW, reads_logs=False)
    with closing(feed):
        assert feed.poll() is not None
    assert names_of_threads() == before


def test_feed_closes_at_once(
    home: Path, ledger: Path, hanging: tuple[Config, Event]
) -> None:
    """A provider that hangs does not hold up the closing."""
    config, asked = hanging
    feed = Live(ledger, reading(config, home), ZoneInfo("UTC"), lambda: NOW)
    feed.poll()
    assert asked.wait(PATIENCE)
    feed.close()
    assert not any(t.name == "accounts" and not t.daemon for t in threading.enumerate())


def test_only_one_process_asks(
    home: Path, ledger: Path, toy_account: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a watch and a dashboard run, each account is asked by one of them."""
    count = 0

    def read(question: Question) -> Iterable[Reading]:
        nonlocal count
        count += 1
        return balance(question)

    toys.toy(monkeypatch, read)
    both = [Rounds(ledger, toy_account, clock=lambda: NOW) for _ in range(2)]
    told: list[Iterable[tuple[str, str]]] = []
    threads = [
        threading.Thread(target=lambda r=each: told.append(list(r._round())))
        for each in both
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count == 1
    assert sorted(map(len, map(list, told))) == [1, 2]


posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.fixture
def config_file(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure an account at the provider, for processes."""
    file = Path(os.environ["TOKENTUI_CONFIG"])
    builders.write(
        file,
        f"[accounts.it]\nkind = 'openrouter'\nbase_url = '{provider.base}'\n".encode(),
    )
    monkeypatch.setenv("TOKENTUI_KEY_IT", SECRET)


@pytest.fixture
def running(config_file: None) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start `tokentui watch`; kill what still runs at the end."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tokentui", "watch"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_program_ends_while_a_provider_hangs(
    running: Callable[[], subprocess.Popen[str]], provider: Provider, number: int
) -> None:
    """Ctrl-C ends `watch` at once, though a provider has not answered yet: exit 0."""
    asked = Event()
    silence = providing.silence(provider)

    def hang(request: providing.Request, answer: providing.Response):  # type: ignore[no-untyped-def]
        asked.set()
        return silence(request, answer)

    healthy(provider)
    provider.spoil(hang)
    process = running()
    assert asked.wait(PATIENCE)
    process.send_signal(number)
    out, errors = process.communicate(timeout=PATIENCE / 2)
    assert (process.returncode, out, errors) == (0, "", "")


@posix
def test_program_polls(
    running: Callable[[], subprocess.Popen[str]], provider: Provider, ledger: Path
) -> None:
    """`watch` polls what is due, and tells on stderr of what fails."""
    provider.spoil(providing.echo)
    process = running()
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line.startswith("account it: spend: 127.0.0.1 answered 400")
    assert SECRET not in line
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("SELECT state FROM account").fetchall() == [
            ("error",)
        ]


IMPORTS = """
import json, sys
from threading import Event
from tokentui import paths, watch
from tokentui.config import load
stop = Event()
for _ in watch.watch(paths.ledger_path(), load(paths.config_path()), stop, print):
    stop.set()
print(json.dumps(sorted({"httpx", "keyring", "tokentui.poll"} & set(sys.modules))))
"""


def test_without_accounts_nothing_is_imported() -> None:
    """Where no account is configured, `watch` imports nothing that could ask."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_clock() -> None:
    """The clock of rounds is the system's, in UTC."""
    assert abs(rounds.system_clock() - datetime.now(UTC)) < timedelta(minutes=1)
