"""What the guard remembers, as small files in the state folder.

Hooks run at once and often, so each fact is a file of its own and nothing is read,
changed and written back.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tokentui.guard.asked import AGENTS
from tokentui.hashes import blake2b
from tokentui.paths import make_private, open_private, write_private
from tokentui.tuples import NamedTuple

LARGEST_LOG = 1 << 16
FORGET_MS = 40 * 86_400_000
"""Marks of what was said are of no use beyond the longest period that is usual."""


class Fault(NamedTuple):
    """When the guard failed, in UTC ms, and why."""

    at_ms: int
    text: str


def folder_of(state: Path) -> Path:
    """Name the guard's folder."""
    return state / "guard"


def turn_off(state: Path, until_ms: int) -> None:
    """Let all agents go on until a time."""
    write_private(folder_of(state) / "off", str(until_ms).encode())


def turn_on(state: Path) -> bool:
    """Brake again; claim that it was off."""
    with suppress(FileNotFoundError):
        (folder_of(state) / "off").unlink()
        return True
    return False


def off_until_ms(state: Path) -> int | None:
    """Say until when the guard is off, if ever it was turned off."""
    return number_in(folder_of(state) / "off")


def number_in(file: Path) -> int | None:
    """Read the one number of a file."""
    try:
        return int(file.read_bytes()[:20])
    except (OSError, ValueError):
        return None


def note_call(state: Path, agent: str, now_ms: int) -> None:
    """Note that an agent has asked; where that cannot be kept it is not."""
    write_now(folder_of(state) / f"called-{agent}", str(now_ms), os.O_TRUNC)


def last_calls(state: Path) -> dict[str, int]:
    """Say when each agent last asked, in UTC ms."""
    found = {each: number_in(folder_of(state) / f"called-{each}") for each in AGENTS}
    return {agent: at for agent, at in found.items() if at is not None}


def note_fault(state: Path, text: str, now_ms: int) -> None:
    """Add a failure to the log; where that cannot be kept it is not."""
    log = folder_of(state) / "faults.log"
    with suppress(OSError):
        if log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".old.log"))
    line = " ".join(text.split())[:500]
    write_now(log, f"{now_ms} {line}\n", os.O_APPEND)


def last_fault(state: Path) -> Fault | None:
    """Give the last failure, if there was one."""
    try:
        text = (folder_of(state) / "faults.log").read_bytes().decode("utf-8", "replace")
        at, _, why = text.splitlines()[-1].partition(" ")
        return Fault(int(at), why)
    except (OSError, ValueError, IndexError):
        return None


def first_time(state: Path, now_ms: int, *what: str) -> bool:
    """Claim that something is to be said for the first time, and remember it.

    Raises:
        OSError: It cannot be remembered.
    """
    said = folder_of(state) / "said"
    make_private(said)
    try:
        os.close(open_private(said / named(*what), os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    forget(said, now_ms)
    return True


def note_tool(state: Path, agent: str, session: str) -> None:
    """Count a call of a tool that a session was let do."""
    write_now(tools_of(state, agent, session), ".", os.O_APPEND)


def tools_noted(state: Path, agent: str, session: str) -> int:
    """Give how many calls of tools a session was let do since the guard is there."""
    try:
        return tools_of(state, agent, session).stat().st_size
    except OSError:
        return 0


def tools_of(state: Path, agent: str, session: str) -> Path:
    """Name the file that is as long as a session has called tools."""
    return folder_of(state) / "said" / f"tools-{named(agent, session)}"


def named(*what: str) -> str:
    """Name a file by what it is about."""
    return blake2b("\0".join(what).encode(), digest_size=12).hexdigest()


def forget(said: Path, now_ms: int) -> None:
    """Remove marks that are too old to matter."""
    with suppress(OSError):
        for entry in os.scandir(said):
            if now_ms - entry.stat().st_mtime * 1000 > FORGET_MS:
                os.unlink(entry.path)  # noqa: PTH108 (light)


def write_now(file: Path, text: str, how: int) -> None:
    """Write a small private file at once, or not at all."""
    with suppress(OSError):
        make_private(file.parent)
        number = open_private(file, os.O_WRONLY | how)
        try:
            os.write(number, text.encode("utf-8", "replace"))
        finally:
            os.close(number)
