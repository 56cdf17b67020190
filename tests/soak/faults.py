"""What goes wrong around the program: a clear word, nothing lost or wrongly counted.

Odd records are in `tests/sources/test_hostile.py`, failing providers in
`tests/accounts/test_every_account.py`; here are disks, folders, files and clocks.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

from tests import builders
from tests.soak.agents import Agents, faults
from tests.soak.machine import Machine, Said

POINTS = 500

Before = Callable[[], None]
HOOK = b'{"session_id": "s", "hook_event_name": "PreToolUse"}'
LARGE, LARGEST = 300 << 20, 5 << 30
"""Bytes of the largest files in a slice and in a long run."""

MOST_MB = 250
"""What a read may hold, whatever it reads."""


class User:
    """Somebody whose agents have worked, and whose ledger knows of it.

    `largest`: bytes of the largest file that is tried on him.
    """

    def __init__(self, folder: Path, chance: random.Random, largest: int) -> None:
        self.largest = largest
        self.machine = Machine(folder)
        self.chance = chance
        self.agents = Agents(self.machine.home, chance)
        self.work(200)
        self.machine.run("refresh")

    def work(self, responses: int = 60) -> None:
        """Let the agents work."""
        self.agents.grow(responses)
        self.agents.finish()

    def see_all_well(self) -> None:
        """See that, once all is right again, all is there and nothing is wrong."""
        self.machine.run("refresh")
        found = faults(self.machine.ledger, self.agents.said)
        assert found == [], found

    def see_refused(self, why: str, *words: str, code: int = 1, **how: object) -> None:
        """See that a verb is refused with these words in one line."""
        said = self.machine.run(*words, codes=(code,), **how)  # type: ignore[arg-type]
        assert why in said.err, said
        assert said.out == "" or code == 3, said
        assert said.err.startswith("tokentui: "), said

    def see_hooks_answer(self, before: Before | None = None) -> None:
        """See that no agent is stopped or disturbed, whatever is wrong."""
        said = self.machine.run("guard", given=HOOK, before=before)
        assert (said.out, said.err) == ("", ""), said
        said = self.machine.run("statusline", given=HOOK, before=before)
        assert said.out.count("\n") == 1 and said.err == "", said


Fault = Callable[[User], None]

# Disks


def full_disk(user: User) -> None:
    """A disk with any little room: what does not fit is not half there."""
    ledger = user.machine.ledger
    if user.chance.random() < 0.5:
        shutil.rmtree(ledger.parent)
        ledger.parent.mkdir()
    user.work(user.chance.randrange(1_000))
    kilobytes = user.chance.randrange(4, 900)
    with small_disk(ledger.parent, kilobytes) as before:
        for words in (("refresh",), ("usage", "--json"), ("status",)):
            said = user.machine.run(*words, codes=(0, 1), before=before)
            see_no_room(said)
        user.see_hooks_answer(before)
    user.see_all_well()


def see_no_room(said: Said) -> None:
    """See that a verb has either done all or says what is missing."""
    reasons = ("disk is full", "disk I/O error", "unable to open database file")
    if said.code == 1:
        assert any(reason in said.err for reason in reasons), said
        assert said.out == "", said
    else:
        assert said.err == "", said


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Before | None]:
    """Leave so much room in a folder: a disk of its own, or a limit on each file.

    Gives what has to be done in a process that is to have no more room.
    """
    with suppress(FileNotFoundError):
        kept = [(each.name, each.read_bytes()) for each in folder.iterdir()]
    used = sum(len(text) for _, text in kept) // 1024
    if not may_mount():
        size = (used + kilobytes) * 1024
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return
    size_of = f"size={used + kilobytes + 4}k"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size_of, "tmpfs", folder], check=True)
    try:
        for name, text in kept:
            (folder / name).write_bytes(text)
        yield None
        kept = [(each.name, each.read_bytes()) for each in folder.iterdir()]
    finally:
        subprocess.run(["umount", folder], check=True)
    for name, text in kept:
        (folder / name).write_bytes(text)


@cache
def may_mount() -> bool:
    """Claim that this process may mount a disk."""
    return sys.platform == "linux" and os.geteuid() == 0 and has_mounted()


def has_mounted() -> bool:
    """Mount a disk where nobody sees it, and say whether that went well."""
    words = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return shutil.which("unshare") is not None and not subprocess.call(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


# Permissions


def humble() -> None:
    """Give up what lets root pass by permissions, in a process about to start."""
    if os.geteuid() == 0:
        drop_from_bounding_set = 24  # prctl(2), capabilities(7)
        for override, read_search in ((1, 2),):
            for capability in (override, read_search):
                code = ctypes.CDLL(None).prctl(
                    drop_from_bounding_set, capability, 0, 0, 0
                )
                assert code == 0


@contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    """Give a path a mode for a while."""
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            path.chmod(before)


def ledger_may_only_be_read(user: User) -> None:
    """What the ledger holds can be seen, and what is new is refused, not lost."""
    whole = user.machine.run("usage", "--by", "model", "--json").out
    folder = user.machine.ledger.parent
    with ExitStack() as stack:
        for file in folder.iterdir():
            stack.enter_context(mode(file, 0o444))
        stack.enter_context(mode(folder, user.chance.choice([0o555, 0o755])))
        said = user.machine.run("usage", "--by", "model", "--json", before=humble)
        assert said.out == whole
        user.work()
        user.see_refused("may only be read", "refresh", before=humble)
        words = ("usage", "--by", "model", "--json", "--no-refresh")
        assert user.machine.run(*words, before=humble).out == whole
        user.see_hooks_answer(humble)
    user.see_all_well()


def ledger_is_closed(user: User) -> None:
    """A ledger, or its folder, that may not be looked into is said to be."""
    path = user.chance.choice([user.machine.ledger, user.machine.ledger.parent])
    user.work()
    with mode(path, 0):
        for words in (("refresh",), ("usage", "--no-refresh"), ("ledger", "check")):
            user.see_refused("check the folder's permissions", *words, before=humble)
        user.see_hooks_answer(humble)
    user.see_all_well()


def logs_are_closed(user: User) -> None:
    """A log or a folder of logs that may not be read is named; later all is read."""
    user.work(200)
    places = [user.machine.home / ".claude/projects", user.machine.home / ".codex"]
    places = [each for each in places if each.exists()]
    logs = [log for place in places for log in place.rglob("*.jsonl")]
    path = user.chance.choice([*places, user.chance.choice(logs)])
    with mode(path, 0):
        said = user.machine.run("refresh", codes=(0, 3), before=humble)
        # A log that has not changed is not opened.
        assert said.code == 3 or path in logs, said
        assert said.code == 0 or "Permission denied" in said.err, said
        assert said.code == 0 or str(path) in said.err, said
        user.machine.run("doctor", codes=(0, 3), before=humble)
    user.see_all_well()


def state_is_closed(user: User) -> None:
    """A cap that cannot be kept is refused, and the caps before stay."""
    user.machine.run("cap", "set", "5", "--per", "day", "--name", "kept")
    caps = user.machine.state / "caps.toml"
    before = caps.read_bytes()
    with mode(user.machine.state, 0o555):
        words = ("cap", "set", "9", "--per", "week")
        user.see_refused("Permission denied", *words, before=humble)
        user.see_hooks_answer(humble)
    assert caps.read_bytes() == before
    user.see_all_well()


# Locks


def ledger_is_held(user: User) -> None:
    """While another one writes, what is there is shown at once, and the rest waits."""
    whole = user.machine.run("usage", "--by", "model", "--json").out
    with closing(sqlite3.connect(user.machine.ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM event")
        words = ("usage", "--by", "model", "--json")
        assert user.machine.run(*words).out == whole
        user.work()
        user.see_hooks_answer()
        waiting = user.machine.start("refresh")
        time.sleep(user.chance.random())
        assert waiting.poll() is None
        other.execute("ROLLBACK")
        assert waiting.communicate(timeout=60)[1] == b""
        assert waiting.returncode == 0
    user.see_all_well()


# Files


def folder_becomes_something_else(user: User) -> None:
    """A folder of logs that is a pipe, a loop or a file for a while costs nothing."""
    user.work()
    places = [
        user.machine.home / each for each in (".claude/projects", ".codex/sessions")
    ]
    place = user.chance.choice([each for each in places if each.exists()])
    kept = place.rename(place.with_name("kept"))
    swap: list[Callable[[], object]] = [
        lambda: os.mkfifo(place),
        lambda: place.symlink_to(place.name),
        lambda: place.symlink_to("/nowhere"),
        lambda: place.write_bytes(b"no folder"),
    ]
    user.chance.choice(swap)()
    assert user.machine.run("refresh").err == ""
    user.machine.run("doctor")
    place.unlink()
    kept.rename(place)
    user.see_all_well()


def pipes_lie_about(user: User) -> None:
    """A pipe with the name of any file that is looked for is not waited for."""
    home = user.machine.home
    logs = list((home / ".claude/projects").rglob("*.jsonl"))
    user.agents.surround(builders.claude_line(isSidechain=True, agentId="a"))
    for path in (
        *(log.with_suffix(".meta.json") for log in logs),
        home / ".claude/settings.json",
        home / ".claude.json",
        home / ".claude/projects/-nowhere-p1/pipe.jsonl",
        home / "Cursor/User/globalStorage/state.vscdb",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(path)
    user.work()
    assert user.machine.run("refresh").err == ""
    user.machine.run("doctor")


def line_has_no_end(user: User) -> None:
    """A sparse file, as large as disks allow, is passed over in little memory."""
    user.work()
    place = user.chance.choice([builders.transcript, builders.rollout])
    path = place(user.machine.home, "019f0000-0000-7000-8000-00000000ffff")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.truncate(path, user.largest)
    see_little_memory(user)
    builders.append(path, b"\n")
    see_little_memory(user)
    user.see_all_well()


def see_little_memory(user: User) -> None:
    """Read, and see how much memory that takes."""
    if sys.platform == "linux":
        held = user.machine.peak_mb("refresh")
        assert held < MOST_MB, f"{held:.0f} MB"


def file_of_nothing_unpacks(user: User) -> None:
    """A small compressed file that unpacks to a large one is read in little memory."""
    import zstandard

    user.work()
    thread = "019f0000-0000-7000-8000-00000000eeee"
    path = builders.rollout(user.machine.home, thread, ".jsonl.zst")
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        path.open("wb") as file,
        zstandard.ZstdCompressor().stream_writer(file) as packed,
    ):
        for _ in range(user.largest >> 20):
            packed.write(bytes(1 << 20))
    see_little_memory(user)
    user.see_all_well()


def line_is_long(user: User) -> None:
    """A line longer than any client writes is skipped; those beside it count."""
    filler = "x" * (100 << 20)
    user.agents.surround(builders.claude_line("long", toolUseResult=filler))
    user.work(1)
    see_little_memory(user)
    user.see_all_well()


# Clocks

NIGHTS = (
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Asia/Beirut", "2026-03-29"),
    ("America/Santiago", "2026-04-05"),
    ("Africa/Casablanca", "2026-02-15"),
)
"""Nights in which clocks go back or forward: by an hour, by half of one, at midnight,
and in a month that no rule names."""


def clocks_change(user: User) -> None:
    """Days and hours are those on the wall, in the night and in the logs' disorder."""
    name, day = user.chance.choice(NIGHTS)
    machine, zone = Machine(user.machine.folder / "there"), ZoneInfo(name)
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=zone)
    begin = int((noon - timedelta(hours=36)).timestamp() * 1000)
    agents = Agents(machine.home, user.chance, begin_ms=begin, pace_ms=1_400_000)
    agents.grow(180)
    agents.finish()
    machine.run("refresh")
    for key in ("day", "hour"):
        words = ("usage", "--by", key, "--json", "--timezone", name, "--no-refresh")
        rows = json.loads(machine.run(*words).out)["rows"]
        truth: Counter[str] = Counter()
        for row in agents.said:
            truth[on_the_wall(row.at, zone, key)] += row.output
        told = {row[key]: row["tokens"]["output"] for row in rows}
        assert told == truth, f"{name}: {told} is not {truth}"


