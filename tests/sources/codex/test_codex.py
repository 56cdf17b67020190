"""Codex's rules of counting, one by one; each line is as a client wrote it."""

from __future__ import annotations

import builtins
import os
from contextlib import closing
from itertools import permutations
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import zstandard
from builders import (
    START_MS,
    THREAD,
    append,
    clock,
    codex_line,
    codex_meta,
    codex_record,
    codex_total,
    codex_turn,
    events,
    line,
    refresh,
    rollout,
    rollup_faults,
    small_pieces,
    totals,
    write,
)

from tokentui.ledger.connection import open_for_reading

FORK_S = 1800
"""A fork's thread begins so many seconds after the start."""


def thread(seconds: float, number: int = 0) -> str:
    """Make the id of a thread or turn that began so many seconds after the start."""
    ms = f"{START_MS + int(seconds * 1000):012x}"
    return f"{ms[:8]}-{ms[8:]}-7000-8000-{number:012d}"


PARENT, FORK = thread(0, 1), thread(FORK_S, 2)
FIRST, SECOND = (1000, 0, 100), (2500, 900, 180, 30)
SECOND_LAST = (1500, 900, 80, 30)
THIRD, THIRD_LAST = (2900, 1000, 200, 30), (400, 100, 20)


def parent_lines(at: float | None = None) -> tuple[bytes, ...]:
    """Write two responses of the parent, as they were or copied at a time."""
    turn = thread(0.1, 3)
    when = (0, 0.1, 0.2, 2, 4) if at is None else (at,) * 5
    return (
        codex_meta(PARENT, when[0]),
        codex_line("task_started", when[1], turn_id=turn),
        codex_turn("gpt-5.4", when[2], turn_id=turn),
        codex_total(FIRST, FIRST, when[3]),
        codex_total(SECOND, SECOND_LAST, when[4]),
    )


TWO_RESPONSES = [(1000, 0, 100, 0), (600, 900, 80, 30)]


def used(ledger: Path, *also: str) -> list[tuple[object, ...]]:
    """List input, cache read, output, reasoning and more of all events, by time."""
    columns = ("at", "input", "cache_read", "output", "reasoning", *also)
    return [row[1:] for row in events(ledger, *columns)]


def in_order(home: Path, *files: tuple[Path, tuple[bytes, ...]]) -> None:
    """Write files, each changed a second after the one before."""
    for number, (path, lines) in enumerate(files):
        write(path, *lines)
        os.utime(path, (1_795_000_000 + number,) * 2)


# One response, one event


def test_running_totals(home: Path, ledger: Path) -> None:
    """The last usage counts, with cached input apart and reasoning inside output."""
    write(rollout(home, PARENT), *parent_lines())
    refresh(ledger, home)
    assert used(ledger, "model", "session") == [
        (*row, "gpt-5.4", PARENT) for row in TWO_RESPONSES
    ]
    assert [row[0] for row in events(ledger, "at")] == [
        START_MS + 2000,
        START_MS + 4000,
    ]


def test_cache_writes_are_apart(home: Path, ledger: Path) -> None:
    """Cached and written tokens lie inside the input and come out of it."""
    counts = (1000, 300, 50, 0, 200)
    write(rollout(home), codex_meta(), codex_turn(), codex_total(counts, counts))
    refresh(ledger, home)
    assert totals(ledger) == {"gpt-5.4": (1, 500, 300, 200, 0, 50, 0, 0)}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((100, 300, 50, 0, 0), (0, 100, 0, 50, 0)),
        ((100, 60, 50, 0, 60), (0, 60, 40, 50, 0)),
        ((100, 0, 50, 80, 0), (100, 0, 0, 50, 50)),
    ],
)
def test_parts_above_their_whole(
    counts: tuple[int, ...], expected: tuple[int, ...], home: Path, ledger: Path
) -> None:
    """A part that exceeds its whole is cut to it: no count is ever negative."""
    write(rollout(home), codex_meta(), codex_turn(), codex_total(counts, counts))
    refresh(ledger, home)
    kinds = ("input", "cache_read", "cache_write", "output", "reasoning")
    assert events(ledger, *kinds) == [expected]


def test_repeated_totals(home: Path, ledger: Path) -> None:
    """A total that comes again, with new limits or after a resume, is no response."""
    lines = parent_lines()
    again = codex_total(SECOND, SECOND_LAST, 60)
    write(
        rollout(home, PARENT),
        *lines[:4],
        codex_total(FIRST, FIRST, 3),
        lines[4],
        again,
        codex_turn("gpt-5.4-mini", 61),
        again,
    )
    refresh(ledger, home)
    assert used(ledger, "model") == [(*row, "gpt-5.4") for row in TWO_RESPONSES]


def test_totals_seen_long_before(home: Path, ledger: Path) -> None:
    """A review writes its own totals, then the main thread's come back."""
    nested = (300, 0, 30)
    write(
        rollout(home, PARENT),
        *parent_lines(),
        codex_total(nested, nested, 10),
        codex_total(SECOND, SECOND_LAST, 11),
        codex_total(THIRD, THIRD_LAST, 12),
    )
    refresh(ledger, home)
    assert used(ledger) == [*TWO_RESPONSES, (300, 0, 30, 0), (300, 100, 20, 0)]


