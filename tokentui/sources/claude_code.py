"""Read Claude Code's transcripts: `projects/**/*.jsonl`, one record per content block.

Rules of counting, as found in logs that clients 1.0.1 to 2.1.330 wrote (2026-11-22):
one response is one message id, in whichever files its copies lie; the best copy counts
whole; the earliest time is its time; a copied line never moves usage to the copy's
session where the log says who paid.
"""

from __future__ import annotations

import os
from typing import Any

import msgspec

from tokentui.events import (
    COMPLETED,
    UsageEvent,
    both,
)
from tokentui.sources.claude_record import (
    agent_type_beside,
    calls_of,
    fees_of,
    hashed,
    is_call,
    is_unique,
    key_of,
    served_by,
    session_of,
    session_totals,
    standing_of,
    stop_of,
    tokens_of,
    tool_calls_of,
    within_progress,
)
from tokentui.sources.claude_settings import evidence_of
from tokentui.sources.claude_shapes import (
    Iteration,
    Kind,
    Line,
    Message,
    Record,
    Usage,
)
from tokentui.sources.collector import Collector, Labels
from tokentui.sources.folders import FoundFile
from tokentui.sources.projects import project_of
from tokentui.sources.values import BadRecord, decode_odd, instant_ms, name

USAGE, TOTALS = b'"usage"', b'"modelUsage"'
"""Every record that bears usage has one of these keys. No text can hold a key, since a
quote inside JSON text is always escaped."""

TYPE, ASSISTANT = b'"type":"', b'"type":"assistant"'
"""The type of a record, which stands before or behind all that is nested."""

BRACE = ord("}")
OTHER_KINDS = (b"progress", b"cost-state")
"""Types of records that bear usage, or do not."""

TIME = b'"timestamp"'
BESIDE = ("compaction", "advisor_message")
"""Steps of sampling that are not in the counts of the answer."""


class Memory(msgspec.Struct, array_like=True):
    """What is remembered of a file between reads.

    `last_at`: time of its last record that has one; `is_fork`: it holds lines copied
    from another session.
    """

    last_at: int | None = None
    is_fork: bool = False


class Held(msgspec.Struct, gc=False):
    """A response of which more lines may follow: its best line, and what all tell.

    `at` is the time of its first line, `own_at` that of the best.
    """

    record: Record
    message: Message
    usage: Usage
    is_replay: bool
    at: int
    own_at: int
    tool_calls: int | None
    deeds: int | None
    call_mark: int | None


decode_line = msgspec.json.Decoder(Line).decode
decode_kind = msgspec.json.Decoder(Kind).decode
USAGE_KINDS = ("assistant", "progress", "cost-state")


