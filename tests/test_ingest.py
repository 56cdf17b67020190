"""Refreshing: whatever happens to files or process, each response counts once."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from builders import (
    ABSENT,
    SESSION,
    START_MS,
    append,
    claude_line,
    claude_prompt,
    codex_line,
    codex_meta,
    codex_record,
    codex_total,
    codex_turn,
    cost_state,
    events,
    fresh_home,
    reading_failures,
    refresh,
    rollout,
    rollup_faults,
    small_pieces,
    totals,
    toy_prices,
    transcript,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tokentui import ingest
from tokentui.config import Config, SourceSettings
from tokentui.ledger import unlogged
from tokentui.ledger.journal import fold_in
from tokentui.sources import fork, lines

POSIX = os.name == "posix"
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
OTHER = "5e551011-0000-4000-8000-00000000000f"
NEWS = (
    "at",
    "model",
    "requests",
    "input",
    "cache_write_1h",
    "output",
    "partial",
    "origin",
)
"""What must not depend on how the files were read."""


# Trees of logs, made at random, and what they must add up to


class Copy(NamedTuple):
    """One line of a response, as it is drawn; `number` names the response."""

    number: int
    seconds: int
    output: int
    is_stopped: bool
    is_sidechain: bool
    has_request: bool
    is_fork: bool

    def written(self) -> bytes:
        """Write the line; a fork's copy is later, and without request id."""
        number = self.number
        usage: dict[str, object] = {}
        if number % 3 == 0:
            step = {
                "type": "compaction",
                "input_tokens": 5,
                "output_tokens": number + 1,
            }
            usage["iterations"] = [step]
        if number % 3 == 1:
            usage["server_tool_use"] = {"web_search_requests": number}
        return claude_line(
            f"msg_01AAAAAAAAAAAAAAAAAAA{number:03}",
            self.at,
            input=10 + number,
            split=(number, 2 * number),
            output=self.output,
            usage=usage,
            model="claude-opus-5-5" if number % 2 else "claude-haiku-5-5",
            stop="end_turn" if self.is_stopped else None,
            request=f"req_{number}"
            if self.has_request and not self.is_fork
            else ABSENT,
            session=OTHER if self.is_fork else SESSION,
            isSidechain=self.is_sidechain,
            uuid=f"{self}",
        )

    @property
    def at(self) -> int:
        """Give the time in seconds after the start; forks are read long after."""
        return self.number * 100 + self.seconds + (10_000 if self.is_fork else 0)

    @property
    def rank(self) -> tuple[object, ...]:
        """Order copies as the rules do, best last."""
        has_request = self.has_request and not self.is_fork
        return (
            not self.is_sidechain,
            self.is_stopped,
            self.output,
            has_request,
            -self.at,
        )


COPIES = st.lists(
    st.builds(
        Copy,
        number=st.integers(0, 6),
        seconds=st.integers(0, 50),
        output=st.sampled_from([1, 5, 8, 9, 400]),
        is_stopped=st.booleans(),
        is_sidechain=st.booleans(),
        has_request=st.booleans(),
        is_fork=st.booleans(),
    ),
    max_size=10,
)


def truth_of(copies: list[Copy]) -> list[tuple[Any, ...]]:
    """Count copies by the rules, in the plainest way there is."""
    found = []
    for number in sorted({copy.number for copy in copies}):
        mine = [copy for copy in copies if copy.number == number]
        best = max(mine, key=lambda copy: copy.rank)
        at = START_MS + 1000 * min(copy.at for copy in mine)
        model = "claude-opus-5-5" if number % 2 else "claude-haiku-5-5"
        partial = best.output <= 8 and not any(copy.is_stopped for copy in mine)
        found.append(
            (at, model, 1, 10 + number, 2 * number, best.output, partial, "response")
        )
        if number % 3 == 0:
            found.append((at, model, 0, 5, 0, number + 1, False, "response"))
    return found


PARENT = "01a1f866-0d00-7000-8000-000000000001"
FORK = "01a1f867-0d00-7000-8000-000000000002"
STEPS = st.lists(
    st.sampled_from(["turn", "count", "again", "estimate", "reset", "record", "tier"]),
    max_size=8,
)