def test_reset_totals(home: Path, ledger: Path) -> None:
    """Totals that start at nothing after a resume count on, by the last usage."""
    fresh = (1200, 1000, 60)
    more = codex_total(fresh, fresh, 600)
    write(rollout(home, PARENT), *parent_lines(), codex_meta(PARENT, 599), more)
    refresh(ledger, home)
    assert used(ledger) == [*TWO_RESPONSES, (200, 1000, 60, 0)]


@pytest.mark.parametrize(
    "nothing",
    [
        codex_line("token_count", 9, info=None, rate_limits=None),
        codex_line("token_count", 9, info={"last_token_usage": {"input_tokens": 5}}),
        codex_line(
            "token_count",
            9,
            info={
                "total_token_usage": {"total_tokens": 258400},
                "last_token_usage": {"total_tokens": 6320},
            },
        ),
        codex_line("agent_message", 9, text='filler "token_count"'),
    ],
)
def test_counts_of_nothing(nothing: bytes, home: Path, ledger: Path) -> None:
    """Limits, overflow marks and estimates after a compaction are no usage."""
    write(rollout(home, PARENT), *parent_lines(), nothing)
    report = refresh(ledger, home)
    assert used(ledger) == TWO_RESPONSES
    assert report.sources[1].records_skipped == 0


def test_overflow_marks_do_not_end_the_count(home: Path, ledger: Path) -> None:
    """After totals were set to the window's size the next response counts whole."""
    mark = {"total_token_usage": {"total_tokens": 258400}, "last_token_usage": {}}
    write(
        rollout(home, PARENT),
        *parent_lines(),
        codex_line("token_count", 9, info=mark),
        codex_total(THIRD, THIRD_LAST, 10),
    )
    refresh(ledger, home)
    assert used(ledger) == [*TWO_RESPONSES, (300, 100, 20, 0)]


@pytest.mark.parametrize("block", [1 << 22, 64])
def test_last_usage_missing(block: int, home: Path, ledger: Path) -> None:
    """Without the last usage the total's growth counts, its whole after a reset."""
    write(
        rollout(home),
        codex_meta(),
        codex_turn(),
        codex_total(FIRST, None, 1),
        codex_total(FIRST, None, 2),
        codex_total(SECOND, None, 3),
        codex_total((70, 0, 7), None, 4),
    )
    with small_pieces(block):
        refresh(ledger, home)
    assert used(ledger) == [*TWO_RESPONSES, (70, 0, 7, 0)]


# Usage records


def test_records(home: Path, ledger: Path) -> None:
    """A record is a response; the running total that mirrors it is not another."""
    write(
        rollout(home),
        codex_meta(),
        codex_turn(),
        codex_record("r1", FIRST, 1),
        codex_total(FIRST, FIRST, 1),
        codex_record("r2", SECOND_LAST, 2),
        codex_total(SECOND, SECOND_LAST, 2),
    )
    refresh(ledger, home)
    assert used(ledger) == TWO_RESPONSES


@pytest.mark.parametrize(
    ("records", "responses"),
    [
        ([codex_record("r1", FIRST, 1), codex_record("r1", FIRST, 2)], 1),
        ([codex_record("r1", FIRST, 1), codex_record("r2", FIRST, 2)], 2),
        ([codex_record("r1", FIRST, 1), codex_record("r1", SECOND, 2)], 2),
        ([codex_record("r1", FIRST, 1), codex_record("r1", FIRST, 2, turn="t2")], 2),
        ([codex_record("r1", FIRST, 1), codex_record("r2", FIRST, 2, thread=FORK)], 1),
        ([codex_record("r1", FIRST, 1), codex_record("r2", (0, 0, 0), 2)], 1),
        ([codex_record(None, FIRST, 1), codex_record(None, SECOND, 2)], 2),
    ],
)
def test_which_records_are_one(
    records: list[bytes], responses: int, home: Path, ledger: Path
) -> None:
    """Thread, turn, response and usage name a record; other threads' do not count."""
    write(rollout(home), codex_meta(), codex_turn(), *records)
    refresh(ledger, home)
    assert totals(ledger)["gpt-5.4"][0] == responses


def test_record_copied_at_a_compaction(home: Path, ledger: Path) -> None:
    """The copy of the latest record inside a compaction is no response."""
    copy = {"thread_id": THREAD, "response_id": "r9", "usage": {"input_tokens": 9}}
    compacted = {"type": "compacted", "payload": {"latest_token_usage_record": copy}}
    write(
        rollout(home),
        codex_meta(),
        codex_turn(),
        codex_record("r1", FIRST, 1),
        line({"timestamp": clock(2), **compacted}),
    )
    refresh(ledger, home)
    assert totals(ledger)["gpt-5.4"][0] == 1


