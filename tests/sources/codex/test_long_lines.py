"""Of long lines that tell nothing only the end is looked through; nothing is lost."""

from __future__ import annotations

import json
import re
from unittest.mock import patch

from builders import codex_line, codex_meta, codex_total, codex_turn
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tokentui.sources import codex
from tokentui.sources.codex import LAST_BYTES, OTHERS, Reader
from tokentui.sources.collector import Collector
from tokentui.sources.folders import FoundFile

LOG = FoundFile("/nowhere/sessions/rollout-a.jsonl", "/nowhere/sessions", 1, 2, 3, 4)
QUOTE = codex_total((9, 9, 9), (9, 9, 9)).decode()
LONG = "x" * LAST_BYTES
NEVER = re.compile(b"(?!)")


def item(kind: str, text: str, ordinal: int | None = None) -> bytes:
    """Write what was said, called or answered."""
    return codex_line("response_item", 3, ordinal, type=kind, output=text)


def other_order(kind: str, text: str) -> bytes:
    """Write the same by another writer."""
    record = {"type": "response_item", "payload": {"output": text, "type": kind}}
    return json.dumps(record).encode() + b"\n"


KINDS = ("function_call_output", "message", "reasoning", "function_call", "compacted")
TEXTS = ("short", LONG, QUOTE * 20, LONG + QUOTE, QUOTE + LONG + "\\")


@st.composite
def rollouts(draw: st.DrawFn) -> bytes:
    """Draw a rollout with long lines, of which some were cut off."""
    written = codex_meta() + codex_turn()
    total = 0
    for _ in range(draw(st.integers(1, 8))):
        kind, text = draw(st.sampled_from(KINDS)), draw(st.sampled_from(TEXTS))
        line = draw(
            st.sampled_from(
                (item(kind, text), item(kind, text, 7), other_order(kind, text))
            )
        )
        if draw(st.integers(0, 4)) == 0:
            line = line[: draw(st.integers(1, len(line)))]
        total += 10
        written += line + codex_total((total, 0, total), (10, 0, 10), total)
    return written


def told(rollout: bytes) -> tuple[object, ...]:
    """Give what a reader makes of a rollout."""
    collector = Collector("codex", None, None)
    collector.begin(LOG.place, 0)
    reader = Reader(LOG, b"")
    reader.feed(rollout, collector)
    return collector.take(), collector.skipped, collector.example, reader.state()


@settings(max_examples=150)
@given(rollouts())
@example(codex_meta() + item("message", LONG)[:-9] + codex_total((9, 0, 9), (9, 0, 9)))
def test_the_same_when_all_is_looked_through(rollout: bytes) -> None:
    """A line is passed over only where looking through it would tell nothing."""
    shortly = told(rollout)
    with patch.object(codex, "OTHERS", NEVER):
        assert told(rollout) == shortly


def test_which_lines_are_passed_over() -> None:
    """Whatever is said or answered, numbered or not; no call, and nothing odd."""
    for kind in ("function_call_output", "message", "reasoning", "function_call_"):
        assert OTHERS.match(item(kind, ""))
        assert OTHERS.match(item(kind, "", 12))
        assert not OTHERS.match(other_order(kind, ""))
    for kind in ("function_call", "custom_tool_call", "local_shell_call"):
        assert not OTHERS.match(item(kind, ""))
    for line in (codex_meta(), codex_turn(), codex_total((1, 0, 1), None)):
        assert not OTHERS.match(line)
    assert not OTHERS.match(b'{"timestamp":"a\n","type":"response_item","payload":{')


def test_a_count_behind_a_long_line_that_was_cut_off() -> None:
    """It cannot be counted, and that is told."""
    cut = item("function_call_output", LONG + QUOTE)[:-3]
    _, skipped, example, _ = told(
        codex_meta() + cut + codex_total((9, 0, 9), (9, 0, 9))
    )
    assert skipped == 1
    assert example is not None
