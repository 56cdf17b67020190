"""What one record of Claude Code says: counts, fees, standing, and its lasting name."""

from __future__ import annotations

import os
import re
from typing import Any

import msgspec

from tokentui.events import (
    COMPLETED,
    EDITED_CODE,
    HAS_REQUEST_ID,
    MAIN_THREAD,
    ORIGINAL,
    PLANNED,
    STOP_REASONS,
    STOPPED,
    SessionTotals,
    Tokens,
    both,
)
from tokentui.hashes import blake2b
from tokentui.sources.claude_shapes import (
    Block,
    Iteration,
    Line,
    Message,
    ModelTotals,
    ProgressData,
    Record,
    Usage,
)
from tokentui.sources.deeds import edit_of, mark_of
from tokentui.sources.folders import file_only
from tokentui.sources.values import LARGEST_COUNT, name

DIGIT = re.compile("[0-9]")
STOPS = {reason: position for position, reason in enumerate(STOP_REASONS)}
SERVED_BY = {"msg_01": "anthropic", "msg_vr": "vertex", "msg_bd": "bedrock"}
"""How a message id begins, and who answers so."""

EDITS = frozenset(("Edit", "Write", "MultiEdit", "NotebookEdit"))
PLANS = frozenset(("EnterPlanMode", "ExitPlanMode", "exit_plan_mode"))
"""Tools that change a file, and those that begin or end plan mode."""


class Edited(msgspec.Struct):
    """The file that an edit is of."""

    file_path: Any = None
    notebook_path: Any = None


decode_edited = msgspec.json.Decoder(Edited).decode


def within_progress(line: Line, data: ProgressData) -> Record:
    """Complete the sub-agent's record inside a progress record from its envelope."""
    inner = data.message
    assert inner is not None
    for field in (
        "sessionId",
        "timestamp",
        "cwd",
        "gitBranch",
        "version",
        "entrypoint",
    ):
        if getattr(inner, field) is None:
            setattr(inner, field, getattr(line, field))
    inner.agentId = inner.agentId or data.agentId or "unnamed"
    inner.isSidechain = True
    return inner


def tokens_of(usage: Iteration) -> Tokens:
    """Split the counts into disjoint kinds.

    Some gateways leave the flat cache write at 0 beside its split, others the reverse,
    so the larger of the two is the total.
    """
    written = usage.cache_creation_input_tokens or 0
    hour = 0
    split = usage.cache_creation
    if split is not None:
        hour = split.ephemeral_1h_input_tokens or 0
        apart = hour + (split.ephemeral_5m_input_tokens or 0)
        if apart > written:
            written = apart
    output = usage.output_tokens or 0
    details = usage.output_tokens_details
    reasoning = details.thinking_tokens or 0 if details is not None else 0
    return Tokens(
        usage.input_tokens or 0,
        usage.cache_read_input_tokens or 0,
        written - hour,
        hour,
        output,
        reasoning if reasoning < output else output,
    )


def is_call(usage: Usage) -> bool:
    """Claim that these counts are a model's answer.

    A zeroed copy may still hold the split of its cache write: a ghost, no call.
    """
    return bool(
        usage.input_tokens
        or usage.output_tokens
        or usage.cache_read_input_tokens
        or usage.cache_creation_input_tokens
    )


def fees_of(usage: Usage) -> dict[str, int]:
    """Give the units of server tools that are billed beside tokens."""
    used = usage.server_tool_use
    if not used or not any(used.values()):
        return {}
    return {
        kind.removesuffix("_requests"): units
        for kind, units in used.items()
        if kind.endswith("_requests")
        and kind != "web_fetch_requests"  # free of charge
        and isinstance(units, int)
        and 0 < units <= LARGEST_COUNT
    }


def standing_of(record: Record, message: Message, is_replay: bool) -> int:
    """Say what this copy of the response is known to be."""
    standing = 0 if is_replay else ORIGINAL
    if not record.isSidechain:
        standing |= MAIN_THREAD
    if message.stop_reason:
        standing |= STOPPED | COMPLETED
    if record.requestId:
        standing |= HAS_REQUEST_ID
    return standing


def stop_of(reason: Any) -> int | None:
    """Number a stop reason; none is unknown."""
    return STOPS.get(reason, STOPS["other"]) if isinstance(reason, str) else None