def rollout_lines(steps: list[str], at: float | None = None) -> list[bytes]:
    """Write a thread of these steps, as it was, or as a fork copied it at a time."""
    written = [codex_meta(PARENT, at or 0), codex_turn("gpt-5.4", at or 0.1)]
    total, last = [0, 0, 0], (0, 0, 0)
    for number, step in enumerate(steps, 1):
        when = number if at is None else at
        if step == "turn":
            written.append(codex_turn(f"gpt-{number}", when))
        elif step == "tier":
            tier = {"service_tier": "priority"}
            written.append(
                codex_line("thread_settings_applied", when, thread_settings=tier)
            )
        elif step == "again" and any(last):
            written.append(codex_total(tuple(total), last, when))
        elif step == "estimate":
            written.append(codex_total((*total[:2], total[2], 0), (0, 0, 0), when))
        elif step in ("count", "reset", "record"):
            last = (100 + number, number, 10 + number)
            total = [a + b for a, b in zip(total, last, strict=True)]
            if step == "reset":
                total = list(last)
            if step == "record":
                written.append(codex_record(f"r{number}", last, when, thread=PARENT))
            written.append(codex_total(tuple(total), last, when))
    return written


def rollout_truth(steps: list[str]) -> list[tuple[Any, ...]]:
    """Count a thread's steps in the plainest way there is."""
    found = []
    model, has_records = "gpt-5.4", False
    for number, step in enumerate(steps, 1):
        if step == "turn":
            model = f"gpt-{number}"
        has_records |= step == "record"
        if step == "record" or (step in ("count", "reset") and not has_records):
            at, output = START_MS + number * 1000, 10 + number
            found.append((at, model, 1, 100, 0, output, False, "response"))
    return found


def forked(steps: list[str]) -> list[bytes]:
    """Write a fork that copies a thread and goes on with one response of its own."""
    copied = rollout_lines(steps, 9000)
    turn = "01a1f867-0d64-7000-8000-0000000000aa"
    return [
        codex_meta(FORK, 9000),
        *copied,
        codex_turn("gpt-5.4-mini", 9001, turn_id=turn),
        codex_total((7, 0, 7), (7, 0, 7), 9002),
    ]


FORK_TRUTH = (START_MS + 9_002_000, "gpt-5.4-mini", 1, 7, 0, 7, False, "response")


class Tree(NamedTuple):
    """Files by their place in a home, and the events that they hold."""

    files: dict[str, bytes]
    truth: list[tuple[Any, ...]]

    def write(self, home: Path) -> None:
        """Write all files at once."""
        for name, text in self.files.items():
            write(home / name, text)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Make sessions, forks and sub-agents, and a thread, its fork and its archive."""
    copies = draw(COPIES)
    steps = draw(STEPS)
    session = [copy.written() for copy in copies if not copy.is_fork]
    middle = len(session) // 2
    files = {
        transcript(Path(), "a"): [claude_prompt(), *session[:middle]],
        transcript(Path(), "a/subagents/agent-b"): session[middle:],
        transcript(Path(), "f"): [copy.written() for copy in copies if copy.is_fork],
        rollout(Path(), PARENT): rollout_lines(steps),
        rollout(Path(), FORK): forked(steps),
        Path(".codex/archived_sessions") / rollout(Path(), PARENT).name: rollout_lines(
            steps[: len(steps) // 2]
        ),
    }
    truth = truth_of(copies) + rollout_truth(steps) + [FORK_TRUTH]
    return Tree({str(name): b"".join(text) for name, text in files.items()}, truth)


def known(ledger: Path) -> list[tuple[Any, ...]]:
    """List what a ledger holds, in an order of its own."""
    assert rollup_faults(ledger) == []
    return sorted(events(ledger, *NEWS))


@settings(max_examples=60)
@given(tree=trees())
def test_cold_read(tree: Tree) -> None:
    """One read of a whole tree counts what a plain count of its lines says."""
    home, ledger = fresh_home()
    tree.write(home)
    report = refresh(ledger, home)
    assert reading_failures(report) == []
    assert known(ledger) == sorted(tree.truth)
    assert refresh(ledger, home).is_empty


@settings(max_examples=25)
@given(
    tree=trees(),
    cuts=st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1)), max_size=9),
    seed=st.randoms(use_true_random=False),
)
def test_any_pieces(
    tree: Tree, cuts: list[tuple[int, float]], seed: random.Random
) -> None:
    """Files that grow by any pieces, in any order, count like files read at once."""
    home, ledger = fresh_home()
    pieces: list[tuple[str, bytes]] = []
    for number, (name, text) in enumerate(tree.files.items()):
        places = sorted({int(at * len(text)) for file, at in cuts if file == number})
        ends = [*places, len(text)]
        pieces += [
            (name, text[a:b]) for a, b in zip([0, *places], ends, strict=True) if a < b
        ]
    order = [name for name, _ in pieces]
    seed.shuffle(order)
    left: dict[str, Iterator[bytes]] = {
        name: iter([text for each, text in pieces if each == name])
        for name in set(order)
    }
    for name in order:
        append(home / name, next(left[name]))
        assert reading_failures(refresh(ledger, home)) == []
    assert known(ledger) == sorted(tree.truth)


@settings(max_examples=25)
@given(tree=trees(), orders=st.permutations(range(6)))
def test_any_order_of_files(tree: Tree, orders: list[int]) -> None:
    """Which file was changed first does not matter."""
    home, ledger = fresh_home()
    tree.write(home)
    for place, name in zip(orders, tree.files, strict=True):
        os.utime(home / name, (1_795_000_000 + place,) * 2)
    refresh(ledger, home)
    assert known(ledger) == sorted(tree.truth)


@settings(max_examples=40)
@given(tree=trees(), block=st.integers(1, 3000), at_once=st.integers(1, 20))
def test_any_size_of_batches(tree: Tree, block: int, at_once: int) -> None:
    """Blocks and transactions of any size give the same events."""
    home, ledger = fresh_home()
    tree.write(home)
    with small_pieces(block, at_once):
        report = refresh(ledger, home)
    assert reading_failures(report) == []
    assert known(ledger) == sorted(tree.truth)


NO_THREADS = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@FORKS
@NO_THREADS
@settings(max_examples=20)
@given(
    tree=trees(), block=st.sampled_from([50, 500, 1 << 22]), at_once=st.integers(1, 9)
)
def test_two_readers(tree: Tree, block: int, at_once: int) -> None:
    """A forked reader beside the first gives the same events and reads no byte more."""
    home, ledger = fresh_home()
    tree.write(home)
    with small_pieces(block, at_once), patch.object(ingest, "WORTH_A_SECOND_READER", 0):
        report = refresh(ledger, home, may_fork=True)
    assert reading_failures(report) == []
    assert known(ledger) == sorted(tree.truth)
    read = sum(source.bytes_read for source in report.sources)
    assert read == sum(len(text) for text in tree.files.values())


@FORKS
@NO_THREADS
@pytest.mark.parametrize("missing", ["nameless", "os.fork"])
def test_one_reader_where_two_cannot_be(missing: str, home: Path, ledger: Path) -> None:
    """Without room for a second reader's file, or a process for it, one reads all."""
    write(transcript(home, "a"), ONE)
    write(transcript(home, "b"), TWO)
    none = OSError(errno.EAGAIN, "none to be had")
    with (
        patch.object(ingest, "WORTH_A_SECOND_READER", 0),
        patch(f"tokentui.sources.fork.{missing}", side_effect=none),
    ):
        report = refresh(ledger, home, may_fork=True)
    assert (count(ledger), reading_failures(report)) == (2, [])


