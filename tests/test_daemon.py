"""The daemon reads its config anew, ends when told, and goes on after what fails."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import builders
import pytest

from tokentui import daemon, ingest, watch
from tokentui.daemon import Files, News, Orders, serve
from tokentui.errors import ConfigError
from tokentui.ledger.connection import open_for_writing
from tokentui.settings import Cap
from tokentui.stored import CAPS

MOST_LOOKS = 400
"""After so many looks, a tenth of a second apart, a test gives up."""


class Served:
    """A daemon in this process, that looks every tenth of a second."""

    def __init__(self, ledger: Path) -> None:
        self.files = Files(
            ledger,
            Path(os.environ["TOKENTUI_CONFIG"]),
            Path(os.environ["TOKENTUI_STATE"]),
        )
        self.told: list[str] = []
        self.orders = Orders()
        self.news: Iterator[News] = serve(self.files, self.orders, self.told.append)

    def new_events(self) -> int:
        """Read on until something is new."""
        for _ in range(MOST_LOOKS):
            report = next(self.news).report
            if not report.is_empty:
                return sum(source.events_new for source in report.sources)
        return 0

    def until_told(self, words: str) -> None:
        """Go on until something is told of."""
        for _ in range(MOST_LOOKS):
            if any(words in text for text in self.told):
                return
            next(self.news)
        pytest.fail(f"{words!r} was never told, but {self.told}")

    def end(self) -> None:
        """End it, and let it come to its end."""
        self.orders.end()
        for _ in self.news:
            pass


@pytest.fixture
def served(
    home: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    """Serve a home in which one response lies."""
    monkeypatch.setattr(watch, "LOOK_ANYWAY_SECONDS", 0.1)
    monkeypatch.setattr(watch, "AFTER_FAILURE_SECONDS", 0.1)
    builders.write(builders.transcript(home), builders.claude_line("msg_01first"))
    made = Served(ledger)
    yield made
    made.end()


def say(home: Path, name: str) -> None:
    """Append one response to the log."""
    line = builders.claude_line(f"msg_01{name}", request=name)
    builders.append(builders.transcript(home), line)


def test_reload(served: Served, home: Path) -> None:
    """A config that changes is read anew: a source switched off is left alone."""
    assert served.new_events() == 1
    builders.write(served.files.config, b"[sources.claude-code]\nenabled = false\n")
    served.until_told("read the config anew")
    say(home, "second")
    assert [s.source for s in next(served.news).report.sources] == ["codex", "cursor"]
    served.files.config.unlink()
    served.orders.reload()
    assert served.new_events() == 1


def test_cap_that_is_set(served: Served) -> None:
    """A cap that `cap set` writes counts from then on, without being told."""
    assert served.new_events() == 1
    CAPS.save(served.files.state, [Cap("day", 10**9, "day")])
    served.until_told("read the config anew")


def test_broken_config(served: Served, home: Path) -> None:
    """A config that cannot be used is told of, and the one before stays in force."""
    assert served.new_events() == 1
    builders.write(served.files.config, b"timezon = 'UTC'\n")
    served.until_told("the config before stays")
    assert "did you mean timezone?" in served.told[-1]
    say(home, "second")
    assert served.new_events() == 1
    assert len([text for text in served.told if "stays" in text]) == 1


def test_broken_config_at_the_start(served: Served) -> None:
    """At the start it is refused."""
    builders.write(served.files.config, b"timezon = 'UTC'\n")
    with pytest.raises(ConfigError):
        next(served.news)


def test_end(served: Served) -> None:
    """Told to end between two turns it ends too."""
    assert served.new_events() == 1
    served.end()
    assert next(served.news, None) is None
    orders = Orders()
    orders.end()
    assert list(serve(served.files, orders, served.told.append)) == []


def test_full_disk(served: Served, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is told of once; what it had no room for is kept afterwards."""
    assert served.new_events() == 1

    def without_room(path: Path) -> sqlite3.Connection:
        connection = open_for_writing(path)
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    with monkeypatch.context() as full:
        full.setattr(ingest, "open_for_writing", without_room)
        builders.append(
            builders.transcript(home),
            *(
                builders.claude_line(f"msg_02{n}", request=f"r{n}", model=f"m{n}")
                for n in range(2_000)
            ),
        )
        # The generator gives nothing while it fails: a failing look ends the context.
        answers: list[str] = []

        def tell(text: str) -> None:
            answers.append(text)
            full.undo()

        served.end()
        served.orders = Orders()
        served.news = serve(served.files, served.orders, tell)
        assert served.new_events() == 2_000
    assert len(answers) == 1
    assert "full" in answers[0]
    assert builders.rollup_faults(served.files.ledger) == []


def test_broken_source(
    served: Served, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours in a look is told of, and the next look goes on."""
    assert served.new_events() == 1
    real = watch.refresh
    faults: list[Any] = [ZeroDivisionError("odd")]

    def refresh(*given: Any) -> Any:
        if faults:
            raise faults.pop()
        return real(*given)

    monkeypatch.setattr(watch, "refresh", refresh)
    say(home, "second")
    assert served.new_events() == 1
    assert served.told == ["ZeroDivisionError: odd"]


def test_nothing_watches(
    served: Served, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system watches no more files, it looks by itself."""

    def none_left(*folders: str, **wishes: object) -> Iterator[set[object]]:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr("watchfiles.watch", none_left)
    assert served.new_events() == 1
    say(home, "second")
    assert served.new_events() == 1


def test_looking(served: Served, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where changes are not told of, as on another machine's disk, it looks often."""

    def silent(*folders: str, **wishes: object) -> Iterator[set[object]]:
        while not served.orders.is_over:
            threading.Event().wait(0.01)
            yield set()

    monkeypatch.setattr("watchfiles.watch", silent)
    monkeypatch.setattr(watch, "are_silent", lambda folders: True)
    monkeypatch.setattr(watch, "LOOK_ANYWAY_SECONDS", 3_600)
    monkeypatch.setattr(watch, "POLL_SECONDS", 0.05)
    assert served.new_events() == 1
    say(home, "second")
    assert served.new_events() == 1


def test_marks(served: Served) -> None:
    """A config that is written, changed or removed is another one."""
    marks = [daemon.mark_of(served.files)]
    builders.write(served.files.config, b"#\n")
    marks.append(daemon.mark_of(served.files))
    builders.write(served.files.config, b"# more\n")
    marks.append(daemon.mark_of(served.files))
    assert len(set(marks)) == 3
