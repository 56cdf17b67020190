"""Kill the program at random moments: afterwards all is there once, and it is sound."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from tests.soak import provider
from tests.soak.agents import Agents, Row, faults, kept
from tests.soak.machine import Killer, Machine
from tests.soak.old_ledger import old_ledger
from tokentui.ledger.schema import LATEST

WORTH_A_CHILD = 26 << 20
"""Bytes of logs from which a cold read forks a second reader."""

POINTS = 1_000

MOST_SAID = 40_000
"""Responses after which a machine's logs are begun anew, so that points stay quick."""


class Kind(Protocol):
    """Something that is killed: `killed` claims that it had not ended before."""

    def __init__(self, folder: Path, chance: random.Random) -> None: ...

    def killed(self) -> bool: ...


def sound(ledger: Path, said: set[Row]) -> None:
    """See that a ledger holds what was said, and that SQLite finds no fault in it."""
    found = faults(ledger, said)
    assert found == [], f"{ledger}: {found}"
    integral(ledger)


def integral(ledger: Path) -> None:
    """See that SQLite finds no fault in a file, whatever is in it by now."""
    with closing(sqlite3.connect(ledger)) as connection:
        (said,) = connection.execute("PRAGMA integrity_check").fetchone()
    assert said == "ok", f"{ledger}: {said}"


def seconds_of(run: Callable[[], object]) -> float:
    """Measure what a run takes when nobody kills it."""
    begin = time.monotonic()
    run()
    return time.monotonic() - begin


class Cold:
    """First reads of a tree that two processes read."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.machine = Machine(folder)
        self.chance = chance
        agents = Agents(self.machine.home, chance, filler=900)
        while size_of(self.machine.home) < WORTH_A_CHILD:
            agents.grow(1_000)
        agents.finish()
        self.said = agents.said
        usual = seconds_of(lambda: self.machine.run("refresh"))
        self.killer = Killer(chance, usual)
        sound(self.machine.ledger, self.said)

    def killed(self) -> bool:
        """Kill a read at any moment; the next one has it all."""
        shutil.rmtree(self.machine.ledger.parent)
        was_killed = self.killer.kill(self.machine.start("refresh"))
        self.see_what_is_there()
        self.machine.run("refresh")
        sound(self.machine.ledger, self.said)
        return was_killed

    def see_what_is_there(self) -> None:
        """See that what was kept before the kill is true, if not all."""
        if not self.machine.ledger.exists():
            return
        integral(self.machine.ledger)
        with suppress(sqlite3.OperationalError):  # before its tables are made
            assert kept(self.machine.ledger, whole=True) <= self.said

    def reader_killed(self) -> bool:
        """Kill the second reader alone: the first one reads what is missing."""
        shutil.rmtree(self.machine.ledger.parent)
        process = self.machine.start("refresh")
        self.killer.wait(process)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        was_killed = False
        with suppress(OSError, ProcessLookupError):
            for child in children.read_text().split():
                os.kill(int(child), signal.SIGKILL)
                was_killed = True
        said = process.communicate()[1]
        assert (process.returncode, said) == (0, b"")
        sound(self.machine.ledger, self.said)
        return was_killed


class Warm:
    """Reads of what is new, while logs are moved, rewritten, compressed and deleted."""

    VERBS = (("refresh",), ("usage", "--json"), ("status", "--json"))

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.number = 0
        self.begin()

    def begin(self) -> None:
        """Begin with other logs."""
        self.number += 1
        self.machine = Machine(self.folder / str(self.number))
        self.agents = Agents(self.machine.home, self.chance, kept=self.kept)
        self.agents.grow(500)
        self.machine.run("refresh")
        self.killer = Killer(self.chance, seconds_of(self.read_more), 0.4)

    def kept(self) -> set[Row]:
        """Give what the ledger holds."""
        return kept(self.machine.ledger)

    def read_more(self) -> None:
        """Let agents work, then read."""
        for _ in range(30):
            self.agents.step()
        self.machine.run("refresh")

    def killed(self) -> bool:
        """Kill some reads, one after the other; the last one has it all."""
        if len(self.agents.said) > MOST_SAID:
            shutil.rmtree(self.machine.folder)
            self.begin()
        was_killed = False
        for _ in range(self.chance.randint(1, 2)):
            for _ in range(self.chance.randint(1, 30)):
                self.agents.step()
            verb = self.chance.choice(self.VERBS)
            was_killed |= self.killer.kill(self.machine.start(*verb))
        self.agents.finish()
        self.machine.run("refresh")
        sound(self.machine.ledger, self.agents.said)
        return was_killed


class Migrating:
    """The first start after an upgrade, from every schema there was."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.machine = Machine(folder / "m")
        self.chance = chance
        agents = Agents(self.machine.home, chance)
        agents.grow(8_000)
        self.said = agents.said
        shutil.rmtree(self.machine.home)  # the ledger alone has to know
        self.folder = folder
        self.put_back()
        usual = seconds_of(lambda: self.machine.run("refresh"))
        self.killer = Killer(chance, usual)
        sound(self.machine.ledger, self.said)

    def put_back(self) -> None:
        """Let the ledger be an old one."""
        version = self.chance.randrange(1, LATEST)
        old = self.folder / f"{version}.db"
        if not old.exists():
            old_ledger(old, version, self.said)
        shutil.rmtree(self.machine.ledger.parent, ignore_errors=True)
        self.machine.ledger.parent.mkdir()
        shutil.copy(old, self.machine.ledger)

    def killed(self) -> bool:
        """Kill the first start after an upgrade; the next one has it all."""
        self.put_back()
        was_killed = self.killer.kill(self.machine.start("refresh"))
        integral(self.machine.ledger)
        self.machine.run("status", "--no-refresh")
        self.machine.run("refresh")
        sound(self.machine.ledger, self.said)
        return was_killed