class Reader:
    """Reads one transcript, from its start or from where an earlier reader stopped."""

    def __init__(self, found: FoundFile, state: bytes) -> None:
        self._path = found.path
        self._root = os.path.dirname(found.place)  # noqa: PTH120 (hot)
        self._memory = msgspec.msgpack.decode(state, type=Memory) if state else Memory()
        self._here = b"", 0
        self._held: Held | None = None
        self._ids: tuple[Any, Any] | None = None
        self._told: tuple[Any, ...] = ()
        self._session = ""
        self._time: tuple[Any, int | None] = None, None
        self._is_copied = self._is_old = False
        self._place = self._taken = -1
        self._timed_until = 0
        self._settings_since = 0
        self._agent_type: str | None = None
        self._looked_for_agent_type = False

    def state(self) -> bytes:
        """Give what a later reader of this file must know."""
        return msgspec.msgpack.encode(self._memory)

    def feed(self, block: bytes, collector: Collector) -> None:
        """Take whole lines; add the usage in them to the collector."""
        self._timed_until = 0
        # Two loops, each of which stays in the processor's cache, take less time.
        for start, record in records_in(block, collector):
            self._here = block, start
            try:
                if record.type == "assistant":
                    self._add(record, collector)
                else:
                    self._take(record, collector)
            except BadRecord as problem:
                collector.skip(start, str(problem))
        self._let_go(collector)
        self._time_before(block, len(block))

    def _take(self, line: Line, collector: Collector) -> None:
        if line.type == "progress":
            data = line.data
            if data is not None and data.type == "agent_progress" and data.message:
                self._add(within_progress(line, data), collector, is_replay=True)
        elif line.type == "cost-state" and line.modelUsage and not self._memory.is_fork:
            at = self._time_before_here()
            session = name(line.sessionId)
            if at is not None and session is not None:
                collector.add_totals(session_totals(session, at, line.modelUsage))

    def _add(
        self, record: Record, collector: Collector, is_replay: bool = False
    ) -> None:
        """Hold a response until all its lines were seen."""
        message = record.message
        if message is None or message.usage is None:
            return
        usage = message.usage
        held = self._held
        if held is not None:
            if held.message.id == message.id and self._takes_in(
                held, record, message, usage, is_replay
            ):
                return
            self._let_go(collector)
        ids = record.requestSessionId, record.sessionId
        if ids != self._ids:
            self._enter(ids)
        if message.model == "<synthetic>" or not is_call(usage):
            return
        at = self._time_of(record)
        if at is None:
            raise BadRecord("no time")
        deeds, mark = calls_of(message.content, self._session)
        calls = tool_calls_of(record, message)
        self._held = Held(record, message, usage, is_replay, at, at, calls, deeds, mark)

    def _time_of(self, record: Record) -> int | None:
        if record.timestamp != self._time[0]:  # mostly that of the line before
            self._time = record.timestamp, instant_ms(record.timestamp)
        return self._time[1] or self._time_before_here()

    def _enter(self, ids: tuple[Any, Any]) -> None:
        """Take the session that asked, which a copied line names beside its own."""
        asked, copied_to = ids
        session = name(asked)
        self._is_copied = session is not None and session != copied_to
        if self._is_copied:
            self._memory.is_fork = True
        self._ids, self._told = ids, ()
        self._session = session or name(copied_to) or session_of(self._path)

    def _takes_in(
        self,
        held: Held,
        record: Record,
        message: Message,
        usage: Usage,
        is_replay: bool,
    ) -> bool:
        """Take a line into the response that is held, or claim that it is not of it.

        Clients write one line per content block, with the same numbers or with those
        of that moment. What is not plainly in order is left to `events.merged`, which
        comes to the same.
        """
        first, then, was = held.record, held.message, held.usage
        if not (
            is_unique(message.id)
            and then.model == message.model
            and first.requestId == record.requestId
            and first.sessionId == record.sessionId
            and first.requestSessionId == record.requestSessionId
            and first.isSidechain == record.isSidechain
            and held.is_replay is is_replay
        ):
            return False
        at = self._time_of(record)
        if at is None or at < held.own_at:
            return False
        if was != usage or then.stop_reason != message.stop_reason:
            before = bool(then.stop_reason), was.output_tokens or 0
            now = bool(message.stop_reason), usage.output_tokens or 0
            if now == before or not now[1] or was.iterations or usage.iterations:
                return False
            if now > before:
                held.record, held.message, held.usage = record, message, usage
                held.own_at = at
        deeds, mark = calls_of(message.content, self._session)
        held.tool_calls = both(held.tool_calls, tool_calls_of(record, message))
        held.deeds = both(held.deeds, deeds)
        held.call_mark = both(held.call_mark, mark)
        return True

    def _let_go(self, collector: Collector) -> None:
        """Count the response that was held."""
        held, self._held = self._held, None
        if held is None:
            return
        record, message, usage = held.record, held.message, held.usage
        at = held.own_at
        told = told_of(record, message, usage)
        is_old = at < self._settings_since
        if (
            told != self._told
            or is_old is not self._is_old
            or collector.taken != self._taken
        ):
            labels = self._labels(record, message, at)
            self._place, self._taken = collector.position(labels), collector.taken
            self._told, self._is_old = told, at < self._settings_since
        tokens = tokens_of(usage)
        key, lines = key_of(message, record, self._session, tokens)
        # By position: keywords take twice as long, and this is the hottest call.
        event = UsageEvent(
            key,
            self._place,
            held.at,
            at,
            tokens,
            1,
            standing_of(record, message, held.is_replay or self._is_copied),
            stop_of(message.stop_reason) if message.stop_reason else None,
            held.tool_calls,
            at - record.durationMs if record.durationMs else None,
            fees_of(usage),
            lines,
            None,
            held.deeds,
            held.call_mark,
        )
        collector.add(event)
        for step in usage.iterations or ():
            if step.type in BESIDE:
                labels = self._labels(record, message, at)
                self._add_iterations(usage.iterations or [], event, labels, collector)
                break

    def _add_iterations(
        self,
        iterations: list[Iteration],
        event: UsageEvent,
        labels: Labels,
        collector: Collector,
    ) -> None:
        """Add what was sampled beside the answer: own model, tokens, but no request."""
        for number, step in enumerate(iterations):
            if step.type not in BESIDE:
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
                    deeds=None,
                    call_mark=None,
                    fees={},
                    lines=tuple(
                        hashed("step", line.hex(), str(number)) for line in event.lines
                    ),
                )
            )

    def _labels(self, record: Record, message: Message, at: int) -> Labels:
        usage = message.usage
        model = name(message.model) or "unknown"
        cwd = name(record.cwd)
        told = evidence_of(self._root, project_of(cwd) if cwd else None)
        self._settings_since = told.since_ms
        server = served_by(message.id)
        # Settings that were changed later do not speak against a proof.
        speaks = at >= told.since_ms or server in (None, "other")
        requested = name(record.requestedModel)
        speed = usage and usage.speed
        return Labels(
            session=self._session,
            model=model,
            cwd=cwd,
            branch=name(record.gitBranch),
            tier="fast" if speed == "fast" else name(usage and usage.service_tier),
            geo="us" if usage and usage.inference_geo == "us" else None,
            effort=name(record.effort),
            agent=self._agent(record),
            skill=name(record.attributionSkill),
            endpoint=server,
            requested_model=requested if requested != model else None,
            client_version=name(record.version),
            entrypoint=name(record.entrypoint),
            account=told.login,
            base_url=told.base_url if speaks else None,
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

    def _time_before_here(self) -> int | None:
        """Find the time of the last record before the one at hand that has one."""
        return self._time_before(*self._here)

    def _time_before(self, block: bytes, end: int) -> int | None:
        """Find the time of the last record before `end` that has one.

        Places are asked for in order, so that each byte is looked at once.
        """
        since, self._timed_until = self._timed_until, end
        while (mark := block.rfind(TIME, since, end)) >= 0:
            end = block.rfind(b"\n", since, mark) + 1 or since
            try:
                line = block[end : block.find(b"\n", mark)]
                at = instant_ms(decode_kind(line).timestamp)
            except (msgspec.DecodeError, ValueError, RecursionError):
                continue
            if at is not None:
                self._memory.last_at = at
                break
        return self._memory.last_at


def told_of(record: Record, message: Message, usage: Usage) -> tuple[Any, ...]:
    """Give what labels are made of, but for session and time; raw, to be compared."""
    message_id = message.id
    return (
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
        message_id[:6] if message_id.__class__ is str else None,
        record.requestedModel,
        record.version,
        record.entrypoint,
    )


def records_in(block: bytes, collector: Collector) -> list[tuple[int, Line]]:
    """Decode the lines that may bear usage, each with its place.

    Which do is mostly told without looking through them: what stands behind the last
    but one closing brace, or before the second opening one, is not nested.
    """
    records = []
    find, find_last, begins = block.find, block.rfind, block.startswith
    start, size = 0, len(block)
    while start < size:
        end = find(b"\n", start)
        if block[end - 1] != BRACE:  # cut off, or written otherwise
            bears = has_usage(block, start, end)
        # Without any nesting this is -1, from where nothing is found.
        elif find(ASSISTANT, find_last(b"}", start, end - 1), end) >= 0:
            bears = True
        else:
            nested = find(b"{", start + 1, end)
            kind = find(TYPE, start, end if nested < 0 else nested) + len(TYPE)
            if kind < len(TYPE) or begins(OTHER_KINDS, kind):
                bears = has_usage(block, start, end)
            else:
                bears = begins(b"assistant", kind)
        if bears:
            line = block[start:end]
            try:
                records.append((start, decode_line(line)))
            except (msgspec.DecodeError, ValueError, RecursionError):
                if is_usage(line):
                    try:
                        records.append((start, decode_odd(line, Line)))
                    except BadRecord as problem:
                        collector.skip(start, str(problem))
        start = end + 1
    return records


def has_usage(block: bytes, start: int, end: int) -> bool:
    """Claim that a line has a key of usage, looking through all of it."""
    return block.find(USAGE, start, end) >= 0 or block.find(TOTALS, start, end) >= 0


def is_usage(line: bytes) -> bool:
    """Claim that a record which does not decode is of a type that bears usage."""
    if USAGE not in line and TOTALS not in line:
        return False
    try:
        return decode_kind(line).type in USAGE_KINDS
    except (msgspec.DecodeError, ValueError, RecursionError):
        return True