def test_mixed_file(home: Path, ledger: Path) -> None:
    """A thread that an old client began and a new one goes on with counts both ways."""
    write(
        rollout(home, PARENT),
        *parent_lines(),
        codex_record("r1", THIRD_LAST, 60, thread=PARENT),
        codex_total(THIRD, THIRD_LAST, 60),
        codex_total((3300, 1000, 210), (400, 0, 10), 61),
    )
    refresh(ledger, home)
    assert used(ledger) == [*TWO_RESPONSES, (300, 100, 20, 0)]


# Threads in several files


def archive(home: Path, name: str = PARENT, ending: str = ".jsonl") -> Path:
    """Name the archived file of a thread."""
    live = rollout(home, name, ending)
    return home / ".codex/archived_sessions" / live.name


def packed(*lines: bytes) -> bytes:
    """Compress lines as the client does."""
    return zstandard.ZstdCompressor().compress(b"".join(lines))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_live_archived_and_compressed(
    order: tuple[int, ...], home: Path, ledger: Path
) -> None:
    """A thread is the union of its files, each response once."""
    lines = parent_lines()
    files = (
        (rollout(home, PARENT), lines[:4]),
        (archive(home), lines),
        (
            rollout(home, PARENT, ".jsonl.zst"),
            (packed(*lines, codex_total(THIRD, THIRD_LAST, 9)),),
        ),
    )
    in_order(home, *(files[i] for i in order))
    refresh(ledger, home)
    assert used(ledger) == [*TWO_RESPONSES, (300, 100, 20, 0)]
    assert rollup_faults(ledger) == []


def test_compressing_and_unpacking(home: Path, ledger: Path) -> None:
    """A file that is compressed, unpacked and goes on keeps each response once."""
    lines = parent_lines()
    live, small = rollout(home, PARENT), rollout(home, PARENT, ".jsonl.zst")
    write(live, *lines)
    refresh(ledger, home)
    live.unlink()
    write(small, packed(*lines))
    refresh(ledger, home)
    small.unlink()
    write(live, *lines, codex_total(THIRD, THIRD_LAST, 9))
    report = refresh(ledger, home)
    assert used(ledger) == [*TWO_RESPONSES, (300, 100, 20, 0)]
    assert report.sources[1].events_new == 1


@pytest.mark.parametrize("cut", [0, 3, 60])
def test_damaged_compressed_file(cut: int, home: Path, ledger: Path) -> None:
    """A compressed file that is no such thing fails alone; the other files count."""
    write(rollout(home, PARENT), *parent_lines())
    whole = packed(*parent_lines())
    write(rollout(home, FORK, ".jsonl.zst"), b"not compressed"[:14] + whole[:cut])
    report = refresh(ledger, home)
    assert used(ledger) == TWO_RESPONSES
    assert len(report.sources[1].errors) == 1


def test_segments(home: Path, ledger: Path) -> None:
    """A second file after a backtrack goes on from the first; its total comes again."""
    base = {"thread_id": PARENT, "end_ordinal_exclusive": 4}
    write(
        rollout(home, PARENT),
        codex_meta(PARENT, ordinal=0),
        codex_turn("gpt-5.4", 1, ordinal=1),
        codex_total(FIRST, FIRST, 2, ordinal=2),
        codex_total(SECOND, SECOND_LAST, 3, ordinal=3),
        codex_total(THIRD, THIRD_LAST, 4, ordinal=4),
    )
    write(
        rollout(home, f"{PARENT}_2"),
        codex_meta(PARENT, 60, 4, history_base=base),
        codex_total(SECOND, SECOND_LAST, 61, ordinal=5),
        codex_total((2600, 900, 190), (100, 0, 10), 62, ordinal=6),
    )
    refresh(ledger, home)
    assert used(ledger, "model") == [
        *((*row, "gpt-5.4") for row in TWO_RESPONSES),
        (300, 100, 20, 0, "gpt-5.4"),
        (100, 0, 10, 0, "gpt-5.4"),
    ]


# Forks


OWN = (
    codex_total(SECOND, SECOND_LAST, FORK_S + 5),
    codex_total(THIRD, THIRD_LAST, FORK_S + 6),
)
OWN_ROW = (300, 100, 20, 0)


def fork_meta(**fields: object) -> bytes:
    """Write the first line of a fork."""
    return codex_meta(FORK, FORK_S, **fields)


@pytest.mark.parametrize("has_parent", [True, False])
@pytest.mark.parametrize("block", [1 << 22, 64])
def test_copied_history(block: int, has_parent: bool, home: Path, ledger: Path) -> None:
    """Copied turns are older than the fork; its own begin with a turn that is not."""
    if has_parent:
        write(rollout(home, PARENT), *parent_lines())
    own_turn = codex_line("task_started", FORK_S, turn_id=thread(FORK_S + 0.2, 4))
    write(
        rollout(home, FORK),
        fork_meta(forked_from_id=PARENT),
        *parent_lines(FORK_S),
        own_turn,
        codex_turn("gpt-5.4-mini", FORK_S + 1),
        *OWN,
    )
    with small_pieces(block):
        refresh(ledger, home)
    parent = [(*row, "gpt-5.4", PARENT) for row in TWO_RESPONSES]
    fork = [(*OWN_ROW, "gpt-5.4-mini", FORK)]
    assert used(ledger, "model", "session") == [*(parent if has_parent else []), *fork]


