"""The live feed: a snapshot when something may have changed, else nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import builders
import pytest

from tokentui import live
from tokentui.errors import LedgerError, NoLedgerError
from tokentui.live import LOOK_AGAIN_MS, Live, system_clock
from tokentui.periods import millis
from tokentui.queries.sums import Usage
from tokentui.snapshot import Snapshot

NOW = builders.START + timedelta(hours=2)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_ms(self, ms: int) -> None:
        """Let time pass."""
        self.now += timedelta(milliseconds=ms)


@pytest.fixture
def clock() -> Clock:
    """Stop the clock."""
    return Clock()


@pytest.fixture
def feed(home: Path, ledger: Path, clock: Clock) -> Iterator[Live]:
    """Make a feed of a home in which one response lies."""
    builders.write(builders.transcript(home), response("first"))
    with builders.toy_prices():
        feed = Live(ledger, builders.config_of(home), ZoneInfo("UTC"), clock)
        yield feed
        feed.close()


def response(name: str) -> bytes:
    """Write a response of a million tokens: a dollar in the toy book."""
    model = name if name.startswith("claude-") else f"claude-{name}"
    return builders.claude_line(
        f"msg_01{name}", 3_700, input=0, output=1_000_000, model=model, request=name
    )


def dollars(snapshot: Snapshot | None) -> int | None:
    """Give what today cost, if there is a snapshot."""
    if snapshot is None or snapshot.today.cost_nanos is None:
        return None
    return snapshot.today.cost_nanos // 10**9


def test_first_poll(feed: Live) -> None:
    """The first look reads the logs, makes the ledger and gives a snapshot."""
    assert dollars(feed.poll()) == 1
    assert feed.report is not None
    assert sum(source.events_new for source in feed.report.sources) == 1


def test_nothing_changed(feed: Live, clock: Clock) -> None:
    """Where nothing changed there is no snapshot, for the time in which rates hold."""
    feed.poll()
    assert feed.poll() is None
    clock.pass_ms(LOOK_AGAIN_MS - 1)
    assert feed.poll() is None


def test_time_passed(feed: Live, clock: Clock) -> None:
    """Burn and caps move with the clock: after a while there is a snapshot anyway."""
    feed.poll()
    clock.pass_ms(LOOK_AGAIN_MS)
    snapshot = feed.poll()
    assert snapshot is not None
    assert snapshot.now_ms == int(clock.now.timestamp() * 1000)
    assert feed.poll() is None


def test_clock_set_back(feed: Live, clock: Clock) -> None:
    """A clock that is set back is believed."""
    feed.poll()
    clock.pass_ms(-3_600_000)
    assert feed.poll() is not None
    assert feed.poll() is None


def test_line_appended(feed: Live, home: Path) -> None:
    """An appended line gives a snapshot that holds it."""
    feed.poll()
    builders.append(builders.transcript(home), response("second"))
    assert dollars(feed.poll()) == 2
    assert feed.poll() is None


def test_line_without_usage(feed: Live, home: Path) -> None:
    """Reading a prompt changes nothing that is shown."""
    before = feed.poll()
    builders.append(builders.transcript(home), builders.claude_prompt(3_701))
    after = feed.poll()
    assert after is None or dollars(after) == dollars(before)


def test_another_process_committed(feed: Live, home: Path, ledger: Path) -> None:
    """What another process wrote into the ledger gives a snapshot."""
    feed.poll()
    builders.append(builders.transcript(home), response("claude-opus-5-5"))
    subprocess.run(
        [sys.executable, "-m", "tokentui", "refresh"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    # 1 dollar of the toy book, and a million tokens at 20 dollars
    assert dollars(feed.poll()) == 21
    assert feed.poll() is None


def test_another_process_is_writing(feed: Live, ledger: Path) -> None:
    """What is not committed yet is not seen, and does not stop the feed."""
    feed.poll()
    with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM rollup")
        assert feed.poll() is None
        other.execute("COMMIT")
        assert feed.poll() is not None


def test_without_reading_logs(
    feed: Live, home: Path, ledger: Path, clock: Clock
) -> None:
    """A feed may leave reading to another; it sees what that one keeps."""
    feed.poll()
    watching = Live(ledger, feed.config, ZoneInfo("UTC"), clock, reads_logs=False)
    assert dollars(watching.poll()) == 1
    builders.append(builders.transcript(home), response("second"))
    assert watching.poll() is None
    feed.poll()
    assert dollars(watching.poll()) == 2
    watching.close()


def test_no_ledger(ledger: Path, clock: Clock) -> None:
    """Without a ledger a feed that does not read says so, and tries again."""
    config = builders.config_of(ledger.parent)
    feed = Live(ledger, config, ZoneInfo("UTC"), clock, reads_logs=False)
    with pytest.raises(NoLedgerError):
        feed.poll()
    builders.write(ledger, builders.empty_ledger())
    assert feed.poll() is not None
    feed.close()


def test_closing(feed: Live) -> None:
    """After closing it can be used again, and closed twice."""
    feed.poll()
    feed.close()
    feed.close()
    assert feed.poll() is None or feed.poll() is None


def test_failed_look_is_repeated(feed: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot that could not be taken is taken at the next call."""
    with monkeypatch.context() as broken:

        def fail(*_: object) -> None:
            raise LedgerError("no luck")

        broken.setattr(live, "take", fail)
        with pytest.raises(LedgerError):
            feed.poll()
    assert dollars(feed.poll()) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no open file")
def test_ledger_made_anew(feed: Live, home: Path, ledger: Path) -> None:
    """A ledger that was deleted is made again, and it is what is shown."""
    feed.poll()
    for file in list(ledger.parent.iterdir()):
        file.unlink()
    builders.append(builders.transcript(home), response("second"))
    assert dollars(feed.poll()) == 2


def test_system_clock() -> None:
    """The clock gives the time now, in UTC."""
    before = datetime.now(UTC)
    now = system_clock()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


@pytest.mark.parametrize("question", ["advice", "elsewhere"])
def test_an_answer_that_nobody_wants_ends_early(
    feed: Live, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    """The ledger is gone through no further; the next question is answered."""
    feed.poll()
    monkeypatch.setattr(live, "STEPS_BETWEEN_LOOKS", 10)
    span = Usage(millis(NOW - timedelta(days=30)), millis(NOW))

    def ask(is_unwanted: bool) -> object:
        return getattr(feed, question)(span, None, lambda: is_unwanted)

    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        ask(True)
    assert ask(False)
