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
    is_later,
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
        self._last: Record | None = None
        self._held: UsageEvent | None = None
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
                self._last = None  # what repeats it may be the first that counts
        self._let_go(collector)
        self._last = None
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
        message = record.message
        if message is None or message.usage is None:
            return
        if self._is_repeated(record):
            self._note_calls(record, message)
            return
        self._let_go(collector)
        usage = message.usage
        told = told_of(record, message, usage)
        if told != self._told:
            self._learn(told, record)
        if message.model == "<synthetic>" or not is_call(usage):
            return
        if record.timestamp != self._time[0]:  # mostly that of the line before
            self._time = record.timestamp, instant_ms(record.timestamp)
        at = self._time[1] or self._time_before_here()
        if at is None:
            raise BadRecord("no time")
        is_old = at < self._settings_since
        if is_old is not self._is_old or collector.taken != self._taken:
            labels = self._labels(record, message, at)
            self._place, self._taken = collector.position(labels), collector.taken
            self._is_old = at < self._settings_since
        tokens = tokens_of(usage)
        session = self._session
        key, lines = key_of(message, record, session, tokens)
        deeds, call_mark = calls_of(message.content, session)
        # By position: keywords take twice as long, and this is the hottest call.
        event = UsageEvent(
            key,
            self._place,
            at,
            at,
            tokens,
            1,
            standing_of(record, message, is_replay or self._is_copied),
            stop_of(message.stop_reason) if message.stop_reason else None,
            tool_calls_of(record, message),
            at - record.durationMs if record.durationMs else None,
            fees_of(usage),
            lines,
            None,
            deeds,
            call_mark,
        )
        self._held = event
        for step in usage.iterations or ():
            if step.type in BESIDE:
                labels = self._labels(record, message, at)
                self._add_iterations(usage.iterations or [], event, labels, collector)
                break

    def _learn(self, told: tuple[Any, ...], record: Record) -> None:
        """Take labels that differ from those of the response before."""
        session = name(record.requestSessionId)
        self._is_copied = session is not None and session != record.sessionId
        if self._is_copied:
            self._memory.is_fork = True
        self._told, self._taken = told, -1
        self._session = session or name(record.sessionId) or session_of(self._path)

    def _is_repeated(self, record: Record) -> bool:
        """Claim that the last line said all of this already, but for its block.

        Clients write one line per content block, mostly with the same numbers.
        """
        last, self._last = self._last, record
        if last is None or last.message is None or record.message is None:
            return False
        then, now = last.message, record.message
        return (
            then.id == now.id
            and is_unique(now.id)
            and then.usage == now.usage
            and then.model == now.model
            and then.stop_reason == now.stop_reason
            and last.requestId == record.requestId
            and last.sessionId == record.sessionId
            and last.requestSessionId == record.requestSessionId
            and last.isSidechain == record.isSidechain
            and is_later(last.timestamp, record.timestamp)
        )

    def _note_calls(self, record: Record, message: Message) -> None:
        """Add the calls in another block of the response that is held."""
        event = self._held
        if event is None:
            return
        deeds, mark = calls_of(message.content, self._session)
        calls = both(event.tool_calls, tool_calls_of(record, message))
        is_news = calls != event.tool_calls or event.deeds is None
        if is_news or deeds or mark is not None:
            self._held = msgspec.structs.replace(
                event,
                tool_calls=calls,
                deeds=both(event.deeds, deeds),
                call_mark=both(event.call_mark, mark),
            )

    def _let_go(self, collector: Collector) -> None:
        """Count the response that was held until all its blocks were seen."""
        if self._held is not None:
            collector.add(self._held)
            self._held = None

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
    """Give all that labels are made of, but for the time; raw, to be compared."""
    message_id = message.id
    return (
        record.requestSessionId,
        record.sessionId,
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