def test_fork_of_a_fork(home: Path, ledger: Path) -> None:
    """All ancestors' lines are skipped, however many first lines come before them."""
    oldest = thread(-3600, 9)
    write(
        rollout(home, FORK),
        fork_meta(),
        codex_meta(oldest, FORK_S),
        *parent_lines(FORK_S),
        codex_line("task_started", FORK_S + 1, turn_id=thread(FORK_S + 1, 4)),
        *OWN,
    )
    refresh(ledger, home)
    assert used(ledger) == [OWN_ROW]


def test_nothing_copied(home: Path, ledger: Path) -> None:
    """A sub-agent that copies nothing counts from its first line on."""
    spawn = {"subagent": {"thread_spawn": {"parent_thread_id": PARENT, "depth": 1}}}
    write(
        rollout(home, FORK),
        fork_meta(source=spawn),
        codex_turn("gpt-5.4", FORK_S + 0.1, turn_id=thread(FORK_S + 0.05, 4)),
        codex_total(FIRST, FIRST, FORK_S + 0.2),
    )
    refresh(ledger, home)
    assert used(ledger) == TWO_RESPONSES[:1]


@pytest.mark.parametrize(
    ("pause", "responses"), [(0.5, 0), (0.501, 1), (1.9, 1), (60, 1)]
)
@pytest.mark.parametrize("block", [1 << 22, 64])
def test_pause_ends_the_copy(
    pause: float, responses: int, block: int, home: Path, ledger: Path
) -> None:
    """Without turn ids the first pause over half a second ends the copied history."""
    write(
        rollout(home, FORK),
        fork_meta(),
        codex_meta(PARENT, FORK_S),
        codex_turn("gpt-5-codex", FORK_S + 0.4),
        codex_line("agent_message", FORK_S + 0.8, message="filler"),
        codex_total(SECOND, SECOND_LAST, FORK_S + 1.2),
        codex_line("user_message", FORK_S + 1.2 + pause, message="filler"),
        codex_total(THIRD, THIRD_LAST, FORK_S + 1.2 + pause + 0.1),
    )
    with small_pieces(block):
        refresh(ledger, home)
    assert used(ledger, "model") == [(*OWN_ROW, "gpt-5-codex")] * responses


def test_records_in_a_copied_history(home: Path, ledger: Path) -> None:
    """A copied usage record is the ancestor's."""
    write(
        rollout(home, FORK),
        fork_meta(),
        *parent_lines(FORK_S),
        codex_record("r1", FIRST, FORK_S, thread=PARENT),
        codex_record("r1", FIRST, FORK_S, thread=FORK),
        codex_turn("gpt-5.4", FORK_S + 1, turn_id=thread(FORK_S + 1, 4)),
        codex_record("r2", THIRD_LAST, FORK_S + 2, thread=FORK),
    )
    refresh(ledger, home)
    assert used(ledger) == [OWN_ROW]


def paginated_parent() -> tuple[bytes, ...]:
    """Write a parent that numbers its lines and changes its model on the way."""
    return (
        codex_meta(PARENT, 0, 0),
        codex_turn("gpt-5.4", 1, 1),
        codex_total(FIRST, FIRST, 2, 2),
        codex_total(SECOND, SECOND_LAST, 4, 3),
        codex_turn("gpt-5.4-mini", 5, 4),
        codex_total((9000, 900, 800), (6500, 0, 620), 6, 5),
    )


BASE = {"thread_id": PARENT, "end_ordinal_exclusive": 4, "end_byte_offset": 900}


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_paginated_fork(order: tuple[int, ...], home: Path, ledger: Path) -> None:
    """A fork's first total and model are its parent's as of the fork."""
    fork = (
        fork_meta(forked_from_id=PARENT, history_base=BASE, ordinal=4),
        codex_line("thread_settings_applied", FORK_S, thread_settings={"model": "new"}),
        *OWN,
        codex_turn("gpt-6-luna", FORK_S + 7),
        codex_total((3000, 1000, 210), (100, 0, 10), FORK_S + 8),
    )
    files = ((rollout(home, PARENT), paginated_parent()), (rollout(home, FORK), fork))
    in_order(home, *(files[i] for i in order))
    refresh(ledger, home)
    own = [row for row in used(ledger, "model", "session") if row[-1] == FORK]
    assert own == [(*OWN_ROW, "gpt-5.4", FORK), (100, 0, 10, 0, "gpt-6-luna", FORK)]


def test_fork_that_comes_by_a_total_of_its_parent(home: Path, ledger: Path) -> None:
    """After its own first response a fork's totals are its own, whatever they are."""
    write(rollout(home, PARENT), *paginated_parent())
    write(
        rollout(home, FORK),
        fork_meta(history_base=BASE, ordinal=4),
        *OWN,
        codex_total(FIRST, FIRST, FORK_S + 60),
    )
    refresh(ledger, home)
    own = [row for row in used(ledger, "session") if row[-1] == FORK]
    assert own == [(*OWN_ROW, FORK), (*TWO_RESPONSES[0], FORK)]