@FORKS
@NO_THREADS
def test_no_thread_at_a_fork(home: Path, ledger: Path) -> None:
    """A progress bar, which draws from a thread, is started after the fork."""
    write(transcript(home, "a"), ONE)
    write(transcript(home, "b"), TWO)
    before = threading.active_count()  # those of the test run itself
    threads: list[int] = []
    over = threading.Event()
    bar = threading.Thread(target=over.wait)
    real = os.fork

    def forked() -> int:
        threads.append(threading.active_count())
        return real()

    def started(_: int) -> Callable[[int], None]:
        bar.start()
        return lambda _: None

    with patch.object(ingest, "WORTH_A_SECOND_READER", 0), patch("os.fork", forked):
        try:
            refresh(ledger, home, started=started, may_fork=True)
        finally:
            over.set()
            bar.join()
    assert (threads, count(ledger)) == ([before], 2)


def test_copies_may_come_in_many_batches(home: Path, ledger: Path) -> None:
    """Counting is the same if copies of a response are met in other transactions."""
    one = claude_line(output=3, stop=None)
    best = claude_line(seconds=5, output=90)
    write(transcript(home, "a"), one)
    write(transcript(home, "b"), best)
    with small_pieces(1 << 22, 1):
        report = refresh(ledger, home)
    assert report.sources[0].events_new == 1
    assert report.sources[0].events_updated <= 1
    assert events(ledger, "at", "output", "partial") == [(START_MS, 90, 0)]


# What happens to files


ONE, TWO, THREE, FOUR = (
    claude_line(f"msg_01AAAAAAAAAAAAAAAAAAA00{n}", n) for n in range(4)
)


def count(ledger: Path) -> int:
    """Count the responses in a ledger whose rollup is right."""
    assert rollup_faults(ledger) == []
    return sum(row[0] for row in totals(ledger).values())


