"""Read Codex's rollouts: `sessions/**/rollout-*.jsonl`, archived and compressed ones.

Rules of counting, as found in rollouts that clients 0.29 to 0.169 wrote (2026-11-22):
a thread is the union of its files; where the client writes a usage record for each
response those count and nothing else, before that the last usage of every running
total that was not seen before; history that a fork copies or repeats is its
ancestors'; running totals are never a sum.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tokentui.events import (
    ORIGINAL,
    PLANNED,
    WHOLE,
    Quota,
    Tokens,
    UsageEvent,
    both,
)
from tokentui.sources.codex_calls import told_by
from tokentui.sources.codex_history import (
    NAME_OF_NUMBERS,
    decode_line,
    fork_of,
    hashed,
    history,
    numbers,
    total_name,
    uuid7_ms,
)
from tokentui.sources.codex_shapes import (
    Info,
    Kind,
    Line,
    Payload,
    RateLimits,
    Window,
)
from tokentui.sources.collector import QUARTER_MS, Collector, Labels
from tokentui.sources.cursors import stored
from tokentui.sources.folders import FoundFile
from tokentui.sources.values import BadRecord, decode_odd, instant_ms, name

SEARCH = re.compile(
    rb'"type"\s*:\s*"(?:t(?:oken_(?:count|usage_record)|urn_context|ask_started'
    rb"|hread_settings_applied)|session_meta|function_call|custom_tool_call"
    rb'|local_shell_call)"'
)
"""Lines that bear usage or tell what it belongs to, and calls of tools."""

CALL = b'_call"'

PAUSE_MS = 500
"""A copied history is written in one go; the first longer pause ends it."""


class Memory(msgspec.Struct, array_like=True):
    """What is remembered of a rollout between reads.

    `inherited`: running totals that its ancestors had at the fork, as hashes, until the
    thread's own first response; `history_of` and `history_end`: where they can be read.
    `has_records`: a usage record was seen, so running totals count no more.
    `is_copied`: the lines at hand are an ancestor's, copied. `deeds` and `call_mark`:
    of the calls since the last count; before 0.45 they follow the count that they
    belong to, which then is repeated, and later they precede it. `held`: a response
    that was counted before the line that tells which plan pays it.
    """

    thread: str | None = None
    session: str | None = None
    cwd: str | None = None
    branch: str | None = None
    client_version: str | None = None
    entrypoint: str | None = None
    agent: str = "main"
    provider: str | None = None
    model: str | None = None
    settings_model: str | None = None
    inherited_model: str | None = None
    tier: str | None = None
    effort: str | None = None
    turn_started_at: int | None = None
    last_total: tuple[int, ...] | None = None
    last_ms: int | None = None
    inherited: list[bytes] = []
    history_of: str | None = None
    history_end: int | None = None
    history_before: int | None = None
    has_own: bool = False
    has_records: bool = False
    is_copied: bool = False
    has_turn_ids: bool = False
    account: str | None = None
    deeds: int | None = None
    call_mark: int | None = None
    is_planning: bool = False
    held: tuple[UsageEvent, Labels] | None = None


class LastWord(msgspec.Struct, gc=False):
    """What was last said of the windows of a login, in a quarter-hour until `until`."""

    limits: RateLimits
    at: int
    until: int
    login: str

    def goes_on(self, limits: RateLimits, at: int) -> bool:
        """Claim that something newer is said of the same windows in the quarter."""
        before = self.limits
        return (
            self.at <= at < self.until
            and before.plan_type == limits.plan_type
            and before.limit_id == limits.limit_id
            and is_same_window(before.primary, limits.primary)
            and is_same_window(before.secondary, limits.secondary)
        )


decode_kind = msgspec.json.Decoder(Kind).decode


class Reader:
    """Reads one rollout, from its start or from where an earlier reader stopped."""

    def __init__(self, found: FoundFile, state: bytes) -> None:
        self._found = found
        self._memory = (
            msgspec.msgpack.decode(state, type=Memory) if state else Memory(deeds=0)
        )
        self._inherited: set[bytes] | None = None
        self._held: tuple[UsageEvent, Labels] | None = None
        self._told: tuple[Any, ...] = ()
        self._known: Labels | None = None
        self._placed: tuple[Labels, str | None, int] | None = None
        self._place = -1
        self._limits: LastWord | None = None

    def state(self) -> bytes:
        """Give what a later reader of this file must know."""
        if self._inherited is not None:
            self._memory.inherited = list(self._inherited)
        return msgspec.msgpack.encode(self._memory)

    def feed(self, block: bytes, collector: Collector) -> None:
        """Take whole lines; add the usage in them to the collector."""
        self._held, self._memory.held = self._memory.held, None
        place = 0
        while place < len(block):
            hit = None
            if self._memory.is_copied:
                start = place
            else:
                hit = SEARCH.search(block, place)
                if hit is None:
                    break
                start = block.rfind(b"\n", place, hit.start()) + 1 or place
            end = block.find(b"\n", start)
            line = block[start:end]
            place = end + 1
            if hit is not None and hit[0].endswith(CALL) and self._note_call(line):
                continue
            try:
                try:
                    record = decode_line(line)
                except (msgspec.DecodeError, ValueError, RecursionError):
                    if not is_usage(line):
                        continue
                    record = decode_odd(line, Line)
                self._take(record, collector)
            except BadRecord as problem:
                collector.skip(start, str(problem))
        self._lend(collector)
        self._tell_quotas(collector)

    def _note_call(self, line: bytes) -> bool:
        """Note what a call does, if the line is one, for the response that it is of."""
        memory = self._memory
        told = told_by(line, memory.session or self._thread())
        if told is None:
            return False
        memory.deeds = both(memory.deeds, told[0])
        memory.call_mark = both(memory.call_mark, told[1])
        return True

    def _take(self, line: Line, collector: Collector) -> None:
        memory, payload = self._memory, line.payload
        if payload is None:
            return
        at = instant_ms(line.timestamp)
        kind = payload.type if line.type == "event_msg" else line.type
        if kind == "session_meta":
            self._begin(payload)
        elif memory.is_copied:
            self._watch_for_own(kind, payload, at)
        if at is not None:
            memory.last_ms = at
        if kind == "turn_context":
            self._turn(payload)
        elif kind == "task_started":
            started = payload.started_at
            is_time = started.__class__ is int and 0 < started < 1 << 33
            memory.turn_started_at = started * 1000 if is_time else at
            memory.deeds, memory.call_mark = 0, None  # of a response that was cut off
        elif kind == "thread_settings_applied":
            settings = payload.thread_settings
            if settings is not None:
                memory.settings_model = name(settings.model) or memory.settings_model
                memory.tier = name(settings.service_tier) or memory.tier
        elif kind == "token_count":
            if payload.rate_limits is not None and not memory.is_copied:
                self._quotas(payload.rate_limits, at, collector)
            self._let_go(collector)
            if payload.info is not None:
                self._running_total(payload.info, at, collector)
        elif kind == "token_usage_record":
            self._let_go(collector)
            if not memory.is_copied and payload.thread_id == memory.thread:
                self._usage_record(payload, at, collector)

    def _begin(self, meta: Payload) -> None:
        """Take the rollout's identity from its first line; others begin a copy."""
        memory, thread = self._memory, name(meta.id)
        if memory.thread is not None:
            if thread != memory.thread:
                memory.is_copied, memory.has_turn_ids = True, False
            return
        memory.thread = thread
        memory.agent, is_subagent, parent = agent_of(meta.source)
        root = name(meta.session_id) or name(meta.parent_thread_id) or parent
        memory.session = (root if is_subagent else None) or thread
        memory.cwd = name(meta.cwd)
        memory.branch = name(meta.git.branch) if meta.git is not None else None
        memory.client_version = name(meta.cli_version)
        memory.entrypoint = name(meta.originator)
        memory.provider = name(meta.model_provider)
        memory.history_of, memory.history_end, memory.history_before = fork_of(meta)

    def _watch_for_own(self, kind: Any, payload: Payload, at: int | None) -> None:
        """Notice where the copied history ends and the thread's own lines begin."""
        memory = self._memory
        turn = (
            name(payload.turn_id) if kind in ("task_started", "turn_context") else None
        )
        if turn is not None:
            memory.has_turn_ids = True
            began, thread = uuid7_ms(turn), uuid7_ms(memory.thread or "")
            memory.is_copied = (
                began is not None and thread is not None and began < thread
            )
        elif not memory.has_turn_ids and at is not None and memory.last_ms is not None:
            memory.is_copied = at - memory.last_ms <= PAUSE_MS
        if not memory.is_copied:
            memory.inherited_model = memory.inherited_model or memory.model
            memory.model = memory.settings_model = None

    def _turn(self, context: Payload) -> None:
        memory = self._memory
        memory.model = name(context.model) or memory.model
        memory.cwd = name(context.cwd) or memory.cwd
        mode = context.collaboration_mode
        settings = mode.settings if mode is not None else None
        memory.is_planning = mode is not None and mode.mode == "plan"
        memory.effort = name(context.effort) or (
            name(settings.reasoning_effort) if settings is not None else None
        )

    def _running_total(self, info: Info, at: int | None, collector: Collector) -> None:
        """Count a response that only a running total tells of (before 0.153)."""
        memory = self._memory
        if info.total_token_usage is None:
            return
        total, before = numbers(info.total_token_usage), memory.last_total
        memory.last_total = total
        if memory.is_copied:
            self._copied_totals().add(total_name(total))
            return
        if memory.has_records or (
            not memory.has_own and total_name(total) in self._history()
        ):
            return
        if info.last_token_usage is not None:
            used = numbers(info.last_token_usage)
        elif before is None or total[5] < before[5]:
            used = total
        else:
            used = tuple(
                max(0, now - then) for now, then in zip(total, before, strict=True)
            )
        self._add(used, at, ("total", NAME_OF_NUMBERS % total), collector)

    def _quotas(self, limits: RateLimits, at: int | None, collector: Collector) -> None:
        """Keep what the provider says of the plan's windows, and which plan it is."""
        last = self._limits
        if last is not None and at is not None and last.goes_on(limits, at):
            last.limits, last.at = limits, at
            return
        self._tell_quotas(collector)
        plan = name(limits.plan_type)
        has_windows = limits.primary is not None or limits.secondary is not None
        if plan is not None:
            self._memory.account = f"chatgpt {plan}"
        elif has_windows and self._memory.account is None:
            self._memory.account = "chatgpt"  # a login, since keys have no windows
        if at is not None and has_windows:
            login = self._memory.account
            assert login is not None  # since it has windows
            until = at - at % QUARTER_MS + QUARTER_MS
            self._limits = LastWord(limits, at, until, login)

    def _tell_quotas(self, collector: Collector) -> None:
        """Keep what was said of windows: the last word of each quarter-hour."""
        last, self._limits = self._limits, None
        if last is None:
            return
        for window in (last.limits.primary, last.limits.secondary):
            if window is not None:
                quota = quota_of(window, name(last.limits.limit_id), last.at)
                if quota is not None:
                    collector.add_quota(last.login, quota)

    def _usage_record(
        self, record: Payload, at: int | None, collector: Collector
    ) -> None:
        """Count a response that has a record of its own (clients from 0.153 on)."""
        memory = self._memory
        if record.usage is None:
            return
        memory.has_records = True
        used = numbers(record.usage)
        turn, response = name(record.turn_id) or "", name(record.response_id) or ""
        self._add(
            used, at, ("record", turn, response, NAME_OF_NUMBERS % used), collector
        )

    def _add(
        self,
        used: tuple[int, ...],
        at: int | None,
        parts: tuple[str, ...],
        collector: Collector,
    ) -> None:
        memory = self._memory
        prompt, cached, written, output, reasoning, _ = used
        if not prompt and not output:
            return  # an estimate after a compaction, or a mark of an overflow
        at = at or memory.last_ms
        if at is None:
            raise BadRecord("no time")
        if cached > prompt:
            cached = prompt
        if written > prompt - cached:
            written = prompt - cached
        labels = self._labels()
        is_told = memory.account is not None or not memory.has_records
        deeds = memory.deeds
        # By position: keywords take twice as long.
        event = UsageEvent(
            hashed(self._thread(), *parts),
            self._position(labels, collector) if is_told else -1,
            at,
            at,
            Tokens(
                prompt - cached - written,
                cached,
                written,
                0,
                output,
                reasoning if reasoning < output else output,
            ),
            1,
            WHOLE,
            None,
            None,
            memory.turn_started_at,
            {},
            (),
            None,
            both(deeds, PLANNED) if memory.is_planning else deeds,
            memory.call_mark,
        )
        memory.deeds, memory.call_mark = 0, None
        if is_told:
            collector.add(event)
        else:
            self._held = event, labels
        memory.has_own = True
        self._inherited = set()

    def _position(self, labels: Labels, collector: Collector) -> int:
        """Give the place of labels in the batch, with the plan that pays."""
        place = labels, self._memory.account, collector.taken
        if place != self._placed:
            self._placed = place
            self._place = collector.position(
                msgspec.structs.replace(labels, account=self._memory.account)
            )
        return self._place

    def _let_go(self, collector: Collector) -> None:
        """Count a response that was held back.

        The line after a thread's first record tells which plan pays it.
        """
        held, self._held = self._held, None
        if held is not None:
            event, labels = held
            place = self._position(labels, collector)
            collector.add(msgspec.structs.replace(event, series=place))

    def _lend(self, collector: Collector) -> None:
        """Count a response that is held back, for now: a better copy is to come."""
        held = self._held
        if held is not None:
            event, labels = held
            standing = event.standing & ~ORIGINAL
            self._held = msgspec.structs.replace(event, standing=standing), labels
            self._let_go(collector)
            self._memory.held = held

    def _thread(self) -> str:
        """Name the thread; a rollout without an identity is one by itself."""
        return self._memory.thread or stored(self._found.path)

    def _labels(self) -> Labels:
        """Give the labels of now; the same object as long as nothing changes."""
        memory = self._memory
        told = (
            memory.session,
            memory.thread,
            memory.model,
            memory.inherited_model,
            memory.settings_model,
            memory.cwd,
            memory.branch,
            memory.tier,
            memory.effort,
            memory.agent,
            memory.provider,
            memory.client_version,
            memory.entrypoint,
        )
        if told != self._told or self._known is None:
            self._told, self._known = told, self._labels_anew()
        return self._known

    def _labels_anew(self) -> Labels:
        memory = self._memory
        return Labels(
            session=memory.session or self._thread(),
            model=memory.model or self._model_before_first_turn() or "unknown",
            cwd=memory.cwd,
            branch=memory.branch,
            tier="standard" if memory.tier == "default" else memory.tier,
            effort=memory.effort,
            agent=memory.agent,
            endpoint=memory.provider,
            client_version=memory.client_version,
            entrypoint=memory.entrypoint,
        )

    def _copied_totals(self) -> set[bytes]:
        if self._inherited is None:
            self._inherited = set(self._memory.inherited)
        return self._inherited

    def _history(self) -> set[bytes]:
        """Give the running totals that were the ancestors' at the fork."""
        memory = self._memory
        if not self._copied_totals() and memory.history_of is not None:
            past = history(
                self._found,
                memory.history_of,
                memory.history_end,
                memory.history_before,
            )
            self._inherited = past.totals
            memory.inherited_model = memory.inherited_model or past.model
        return self._copied_totals()

    def _model_before_first_turn(self) -> str | None:
        """Give the model that a fork starts with: its parent's, else the settings'."""
        if self._memory.inherited_model is None:
            self._history()
        return self._memory.inherited_model or self._memory.settings_model


