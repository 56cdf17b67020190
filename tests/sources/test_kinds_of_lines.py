"""Which lines of Claude Code are decoded their ends tell; a slow reader agrees."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tokentui.sources.claude_code import records_in
from tokentui.sources.collector import Collector

USED = {"input_tokens": 3, "output_tokens": 4}
TOTALS = {"claude-opus-5-5": {"inputTokens": 5}}
QUOTED = '{"type":"assistant","usage":{}} "modelUsage" } { \\ " é'
BEARING = ("assistant", "progress", "cost-state")
KINDS = (*BEARING, *BEARING, "user", "system", "message", 7, None)


def nested() -> st.SearchStrategy[Any]:
    """Make values that have in them what a line is told by."""
    leaves = st.sampled_from([QUOTED, "", "assistant", 1, None, True, [], {}])
    named = st.sampled_from(["type", "usage", "modelUsage", "message", "content", "x"])
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(named, inner, max_size=3)
        ),
        max_leaves=6,
    )


def messages() -> st.SearchStrategy[Any]:
    """Make messages that may bear usage, and may have any order."""
    fields = {
        "id": st.just("msg_01AAAAAAAAAAAAAAAAAAAA01"),
        "role": st.sampled_from(["assistant", "user"]),
        "content": st.just([{"type": "text", "text": QUOTED}]),
        "usage": st.sampled_from([USED, None]),
        "extra": nested(),
    }
    return in_any_order(fields)


def in_any_order(
    fields: dict[str, st.SearchStrategy[Any]],
) -> st.SearchStrategy[dict[str, Any]]:
    """Make objects of some of the fields, in any order."""
    return st.permutations(sorted(fields)).flatmap(
        lambda names: st.integers(0, len(names)).flatmap(
            lambda count: st.tuples(*(fields[name] for name in names[:count])).map(
                lambda values: dict(zip(names[:count], values, strict=True))
            )
        )
    )


RECORDS = in_any_order(
    {
        "type": st.sampled_from(KINDS),
        "parentUuid": st.sampled_from([None, "f3b1"]),
        "message": messages(),
        "data": st.fixed_dictionaries(
            {"type": st.just("agent_progress"), "message": messages()}
        ),
        "modelUsage": st.just(TOTALS),
        "toolUseResult": nested(),
        "cwd": st.sampled_from(["/a", QUOTED]),
    }
)


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """Write a line as this or that program would, whole, cut off, or two in one."""
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (",", ": ")]))
    text = json.dumps(draw(RECORDS), separators=separators, ensure_ascii=False)
    line = text.encode()
    match draw(st.sampled_from(["whole"] * 6 + ["cut", "two", "spaces"])):
        case "cut":
            line = line[: draw(st.integers(0, len(line)))]
        case "two":
            cut = draw(st.integers(0, len(line)))
            line = line[:cut] + json.dumps(draw(RECORDS)).encode()
        case "spaces":
            line = b" " + line + b"\r"
    return line.replace(b"\n", b"")


def bears_usage(line: bytes) -> bool | None:
    """Claim that a line is one with usage, by decoding it; `None` is one in pieces."""
    if b'"usage"' not in line and b'"modelUsage"' not in line:
        return False
    try:
        record = json.loads(line)
    except ValueError:
        return None
    kind = record.get("type") if isinstance(record, dict) else None
    return kind in BEARING


@settings(max_examples=400)
@given(lines=st.lists(written(), max_size=6))
def test_lines_with_usage_are_found(lines: list[bytes]) -> None:
    """Every whole line that has usage is decoded, in whatever order its keys are."""
    block = b"".join(line + b"\n" for line in lines)
    found = {start for start, _ in records_in(block, Collector("x", None, None))}
    start = 0
    for line in lines:
        if bears_usage(line):
            assert start in found, line
        start += len(line) + 1


CUT = b'{"type":"user","message":{"usage":{"input_tokens":3},"content":"cut h'


@example(lines=[CUT])
@settings(max_examples=400)
@given(lines=st.lists(written(), max_size=6))
def test_pieces_are_counted(lines: list[bytes]) -> None:
    """A line in pieces, of which one has usage, is counted as skipped, never lost."""
    block = b"".join(line + b"\n" for line in lines)
    collector = Collector("x", None, None)
    records_in(block, collector)
    broken = [line for line in lines if bears_usage(line) is None]
    certain = [line for line in broken if is_certain(line)]
    assert len(certain) <= collector.skipped <= len(broken)


def is_certain(line: bytes) -> bool:
    """Claim that nothing in a line in pieces says that it is of another kind."""
    return not line.endswith(b"}") or b'"type":"' not in line


def test_flat_lines_are_told_by_themselves() -> None:
    """A line without anything nested bears no usage, of whatever kind the next one is.

    Else each of many such lines is told by looking through all that follow it.
    """
    flat = b'{"sessionId":"s"}\n'
    block = flat + b'{"type":"assistant","message":{"usage":{}}}\n'
    found = [start for start, _ in records_in(block, Collector("x", None, None))]
    assert found == [len(flat)]