CHANGES: dict[str, tuple[Callable[[Path], object], int]] = {
    "nothing": (lambda path: None, 2),
    "touched": (lambda path: os.utime(path, (1, 1)), 2),
    "truncated to nothing": (lambda path: write(path), 2),
    "truncated in a line": (lambda path: os.truncate(path, len(ONE) - 9), 2),
    "truncated after a line": (lambda path: os.truncate(path, len(ONE)), 2),
    "written anew the same": (lambda path: write(path, ONE, TWO), 2),
    "compacted": (lambda path: write(path, claude_prompt(), TWO), 2),
    "other lines": (lambda path: write(path, THREE), 3),
    "other lines, longer": (lambda path: write(path, THREE, FOUR, ONE), 4),
    "put before": (lambda path: write(path, THREE, ONE, TWO), 3),
    "as long, other content": (lambda path: write(path, ONE, THREE), 3),
    "added": (lambda path: append(path, THREE), 3),
    "added in part": (lambda path: append(path, THREE[:-1]), 2),
    "deleted": (lambda path: path.unlink(), 2),
    "moved": (lambda path: path.rename(path.with_name("moved.jsonl")), 2),
    "copied": (lambda path: shutil.copy(path, path.with_name("copy.jsonl")), 2),
    "a folder now": (lambda path: (path.unlink(), path.mkdir()), 2),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change(name: str, home: Path, ledger: Path) -> None:
    """Nothing counted is lost, nothing counts twice, whatever becomes of the file."""
    change, expected = CHANGES[name]
    path = write(transcript(home), ONE, TWO)
    refresh(ledger, home)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    refresh(ledger, home)
    change(path)
    report = refresh(ledger, home)
    assert (count(ledger), reading_failures(report)) == (expected, [])
    if path.is_file():
        append(path, b"\n", FOUR)
        refresh(ledger, home)
        assert count(ledger) == max(expected + 1, 4 if "part" in name else 0) - (
            "longer" in name
        )
    assert refresh(ledger, home).sources[0].bytes_read == 0


def test_replaced_by_a_file_of_one_size_and_time(home: Path, ledger: Path) -> None:
    """A file that took another's place is noticed by its identity."""
    path = write(transcript(home), ONE)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    refresh(ledger, home)
    other = write(path.with_name("x.tmp"), TWO)
    os.utime(other, (1_700_000_000, 1_700_000_000))
    assert other.stat().st_size == path.stat().st_size
    other.replace(path)
    refresh(ledger, home)
    assert count(ledger) == 2


def test_only_new_bytes_are_read(home: Path, ledger: Path) -> None:
    """A file that grew is read on from where its last whole line ended."""
    path = write(transcript(home), ONE, TWO[:50])
    assert refresh(ledger, home).sources[0].bytes_read == len(ONE)
    append(path, TWO[50:])
    assert refresh(ledger, home).sources[0].bytes_read == len(TWO)
    report = refresh(ledger, home)
    assert (report.sources[0].bytes_read, report.sources[0].files) == (0, 1)


def test_only_new_bytes_are_read_again_and_again(home: Path, ledger: Path) -> None:
    """However a file grows, each refresh reads what the one before had not."""
    path = transcript(home)
    for length in (1, 90, 100, 300, 700, 20, 1500, 1, 5000, 256, 1024):
        text = append(path, b"x" * (length - 1) + b"\n").read_bytes()[-length:]
        assert refresh(ledger, home).sources[0].bytes_read == len(text)


@pytest.mark.skipif(not POSIX, reason="links and pipes of POSIX")
def test_what_is_no_file(home: Path, ledger: Path) -> None:
    """Folders, pipes, broken links and loops named like logs are passed over."""
    path = write(transcript(home), ONE)
    folder = path.parent
    (folder / "folder.jsonl").mkdir()
    write(folder / "folder.jsonl" / "inside.jsonl", TWO)
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "gone.jsonl").symlink_to("nowhere.jsonl")
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    (folder / "up").symlink_to("..", target_is_directory=True)
    (folder / "link.jsonl").symlink_to(path)
    report = refresh(ledger, home)
    assert (count(ledger), reading_failures(report)) == (2, [])
    assert refresh(ledger, home).is_empty


@pytest.mark.skipif(not POSIX, reason="links of POSIX")
def test_linked_folder(home: Path, tmp_path: Path, ledger: Path) -> None:
    """Logs behind a link to a folder count."""
    write(tmp_path / "elsewhere" / "a.jsonl", ONE)
    (home / ".claude/projects").mkdir(parents=True)
    (home / ".claude/projects/linked").symlink_to(tmp_path / "elsewhere")
    refresh(ledger, home)
    assert count(ledger) == 1


