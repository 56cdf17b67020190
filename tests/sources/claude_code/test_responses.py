"""The lines of a response make the same event, wherever a read is cut between them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from builders import SESSION, claude_line, cost_state
from hypothesis import example, given
from hypothesis import strategies as st

from tokentui.sources.claude_code import Reader
from tokentui.sources.collector import Collector
from tokentui.sources.folders import FoundFile

OTHER = "5e551011-0000-4000-8000-00000000000f"
LOG = FoundFile("/nowhere/projects/p/s.jsonl", "/nowhere/projects", 1, 2, 3, 4)
EDIT = {"type": "tool_use", "name": "Edit", "input": {"file_path": "a.md"}}
RUN = {"type": "tool_use", "name": "Bash", "input": {"command": "ls"}}


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """Draw what is usual in two of three cases, since lines of a response are alike."""
    return st.one_of(st.just(usual), st.just(usual), st.sampled_from(others))


FIELDS = st.fixed_dictionaries(
    {
        "message_id": mostly("msg_01AAAAAAAAAAAAAAAA", "msg_01BBBBBBBBBBBBBBBB", "x"),
        "seconds": st.sampled_from((0, 1, 1, 2)),
        "output": st.sampled_from((0, 1, 8, 50, 50)),
        "input": mostly(10, 0, 11),
        "stop": st.sampled_from((None, "tool_use", "end_turn")),
        "request": mostly("req_1", "req_2", None),
        "session": mostly(SESSION, OTHER),
        "model": mostly("claude-opus-5-5", "claude-haiku-5-5", "<synthetic>"),
        "isSidechain": mostly(False, True),
        "requestSessionId": mostly(None, SESSION, OTHER),
        "cwd": mostly("/a", "/b"),
        "apiBlockIndex": mostly(0, 1, 2),
        "durationMs": mostly(None, 500),
    }
)
TIMES = mostly(
    None,  # that of `seconds`
    "2026-08-01T12:00:00+02:00",
    "2026-08-01T12:00:01+05:00",
    "2026-99-01T12:00:00.000Z",
    "soon",
    7,
)
CONTENT = st.sampled_from(([{"type": "text", "text": "a"}], [EDIT], [RUN, EDIT], []))
STEPS = mostly(None, [{"type": "compaction", "output_tokens": 9, "model": "m"}])


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """Draw a line that bears usage."""
    kind = draw(mostly("assistant", "progress", "cost-state"))
    if kind == "cost-state":
        return cost_state({"claude-opus-5-5": (10, 0, 0, 0, 99, 0)})
    fields = draw(FIELDS)
    steps, at = draw(STEPS), draw(TIMES)
    written = claude_line(
        **fields,
        message={"content": draw(CONTENT)},
        usage={"iterations": steps} if steps else None,
        **({} if at is None else {"timestamp": at}),
    )
    if kind == "assistant":
        return written
    data = {"type": "agent_progress", "agentId": "a", "message": json.loads(written)}
    outer = {"type": "progress", "data": data, "timestamp": "2026-08-01T09:00:00.000Z"}
    return json.dumps(outer).encode() + b"\n"


def told(blocks: list[bytes]) -> tuple[object, ...]:
    """Give all that a reader makes of the blocks of a log."""
    collector = Collector("claude-code", None, None)
    collector.begin(LOG.place, 0)
    reader = Reader(LOG, b"")
    for block in blocks:
        reader.feed(block, collector)
        reader = Reader(LOG, reader.state())
    batch = collector.take()
    events = {
        event.key: (
            batch.series[event.series],
            msgspec.structs.replace(event, series=0),
        )
        for event in batch.events
    }
    return events, batch.totals, sorted(batch.shared), collector.skipped


def line_at(timestamp: str, output: int) -> bytes:
    """Write one line of a response."""
    return claude_line("msg_01AAAAAAAAAAAAAAAA", output=output, timestamp=timestamp)


@given(st.lists(lines(), min_size=1, max_size=6))
@example(
    [line_at("2026-08-01T12:00:00+02:00", 1), line_at("2026-08-01T12:00:01+05:00", 50)]
)
@example(
    [line_at("2026-08-01T12:00:00.000Z", 1), line_at("2026-99-01T12:00:00.000Z", 50)]
)
def test_cut_anywhere(written: list[bytes]) -> None:
    """In one block it is the same as line by line, each read by another reader."""
    assert told([b"".join(written)]) == told(written)