def on_the_wall(at: int, zone: ZoneInfo, key: str) -> str:
    """Say what day or hour a clock shows at a time."""
    local = datetime.fromtimestamp(at / 1000, zone)
    if key == "day":
        return local.date().isoformat()
    offset = f"{local:%z}"
    return f"{local:%Y-%m-%dT%H:00}{offset[:3]}:{offset[3:]}"


FAULTS: tuple[Fault, ...] = (
    full_disk,
    ledger_may_only_be_read,
    ledger_is_closed,
    logs_are_closed,
    state_is_closed,
    ledger_is_held,
    folder_becomes_something_else,
    pipes_lie_about,
    line_has_no_end,
    file_of_nothing_unpacks,
    line_is_long,
    clocks_change,
)


def course(
    folder: Path, chance: random.Random, points: int, until: float
) -> Counter[str]:
    """Let all of it happen again and again, each time another way.

    Only a long run tries the largest files.
    """
    largest = LARGEST if until == inf else LARGE
    done: Counter[str] = Counter()
    while done.total() < points:
        for fault in chance.sample(FAULTS, len(FAULTS)):
            place = folder / str(done.total())
            fault(User(place, chance, largest))
            shutil.rmtree(place)
            done[fault.__name__.replace("_", " ")] += 1
            if time.monotonic() > until:
                return done
    return done