@pytest.mark.skipif(not POSIX, reason="pipes of POSIX")
def test_file_that_becomes_a_pipe(home: Path, ledger: Path) -> None:
    """A log that is a pipe by the time it is read is told of, and not waited for."""
    write(transcript(home, "a"), ONE)
    path = write(transcript(home, "b"), TWO)
    listed = ingest.changed

    def swap(*parts: Any) -> Any:
        pending = listed(*parts)
        path.unlink()
        os.mkfifo(path)
        return pending

    with patch.object(ingest, "changed", swap):
        report = refresh(ledger, home)
    assert reading_failures(report) == [f"{path}: not a file"]
    assert count(ledger) == 1


@pytest.mark.skipif(not POSIX, reason="pipes of POSIX")
def test_pipe_beside_a_log(home: Path, ledger: Path) -> None:
    """What lies beside a sub-agent's log as a pipe is not waited for."""
    path = write(transcript(home), claude_line(isSidechain=True, agentId="a"))
    os.mkfifo(path.with_suffix(".meta.json"))
    refresh(ledger, home)
    assert events(ledger, "agent") == [("subagent",)]


@pytest.mark.parametrize("place", [".claude/projects", ".codex/sessions/2026"])
def test_folder_that_may_not_be_looked_into(
    place: str, home: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is closed to us is told of, since usage may lie in it."""
    write(transcript(home), ONE)
    folder = home / place
    folder.mkdir(parents=True, exist_ok=True)
    real = os.scandir

    def closed(path: str) -> Any:
        if path == str(folder):
            raise PermissionError(13, "Permission denied")
        return real(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", closed)
        report = refresh(ledger, home)
    assert reading_failures(report) == [f"{folder}: Permission denied"]
    assert not refresh(ledger, home).has_failed
    assert count(ledger) == 1


class Failing:
    """Opens files as usual but for one, which raises instead."""

    def __init__(self, name: str, error: Exception) -> None:
        self.name, self.error = name, error

    def __call__(self, path: str, **wishes: Any) -> FileIO:
        """Open a file, or fail."""
        if path.endswith(self.name):
            raise self.error
        return FileIO(path, **wishes)


def failing(name: str, error: Exception) -> Any:
    """Let the reader fail to open the files whose name ends so."""
    return patch.object(lines, "FileIO", Failing(name, error))


def test_file_that_may_not_be_read(home: Path, ledger: Path) -> None:
    """A file without permission is reported, the others count; later it is read."""
    write(transcript(home, "a"), ONE)
    write(transcript(home, "b"), TWO)
    with failing("b.jsonl", PermissionError(13, "Permission denied")):
        for _ in range(2):
            report = refresh(ledger, home)
            assert report.has_failed
            assert reading_failures(report)[0].endswith("b.jsonl: Permission denied")
            assert count(ledger) == 1
    report = refresh(ledger, home)
    assert (report.has_failed, count(ledger)) == (False, 2)
    assert refresh(ledger, home).is_empty


def test_file_that_may_not_be_read_any_more(home: Path, ledger: Path) -> None:
    """What was read before the file was locked away is not read again after."""
    path = write(transcript(home), ONE)
    refresh(ledger, home)
    append(path, TWO)
    with failing(path.name, PermissionError(13, "Permission denied")):
        refresh(ledger, home)
    assert refresh(ledger, home).sources[0].bytes_read == len(TWO)
    assert count(ledger) == 2


def test_file_that_vanishes(home: Path, ledger: Path) -> None:
    """A file that is gone between listing and reading is no failure."""
    write(transcript(home, "a"), ONE)
    write(transcript(home, "b"), TWO)
    with failing("b.jsonl", FileNotFoundError(2, "gone")):
        report = refresh(ledger, home)
    assert (count(ledger), reading_failures(report)) == (1, [])


@pytest.mark.parametrize("reads", [0, 1, 2, 3, 9])
def test_disk_that_fails(reads: int, home: Path, ledger: Path) -> None:
    """A read error in mid-file is reported; what came before counts, the rest later."""
    block = 1200
    whole = [claude_line(f"msg_01AAAAAAAAAAAAAAAAAAA0{n:02}", n) for n in range(10, 19)]
    write(transcript(home), *whole)

    class Broken:
        """Reads a few blocks, then fails."""

        def __init__(self, path: str, **wishes: Any) -> None:
            self.file = FileIO(path, **wishes)
            self.left = reads

        def __enter__(self) -> Broken:
            return self

        def __exit__(self, *why: object) -> None:
            self.file.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def read(self, size: int) -> bytes:
            if size == block:
                self.left -= 1
                if self.left < 0:
                    raise OSError(5, "Input/output error")
            return self.file.read(size)

    with small_pieces(block, 1), patch.object(lines, "FileIO", Broken):
        report = refresh(ledger, home)
    reason = f"{transcript(home)}: Input/output error"
    assert reading_failures(report) == ([reason] if reads < 9 else [])
    assert count(ledger) == min(reads * block // len(whole[0]), 9)
    refresh(ledger, home)
    assert count(ledger) == 9


def test_file_that_shrinks_while_it_is_read(home: Path, ledger: Path) -> None:
    """A file cut between listing and reading gives what is left, and later the rest."""
    path = write(transcript(home), ONE, TWO)
    listed = ingest.changed

    def cut(*parts: Any) -> Any:
        pending = listed(*parts)
        os.truncate(path, len(ONE))
        return pending

    with patch.object(ingest, "changed", cut):
        refresh(ledger, home)
    assert count(ledger) == 1
    append(path, THREE)
    refresh(ledger, home)
    assert count(ledger) == 2


def test_file_that_grows_while_it_is_read(home: Path, ledger: Path) -> None:
    """Lines added between listing and reading count once."""
    path = write(transcript(home), ONE)
    listed = ingest.changed

    def grow(*parts: Any) -> Any:
        pending = listed(*parts)
        append(path, TWO)
        return pending

    with patch.object(ingest, "changed", grow):
        refresh(ledger, home)
    assert count(ledger) == 2
    refresh(ledger, home)
    assert count(ledger) == 2


# What happens to the process


class Stop(BaseException):
    """Stands for a kill: nothing after it is run."""


def test_killed_in_a_large_file(home: Path, ledger: Path) -> None:
    """A file of which only the first blocks were kept is read on next time."""
    path = write(transcript(home), ONE, TWO, THREE, FOUR)

    def stopping(done: int) -> None:
        raise Stop

    with small_pieces(len(ONE), 1), pytest.raises(Stop):
        refresh(ledger, home, started=lambda unread: stopping)
    assert count(ledger) == 1
    refresh(ledger, home)
    assert (count(ledger), path.stat().st_size) == (4, 4 * len(ONE))


def test_killed_before_totals_were_settled(home: Path, ledger: Path) -> None:
    """What only totals tell of is kept next time, though no file changes any more."""
    write(transcript(home), ONE, cost_state({"claude-opus-5-5": (15, 0, 0, 0, 100, 0)}))
    with (
        patch("tokentui.ledger.unlogged.settle", side_effect=Stop),
        pytest.raises(Stop),
    ):
        refresh(ledger, home)
    refresh(ledger, home)
    assert events(ledger, "origin", "input") == [("response", 10), ("unlogged", 5)]


@FORKS
@NO_THREADS
def test_second_reader_that_dies(home: Path, ledger: Path) -> None:
    """What a forked reader did not deliver is read here, also the rest of a file."""
    for name in "abcdef":
        write(
            transcript(home, name),
            *(claude_line(f"msg_01AAAAAAAAAAAAAAAAAA{name}00{n}", n) for n in range(4)),
        )
    run_child, read_all = fork.run_child, fork.read_all

    def one_parcel(pending: Any) -> Iterator[Any]:
        yield next(read_all(pending))
        raise MemoryError

    def after_the_child(pending: Any) -> Iterator[Any]:
        if hasattr(os, "waitid"):
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        else:
            time.sleep(0.5)
        fork.read_all = read_all
        yield from read_all(pending)

    def dying(*parts: Any) -> None:
        fork.read_all = one_parcel  # type: ignore[assignment] - in the child only
        run_child(*parts)

    with (
        small_pieces(len(ONE) + 9, 1),
        patch.object(ingest, "WORTH_A_SECOND_READER", 0),
        patch.object(fork, "run_child", dying),
        patch.object(fork, "read_all", after_the_child),
    ):
        refresh(ledger, home, may_fork=True)
    refresh(ledger, home)
    assert count(ledger) == 24


@FORKS
@NO_THREADS
def test_second_reader_folds_the_journal_in(home: Path, ledger: Path) -> None:
    """Once it has read its share; nothing of the journal is left in the end."""
    many_files(home)
    told = ledger.with_name("told")

    def noting(path: Path) -> None:
        fold_in(path)
        told.write_text(f"{os.getpid()} {path}")

    with (
        patch.object(ingest, "WORTH_A_SECOND_READER", 0),
        patch("tokentui.ledger.journal.fold_in", noting),
    ):
        refresh(ledger, home, may_fork=True)
    child, path = told.read_text().split(" ", 1)
    assert (int(child) != os.getpid(), path) == (True, str(ledger))
    assert [each.name for each in ledger.parent.glob("*.db*")] == [ledger.name]
    assert count(ledger) == 150


@FORKS
@NO_THREADS
@pytest.mark.parametrize("longest", [1, 3, 100])
def test_more_files_than_a_pipe_holds(longest: int, home: Path, ledger: Path) -> None:
    """Files are handed out in groups where there are too many to list one by one."""
    many_files(home)
    with (
        patch.object(ingest, "WORTH_A_SECOND_READER", 0),
        patch.object(fork, "LONGEST_LIST", longest),
    ):
        refresh(ledger, home, may_fork=True)
    assert count(ledger) == 150
    assert refresh(ledger, home).is_empty


REFRESH = """
import sys, time
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from builders import refresh, small_pieces
import tokentui.ledger.unlogged, tokentui.sources.claude_code, sqlite_utils
print("ready", flush=True)
sys.stdin.readline()
with small_pieces(1 << 22, 2):
    refresh(Path(sys.argv[3]), Path(sys.argv[4]))
"""


def start_refresh(ledger: Path, home: Path) -> subprocess.Popen[bytes]:
    """Start a process that is about to refresh, and does when it is told to."""
    here = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, "-c", REFRESH, here, here.parent, ledger, home],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def go(*processes: subprocess.Popen[bytes]) -> None:
    """Let processes begin."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")