def is_usage(line: bytes) -> bool:
    """Claim that a record which does not decode is of a type that bears usage."""
    try:
        kind = decode_kind(line)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return True
    inner = kind.payload.type if kind.payload is not None else None
    return kind.type == "token_usage_record" or inner == "token_count"


def is_same_window(one: Window | None, other: Window | None) -> bool:
    """Claim that two tell of the same window, as far as its length says so."""
    if one is None or other is None:
        return one is other
    return (
        one.window_minutes == other.window_minutes
        and one.used_percent.__class__ is other.used_percent.__class__
    )


def quota_of(window: Window, limit_id: str | None, at: int) -> Quota | None:
    """Read a window; one that makes no sense is no fact."""
    used, minutes, resets = window.used_percent, window.window_minutes, window.resets_at
    if isinstance(used, bool) or not isinstance(used, int | float):
        return None
    if (
        not isinstance(minutes, int)
        or not 0 < minutes < 1 << 24
        or not 0 <= used <= 1e6
    ):
        return None
    if isinstance(resets, int) and 0 < resets < 1 << 33:
        resets_at = resets * 1000
    elif isinstance(window.resets_in_seconds, int):
        resets_at = at + min(max(window.resets_in_seconds, 0), 1 << 24) * 1000
    else:
        resets_at = None
    return Quota(limit_id or "codex", minutes, at, float(used), resets_at)


def agent_of(source: Any) -> tuple[str, bool, str | None]:
    """Name the sub-agent that a thread is, whether it is one, and whose."""
    inside = source.get("subagent") if isinstance(source, dict) else None
    if isinstance(inside, str):
        return name(inside) or "subagent", True, None
    if not isinstance(inside, dict):
        return "main", False, None
    spawn = inside.get("thread_spawn")
    if isinstance(spawn, dict):
        role = name(spawn.get("agent_role")) or "subagent"
        return role, True, name(spawn.get("parent_thread_id"))
    return name(inside.get("other")) or "subagent", True, None
