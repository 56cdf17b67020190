"""Read Claude Code's transcripts: `projects/**/*.jsonl`, one record per content block.

Rules of counting, as found in logs that clients 1.0.1 to 2.1.330 wrote (2026-11-22):
one response is one message id, in whichever files its copies lie; the best copy counts
whole; the earliest time is its time; a copied line never moves usage to the copy's
session where the log says who paid.
"""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from typing import Any

import msgspec

from tokentui.events import (
    COMPLETED,
    HAS_REQUEST_ID,
    MAIN_THREAD,
    ORIGINAL,
    STOP_REASONS,
    STOPPED,
    SessionTotals,
    Tokens,
    UsageEvent,
)
from tokentui.sources.claude_settings import base_url_of, login_of
from tokentui.sources.collector import Collector, Labels
from tokentui.sources.folders import FoundFile
from tokentui.sources.projects import project_of
from tokentui.sources.values import BadRecord, Count, decode_odd, instant_ms, name

SEARCH = re.compile(rb'"(?:usage|cost-state)"')
"""Every record that bears usage holds one of these, outside of any text: a quote inside
JSON text is always escaped."""

DIGIT = re.compile("[0-9]")
STOPS = {reason: position for position, reason in enumerate(STOP_REASONS)}
SERVED_BY = {"msg_01": "anthropic", "msg_vr": "vertex", "msg_bd": "bedrock"}
"""How a message id begins, and who answers so."""


class Block(msgspec.Struct):
    """A content block; only its kind is looked at."""

    type: Any = None


class CacheCreation(msgspec.Struct, frozen=True):
    ephemeral_5m_input_tokens: Count = None
    ephemeral_1h_input_tokens: Count = None


class OutputDetails(msgspec.Struct, frozen=True):
    thinking_tokens: Count = None


class Iteration(msgspec.Struct):
    """One sampling step; compaction and advisor steps are not in the top level."""

    type: Any = None
    model: Any = None
    input_tokens: Count = None
    output_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_read_input_tokens: Count = None
    cache_creation: CacheCreation | None = None
    output_tokens_details: OutputDetails | None = None


class Usage(Iteration):
    server_tool_use: dict[str, Any] | None = None
    service_tier: Any = None
    speed: Any = None
    inference_geo: Any = None
    iterations: list[Iteration] | None = None


class Message(msgspec.Struct):
    id: Any = None
    model: Any = None
    stop_reason: Any = None
    content: list[Block | str] | str | None = None
    usage: Usage | None = None


class Record(msgspec.Struct):
    """One line; the same shape lies inside `progress` records of sub-agents."""

    type: Any = None
    message: Message | None = None
    timestamp: Any = None
    sessionId: Any = None
    requestId: Any = None
    requestSessionId: Any = None
    requestedModel: Any = None
    uuid: Any = None
    cwd: Any = None
    gitBranch: Any = None
    version: Any = None
    entrypoint: Any = None
    isSidechain: Any = None
    agentId: Any = None
    effort: Any = None
    attributionAgent: Any = None
    attributionSkill: Any = None
    apiBlockIndex: Any = None
    durationMs: Count = None


class ProgressData(msgspec.Struct):
    type: Any = None
    agentId: Any = None
    message: Record | None = None


class ModelTotals(msgspec.Struct):
    inputTokens: Count = None
    outputTokens: Count = None
    thinkingTokens: Count = None
    cacheReadInputTokens: Count = None
    cacheCreationInputTokens: Count = None
    cacheCreationEphemeral1hInputTokens: Count = None
    webSearchRequests: Count = None


class Line(Record):
    data: ProgressData | None = None
    modelUsage: dict[str, ModelTotals] | None = None


class Kind(msgspec.Struct):
    """The little that is needed of a record that bears no usage."""

    type: Any = None
    timestamp: Any = None


class Memory(msgspec.Struct, array_like=True):
    """What is remembered of a file between reads.

    `last_at`: time of its last record that has one; `is_fork`: it holds lines copied
    from another session.
    """

    last_at: int | None = None
    is_fork: bool = False


decode_line = msgspec.json.Decoder(Line).decode
decode_kind = msgspec.json.Decoder(Kind).decode
USAGE_KINDS = ("assistant", "progress", "cost-state")