def many_files(home: Path) -> None:
    """Write sessions of a few responses each, some of them in two files."""
    for name in range(30):
        text = [
            claude_line(f"msg_01AAAAAAAAAAAAAAA{name:03}{n:04}", n, session=f"s{name}")
            for n in range(5)
        ]
        write(transcript(home, f"s{name}"), *text)
        write(transcript(home, f"s{name}/subagents/agent-a"), *text[:2])
        write(rollout(home, f"0000000{name:02}"), codex_meta(f"t{name}"), codex_turn())


@pytest.mark.skipif(not POSIX, reason="SIGKILL is of POSIX")
def test_killed_at_any_moment(home: Path, ledger: Path) -> None:
    """However often a refresh is killed, the next one has every response once."""
    many_files(home)
    dice = random.Random(5)
    for _ in range(10):
        with start_refresh(ledger, home) as process:
            go(process)
            try:
                process.wait(dice.uniform(0, 0.15))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.wait()
        ledger_is_whole(ledger)
        if dice.random() < 0.3:
            shutil.rmtree(ledger.parent, ignore_errors=True)
    refresh(ledger, home)
    assert count(ledger) == 150
    assert refresh(ledger, home).is_empty


def ledger_is_whole(ledger: Path) -> None:
    """Check that a killed process left a sound file with a rollup that is right."""
    if ledger.exists() and ledger.stat().st_size:
        connection = sqlite3.connect(ledger)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        has_events = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'event'"
        ).fetchone()
        connection.close()
        if has_events:
            assert rollup_faults(ledger) == []