class Polling:
    """Polls of accounts that spend all the time: one counts, one tells by day."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.provider = provider.SpendingProvider(chance)
        self.machine = Machine(folder, **provider.SECRETS)
        self.machine.config.parent.mkdir()
        self.machine.config.write_text(self.provider.config)
        self.chance = chance
        self.poll()
        self.killer = Killer(chance, seconds_of(self.poll), 0.3)

    def poll(self) -> None:
        """Ask all accounts."""
        self.machine.run(program=provider.PROGRAM)
        found = self.provider.faults(self.machine.ledger)
        assert found == [], found

    def killed(self) -> bool:
        """Kill some polls, one after the other; after the last each cent is there."""
        was_killed = False
        for _ in range(self.chance.randint(1, 3)):
            self.provider.spend()
            process = self.machine.start(program=provider.PROGRAM)
            was_killed |= self.killer.kill(process)
        integral(self.machine.ledger)
        self.provider.spend()
        self.poll()
        return was_killed


class Exporting:
    """Files that are written, in the place of others and where none was."""

    PERIOD = ("--since", "2026-11-01", "--until", "2026-12-01", "--no-refresh")

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.machine = Machine(folder)
        self.chance = chance
        agents = Agents(self.machine.home, chance)
        agents.grow(8_000)
        agents.finish()
        self.said = agents.said
        self.machine.run("refresh")
        self.file = folder / "made/file"
        self.file.parent.mkdir()
        self.killers: dict[str, Killer] = {}

    def words(self, form: str) -> tuple[str, ...]:
        """Say how a format is exported to the file."""
        return "export", "--format", form, *self.PERIOD, "--out", str(self.file)

    def make(self, form: str) -> None:
        """Export and see that the file is whole."""
        self.machine.run(*self.words(form), "--force")
        assert self.is_whole(form, self.file.read_bytes()), form

    def is_whole(self, form: str, text: bytes) -> bool:
        """Claim that a file begins and ends as one of its kind, or tells of all."""
        if form in ("events-csv", "events-jsonl"):
            heads = form == "events-csv"
            return text.count(b"\n") == len(self.said) + heads and text.endswith(b"\n")
        return text.startswith(FORMS[form][0]) and text.rstrip().endswith(
            FORMS[form][1]
        )

    def killed(self) -> bool:
        """Kill an export: the file is whole, or as it was before."""
        form = self.chance.choice(list(FORMS))
        old = self.chance.choice([None, b"what somebody wants to keep"])
        if form not in self.killers:
            usual = seconds_of(partial(self.make, form))
            self.killers[form] = Killer(self.chance, usual)
        self.file.unlink(missing_ok=True)
        words = self.words(form)
        if old is not None:
            self.file.write_bytes(old)
            words += ("--force",)
        was_killed = self.killers[form].kill(self.machine.start(*words))
        found = self.file.read_bytes() if self.file.exists() else None
        if found != old:
            assert found is not None and self.is_whole(form, found), (
                f"{form}: {found!r:.99}"
            )
        self.make(form)
        return was_killed


FORMS = {
    "events-csv": (b"", b""),
    "events-jsonl": (b"", b""),
    "json": (b"{", b"}"),
    "html": (b"<!DOCTYPE html>", b"</html>"),
    "pdf": (b"%PDF-", b"%%EOF"),
}
"""Formats, and how a whole file of them begins and ends."""


def size_of(folder: Path) -> int:
    """Sum the bytes of the files in a folder."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


KINDS: dict[str, tuple[type[Kind], str]] = {
    "cold read": (Cold, "killed"),
    "warm read": (Warm, "killed"),
    "migration": (Migrating, "killed"),
    "poll": (Polling, "killed"),
    "second reader": (Cold, "reader_killed"),
    "export": (Exporting, "killed"),
}
"""What is killed, and what does it."""


def course(
    folder: Path, chance: random.Random, points: int, until: float
) -> Counter[str]:
    """Kill so many times, or until a time; give how often what was killed.

    A point at which the program had ended already is not counted. Of each kind there is
    at least one.
    """
    made: dict[type[Kind], Kind] = {}
    done: Counter[str] = Counter()
    while done.total() < points:
        for name, (kind, deed) in KINDS.items():
            if kind not in made:
                made[kind] = kind(folder / kind.__name__, chance)
            done[name] += getattr(made[kind], deed)()
        if time.monotonic() > until:
            break
    return done
