"""What Claude Code tells its status line, and when that was heard."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import builders
import pytest

from tokentui.sources.claude_status import (
    TAIL_BYTES,
    Told,
    Window,
    as_of_ms,
    root_of,
    told_by,
)

SAMPLES = Path(__file__).parent / "statusline"
NOW = builders.ms("2026-11-20T12:00Z")
RESET = 1_795_356_000
"""A reset in seconds since 1970, as it is told."""


def sample(version: str, **limits: object) -> bytes:
    """Give what a real client sent, with windows of a plan beside it."""
    given = json.loads((SAMPLES / f"{version}.json").read_text(encoding="utf-8"))
    return json.dumps(given | ({"rate_limits": limits} if limits else {})).encode()


@pytest.mark.parametrize("version", ["1.0.128", "2.1.330"])
def test_without_a_plan(version: str) -> None:
    """With an API key, and in older versions, no windows are told; the session is."""
    told = told_by(sample(version))
    assert told.windows == ()
    assert told.session is not None
    assert told.transcript == (
        f"/home/dev/.claude/projects/-tmp-acme-api/{told.session}.jsonl"
    )
    assert root_of(told.transcript) == "/home/dev/.claude/projects"


def test_windows() -> None:
    """Both windows are read, in percent and UTC milliseconds; unknown ones are not."""
    text = sample(
        "2.1.330",
        five_hour={"used_percentage": 41.5, "resets_at": RESET},
        seven_day={"used_percentage": 9, "resets_at": None},
        seven_moons={"used_percentage": 1},
    )
    assert told_by(text).windows == (
        Window(300, 41.5, RESET * 1000),
        Window(10_080, 9, None),
    )


@pytest.mark.parametrize(
    "odd",
    [
        None,
        {},
        [],
        7,
        {"used_percentage": "41"},
        {"used_percentage": -1},
        {"used_percentage": True},
        {"used_percentage": 10**400},
    ],
)
def test_odd_window(odd: Any) -> None:
    """A window that makes no sense is left out alone."""
    text = sample("2.1.330", five_hour=odd, seven_day={"used_percentage": 9})
    assert told_by(text).windows == (Window(10_080, 9, None),)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000, b'{"rate_limits": [1]}']
)
def test_other_input(text: bytes) -> None:
    """What makes no sense tells nothing, and breaks nothing."""
    assert told_by(text) == Told()


def test_heard_with_the_last_response(tmp_path: Path) -> None:
    """Windows are as old as the transcript's last response, not as the drawn line."""
    file = tmp_path / "session.jsonl"
    lines = [
        builders.claude_line("msg_01A", 0),
        builders.claude_line("msg_01B", 60),
        builders.claude_line("msg_01C", 90, model="<synthetic>"),
        builders.claude_prompt(120),
        b'{"type": "assistant", "timestamp": 7}\n',
    ]
    file.write_bytes(b"".join(lines))
    assert as_of_ms(str(file), NOW) == builders.START_MS + 60_000


def test_response_out_of_sight(tmp_path: Path) -> None:
    """Behind a long output the last change of the transcript stands for it."""
    file = tmp_path / "session.jsonl"
    file.write_bytes(builders.claude_line() + b"x" * TAIL_BYTES)
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert as_of_ms(str(file), NOW) == 1_000_000_000_000


def test_no_transcript(tmp_path: Path) -> None:
    """Without a transcript what is told is told now; nothing lies in the future."""
    assert as_of_ms(None, NOW) == NOW
    assert as_of_ms(str(tmp_path), NOW) == NOW
    file = tmp_path / "session.jsonl"
    file.write_bytes(builders.claude_line(seconds=86_400))
    assert as_of_ms(str(file), NOW) == NOW