class Reader:
    """Reads one transcript, from its start or from where an earlier reader stopped."""

    def __init__(self, found: FoundFile, state: bytes) -> None:
        self._path = found.path
        self._root = os.path.dirname(found.place)  # noqa: PTH120 (hot)
        self._memory = msgspec.msgpack.decode(state, type=Memory) if state else Memory()
        self._last: Record | None = None
        self._raw_labels: tuple[Any, ...] = ()
        self._place = self._taken = -1
        self._agent_type: str | None = None
        self._looked_for_agent_type = False

    def state(self) -> bytes:
        """Give what a later reader of this file must know."""
        return msgspec.msgpack.encode(self._memory)

    def feed(self, block: bytes, collector: Collector) -> None:
        """Take whole lines; add the usage in them to the collector."""
        place = 0
        while hit := SEARCH.search(block, place):
            start = block.rfind(b"\n", place, hit.start()) + 1 or place
            end = block.find(b"\n", hit.end())
            line = block[start:end]
            place = end + 1
            try:
                try:
                    record = decode_line(line)
                except (msgspec.DecodeError, RecursionError):
                    if not is_usage(line):
                        continue
                    record = decode_odd(line, Line)
                self._take(record, block, start, collector)
            except BadRecord as problem:
                collector.skip(start, str(problem))
        last = self._time_before(block, len(block))
        if last is not None:
            self._memory.last_at = last

    def _take(self, line: Line, block: bytes, start: int, collector: Collector) -> None:
        if line.type == "assistant":
            self._add(line, collector)
        elif line.type == "progress":
            data = line.data
            if data is not None and data.type == "agent_progress" and data.message:
                self._add(within_progress(line, data), collector, is_replay=True)
        elif line.type == "cost-state" and line.modelUsage and not self._memory.is_fork:
            at = self._time_before(block, start) or self._memory.last_at
            session = name(line.sessionId)
            if at is not None and session is not None:
                collector.add_totals(session_totals(session, at, line.modelUsage))

    def _add(
        self, record: Record, collector: Collector, is_replay: bool = False
    ) -> None:
        message = record.message
        if message is None or message.usage is None or self._is_repeated(record):
            return
        usage = message.usage
        if message.model == "<synthetic>" or not is_call(usage):
            return
        at = instant_ms(record.timestamp) or self._memory.last_at
        if at is None:
            raise BadRecord("no time")
        session = name(record.requestSessionId)
        if session is None:
            session = name(record.sessionId) or session_of(self._path)
        elif session != record.sessionId:
            self._memory.is_fork = is_replay = True
        tokens = tokens_of(usage)
        key, lines = key_of(message, record, session, tokens)
        # By position: keywords take twice as long, and this is the hottest call.
        event = UsageEvent(
            key,
            self._position(record, message, session, collector),
            at,
            at,
            tokens,
            1,
            standing_of(record, message, is_replay),
            stop_of(message.stop_reason) if message.stop_reason else None,
            tool_calls_of(record, message),
            at - record.durationMs if record.durationMs else None,
            fees_of(usage),
            lines,
        )
        collector.add(event)
        if usage.iterations:
            labels = self._labels(record, message, session)
            self._add_iterations(usage.iterations, event, labels, collector)

    def _is_repeated(self, record: Record) -> bool:
        """Claim that the last line said all of this already.

        Clients write one line per content block, mostly with the same numbers.
        """
        last, self._last = self._last, record
        if last is None or last.message is None or record.message is None:
            return False
        then, now = last.message, record.message
        return (
            then.id == now.id
            and now.id is not None
            and then.usage == now.usage
            and then.model == now.model
            and then.stop_reason == now.stop_reason
            and last.requestId == record.requestId
            and last.requestId is not None
            and last.sessionId == record.sessionId
            and last.isSidechain == record.isSidechain
            and last.apiBlockIndex is None
            and record.apiBlockIndex is None
            and is_later(last.timestamp, record.timestamp)
        )

    def _position(
        self, record: Record, message: Message, session: str, collector: Collector
    ) -> int:
        """Give the place of a record's labels, made only when one of them is new."""
        usage = message.usage
        assert usage is not None
        raw = (
            session,
            message.model,
            record.cwd,
            record.gitBranch,
            usage.service_tier,
            usage.speed,
            usage.inference_geo,
            record.effort,
            record.isSidechain,
            record.agentId,
            record.attributionAgent,
            record.attributionSkill,
            served_by(message.id),
            record.requestedModel,
            record.version,
            record.entrypoint,
        )
        if raw != self._raw_labels or collector.taken != self._taken:
            labels = self._labels(record, message, session)
            self._place = collector.position(labels)
            self._raw_labels, self._taken = raw, collector.taken
        return self._place

    def _add_iterations(
        self,
        iterations: list[Iteration],
        event: UsageEvent,
        labels: Labels,
        collector: Collector,
    ) -> None:
        """Add what was sampled beside the answer: own model, tokens, but no request."""
        for number, step in enumerate(iterations):
            if step.type not in ("compaction", "advisor_message"):
                continue
            tokens = tokens_of(step)
            if not tokens.prompt + tokens.output:
                continue
            model = name(step.model) or labels.model
            inside = msgspec.structs.replace(labels, model=model, requested_model=None)
            collector.add(
                msgspec.structs.replace(
                    event,
                    key=hashed("iteration", event.key.hex(), str(number)),
                    series=collector.position(inside),
                    tokens=tokens,
                    requests=0,
                    standing=event.standing | COMPLETED,
                    tool_calls=None,
                    fees={},
                    lines=(),
                )
            )

    def _labels(self, record: Record, message: Message, session: str) -> Labels:
        usage = message.usage
        model = name(message.model) or "unknown"
        cwd = name(record.cwd)
        requested = name(record.requestedModel)
        speed = usage and usage.speed
        return Labels(
            session=session,
            model=model,
            cwd=cwd,
            branch=name(record.gitBranch),
            tier="fast" if speed == "fast" else name(usage and usage.service_tier),
            geo="us" if usage and usage.inference_geo == "us" else None,
            effort=name(record.effort),
            agent=self._agent(record),
            skill=name(record.attributionSkill),
            endpoint=served_by(message.id),
            requested_model=requested if requested != model else None,
            client_version=name(record.version),
            entrypoint=name(record.entrypoint),
            account=login_of(self._root),
            base_url=base_url_of(self._root, project_of(cwd) if cwd else None),
        )

    def _agent(self, record: Record) -> str:
        named = name(record.attributionAgent)
        if named is not None:
            return named
        if not record.isSidechain and not record.agentId:
            return "main"
        if not self._looked_for_agent_type:
            self._looked_for_agent_type = True
            self._agent_type = agent_type_beside(self._path)
        return self._agent_type or "subagent"

    def _time_before(self, block: bytes, end: int) -> int | None:
        """Find the time of the last record before `end` that has one."""
        while end > 0:
            start = block.rfind(b"\n", 0, end - 1) + 1
            try:
                at = instant_ms(decode_kind(block[start:end]).timestamp)
            except (msgspec.DecodeError, RecursionError):
                at = None
            if at is not None:
                return at
            end = start
        return None