@pytest.mark.skipif(not POSIX, reason="timing of processes")
def test_two_processes_at_once(home: Path, ledger: Path) -> None:
    """Two processes that refresh one ledger keep every event once."""
    many_files(home)
    write(ledger, fresh_home()[1].read_bytes())
    refresh_at_once(ledger, home)
    assert count(ledger) == 150
    assert refresh(ledger, home).is_empty


def refresh_at_once(ledger: Path, home: Path) -> None:
    """Let two processes refresh one ledger, and wait for both."""
    processes = [start_refresh(ledger, home) for _ in range(2)]
    go(*processes)
    told = [process.communicate(timeout=60) for process in processes]
    assert [
        (errors, process.returncode)
        for (_, errors), process in zip(told, processes, strict=True)
    ] == [(b"", 0)] * 2


def test_settled_under_the_lock(home: Path, ledger: Path) -> None:
    """No other process can add to a session while its totals are settled."""
    told = cost_state({"claude-opus-5-5": (20, 0, 0, 0, 200, 0)})
    write(transcript(home), ONE, told)
    real = unlogged.difference
    locked = []

    def watched(connection: Any, *parts: Any) -> Any:
        locked.append(connection.in_transaction)
        return real(connection, *parts)

    with patch.object(unlogged, "difference", watched):
        refresh(ledger, home)
    assert locked == [True]


# Wishes and reports


def test_report(home: Path, ledger: Path) -> None:
    """The report counts files, bytes, new and bettered events, and skipped records."""
    bad = claude_line("msg_01AAAAAAAAAAAAAAAAAAA009", 9, input=-1)
    path = write(transcript(home), claude_line(output=3, stop=None), bad)
    first = refresh(ledger, home).sources[0]
    assert (first.source, first.files, first.events_new) == ("claude-code", 1, 1)
    assert (first.events_updated, first.records_skipped) == (0, 1)
    assert first.bytes_read == path.stat().st_size
    append(path, claude_line(output=9))
    second = refresh(ledger, home).sources[0]
    assert (second.events_new, second.events_updated, second.records_skipped) == (
        0,
        1,
        0,
    )


