"""The lines of a response make the same event, wherever a read is cut between them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from builders import SESSION, claude_line, claude_prompt, cost_state
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tokentui.sources.claude_code import Reader
from tokentui.sources.collector import Collector
from tokentui.sources.folders import FoundFile

OTHER = "5e551011-0000-4000-8000-00000000000f"
LOG = FoundFile("/nowhere/projects/p/s.jsonl", "/nowhere/projects", 1, 2, 3, 4)
EDIT = {"type": "tool_use", "name": "Edit", "input": {"file_path": "a.md"}}
RUN = {"type": "tool_use", "name": "Bash", "input": {"command": "ls"}}
CONTENT = ([{"type": "text", "text": "a"}], [EDIT], [RUN, EDIT], [])


FIRST = {
    "message_id": "msg_01AAAAAAAAAAAAAAAA",
    "input": 10,
    "request": "req_1",
    "session": SESSION,
    "model": "claude-opus-5-5",
    "isSidechain": False,
    "requestSessionId": None,
    "cwd": "/a",
    "durationMs": None,
}
OTHERWISE: dict[str, tuple[Any, ...]] = {
    "message_id": ("msg_01BBBBBBBBBBBBBBBB", "x", FIRST["message_id"]),
    "input": (0, 11),
    "request": ("req_2", None),
    "session": (OTHER, SESSION),
    "model": ("claude-haiku-5-5", "<synthetic>"),
    "isSidechain": (True, False),
    "requestSessionId": (OTHER, SESSION),
    "cwd": ("/b", "/c"),
    "durationMs": (500,),
    "timestamp": (
        "2026-08-01T12:00:00+02:00",
        "2026-08-01T12:00:01+05:00",
        "2026-99-01T12:00:00.000Z",
        "2026-W30-5T10:00:00.000Z",
        "soon",
        7,
    ),
    "steps": ([{"type": "compaction", "output_tokens": 9, "model": "m"}],),
    "kind": ("progress", "cost-state"),
}
"""What else a line may say; mostly the lines of a response say the same."""


@st.composite
def logs(draw: st.DrawFn) -> list[bytes]:
    """Draw the lines of a response or two, few of which differ but in what grows."""
    fields: dict[str, Any] = dict(FIRST)
    written = []
    for number in range(draw(st.integers(2, 5))):
        for name in draw(st.lists(st.sampled_from(sorted(OTHERWISE)), max_size=1)):
            fields[name] = draw(st.sampled_from(OTHERWISE[name]))
        fields["output"] = draw(st.sampled_from((0, 1, 50, 50, 60)))
        fields["stop"] = draw(st.sampled_from((None, "tool_use", "tool_use")))
        fields["apiBlockIndex"] = number
        fields["seconds"] = number - draw(st.sampled_from((0, 0, 2)))
        if draw(st.integers(0, 9)) == 0:
            written.append(claude_prompt(draw(st.sampled_from((-3600, 3600)))))
        written.append(line_of(**fields, content=draw(st.sampled_from(CONTENT))))
    return written


def line_of(
    kind: str = "assistant",
    steps: list[object] | None = None,
    content: list[object] | None = None,
    **fields: Any,
) -> bytes:
    """Write a line that bears usage."""
    if kind == "cost-state":
        return cost_state({"claude-opus-5-5": (10, 0, 0, 0, 99, 0)})
    usage = {"iterations": steps} if steps else None
    written = claude_line(**fields, message={"content": content}, usage=usage)
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


BETTER = FIRST | {"seconds": 1, "output": 50, "stop": "tool_use"}
WORSE = FIRST | {"output": 1, "stop": None}
ASIDE = {"isSidechain": True}
NEVER = {"timestamp": "2026-99-01T12:00:00.000Z"}
WEEK = {"timestamp": "2026-W30-5T10:00:00.000Z"}


@settings(max_examples=400)
@given(logs())
@example([line_of(**WORSE | ASIDE), line_of("progress", **BETTER | ASIDE)])
@example([line_of(**BETTER | {"request": None}), line_of(**BETTER)])
@example([line_of(**WORSE), claude_prompt(-3600), line_of(**BETTER | NEVER)])
@example([line_of(**WORSE), claude_prompt(-3600), line_of(**WORSE | NEVER)])
@example(
    [claude_prompt(at) if at else line_of(**WORSE | NEVER) for at in (9, 0, -9, 0)]
)
@example([line_of(**WORSE), line_of(**WORSE | WEEK)])
def test_cut_anywhere(written: list[bytes]) -> None:
    """In one block it is the same as line by line, each read by another reader."""
    assert told([b"".join(written)]) == told(written)
