"""What a Codex fork takes over from its ancestors: their running totals and model."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO, NamedTuple

import msgspec

from tokentui.hashes import blake2b
from tokentui.sources.codex_shapes import Counts, Line, Payload, Totals
from tokentui.sources.folders import FoundFile, file_only, walk
from tokentui.sources.lines import opened, whole_lines
from tokentui.sources.values import instant_ms, name

SEARCH = re.compile(
    rb'"(?:token_count|token_usage_record|turn_context|session_meta'
    rb'|thread_settings_applied|task_started)"'
)
NAME_OF_NUMBERS = "\0".join(["%d"] * 6)
"""Writes the numbers of a record as parts of a name."""

CLOCK_STEP_NS = 20_000_000
"""Times of files may lag the clock by a tick."""

THREAD_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
decode_line = msgspec.json.Decoder(Line).decode


class Past(msgspec.Struct):
    """Running totals, as hashes, and the model of a thread as of some point."""

    totals: set[bytes]
    model: str | None = None


def history(
    found: FoundFile,
    thread: str,
    end: int | None,
    before_ms: int | None,
    read: set[str] | None = None,
) -> Past:
    """Read an ancestor's rollouts up to the fork; what is gone tells nothing.

    The fork is at ordinal `end` where the client numbers its lines, else at a time.
    `read` names the threads that were read already, which forks in a circle need.
    """
    past, read = Past(set()), read if read is not None else set()
    if thread in read:
        return past
    read.add(thread)
    for path in rollouts_of(found, thread):
        try:
            with open(path, "rb", buffering=0, opener=file_only) as file:
                for line in lines_of(file, path):
                    at = instant_ms(line.timestamp)
                    number = line.ordinal
                    if number.__class__ is int and end is not None:
                        if number >= end:
                            break
                    elif before_ms is not None and at is not None and at > before_ms:
                        break
                    remember(past, line, found, read)
        except Exception:  # noqa: BLE001 (whatever ails an ancestor, its fork counts)
            continue  # nosec B112
    return past


def remember(past: Past, line: Line, found: FoundFile, read: set[str]) -> None:
    """Add one line of an ancestor to what is known of it, its own ancestors first."""
    payload = line.payload
    if payload is None:
        return
    if line.type == "session_meta":
        older, end, before_ms = fork_of(payload)
        if older is not None:
            inherited = history(found, older, end, before_ms, read)
            past.totals |= inherited.totals
            past.model = past.model or inherited.model
    elif line.type == "turn_context":
        past.model = name(payload.model) or past.model
    elif payload.type == "token_count" and payload.info is not None:
        total = payload.info.total_token_usage
        if total is not None:
            past.totals.add(total_name(numbers(total)))


def fork_of(meta: Payload) -> tuple[str | None, int | None, int | None]:
    """Say whose history a rollout goes on from: thread, end ordinal, end time."""
    before_ms = uuid7_ms(name(meta.id) or "")
    base = meta.history_base
    if base is None:
        return name(meta.forked_from_id), None, before_ms
    end = base.end_ordinal_exclusive
    return name(base.thread_id), end, before_ms


def rollouts_of(found: FoundFile, thread: str) -> list[str]:
    """Find the other files of a thread in the same Codex folder."""
    root = os.path.dirname(found.place)  # noqa: PTH120
    listed = rollouts(root)
    if found.mtime_ns >= listed.at_ns or not all(
        map(os.path.exists, listed.by_thread.get(thread, []))
    ):
        rollouts.cache_clear()  # files were begun or moved since they were listed
        listed = rollouts(root)
    return [path for path in listed.by_thread.get(thread, []) if path != found.path]


class Listed(NamedTuple):
    """The rollouts of a Codex folder by the thread in their names, and as of when."""

    at_ns: int
    by_thread: dict[str, list[str]]


@lru_cache(maxsize=8)
def rollouts(root: str) -> Listed:
    """List the rollouts below a Codex folder."""
    listed = Listed(time.time_ns() - CLOCK_STEP_NS, {})
    for below in ("sessions", "archived_sessions"):
        for each in walk(os.path.join(root, below), (".jsonl", ".jsonl.zst")):  # noqa: PTH118
            file = os.path.basename(each.path)  # noqa: PTH119
            for thread in THREAD_ID.findall(file)[:1]:
                listed.by_thread.setdefault(thread, []).append(each.path)
    return listed


def lines_of(file: BinaryIO, path: str) -> Iterator[Line]:
    """Give the lines of a rollout that tell of usage or turns, but for odd ones."""
    for block, _, _ in whole_lines(opened(file, path, 0), 0):
        place = 0
        while hit := SEARCH.search(block, place):
            start = block.rfind(b"\n", place, hit.start()) + 1 or place
            place = block.find(b"\n", start) + 1
            try:
                yield decode_line(block[start:place])
            except (msgspec.DecodeError, ValueError, RecursionError):
                continue


def numbers(counts: Counts | Totals) -> tuple[int, ...]:
    """Give input, cached, cache write, output, reasoning and total of a record."""
    return (
        counts.input_tokens or 0,
        counts.cached_input_tokens or 0,
        counts.cache_write_input_tokens or 0,
        counts.output_tokens or 0,
        counts.reasoning_output_tokens or 0,
        counts.total_tokens or 0,
    )


def total_name(total: tuple[int, ...]) -> bytes:
    """Name a running total shortly, to know it again."""
    return hashed("total", NAME_OF_NUMBERS % total)


def uuid7_ms(text: str) -> int | None:
    """Read the time, in UTC milliseconds, that a UUID of version 7 begins with."""
    try:
        return int(text[:13].replace("-", ""), 16) if text[14:15] == "7" else None
    except ValueError:
        return None


def hashed(*parts: str) -> bytes:
    """Make a 16-byte name; the same parts give the same name on every machine."""
    text = "\0".join(("codex", *parts))
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