def test_paginated_fork_of_a_fork(home: Path, ledger: Path) -> None:
    """The totals of all ancestors are known, each up to where it was forked."""
    child = thread(FORK_S + 600, 5)
    write(rollout(home, PARENT), *paginated_parent())
    write(rollout(home, FORK), fork_meta(history_base=BASE, ordinal=4), *OWN)
    write(
        rollout(home, child),
        codex_meta(
            child,
            FORK_S + 600,
            7,
            history_base={"thread_id": FORK, "end_ordinal_exclusive": 6},
        ),
        codex_total(SECOND, SECOND_LAST, FORK_S + 601),
        codex_total((2550, 900, 185), (50, 0, 5), FORK_S + 602),
    )
    refresh(ledger, home)
    own = [row for row in used(ledger, "model", "session") if row[-1] == child]
    assert own == [(50, 0, 5, 0, "gpt-5.4", child)]


def test_fork_whose_parent_is_gone(home: Path, ledger: Path) -> None:
    """Without its parent a fork counts what it used, under the settings' model."""
    settings = {"model": "gpt-5.4"}
    write(
        rollout(home, FORK),
        fork_meta(history_base=BASE),
        codex_line("thread_settings_applied", FORK_S, thread_settings=settings),
        codex_total(THIRD, THIRD_LAST, FORK_S + 6),
    )
    refresh(ledger, home)
    assert used(ledger, "model") == [(*OWN_ROW, "gpt-5.4")]


def test_fork_of_a_compressed_parent(home: Path, ledger: Path) -> None:
    """An ancestor's history is read from its compressed file as well."""
    write(rollout(home, PARENT, ".jsonl.zst"), packed(*paginated_parent()))
    write(rollout(home, FORK), fork_meta(history_base=BASE, ordinal=4), *OWN)
    refresh(ledger, home)
    own = [row for row in used(ledger, "session") if row[-1] == FORK]
    assert own == [(*OWN_ROW, FORK)]


def test_fork_of_a_damaged_parent(home: Path, ledger: Path) -> None:
    """An ancestor that cannot be read costs its fork no response."""
    write(rollout(home, PARENT, ".jsonl.zst"), b"not compressed")
    write(
        rollout(home, FORK),
        fork_meta(history_base=BASE, ordinal=4),
        codex_turn("gpt-5.4", FORK_S + 1),
        codex_total(THIRD, THIRD_LAST, FORK_S + 6),
    )
    report = refresh(ledger, home)
    assert used(ledger) == [OWN_ROW]
    assert len(report.sources[1].errors) == 1


def test_fork_after_its_parent_was_archived(home: Path, ledger: Path) -> None:
    """In a process that lives long a parent is found where it lies now."""
    other = thread(FORK_S - 60, 6)
    live = write(rollout(home, PARENT), *paginated_parent())
    write(
        rollout(home, other),
        codex_meta(other, FORK_S - 60, 4, history_base=BASE),
        codex_total(SECOND, SECOND_LAST, FORK_S - 50),
    )
    refresh(ledger, home)
    write(archive(home), live.read_bytes())
    live.unlink()
    write(rollout(home, FORK), fork_meta(history_base=BASE, ordinal=4), *OWN)
    refresh(ledger, home)
    own = [row for row in used(ledger, "session") if row[-1] == FORK]
    assert own == [(*OWN_ROW, FORK)]


def test_fork_of_a_thread_that_got_another_file(home: Path, ledger: Path) -> None:
    """In a process that lives long a parent's newer files are found, too."""
    other = thread(FORK_S - 60, 6)
    write(rollout(home, PARENT), *paginated_parent())
    write(
        rollout(home, other),
        codex_meta(other, FORK_S - 60, 4, history_base=BASE),
        codex_total(SECOND, SECOND_LAST, FORK_S - 50),
    )
    refresh(ledger, home)
    grown = (3100, 1000, 210, 30)
    write(
        rollout(home, f"{PARENT}_2"),
        codex_meta(PARENT, 60, 4, history_base=BASE),
        codex_total(grown, (200, 0, 10), 61, ordinal=5),
    )
    write(
        rollout(home, FORK),
        fork_meta(history_base={**BASE, "end_ordinal_exclusive": 6}, ordinal=6),
        codex_turn("gpt-5.4", FORK_S + 1),
        codex_total(grown, (200, 0, 10), FORK_S + 2),
        codex_total((3400, 1100, 230, 30), (300, 100, 20), FORK_S + 3),
    )
    refresh(ledger, home)
    own = [row for row in used(ledger, "session") if row[-1] == FORK]
    assert own == [(200, 100, 20, 0, FORK)]