def tool_calls_of(record: Record, message: Message) -> int | None:
    """Mark which blocks call a tool, if the record tells a block's place."""
    content, first = message.content, record.apiBlockIndex
    if not isinstance(content, list) or (first is None and len(content) < 2):
        return None
    if first.__class__ is not int or not 0 <= first < 62:
        if len(content) < 2:
            return None
        first = 0
    return sum(
        1 << (first + i)
        for i, block in enumerate(content[: 62 - first])
        if isinstance(block, Block) and block.type == "tool_use"
    )


def calls_of(content: Any, session: str) -> tuple[int | None, int | None]:
    """Say what the tools that a message calls do, and mark the calls.

    `None` for what is not told: all of it where there is no content.
    """
    if content is None:
        return None, None
    deeds, mark = 0, None
    for block in content:
        if block.__class__ is Block and block.type == "tool_use":
            tool = block.name if block.name.__class__ is str else ""
            if tool in EDITS:
                deeds |= edited(block.input)
            elif tool in PLANS:
                deeds |= PLANNED
            this = mark_of(session, tool, block.input)
            mark = this if mark is None else both(mark, this)
    return deeds, mark


def edited(given: msgspec.Raw) -> int:
    """Tell from the input of an edit what kind of file it is of."""
    try:
        edit = decode_edited(given)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return EDITED_CODE
    return edit_of(edit.file_path or edit.notebook_path)


def served_by(message_id: Any) -> str | None:
    """Tell from the shape of a message id who answered.

    `other` is a shape that Anthropic's ids do not have; `None` tells nothing.
    """
    if not isinstance(message_id, str) or not message_id:
        return None
    return SERVED_BY.get(message_id[:6]) or (
        None if message_id.startswith("msg_") else "other"
    )


def is_unique(message_id: Any) -> bool:
    """Claim that a message id is one that no other response has."""
    return (
        message_id.__class__ is str
        and len(message_id) >= 16
        and (message_id[4:6] == "01" or DIGIT.search(message_id) is not None)
    )


def key_of(
    message: Message, record: Record, session: str, tokens: Tokens
) -> tuple[bytes, tuple[bytes, ...]]:
    """Name the response for good; also the line, where the id may not be unique.

    Some gateways answer with one id for all: there the counts of the prompt help.
    """
    message_id = message.id
    if is_unique(message_id):
        name_of_it = b"claude-code\0message\0" + message_id.encode("utf-8", "replace")
        return blake2b(name_of_it, digest_size=16).digest(), ()
    message_id = message_id if isinstance(message_id, str) else ""
    written = tokens.cache_write + tokens.cache_write_1h
    prompt = (str(tokens.input), str(written), str(tokens.cache_read))
    lines = (hashed("line", record.uuid),) if isinstance(record.uuid, str) else ()
    return hashed("odd", session, message_id, *prompt), lines


def hashed(*parts: str) -> bytes:
    """Make a 16-byte name; the same parts give the same name on every machine."""
    text = "\0".join(("claude-code", *parts))
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def session_of(path: str) -> str:
    """Name the session by its file, where a record does not."""
    file = os.path.basename(path)  # noqa: PTH119 (hot)
    return name(file.removesuffix(".jsonl")) or "unnamed"


def agent_type_beside(path: str) -> str | None:
    """Read the sub-agent's type from the small file beside its transcript."""
    try:
        beside = path.removesuffix(".jsonl") + ".meta.json"
        with open(beside, "rb", opener=file_only) as file:
            described = msgspec.json.decode(file.read(1 << 20))
    except (OSError, msgspec.DecodeError, ValueError, RecursionError):
        return None
    return name(described.get("agentType")) if isinstance(described, dict) else None


def session_totals(
    session: str, at: int, models: dict[str, ModelTotals]
) -> SessionTotals:
    """Normalise what the client says that a session used, per model."""
    totals: dict[str, Tokens] = {}
    searches: dict[str, int] = {}
    for raw, used in models.items():
        model = name(raw) or "unknown"
        hour = used.cacheCreationEphemeral1hInputTokens or 0
        written = max(used.cacheCreationInputTokens or 0, hour)
        totals[model] = Tokens(
            used.inputTokens or 0,
            used.cacheReadInputTokens or 0,
            written - hour,
            hour,
            used.outputTokens or 0,
            used.thinkingTokens or 0,
        )
        searches[model] = used.webSearchRequests or 0
    return SessionTotals("claude-code", session, at, totals, searches)