def test_progress(home: Path, ledger: Path) -> None:
    """Progress adds up to the bytes that were announced."""
    write(transcript(home), ONE, TWO)
    write(rollout(home), codex_meta(), codex_turn())
    told: list[int] = []
    announced: list[int] = []

    def started(unread: int) -> Callable[[int], None]:
        announced.append(unread)
        return told.append

    refresh(ledger, home, started=started)
    assert announced == [sum(told)]
    refresh(ledger, home, started=started)
    assert len(announced) == 1


def test_ledger_is_made_without_logs(home: Path, ledger: Path) -> None:
    """A machine without logs gets an empty ledger."""
    report = refresh(ledger, home)
    assert (report.is_empty, report.has_failed, ledger.exists()) == (True, False, True)
    assert totals(ledger) == {}


def test_sources_can_be_left_out(home: Path, ledger: Path) -> None:
    """A source that is not enabled is not read; another's paths may be named."""
    write(transcript(home), ONE)
    write(rollout(home), codex_meta(), codex_turn(), codex_total((9, 0, 9), (9, 0, 9)))
    with toy_prices():
        report = ingest.refresh(
            ledger,
            Config(
                sources=(
                    SourceSettings("claude-code", enabled=False),
                    SourceSettings("codex", paths=(home / ".codex/sessions",)),
                )
            ),
        )
    assert [each.source for each in report.sources] == ["codex", "cursor"]
    assert list(totals(ledger, "source")) == ["codex"]


def test_usual_places(
    home: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without wishes the agents' own folders are read, both of Claude Code's."""
    monkeypatch.delenv("CLAUDE_CONFIG_DIR")
    monkeypatch.delenv("CODEX_HOME")
    write(transcript(home), ONE)
    write(home / ".config/claude/projects/p/s.jsonl", TWO)
    write(rollout(home), codex_meta(), codex_turn(), codex_total((9, 0, 9), (9, 0, 9)))
    with toy_prices():
        ingest.refresh(ledger, Config())
    assert {key: row[0] for key, row in totals(ledger, "source").items()} == {
        "claude-code": 2,
        "codex": 1,
    }


def test_places_of_the_environment(
    home: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agents' own variables say where to look; Claude Code's may be a list."""
    write(home / "a/projects/p/s.jsonl", ONE)
    write(home / "b/projects/p/s.jsonl", TWO)
    write(home / ".claude/projects/p/s.jsonl", THREE)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", f"{home / 'a'}, {home / 'b' / 'projects'},")
    with toy_prices():
        ingest.refresh(ledger, Config())
    assert count(ledger) == 2


def test_label(home: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read under a label keeps it."""
    monkeypatch.setenv("TOKENTUI_LABEL", "nightly")
    write(transcript(home), ONE)
    refresh(ledger, home)
    assert events(ledger, "label") == [("nightly",)]


def test_nothing_new_imports_no_parser(home: Path, ledger: Path) -> None:
    """A refresh that finds nothing new stays light."""
    write(transcript(home), ONE)
    refresh(ledger, home)
    shown = subprocess.run(
        [sys.executable, "-c", LIGHT, Path(__file__).parents[1], ledger, home],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "True 1 []\n"


LIGHT = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tokentui import ingest
from tokentui.config import Config, SourceSettings
ledger, home = map(Path, sys.argv[2:])
claude = SourceSettings("claude-code", paths=(home / ".claude",))
codex = SourceSettings("codex", paths=(home / ".codex",))
report = ingest.refresh(ledger, Config(sources=(claude, codex)))
heavy = {"tokentui.sources.claude_code", "tokentui.sources.codex", "sqlite_utils"}
heavy |= {"genai_prices", "zstandard", "textual", "rich"}
print(report.is_empty, report.sources[0].files, sorted(heavy & set(sys.modules)))
"""


def test_project_is_the_repository(home: Path, tmp_path: Path, ledger: Path) -> None:
    """A working directory inside a repository belongs to it, a worktree to its main."""
    inside, tree = tmp_path / "repo/src", tmp_path / "tree"
    inside.mkdir(parents=True)
    (tmp_path / "repo/.git/worktrees/tree").mkdir(parents=True)
    write(tree / ".git", f"gitdir: {tmp_path}/repo/.git/worktrees/tree\n".encode())
    for number, cwd in enumerate((inside, tree, tmp_path / "repo")):
        message_id = f"msg_01AAAAAAAAAAAAAAAAAAA00{number}"
        append(transcript(home), claude_line(message_id, number, cwd=str(cwd)))
    refresh(ledger, home)
    assert set(events(ledger, "project")) == {(str(tmp_path / "repo"),)}