def test_forks_in_a_circle(home: Path, ledger: Path) -> None:
    """Threads that claim to be forked from each other are each read a few times."""
    opened = 0
    real = builtins.open

    def counted(*parts: Any, **named: Any) -> Any:
        nonlocal opened
        opened += 1
        assert opened < 1000
        return real(*parts, **named)

    for one, other in ((PARENT, FORK), (FORK, PARENT)):
        lines = (
            codex_meta(one, 0, forked_from_id=other),
            codex_turn("gpt-5.4", 1),
            codex_total(FIRST, FIRST, 2),
        )
        for path in (rollout(home, one), archive(home, one)):
            write(path, *lines)
    with patch("builtins.open", counted):
        report = refresh(ledger, home)
    assert report.sources[1].errors == []


# Labels


def test_model_changes_mid_file(home: Path, ledger: Path) -> None:
    """A response belongs to the latest turn's model, never to the settings'."""
    settings = codex_line(
        "thread_settings_applied", 4, thread_settings={"model": "new"}
    )
    write(
        rollout(home),
        codex_meta(),
        codex_total(FIRST, FIRST, 1),
        codex_turn("gpt-5.4", 2),
        codex_total(SECOND, SECOND_LAST, 3),
        settings,
        codex_total(THIRD, THIRD_LAST, 5),
        codex_turn("new", 6),
        codex_total((2910, 1000, 201), (10, 0, 1), 7),
    )
    refresh(ledger, home)
    models = [row[1] for row in events(ledger, "at", "model")]
    assert models == ["unknown", "gpt-5.4", "gpt-5.4", "new"]


def test_settings_before_the_first_turn(home: Path, ledger: Path) -> None:
    """Before a turn tells its model the settings' is taken."""
    settings = {"model": "gpt-5.4"}
    write(
        rollout(home),
        codex_meta(),
        codex_line("thread_settings_applied", 0, thread_settings=settings),
        codex_total(FIRST, FIRST, 1),
    )
    refresh(ledger, home)
    assert events(ledger, "model") == [("gpt-5.4",)]


def test_tiers(home: Path, ledger: Path) -> None:
    """The tier is the settings' as of the response; before them it is unknown."""
    lines = [codex_meta(), codex_turn(), codex_total((10, 0, 1), (10, 0, 1), 0)]
    for number, tier in enumerate(("priority", None, "default", "flex"), 1):
        settings: dict[str, object] = {"model": "gpt-5.4"}
        if tier is not None:
            settings["service_tier"] = tier
        lines += [
            codex_line("thread_settings_applied", number, thread_settings=settings),
            codex_total((10 + number, 0, 1), (1, 0, 1), number),
        ]
    write(rollout(home), *lines)
    refresh(ledger, home)
    tiers = [row[1] for row in events(ledger, "at", "tier")]
    assert tiers == [None, "priority", "priority", "standard", "flex"]


@pytest.mark.parametrize(
    ("source", "agent"),
    [
        ("cli", "main"),
        ("exec", "main"),
        (None, "main"),
        ({"custom": "x"}, "main"),
        ({"subagent": "review"}, "review"),
        ({"subagent": {"thread_spawn": {"agent_role": "explorer"}}}, "explorer"),
        ({"subagent": {"thread_spawn": {"agent_role": None}}}, "subagent"),
        ({"subagent": {"other": "guardian"}}, "guardian"),
        ({"subagent": {}}, "subagent"),
        ({"subagent": 7}, "main"),
    ],
)
def test_agent(source: object, agent: str, home: Path, ledger: Path) -> None:
    """The first line's source says which agent a thread is."""
    meta = codex_meta(source=source)
    write(rollout(home), meta, codex_turn(), codex_total(FIRST, FIRST))
    refresh(ledger, home)
    assert events(ledger, "agent") == [(agent,)]


SPAWN = {"thread_spawn": {"parent_thread_id": PARENT, "depth": 1, "agent_role": None}}


@pytest.mark.parametrize(
    ("fields", "session"),
    [
        ({"source": {"subagent": SPAWN}, "session_id": PARENT}, PARENT),
        ({"source": {"subagent": SPAWN}, "parent_thread_id": PARENT}, PARENT),
        ({"source": {"subagent": SPAWN}}, PARENT),
        ({"source": {"subagent": "review"}}, FORK),
        ({"source": "exec", "session_id": PARENT}, FORK),
    ],
)
def test_session_of_a_subagent(
    fields: dict[str, object], session: str, home: Path, ledger: Path
) -> None:
    """A sub-agent's usage is its parent's session's; a fork is a session of its own."""
    write(
        rollout(home, FORK),
        fork_meta(**fields),
        codex_turn(),
        codex_total(FIRST, FIRST),
    )
    refresh(ledger, home)
    assert events(ledger, "session") == [(session,)]


def limits(
    plan: str | None, seconds: float = 0, minutes: int = 300, **window: object
) -> bytes:
    """Write what the provider says of a plan, with no response."""
    first = {"used_percent": 40.0, "window_minutes": minutes, **window}
    told = {"limit_id": "codex", "plan_type": plan, "primary": first, "secondary": None}
    return codex_line("token_count", seconds, info=None, rate_limits=told)