def is_usage(line: bytes) -> bool:
    """Claim that a record which does not decode is of a type that bears usage."""
    try:
        return decode_kind(line).type in USAGE_KINDS
    except (msgspec.DecodeError, RecursionError):
        return True


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
    split = usage.cache_creation
    hour = 0
    if split is not None:
        hour = split.ephemeral_1h_input_tokens or 0
        written = max(written, hour + (split.ephemeral_5m_input_tokens or 0))
    output = usage.output_tokens or 0
    details = usage.output_tokens_details
    reasoning = details.thinking_tokens or 0 if details is not None else 0
    return Tokens(
        usage.input_tokens or 0,
        usage.cache_read_input_tokens or 0,
        written - hour,
        hour,
        output,
        min(reasoning, output),
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


def is_later(one: Any, other: Any) -> bool:
    """Claim that two times of one form are in order."""
    return (
        isinstance(one, str)
        and isinstance(other, str)
        and len(one) == len(other)
        and one <= other
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
        and units > 0
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


def served_by(message_id: Any) -> str | None:
    """Tell from the shape of a message id who answered.

    `other` is a shape that Anthropic's ids do not have; `None` tells nothing.
    """
    if not isinstance(message_id, str) or not message_id:
        return None
    return SERVED_BY.get(message_id[:6]) or (
        None if message_id.startswith("msg_") else "other"
    )


def key_of(
    message: Message, record: Record, session: str, tokens: Tokens
) -> tuple[bytes, tuple[bytes, ...]]:
    """Name the response for good; also the line, where the id may not be unique.

    Some gateways answer with one id for all: there the counts of the prompt help.
    """
    message_id = message.id if isinstance(message.id, str) else ""
    if len(message_id) >= 16 and DIGIT.search(message_id):
        name_of_it = b"claude-code\0message\0" + message_id.encode("utf-8", "replace")
        return blake2b(name_of_it, digest_size=16).digest(), ()
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
    return os.path.basename(path).removesuffix(".jsonl")  # noqa: PTH119 (hot)


def agent_type_beside(path: str) -> str | None:
    """Read the sub-agent's type from the small file beside its transcript."""
    try:
        with open(path.removesuffix(".jsonl") + ".meta.json", "rb") as file:  # noqa: PTH123
            described = msgspec.json.decode(file.read(1 << 20))
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    return name(described.get("agentType")) if isinstance(described, dict) else None


def session_totals(
    session: str, at: int, models: dict[str, ModelTotals]
) -> SessionTotals:
    """Normalise what the client says that a session used, per model."""
    totals: dict[str, Tokens] = {}
    searches: dict[str, int] = {}
    for model, used in models.items():
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