def test_account(home: Path, ledger: Path) -> None:
    """Rate limits tell the plan; a login without one has windows, a key has none."""
    for number, told in enumerate((limits("plus"), limits(None), codex_turn())):
        path = rollout(home, thread(number))
        one = codex_total((10, 0, 1), (10, 0, 1), number)
        write(path, codex_meta(thread(number)), codex_turn(), told, one)
    refresh(ledger, home)
    accounts = [row[1] for row in events(ledger, "at", "account")]
    assert accounts == ["chatgpt plus", "chatgpt", None]


@pytest.mark.parametrize("at_once", [True, False])
def test_account_of_the_first_record(at_once: bool, home: Path, ledger: Path) -> None:
    """The limits that come right after a thread's first record tell its plan, too.

    Also where the daemon reads the record before the limits are written.
    """
    for number, each in enumerate(
        (
            codex_meta() + codex_turn(),
            codex_record("r1", FIRST, 1),
            limits("plus", 1),
            codex_record("r2", SECOND_LAST, 2),
        )
    ):
        append(rollout(home), each)
        if not at_once:
            refresh(ledger, home)
            assert len(events(ledger, "at")) == (0, 1, 1, 2)[number]
    refresh(ledger, home)
    found = events(ledger, "at", "account", "standing")
    assert [account for _, account, _ in found] == ["chatgpt plus", "chatgpt plus"]
    assert len({standing for *_, standing in found}) == 1
    assert rollup_faults(ledger) == []


@pytest.mark.parametrize("change", ["turn", "settings"])
def test_record_before_a_change(change: str, home: Path, ledger: Path) -> None:
    """A record is labelled as of its own line: a compaction has no other line after."""
    tier = {"service_tier": "priority"}
    later = {
        "turn": codex_turn("gpt-5.4-mini", 2, effort="high"),
        "settings": codex_line("thread_settings_applied", 2, thread_settings=tier),
    }[change]
    write(
        rollout(home),
        codex_meta(),
        codex_turn("gpt-5.4", effort="low"),
        codex_record("compaction", FIRST, 1),
        later,
        codex_record("r2", SECOND_LAST, 3),
    )
    refresh(ledger, home)
    first = events(ledger, "at", "model", "effort", "tier")[0]
    assert first[1:] == ("gpt-5.4", "low", None)


def test_quotas(home: Path, ledger: Path) -> None:
    """Windows are kept by their length and time; the copied ones are the ancestor's."""
    ends = START_MS // 1000 + 9000
    write(
        rollout(home, PARENT),
        codex_meta(PARENT),
        limits("plus", 1, resets_at=ends),
        limits("plus", 901, used_percent=60, resets_in_seconds=60),
        limits("plus", 902, minutes=10080, used_percent=5),
    )
    write(
        rollout(home, FORK),
        fork_meta(),
        codex_meta(PARENT, FORK_S),
        limits("plus", FORK_S, used_percent=99),
    )
    refresh(ledger, home)
    with closing(open_for_reading(ledger)) as connection:
        found = connection.execute(
            "SELECT window_minutes, as_of, used_percent, resets_at FROM quota"
            " ORDER BY as_of"
        ).fetchall()
    assert found == [
        (300, START_MS + 1000, 40.0, ends * 1000),
        (300, START_MS + 901_000, 60.0, START_MS + 961_000),
        (10080, START_MS + 902_000, 5.0, None),
    ]


def two_windows(seconds: float, used: object, plan: str = "plus") -> bytes:
    """Write what is said of a short window and of a week's."""
    told = {
        "limit_id": "codex",
        "plan_type": plan,
        "primary": {"used_percent": used, "window_minutes": 300},
        "secondary": {"used_percent": used, "window_minutes": 10080},
    }
    return codex_line("token_count", seconds, info=None, rate_limits=told)


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        pytest.param(
            [
                limits("plus", 1, used_percent=40.0),
                limits("plus", 5, used_percent=45.0),
            ],
            [("plus", "codex", 300, 5, 45.0)],
            id="last",
        ),
        pytest.param(
            [
                limits("plus", 5, used_percent=45.0),
                limits("plus", 1, used_percent=40.0),
            ],
            [("plus", "codex", 300, 5, 45.0)],
            id="out of order",
        ),
        pytest.param(
            [limits("plus", 899, used_percent=40.0), limits("plus", 901)],
            [("plus", "codex", 300, 899, 40.0), ("plus", "codex", 300, 901, 40.0)],
            id="next quarter",
        ),
        pytest.param(
            [limits("plus", 1), limits("pro", 5, used_percent=3.0)],
            [("plus", "codex", 300, 1, 40.0), ("pro", "codex", 300, 5, 3.0)],
            id="other plan",
        ),
        pytest.param(
            [limits("plus", 1), limits("plus", 5, 60, used_percent=3.0)],
            [("plus", "codex", 300, 1, 40.0), ("plus", "codex", 60, 5, 3.0)],
            id="other window",
        ),
        pytest.param(
            [two_windows(1, 7.0), limits("plus", 5)],
            [("plus", "codex", 300, 5, 40.0), ("plus", "codex", 10080, 1, 7.0)],
            id="fewer windows",
        ),
        pytest.param(
            [limits("plus", 1), limits("plus", 5, used_percent=None)],
            [("plus", "codex", 300, 1, 40.0)],
            id="nothing said",
        ),
        pytest.param(
            [limits("plus", 1), limits("plus", 5).replace(b'"codex"', b'"other"')],
            [("plus", "codex", 300, 1, 40.0), ("plus", "other", 300, 5, 40.0)],
            id="other limit",
        ),
    ],
)
def test_last_word(
    lines: list[bytes],
    kept: list[tuple[str, str, int, int, float]],
    home: Path,
    ledger: Path,
) -> None:
    """Of each window of each plan the last that was said in a quarter-hour is kept."""
    write(rollout(home), codex_meta(), *lines)
    refresh(ledger, home)
    with closing(open_for_reading(ledger)) as connection:
        found = connection.execute(
            "SELECT payer, limit_id, window_minutes, as_of, used_percent FROM quota"
        ).fetchall()
    assert sorted(found) == sorted(
        (f"chatgpt-{plan}", limit, minutes, START_MS + at * 1000, used)
        for plan, limit, minutes, at, used in kept
    )


@pytest.mark.parametrize(
    "window",
    [
        {"used_percent": "40"},
        {"used_percent": -1},
        {"used_percent": 1 << 70},
        {"used_percent": True},
        {"window_minutes": 0},
        {"window_minutes": 1 << 70},
        {"window_minutes": 2.5},
        {"resets_at": 1 << 70},
        {"resets_at": "soon"},
        {"resets_in_seconds": -(1 << 70)},
    ],
)
def test_odd_quotas(window: dict[str, object], home: Path, ledger: Path) -> None:
    """Limits that make no sense cost no response."""
    odd = limits("plus", 1, **window)
    write(rollout(home), codex_meta(), codex_turn(), odd, codex_total(FIRST, FIRST, 2))
    report = refresh(ledger, home)
    assert (used(ledger), report.has_failed) == (TWO_RESPONSES[:1], False)


def test_effort(home: Path, ledger: Path) -> None:
    """The effort is the turn's own, or that of its collaboration mode."""
    mode = {"mode": "default", "settings": {"reasoning_effort": "low"}}
    write(
        rollout(home),
        codex_meta(),
        codex_turn(effort="high"),
        codex_total((10, 0, 1), (10, 0, 1), 1),
        codex_turn(collaboration_mode=mode),
        codex_total((20, 0, 2), (10, 0, 1), 2),
        codex_turn(),
        codex_total((30, 0, 3), (10, 0, 1), 3),
    )
    refresh(ledger, home)
    assert [row[1] for row in events(ledger, "at", "effort")] == ["high", "low", None]


def test_labels(home: Path, ledger: Path) -> None:
    """Branch, provider, client and working directory come from the first line."""
    write(rollout(home), codex_meta(), codex_turn(), codex_total(FIRST, FIRST))
    refresh(ledger, home)
    kept = ("project", "branch", "endpoint", "client_version", "entrypoint", "source")
    assert events(ledger, *kept) == [
        ("/nowhere/acme", "main", "openai", "0.118.0", "codex_exec", "codex")
    ]


def test_start_of_a_turn(home: Path, ledger: Path) -> None:
    """A response is as old as its turn, by what the turn says or else by its line."""
    began = START_MS // 1000 + 3
    write(
        rollout(home),
        codex_meta(),
        codex_line("task_started", 1, turn_id="t1"),
        codex_turn(),
        codex_total((10, 0, 1), (10, 0, 1), 2),
        codex_line("task_started", 4, turn_id="t2", started_at=began),
        codex_total((20, 0, 2), (10, 0, 1), 5),
    )
    refresh(ledger, home)
    assert [row[1] for row in events(ledger, "at", "started_before")] == [1000, 2000]


def test_thread_without_a_first_line(home: Path, ledger: Path) -> None:
    """A file that lost its first line still counts, once."""
    write(
        rollout(home),
        codex_turn(),
        codex_total(FIRST, FIRST),
        codex_total(FIRST, FIRST),
    )
    refresh(ledger, home)
    assert used(ledger) == TWO_RESPONSES[:1]


def test_growing_files(home: Path, ledger: Path) -> None:
    """A rollout that grows line by line, and in mid-line, counts like a cold read."""
    settings = {"model": "x", "service_tier": "priority"}
    applied = codex_line("thread_settings_applied", 0, thread_settings=settings)
    whole = b"".join(
        (
            *parent_lines()[:3],
            applied,
            *parent_lines()[3:],
            codex_total(THIRD, THIRD_LAST, 9),
        )
    )
    for start in range(0, len(whole), 97):
        append(rollout(home, PARENT), whole[start : start + 97])
        refresh(ledger, home)
    assert used(ledger, "tier") == [
        (*row, "priority") for row in (*TWO_RESPONSES, OWN_ROW)
    ]
